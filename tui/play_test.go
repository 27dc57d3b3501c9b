package tui

import (
	"errors"
	"strings"
	"testing"

	"chordscope/scenarios"
)

// lesson is a small scenario with everything that the screen shows of one.
const lesson = `title "Lookup on the paper's ring"
set bits=6 successors=3 replicas=2
chapter "Build"
join N1
join N8 N14 N21 N32 N38 N42 N48 N51 N56
wait until stable within 20s
say "N8 looks for K54. Which finger will it use?"
focus N8
lookup K54 from N8
expect path N8 N42 N51 N56
expect owner K54 = N1
`

func parse(t *testing.T, text string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse("lesson.chord", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// playScreen is a screen in the middle of the lesson.
func playScreen(t *testing.T, w, h int) *screen {
	s := newScreen(w, h, paperPicture(), parse(t, lesson))
	s.trip.finish()
	results := map[int]scenarios.Result{
		0: {Text: "Lookup on the paper's ring"},
		2: {Text: "Build"},
		6: {Text: "N8 looks for K54. Which finger will it use?"},
		7: {Peers: []string{"N8"}},
	}
	for i := range 9 {
		r := results[i]
		r.OK = true
		s.line(i, r)
	}
	return s
}

// line plays line i with a result.
func (s *screen) line(i int, r scenarios.Result) {
	l := s.play.script.Lines[i]
	s.Update(progressMsg{Index: i, Line: l})
	s.Update(progressMsg{Index: i, Line: l, Done: true, Result: r})
}

func TestPlay_TellsTheClass(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.want(t, "Lookup on the paper's ring", "Build", "line 9 of 11", "✓ 1", "▌ N8 looks for K54.", "▸ playing")
	if got := s.selected().Name; got != "N8" {
		t.Errorf("focus N8 selects %s", got)
	}
}

func TestPlay_LongCaptionsLeaveTheRing(t *testing.T) {
	s := playScreen(t, 80, 24)
	s.line(6, scenarios.Result{OK: true, Text: strings.Repeat("a long story ", 100)})
	if n := len(s.captionLines(78)); n != maxCaption {
		t.Errorf("the caption has %d lines, want %d", n, maxCaption)
	}
	s.want(t, "a long story", "N32")
}

func TestPlay_Verdict(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.line(9, scenarios.Result{OK: true})
	s.line(10, scenarios.Result{Failed: true, Text: "expected N1, seen N56"})
	s.want(t, "✓ 2", "✕ 1", "expected N1, seen N56")
	s.Update(playEnded{Expectations: 3, Failed: 1})
	s.want(t, "failed: 1 of 3 expectations did not hold", "ended")
	s.Update(playEnded{Expectations: 3})
	s.want(t, "passed: all of 3 expectations held")
	s.Update(playEnded{Err: errors.New("lesson.chord:8: N8 is not there")})
	s.want(t, "stopped: lesson.chord:8: N8 is not there")
}

// TestPlay_Breach lets something break that always should hold, while a later
// line runs: its own line has failed then.
func TestPlay_Breach(t *testing.T) {
	sc := parse(t, "join N1\nalways valid\nkill N1\n")
	s := newScreen(120, 40, paperPicture(), sc)
	s.line(0, scenarios.Result{OK: true})
	s.line(1, scenarios.Result{OK: true})
	s.want(t, "✓ 1")
	s.line(2, scenarios.Result{OK: true, Breaches: []scenarios.Breach{
		{Line: sc.Lines[1], Result: scenarios.Result{Failed: true, Text: "expected always valid, seen no peers"}},
	}})
	s.want(t, "✕ 1", "expected always valid, seen no peers")
	s.wantNot(t, "✓ 1")
}

// TestPlay_FailedPut: nothing but the screen would notice that a put failed.
func TestPlay_FailedPut(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "join N1\nput K5 \"five\"\nget K5\n"))
	s.line(0, scenarios.Result{OK: true})
	s.line(1, scenarios.Result{Failed: true, Text: "put K5 failed: unavailable"})
	s.line(2, scenarios.Result{OK: true, Text: "get K5: not found"})
	s.want(t, "put K5 failed: unavailable", "✕ 1")
	s.wantNot(t, "✓ 1 ")
}

func TestPlay_NotesAreForTheSpeaker(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "note \"ask for the interval first\"\n"))
	s.line(0, scenarios.Result{OK: true, Text: "ask for the interval first"})
	s.wantNot(t, "interval first")
}

func TestPlay_Keys(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.keys("space")
	if o := s.order(t); o.kind != orderPause {
		t.Errorf("space gives %+v, want a pause", o)
	}
	s.want(t, "‖ paused", "go on")
	s.keys("n")
	if o := s.order(t); o.kind != orderStep {
		t.Errorf("n gives %+v, want a step", o)
	}
	s.keys("space")
	if o := s.order(t); o.kind != orderResume {
		t.Errorf("space gives %+v, want to go on", o)
	}
	s.keys(strings.Split("-----", "")...)
	var last order
	for range 5 {
		last = s.order(t)
	}
	if last.kind != orderSpeed || last.n != slowest {
		t.Errorf("five times slower gives %+v", last)
	}
	s.want(t, "speed 1/8")
}

// TestPlay_KeysAreForTheRingWithoutAScenario: the same keys stop, step and
// slow the ring's own time where nothing is replayed.
func TestPlay_KeysAreForTheRingWithoutAScenario(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	for key, want := range map[string]string{"space": "pause", "n": "step stabilize N1", "i": "step fix N1", "N": "step stabilize", "+": "speed 2", "-": "speed 1/2"} {
		s.keys(key)
		if o := s.order(t); o.kind != orderRun || o.line != want {
			t.Errorf("%s gives %+v, want %q", key, o, want)
		}
	}
}
