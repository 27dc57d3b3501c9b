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
// answers, the same with answers and reasons, and, as SVG, the ring. Both show
// the picture by its name, as a file beside them.
func (q *Quiz) Sheet(ctx context.Context, questions, solutions, picture io.Writer, name string) error {
	qs, ss := &writer{w: questions}, &writer{w: solutions}
	title := fmt.Sprintf("# Chord exercises, seed %d", q.Seed)
	qs.line(title)
	qs.line("")
	qs.line("Name: " + blank)
	ss.line(title + ": solutions")
	for _, w := range [...]*writer{qs, ss} {
		w.line("")
		for _, l := range q.Intro() {
			w.line("    " + l)
		}
		w.line("")
		w.line(fmt.Sprintf("![The ring](<%s>)", name))
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
		qs.room(question)
		ss.line("**" + question.Right() + "**")
		ss.line("")
		for _, l := range question.Why {
			ss.line("- " + l)
		}
	}
	return errors.Join(qs.err, ss.err)
}

// blank is a line to write on.
var blank = strings.Repeat("\\_", 30)

// room leaves room for an answer: a line, or a table to be filled in.
func (w *writer) room(q *Question) {
	if len(q.rows) == 0 {
		w.line("(" + q.Form + ")")
		w.line("")
		w.line(blank)
		return
	}
	w.line("| finger | starts at | peer |")
	w.line("| --- | --- | --- |")
	for _, r := range q.rows {
		w.line("| " + r + " | | |")
	}
}
