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

// showCode opens the pane unless it is open by itself, or closes it.
func (s *screen) showCode() {
	if s.code.opened {
		s.code.opened = false
		return
	}
	s.keys("w")
}

// TestCode_OpensWhenTimeSlows and closes with that, but not against somebody's
// will.
func TestCode_OpensWhenTimeSlows(t *testing.T) {
	slow := withRuns(0, false)
	for i := range slow.Peers {
		slow.Peers[i].Pace = 0.25
	}
	for _, held := range []*observe.Picture{withRuns(0, true), slow} {
		s := newScreen(200, 60, withRuns(0, false), nil)
		s.Update(pictureMsg{held})
		s.want(t, "Why ─")
		s.Update(pictureMsg{withRuns(0, false)})
		s.wantNot(t, "Why ─")
		s.keys("w")
		s.Update(pictureMsg{held})
		s.Update(pictureMsg{withRuns(0, false)})
		s.want(t, "Why ─") // somebody wants it
		s.Update(pictureMsg{held})
		s.keys("w")
		s.Update(pictureMsg{held})
		s.wantNot(t, "Why ─") // nobody wants it
	}
}

func TestCode_IsReadLineByLine(t *testing.T) {
	s := newScreen(200, 60, withRuns(1, false), nil)
	s.keys("esc")
	s.showCode()
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
	s.showCode()
	s.wantNot(t, "successor.notify(n)")
	if o := s.order(t); o.line != "trace off N1" {
		t.Errorf("w again gives %+v", o)
	}
}

// TestCode_StandingStillReadsEveryRun, and a ring that runs only the latest.
func TestCode_StandingStillReadsEveryRun(t *testing.T) {
	for _, still := range []bool{true, false} {
		s := newScreen(200, 60, withRuns(1, still), nil)
		s.showCode()
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

// TestCode_KeepsUpWithSteps: what a later step did is shown soon, and those
// between are left out.
func TestCode_KeepsUpWithSteps(t *testing.T) {
	pic := withRuns(4, true)
	for i := range pic.Runs {
		pic.Runs[i].Started = time.Duration(i/2) * time.Second // two steps of two runs each
	}
	first := *pic
	first.Runs = pic.Runs[:1]
	s := newScreen(200, 60, &first, nil)
	s.showCode()
	s.want(t, "▸  2")
	s.Update(pictureMsg{pic})
	s.passes(lineTime)
	s.View()
	if s.code.run != 3 {
		t.Errorf("run %d is read, want the first of the last step, 3", s.code.run)
	}
	s.passes(2 * lineTime)
	s.View()
	if s.code.run != 3 {
		t.Errorf("run %d is read while the last step is not over, want 3", s.code.run)
	}
	s.passes(time.Minute)
	s.View()
	if s.code.run != 4 || s.reads() {
		t.Errorf("at the end it is run %d", s.code.run)
	}
}

func TestCode_FollowsTheSelection(t *testing.T) {
	s := newScreen(200, 60, withRuns(1, false), nil)
	s.showCode()
	s.order(t)
	s.keys("right")
	if o := s.order(t); o.line != "trace off N1" {
		t.Errorf("first %+v", o)
	}
	if o := s.order(t); o.line != "trace on N8" {
		t.Errorf("then %+v", o)
	}
	s.want(t, "Waiting for N8")
}

// TestCode_EverybodyTellsWhileTimeStandsStill, since a step of one peer is
// answered by others; those who cannot obey are left out.
func TestCode_EverybodyTellsWhileTimeStandsStill(t *testing.T) {
	pic := withRuns(1, true)
	pic.Peers[3].State, pic.Peers[3].Frozen = observe.StateSilent, true // N21
	s := newScreen(200, 60, pic, nil)
	s.showCode()
	if o := s.order(t); o.line != "trace on N1 N14 N32 N38 N42 N48 N51 N56 N8" {
		t.Errorf("w gives %+v", o)
	}
	s.keys("right")
	s.noOrder(t)
	s.want(t, "Press n to have N8 stabilize")
	s.keys("b") // the past changes nothing
	s.noOrder(t)
	s.keys("esc")
	s.Update(pictureMsg{withRuns(1, false)})
	if o := s.order(t); o.line != "trace off N1 N14 N32 N38 N42 N48 N51 N56" {
		t.Errorf("once time goes on %+v", o)
	}
	s.showCode()
	if o := s.order(t); o.line != "trace off N8" {
		t.Errorf("w again gives %+v", o)
	}
	s.noOrder(t)
}

// TestCode_ThePastShowsWhereThePeerWas then, at once.
func TestCode_ThePastShowsWhereThePeerWas(t *testing.T) {
	first := withRuns(1, true)
	first.Runs[0].Lines = first.Runs[0].Lines[:2]
	second := withRuns(1, true)
	second.At += time.Second
	s := newScreen(200, 60, first, nil)
	s.showCode()
	s.Update(pictureMsg{second})
	s.passes(time.Minute)
	s.want(t, "▸  5")
	s.keys("b")
	s.want(t, "▸  3    if x in (n, successor)", "8 in (1, 8): no")
}

// TestCode_LongLinesWrap below where their text begins.
func TestCode_LongLinesWrap(t *testing.T) {
	rows := codeRows(line(part{"▸  4  ", 0}), "    p, list := x.predecessor, x.successors", 0, 34)
	want := []string{"▸  4      p, list :=", "            x.predecessor,", "            x.successors"}
	for i, r := range rows {
		text := ""
		for _, p := range r.parts {
			text += p.text
		}
		if i >= len(want) || text != want[i] {
			t.Errorf("row %d is %q", i, text)
		}
	}
}
