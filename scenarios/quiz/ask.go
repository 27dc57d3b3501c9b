package quiz

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Score is how a quiz went.
type Score struct{ Asked, Right int }

func (s Score) String() string { return fmt.Sprintf("%d of %d right.", s.Right, s.Asked) }

// Ask asks one question after the other and says of each answer whether it is
// right, and why. It ends with the last question, with the word quit, or at the
// end of the input. An error of out, of the ring, or of ctx ends it too; the
// score is that until then. Reading a line cannot be interrupted, so after ctx
// has ended the goroutine that reads ends only with the input.
func (q *Quiz) Ask(ctx context.Context, in io.Reader, out io.Writer) (Score, error) {
	var score Score
	w := &writer{w: out}
	for _, l := range q.Intro() {
		w.line(l)
	}
	w.line("")
	w.line("An empty line shows the answer; quit ends.")
	answers := readLines(ctx, in)
	for score.Asked < q.Questions && w.err == nil {
		question, err := q.Next(ctx)
		if errors.Is(err, ErrNoMore) {
			break
		}
		if err != nil {
			return score, err
		}
		w.line("")
		w.line(fmt.Sprintf("%d. %s", score.Asked+1, question.Text))
		w.line("   (" + question.Form + ")")
		right, over, err := q.answer(ctx, question, answers, w)
		if over || err != nil {
			if err == nil && score.Asked > 0 {
				w.line(score.String())
			}
			return score, errors.Join(err, w.err)
		}
		score.Asked++
		if right {
			score.Right++
		}
	}
	w.line("")
	w.line(score.String())
	return score, w.err
}

// tries is how many answers that are none are taken, so that input which is not
// from a person comes to an end.
const tries = 10

// answer takes the answer to a question.
func (q *Quiz) answer(ctx context.Context, question *Question, answers <-chan string, w *writer) (right, over bool, err error) {
	for try := 1; ; try++ {
		w.text("> ")
		var text string
		var more bool
		select {
		case <-ctx.Done():
			return false, true, ctx.Err()
		case text, more = <-answers:
		}
		text = strings.TrimSpace(text)
		switch {
		case !more || strings.EqualFold(text, "quit") || strings.EqualFold(text, "q"):
			w.line("")
			return false, true, nil
		case text == "":
			w.line("The answer: " + question.Right())
		default:
			right, err = question.Check(text)
			switch {
			case err != nil && try < tries:
				w.line(err.Error())
				continue
			case right:
				w.line("Right: " + question.Right())
			default:
				w.line("No. The answer: " + question.Right())
				if mistakes := question.Mistakes(text); mistakes != "" {
					w.line("   " + mistakes)
				}
			}
		}
		for _, l := range question.Why {
			w.line("   " + l)
		}
		return right, false, w.err
	}
}

// readLines reads in a goroutine of its own, so that nobody has to wait for a
// line that never comes.
func readLines(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// writer keeps the first error.
type writer struct {
	w   io.Writer
	err error
}

func (w *writer) line(s string) { w.text(s + "\n") }

func (w *writer) text(s string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.w, s)
	}
}
