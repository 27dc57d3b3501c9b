package tui

import (
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// TestRecord_ByKeys records a session, asks for a name that is free, and what it
// writes is a scenario.
func TestRecord_ByKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("session.chord", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	term := open(t, t.Context(), 120, 40, Options{Peers: 3, NoMotion: true})
	term.await(t, "3 peers")
	term.typed("r")
	term.await(t, "◉ REC")
	term.typed("a")
	term.await(t, "4 peers")
	term.typed("q") // not without asking
	term.await(t, "quit without the recording?")
	term.typed("n")
	term.typed("r\x15session.chord\r")
	term.await(t, "is there already")
	term.typed("r")
	term.await(t, "session-2.chord")
	term.typed("\r")
	term.await(t, "saved as session-2.chord")
	term.until(t, "the end of the recording", func(shown string) bool { return !strings.Contains(shown, "REC") })
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Errorf("quitting gives %v", err)
	}
	text, err := os.ReadFile("session-2.chord")
	if err != nil {
		t.Fatal(err)
	}
	sc, err := scenarios.Parse("session-2.chord", text)
	if err != nil {
		t.Fatalf("what was recorded is no scenario: %v\n%s", err, text)
	}
	joins := 0
	for _, l := range sc.Lines {
		if l.Command == "join" {
			joins++
		}
	}
	if joins != 2 { // the ring as it was, and what was added
		t.Errorf("%d lines with join in\n%s", joins, text)
	}
	if mine, _ := os.ReadFile("session.chord"); string(mine) != "mine" {
		t.Error("a file that was there is not what it was")
	}
}

// TestRecord_IsKeptByTheCaller: then r saves what there is, and it goes on.
func TestRecord_IsKeptByTheCaller(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScreen(120, 40, paperPicture(), nil)
	var told []tea.Msg
	s.recorder = newRecording(scenarios.NewRecorder(), func(_ *viewer, m tea.Msg) { told = append(told, m) })
	s.Update(told[0])
	s.want(t, "◉ REC")
	s.keys("r")
	cmd := s.keys("enter")
	s.Update(cmd())
	s.want(t, "saved as session.chord", "◉ REC")
	if !s.recorder.Recording() || len(told) != 1 {
		t.Error("it has stopped")
	}
	if cmd := s.keys("q"); cmd == nil {
		t.Error("q asks about a recording that is kept")
	}
}

func TestRecord_IsForTheOneWhoStartedTheRing(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.recorder = newRecording(nil, func(*viewer, tea.Msg) { t.Error("something was told") })
	for _, who := range []*viewer{{guest: true}, {remote: true}} {
		s.viewer = who
		s.keys("r")
		if s.recorder.Recording() || s.dialog != nil {
			t.Errorf("%+v may record", who)
		}
	}
	s.recorder = newRecording(nil, func(*viewer, tea.Msg) {})
	s.viewer = nil
	s.keys("r", "r", "esc") // goes on
	if !s.recorder.Recording() {
		t.Error("esc ends the recording")
	}
}
