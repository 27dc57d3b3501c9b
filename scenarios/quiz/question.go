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
	var given []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t,;{}", r) }) {
		if strings.EqualFold(word, nothing) && q.anything {
			continue
		}
		number := strings.TrimPrefix(strings.ToUpper(word), q.letter)
		if number == "" || strings.Trim(number, "0123456789") != "" {
			return false, fmt.Errorf("%q is not an answer here: write %s", word, q.Form)
		}
		if number = strings.TrimLeft(number, "0"); number == "" {
			number = "0"
		}
		given = append(given, q.letter+number)
	}
	if !q.anything && len(given) != len(q.Answer) {
		return false, fmt.Errorf("%s: write %s", observe.Plural(len(given), "name"), q.Form)
	}
	want := slices.Clone(q.Answer)
	if !q.Ordered {
		slices.Sort(want)
		slices.Sort(given)
		given = slices.Compact(given)
	}
	return slices.Equal(given, want), nil
}
