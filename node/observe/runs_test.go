package observe

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// script writes a run line by line.
func script(r *Run) string {
	var b strings.Builder
	for _, l := range r.Lines {
		fmt.Fprintf(&b, "%d", l.Line)
		for _, v := range l.Values {
			fmt.Fprintf(&b, " %s=%s", v.Name, v.Text)
		}
		if l.Why != "" {
			b.WriteString(": " + l.Why)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The join of N26 between N21 and N32, in the words of the peers.
func TestRunsOfThePaperJoin(t *testing.T) {
	w := newTraced(t, false, 1, 8, 14, 21, 32, 38)
	for _, h := range w.Hosts() {
		w.Do(h, chord.Pause{})
	}
	w.RunFor(5 * time.Second)
	by := func(h chord.Ref, name string) *Run {
		runs := w.Picture().Runs
		for i := len(runs) - 1; i >= 0; i-- {
			if r := &runs[i]; r.Peer == h.ID && r.Procedure.Name == name && r.Done {
				return r
			}
		}
		t.Fatalf("no %s of %s", name, h.Addr)
		return nil
	}
	n26 := w.Start(ring.FromUint64(26))
	w.Do(n26, chord.Pause{})
	w.Do(n26, chord.Trace{On: true})
	w.Do(n26, chord.Join{Seeds: []chord.Ref{w.Hosts()[0].Ref}})
	w.RunFor(time.Second)
	if got, want := script(by(n26.Ref, "join")), `1 n'=N1
2 n=26 n'=N1
3 s=N32: N32 is another one: 26 is free
4 s=N32: asks N32
5 m=N21 s=N32: 26 in (21, 32): yes, our place is between N21 and N32
6 m=N21: asks N21
7 m=N21 successors=N32 N38 N1
8 m=N21
9 successor=N32: maintenance stands still: when it is asked for
`; got != want {
		t.Errorf("join:\n%s", got)
	}
	w.Do(n26, chord.Run{Task: chord.TaskStabilize})
	w.RunFor(time.Second)
	n21, n32 := w.Hosts()[3], w.Hosts()[4]
	if got, want := script(by(n32.Ref, "rectify")), `1 x=N26
2 x=N26 predecessor=N21: N26 is not the one that we have
3 x=N26 predecessor=N21: 26 in (21, 32): yes, N26 is nearer than N21
5 x=N26
`; got != want {
		t.Errorf("rectify:\n%s", got)
	}
	w.Do(n21, chord.Run{Task: chord.TaskStabilize})
	w.RunFor(time.Second)
	if got, want := script(by(n21.Ref, "stabilize")), `1
2 x=N32
4 x=N32: asks N32
5 x=N32 p=N26 list=N38 N1 N8: N32 has answered
6 x=N32 successors=N32 N38 N1
7 x=N32 p=N26: 26 in (21, 32): yes, N26 stands between us
8 p=N26: asks N26
9 p=N26 q=N21 list=N32 N38 N1: N26 has answered
10 p=N26 successors=N26 N32 N38
11 x=N26 p=N21
7 x=N26 p=N21: 21 in (21, 26): no, N26 has us for its predecessor
12 x=N26: tells N26 that we stand before it
`; got != want {
		t.Errorf("stabilize:\n%s", got)
	}
}

// A long run keeps its latest lines, a run that is lost sight of is over, and
// older Pictures stay as they are.
func TestRunsAreBounded(t *testing.T) {
	s := newScene(t, 6, 3)
	all := s.paper()
	traced := *all[8]
	traced.Tracing = true
	s.show(&traced)
	line := func(run uint64, n, i int) chord.Event {
		return chord.Event{Kind: chord.EvLine, Proc: chord.ProcClosestPreceding, Run: run, Line: n, Index: i}
	}
	var old []Run
	for i := range 3 * keepLines {
		s.tell(ref(8), line(1, 2, i))
		if i%10 == 0 {
			s.Picture()
		}
		if i == keepLines {
			old = s.Picture().Runs
		}
	}
	if r := s.Picture().Runs[0]; len(r.Lines) != keepLines || r.Done || r.Lines[0].Values[0].Text != itoa(2*keepLines) {
		t.Errorf("%d lines from %+v", len(r.Lines), r.Lines[0])
	}
	if r := old[0]; len(r.Lines) != keepLines || r.Lines[0].Values[0].Text != "1" {
		t.Errorf("an older picture has now %d lines from %+v", len(r.Lines), r.Lines[0])
	}
	s.show(all[8]) // not traced any more
	if r := s.Picture().Runs[0]; !r.Done {
		t.Error("a run goes on though nobody tells of it")
	}
	s.show(&traced)
	for i := range uint64(10 * keepRuns) {
		s.tell(ref(8), line(2+i, 1, 0), line(2+i, 0, 0))
		if n := len(s.runs.list); n > 4*keepRuns || len(s.runs.open) > 0 {
			t.Fatalf("%d runs are kept, %d open", n, len(s.runs.open))
		}
	}
	s.tell(ref(8), line(1<<40, 1, 0))
	s.Apply(Update{Self: ref(8), Anew: true})
	runs := s.Picture().Runs
	if n := len(runs); n != keepRuns || !runs[n-1].Done || runs[n-1].Number != runs[0].Number+keepRuns-1 {
		t.Errorf("%d runs, the last one %+v", n, runs[n-1])
	}
	s.tell(ref(8), line(5, 0, 0), line(1<<50, 99, 0), chord.Event{Kind: chord.EvLine, Run: 1 << 51, Line: 1}) // no run of ours
	if again := s.Picture().Runs; again[len(again)-1].Number != runs[len(runs)-1].Number {
		t.Error("a run out of nothing")
	}
}
