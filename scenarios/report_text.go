package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"chordscope/node/observe"
)

// textReporter writes a run as people read it: the lesson's words as they
// stand, and each command with a mark, its moment and its outcome.
type textReporter struct {
	w io.Writer
}

func newTextReporter(w io.Writer, sc *Scenario) textReporter {
	if sc.Title == "" {
		fmt.Fprintln(w, sc.Name)
	}
	return textReporter{w}
}

const detail = "               " // below the command

func (t textReporter) line(l Line, res Result) {
	switch {
	case res.Err != nil:
		t.mark("stop", l, res)
		t.detail("%s", whyStopped(res.Err))
	case l.Command == "title":
		fmt.Fprintf(t.w, "%s\n", res.Text)
	case l.Command == "chapter":
		fmt.Fprintf(t.w, "\n%s\n", res.Text)
	case l.Command == "say":
		fmt.Fprintf(t.w, "  %q\n", res.Text)
	case l.Command == "note": // for the speaker, in front of a class
	case res.Failed:
		t.mark("FAIL", l, res)
		t.detail("at:       %s:%d", l.File, l.Number)
		t.detail("expected: %s", res.Expected)
		t.detail("seen:     %s", res.Seen)
		if len(res.Peers) > 0 {
			t.detail("peers:    %s", strings.Join(res.Peers, " "))
		}
		for i, e := range res.traceLines() {
			if i == 0 {
				t.detail("trace:")
			}
			t.detail("  %s", e)
		}
	default:
		t.mark(outcomeMark(res), l, res)
		if res.Answer != nil {
			t.detail("%s", res.Answer.Text)
			for _, why := range res.Answer.Why {
				t.detail("  %s", why)
			}
		} else if res.Lookup != nil {
			t.lookup(res)
		} else if l.Command == "load" || l.Command == "step" {
			t.detail("%s", res.Text)
		}
	}
}

// whyStopped says what ended a run at a line.
func whyStopped(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the time for the scenario is over"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return err.Error()
}

// mark writes the line itself. Its moment is by the ring's clock.
func (t textReporter) mark(mark string, l Line, res Result) {
	fmt.Fprintf(t.w, "  %-4s %7.2fs %s\n", mark, res.At.Seconds(), l.Text)
}

// recovery is told below the line during which it was over.
func (t textReporter) recovery(rec *observe.Recovery) {
	t.detail("after %s:", rec.What)
	t.detail("  %s", describeRecovery(rec))
}

// outcomeMark tells a line that was carried out from one that was, but found
// nothing.
func outcomeMark(res Result) string {
	switch {
	case res.Access != nil && res.Access.Op == opGet && !res.Access.Found,
		res.Access == nil && res.Lookup != nil && res.Lookup.Failed != "":
		return "none"
	}
	return "ok"
}

func (t textReporter) detail(format string, args ...any) {
	fmt.Fprintf(t.w, detail+format+"\n", args...)
}

func (t textReporter) lookup(res Result) {
	t.detail("%s", res.Text)
	for _, s := range res.Lookup.Steps {
		t.detail("  %s: %s", s.AtName, describeStep(s))
	}
}

func describeStep(s observe.Step) string {
	if s.Timeout {
		return fmt.Sprintf("%s; %s did not answer", s.Why, s.NextName)
	}
	return s.Why
}

func (t textReporter) end(rep Report, replay string) {
	if rep.Unfinished != nil {
		t.recovery(rep.Unfinished)
	}
	outcome := "passed"
	switch {
	case rep.Interrupted:
		outcome = "interrupted"
	case rep.Err != nil:
		outcome = "stopped"
	case rep.TimedOut != "":
		outcome = "out of time"
	case rep.Failed > 0:
		outcome = "failed"
	}
	fmt.Fprintf(t.w, "\n%s %s: %d of %s held, %v, %s, seed %d\n", rep.Scenario, outcome,
		rep.Expectations-rep.Failed, observe.Plural(rep.Expectations, "expectation"),
		rep.Duration.Round(time.Millisecond), rep.Driver, rep.Seed)
	if replay != "" {
		fmt.Fprintf(t.w, "once more, in virtual time: %s\n", replay)
	}
}
