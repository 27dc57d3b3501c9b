package tui

import (
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

var someProcedure = &observe.Procedure{Name: "stabilize", Source: "a test", Lines: []string{
	"n.stabilize()", "  x = successor.predecessor", "  if x in (n, successor)", "    successor = x", "  successor.notify(n)",
}}

// withRuns is the paper's ring where N1 ran stabilize so often.
func withRuns(n int, still bool) *observe.Picture {
	pic := paperPicture()
	for i := range pic.Peers {
		pic.Peers[i].Paused = still
	}
	for i := range n {
		pic.Runs = append(pic.Runs, observe.Run{
			Number: uint64(i + 1), Peer: ring.FromUint64(1), PeerName: "N1", Procedure: someProcedure, Done: true,
			Lines: []observe.RunLine{
				{Line: 2, Values: []observe.Value{{Name: "x", Text: "N8"}}},
				{Line: 3, Why: "8 in (1, 8): no"},
				{Line: 5},
			},
		})
	}
	return pic
}

// reads lets so much time pass on the screen.
func (s *screen) passes(d time.Duration) {
	for ; d > 0; d -= frameTime {
		if !s.moving() {
			return
		}
		s.readOn(frameTime)
	}
	s.dirty = true
}

func TestCode_IsReadLineByLine(t *testing.T) {
	s := newScreen(200, 60, withRuns(1, true), nil)
	s.keys("esc", "w")
	if o := s.order(t); o.kind != orderQuiet || o.line != "trace on N1" {
		t.Errorf("w gives %+v", o)
	}
	s.want(t, "stabilize at N1", "▸  2    x = successor.predecessor", "x = N8")
	s.wantNot(t, "8 in (1, 8): no")
	s.passes(lineTime + frameTime)
	s.want(t, "▸  3    if x in (n, successor)", "8 in (1, 8): no")
	s.passes(time.Minute)
	s.want(t, "▸  5    successor.notify(n)")
	if s.reads() {
		t.Error("the marker still moves")
	}
	s.keys("w")
	s.wantNot(t, "successor.notify(n)")
	if o := s.order(t); o.line != "trace off N1" {
		t.Errorf("w again gives %+v", o)
	}
}

// TestCode_StandingStillReadsEveryRun, and a ring that runs only the latest.
func TestCode_StandingStillReadsEveryRun(t *testing.T) {
	for _, still := range []bool{true, false} {
		s := newScreen(200, 60, withRuns(1, still), nil)
		s.keys("w")
		s.passes(time.Minute)
		s.Update(pictureMsg{withRuns(4, still)})
		s.passes(lineTime)
		want := uint64(4)
		if still {
			want = 2
		}
		s.View()
		if s.code.run != want {
			t.Errorf("still %v: run %d is read, want %d", still, s.code.run, want)
		}
		s.passes(time.Minute)
		s.View()
		if s.code.run != 4 || s.reads() {
			t.Errorf("still %v: at the end it is run %d", still, s.code.run)
		}
	}
}

func TestCode_FollowsTheSelection(t *testing.T) {
	s := newScreen(200, 60, withRuns(1, true), nil)
	s.keys("w")
	s.order(t)
	s.keys("right")
	if o := s.order(t); o.line != "trace off N1" {
		t.Errorf("first %+v", o)
	}
	if o := s.order(t); o.line != "trace on N8" {
		t.Errorf("then %+v", o)
	}
	s.want(t, "Press n to have N8 stabilize")
}
