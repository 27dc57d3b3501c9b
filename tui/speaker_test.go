package tui

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chordscope/scenarios"
	"chordscope/scenarios/notes"
)

// TestSpeaker_Notes: a note is there with the words it stands beside, before and
// after them, and not with others.
func TestSpeaker_Notes(t *testing.T) {
	sc := parse(t, strings.Join([]string{
		`note "first"`, `say "one"`, `note "after \"one\""`, `join N1`, `note "before two"`, `say "two"`, `join N2`, `ask "what?" = N1`, `note "after the question"`,
	}, "\n"))
	sp := newSpeaker(sc)
	run := func(i int) []string {
		sp.hear(progressMsg{Index: i, Line: sc.Lines[i]})
		sp.hear(progressMsg{Index: i, Line: sc.Lines[i], Done: true, Result: scenarios.Result{OK: true}})
		return sp.state().Notes
	}
	if got := sp.state().Notes; !slices.Equal(got, []string{"first"}) {
		t.Errorf("at the start: %q", got)
	}
	one, two := []string{"first", `after "one"`, "before two"}, []string{"before two"}
	for i, want := range [][]string{{"first"}, one, one, one, one, two, two, {"after the question"}, {"after the question"}} {
		if got := run(i); !slices.Equal(got, want) {
			t.Errorf("after line %d: %q, want %q", i+1, got, want)
		}
	}
}

// TestSpeaker_State follows a play.
func TestSpeaker_State(t *testing.T) {
	sc := parse(t, "title \"A\"\nchapter \"B\"\nsay \"C\"\nask \"who?\" = N1\njoin N1\nexpect size = 1\n"+strings.Repeat("join 1\n", 60))
	sp := newSpeaker(sc)
	for i, text := range []string{"A", "B", "C"} {
		sp.hear(progressMsg{Index: i, Line: sc.Lines[i], Done: true, Result: scenarios.Result{OK: true, Text: text}})
	}
	sp.hear(askMsg{3})
	sp.hear(paceMsg{paused: true, speed: -1})
	s := sp.state()
	if s.Title != "A" || s.Chapter != "B" || s.Caption != "C" || s.Question != "who?" || s.Answer != "N1" || !s.Paused || s.Speed != -1 {
		t.Errorf("%+v", s)
	}
	if s.Place != 4 || s.Total != 66 || s.Lines[s.Current].Text != `ask "who?" = N1` || s.Lines[s.Current].Outcome != notes.Pending || s.Lines[0].Outcome != notes.Held {
		t.Errorf("place %d of %d, line %+v", s.Place, s.Total, s.Lines[s.Current])
	}
	if n := len(s.Lines); n != linesBefore+1+linesAfter {
		t.Errorf("%d lines", n)
	}
	sp.hear(progressMsg{Index: 3, Line: sc.Lines[3], Done: true, Result: scenarios.Result{OK: true}})
	if sp.state().Question != "" {
		t.Error("the question is still open")
	}
	sp.hear(playEnded{Expectations: 2, Failed: 1})
	if s := sp.state(); !strings.HasPrefix(s.Verdict, "failed: 1 of 2") || s.Paused {
		t.Errorf("%+v", s)
	}
	sp.hear(playAnew{})
	if s := sp.state(); s.Verdict != "" || s.Place != 1 {
		t.Errorf("anew: %+v", s)
	}
	if sp.hear(audienceMsg(3)) {
		t.Error("how many look on is no news")
	}
}

// TestRun_Notes: the speaker is told, the class is not, and nobody is counted.
func TestRun_Notes(t *testing.T) {
	var mu sync.Mutex
	var last notes.State
	news := make(chan struct{}, 1)
	sc := parse(t, "set bits=6\nsay \"Look.\"\nnote \"a secret\"\njoin N1\nexpect size = 1\n")
	term := open(t, t.Context(), 120, 40, Options{Scenario: sc, NoMotion: true, Notes: func(s notes.State) {
		mu.Lock()
		defer mu.Unlock()
		last = s
		select {
		case news <- struct{}{}:
		default:
		}
	}})
	term.await(t, "passed: all of 1 expectation held")
	for deadline := time.After(patience); ; {
		mu.Lock()
		s := last
		mu.Unlock()
		if strings.HasPrefix(s.Verdict, "passed") && slices.Contains(s.Notes, "a secret") {
			break
		}
		select {
		case <-news:
		case <-deadline:
			t.Fatalf("the speaker is told %+v", s)
		}
	}
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Error(err)
	}
	if strings.Contains(term.raw.String(), "secret") || strings.Contains(term.raw.String(), "watch") {
		t.Error("the class sees a note, or counts the speaker")
	}
}
