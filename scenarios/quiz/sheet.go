package quiz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"chordscope/scenarios/figure"
)

// Sheet writes the quiz on paper, as Markdown: the questions with room for
// answers, the same with answers and reasons, and, as SVG, the ring.
func (q *Quiz) Sheet(ctx context.Context, questions, solutions, picture io.Writer) error {
	qs, ss := &writer{w: questions}, &writer{w: solutions}
	title := fmt.Sprintf("# Chord exercises, seed %d", q.Seed)
	qs.line(title)
	ss.line(title + ": solutions")
	for _, w := range [...]*writer{qs, ss} {
		w.line("")
		for _, l := range q.Intro() {
			w.line("    " + l)
		}
		w.line("")
		w.line("Every question is about this ring, as if nothing in the others had happened.")
	}
	if err := figure.SVG(picture, q.sys.Picture(), figure.Options{Keys: true}); err != nil {
		return err
	}
	for n := 1; n <= q.Questions; n++ {
		question, err := q.Next(ctx)
		if errors.Is(err, ErrNoMore) {
			break
		}
		if err != nil {
			return err
		}
		for _, w := range [...]*writer{qs, ss} {
			w.line("")
			w.line(fmt.Sprintf("**%d.** %s", n, question.Text))
			w.line("")
		}
		qs.line("(" + question.Form + ")")
		qs.line("")
		qs.line(strings.Repeat("\\_", 30))
		ss.line("**" + question.Right() + "**")
		ss.line("")
		for _, l := range question.Why {
			ss.line("- " + l)
		}
	}
	return errors.Join(qs.err, ss.err)
}
