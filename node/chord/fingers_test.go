package chord

import (
	"math/rand/v2"
	"testing"

	"chordscope/node/ring"
)

// TestFixFingers_Round: a round over the 160 fingers of a peer in a ring of 64
// takes a step, and in a settled ring one question, for each distinct finger:
// about log2 N of them, not m.
func TestFixFingers_Round(t *testing.T) {
	w := newWeb(t, 160)
	w.ideal(distinct(rand.New(rand.NewPCG(2, 2)), w.space, 64), nil)
	for _, p := range w.order[:8] {
		distinct := len(p.distinctFingers())
		p.nextFinger = 2
		sent, steps := w.sent, 0
		for round := false; !round; steps++ {
			before := p.nextFinger
			w.do(p, Run{TaskFix})
			round = p.nextFinger <= before
		}
		if steps > distinct+1 || w.sent-sent > 2*(distinct+1) {
			t.Errorf("%d steps and %d messages for %d distinct fingers", steps, w.sent-sent, distinct)
		}
	}
}

// TestGuessFingers: a joiner's first table is right but for what its neighbour
// could not know, and what it holds is always the best of what it was told.
func TestGuessFingers(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	w := newWeb(t, 32)
	w.ideal(distinct(rng, w.space, 64), nil)
	wrong := 0
	for range 32 {
		id := distinct(rng, w.space, 1)[0]
		if w.owner(id).self.ID == id {
			continue
		}
		j := w.add(id, nil)
		w.do(j, Join{Seeds: []Ref{w.anyLive(rng).self}})
		if j.status != StatusMember {
			t.Fatalf("the join of %s: %v", w.space.Format(id), j.status)
		}
		for i := 2; i <= w.space.Bits(); i++ {
			start := w.space.FingerStart(id, i)
			if f := j.finger(i); f != w.owner(start).self {
				wrong++
				if ring.OpenClosed(id, j.successor().ID).Contains(start) {
					t.Errorf("finger %d of %s is %s, though the successor serves it", i, w.space.Format(id), f.Addr)
				}
			}
		}
		for range 5 {
			for _, p := range w.order {
				w.do(p, Run{TaskStabilize})
			}
		}
		w.wantIdeal("after the join")
	}
	if entries := 32 * 31; wrong > entries/10 {
		t.Errorf("%d of %d entries were guessed wrong", wrong, entries)
	} else {
		t.Logf("%d of %d entries were guessed wrong", wrong, entries)
	}
}
