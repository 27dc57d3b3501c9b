package scenarios

import "strings"

// suggest returns the words for a message about an unknown word: the known one
// that was probably meant, or nothing.
func suggest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	if distance > 3 {
		distance = 3 // more than two slips is another word
	}
	for _, k := range known {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

// edits counts how many letters must be added, dropped, changed or swapped
// with their neighbour to make b of a.
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > maxSuggest || len(t) > maxSuggest {
		return maxSuggest
	}
	var before, last, row [maxSuggest + 1]int
	for j := range len(t) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}

// maxSuggest bounds the work on a word that is none.
const maxSuggest = 40
