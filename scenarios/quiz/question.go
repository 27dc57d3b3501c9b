package quiz

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
)

// Question is one exercise.
type Question struct {
	Text     string
	Form     string   // how an answer is written: "6 peers, from the first finger on"
	Answer   []string // names of peers, or of keys; none: "none"
	Ordered  bool     // their order counts
	Why      []string // why it is the answer, a line each
	letter   string   // of the names: N or K
	anything bool     // how many there are is part of the answer
	rows     []string // of the table in which the answer is written on paper
}

// Right writes the right answer.
func (q *Question) Right() string {
	if len(q.Answer) == 0 {
		return nothing
	}
	return strings.Join(q.Answer, " ")
}

const nothing = "none"

// Check compares an answer with the right one. Names may be written without
// their letter, and with commas between them. The error says what an answer
// looks like, if this is none.
func (q *Question) Check(text string) (right bool, err error) {
	given, err := q.read(text)
	if err != nil {
		return false, err
	}
	want := slices.Clone(q.Answer)
	if !q.Ordered {
		slices.Sort(want)
		slices.Sort(given)
		given = slices.Compact(given)
	}
	return slices.Equal(given, want), nil
}

// Mistakes says what is wrong with an answer that is not right: which place of
// those in order, or who is missing and who is too many; "" where the right
// answer, being one name, says it all.
func (q *Question) Mistakes(text string) string {
	given, err := q.read(text)
	if err != nil || len(q.Answer) < 2 && !q.anything {
		return ""
	}
	if q.Ordered {
		for i, name := range given[:min(len(given), len(q.Answer))] {
			if name != q.Answer[i] {
				return fmt.Sprintf("The first mistake is %s in place %d.", name, i+1)
			}
		}
	}
	var parts []string
	if names := without(q.Answer, given); len(names) > 0 {
		parts = append(parts, strings.Join(names, " ")+" missing")
	}
	if names := without(given, q.Answer); len(names) > 0 {
		parts = append(parts, strings.Join(names, " ")+" too many")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Your answer: " + strings.Join(parts, ", ") + "."
}

// without returns the names of a list that are not in another one, each once.
func without(list, other []string) []string {
	return slices.Compact(slices.DeleteFunc(slices.Sorted(slices.Values(list)), func(name string) bool {
		return slices.Contains(other, name)
	}))
}

// read takes the names out of an answer.
func (q *Question) read(text string) (given []string, err error) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t,;{}", r) }) {
		if strings.EqualFold(word, nothing) && q.anything {
			continue
		}
		number := strings.TrimPrefix(strings.ToUpper(word), q.letter)
		if number == "" || strings.Trim(number, "0123456789") != "" {
			return nil, fmt.Errorf("%q is not an answer here: write %s", word, q.Form)
		}
		if number = strings.TrimLeft(number, "0"); number == "" {
			number = "0"
		}
		given = append(given, q.letter+number)
	}
	if !q.anything && len(given) != len(q.Answer) {
		return nil, fmt.Errorf("%s: write %s", observe.Plural(len(given), "name"), q.Form)
	}
	return given, nil
}
