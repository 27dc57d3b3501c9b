package chord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chordscope/node/ring"
)

// The join of N26 (ToN IV-E1, figure 7), the crash of N32 after it, and leaves.

// rounds runs every maintenance task of every live peer n times, in identifier
// order, and the fingers each time all round.
func (w *web) rounds(n int) {
	for range n {
		for _, p := range w.order {
			if w.dead[p.self.Addr] {
				continue
			}
			w.do(p, Run{TaskStabilize})
			w.do(p, Run{TaskReconcile})
			w.do(p, Run{TaskCheck})
			for range w.space.Bits() {
				w.do(p, Run{TaskFix})
			}
		}
	}
}

// pointers writes successor list and predecessor of some peers.
func (w *web) pointers(peers ...uint64) string {
	var out []string
	for _, id := range peers {
		s := w.peer(id).Snapshot()
		out = append(out, fmt.Sprintf("%d[%s] pred %s", id, w.numbers(s.Successors), w.numbers([]Ref{s.Predecessor})))
	}
	return strings.Join(out, ", ")
}

func (w *web) wantPointers(when, want string, peers ...uint64) {
	w.t.Helper()
	if got := w.pointers(peers...); got != want {
		w.t.Errorf("%s:\n got %s\nwant %s", when, got, want)
	}
}

// fingerText writes all tables, one string a finger.
func (w *web) fingerTexts() map[string]string {
	out := make(map[string]string)
	for _, p := range w.order {
		if w.dead[p.self.Addr] {
			continue
		}
		for i, f := range p.Snapshot().Fingers {
			out[fmt.Sprintf("N%s +%d", w.space.Format(p.self.ID), 1<<i)] = w.numbers([]Ref{f})
		}
	}
	return out
}

// TestToN_Figure7_N26Joins: the published protocol, one step at a time, from
// whichever peer the join starts.
func TestToN_Figure7_N26Joins(t *testing.T) {
	for _, via := range tonRing {
		w := tonWeb(t, published)
		before := w.fingerTexts()
		n26 := w.add(ring.FromUint64(26), published)
		w.wantPointers("at the start", "21[32] pred 14, 32[38] pred 21", 21, 32)

		w.do(n26, Join{Seeds: []Ref{w.ref(via)}})
		w.wantPointers("join", "21[32] pred 14, 26[32] pred -, 32[38] pred 21", 21, 26, 32)

		w.do(n26, Run{TaskStabilize})
		w.wantPointers("N26.stabilize", "21[32] pred 14, 26[32] pred -, 32[38] pred 26", 21, 26, 32)
		if l := w.lookup(w.peer(21), ring.FromUint64(24), false); l.Owner != w.ref(32) {
			t.Errorf("K24 through N21, which does not know N26 yet: %s, want N32", l.Owner.Addr)
		}

		w.do(w.peer(21), Run{TaskStabilize})
		w.wantPointers("N21.stabilize", "21[26] pred 14, 26[32] pred 21, 32[38] pred 26", 21, 26, 32)

		w.rounds(1)
		var changed []string
		for k, f := range w.fingerTexts() {
			switch {
			case strings.HasPrefix(k, "N26 "):
			case before[k] != f && f == "26":
				changed = append(changed, k)
			case before[k] != f:
				t.Errorf("%s changed from %s to %s", k, before[k], f)
			}
		}
		slices.Sort(changed)
		if want := []string{"N14 +8", "N21 +1", "N21 +2", "N21 +4", "N56 +32", "N8 +16"}; !slices.Equal(changed, want) {
			t.Errorf("fingers that are N26 now: %q, want %q", changed, want)
		}
		if got := w.numbers(n26.Snapshot().Fingers); got != "32 32 32 38 42 1" {
			t.Errorf("fingers of N26: %s", got)
		}
		for key, owner := range map[uint64]uint64{24: 26, 30: 32} {
			if l := w.lookup(w.peer(8), ring.FromUint64(key), false); l.Owner != w.ref(owner) {
				t.Errorf("K%d after the join: %s, want N%d", key, l.Owner.Addr, owner)
			}
		}
	}
}

// TestZave_N26JoinsAndN32Crashes: the same join in the corrected protocol with
// r = 3. It is ideal after four stabilizes, counter-clockwise from N26. Then
// N32 crashes, and it is ideal again after N26 (once to drop N32, once to ask
// N38), N21 and N14.
func TestZave_N26JoinsAndN32Crashes(t *testing.T) {
	w := tonWeb(t, corrected)
	n26 := w.add(ring.FromUint64(26), corrected)
	w.do(n26, Join{Seeds: []Ref{w.ref(1)}})
	w.wantPointers("join", "26[32 38 42] pred 21, 32[38 42 48] pred 21", 26, 32)

	for _, step := range []struct {
		peer uint64
		want string
	}{
		{26, "21[32 38 42] pred 14, 26[32 38 42] pred 21, 32[38 42 48] pred 26"},
		{21, "21[26 32 38] pred 14, 26[32 38 42] pred 21, 32[38 42 48] pred 26"},
	} {
		w.do(w.peer(step.peer), Run{TaskStabilize})
		w.wantPointers(fmt.Sprintf("N%d.stabilize", step.peer), step.want, 21, 26, 32)
	}
	w.do(w.peer(14), Run{TaskStabilize})
	w.do(w.peer(8), Run{TaskStabilize})
	w.wantPointers("N14 and N8.stabilize", "8[14 21 26] pred 1, 14[21 26 32] pred 8", 8, 14)
	w.wantIdeal("after the join")

	w.kill(32)
	w.do(n26, Run{TaskStabilize})
	w.wantPointers("N26.stabilize drops N32", "26[38 42] pred 21, 38[42 48 51] pred 32", 26, 38)
	w.do(n26, Run{TaskStabilize})
	w.wantPointers("N26.stabilize, rectify at N38", "26[38 42 48] pred 21, 38[42 48 51] pred 26", 26, 38)
	w.do(w.peer(21), Run{TaskStabilize})
	w.do(w.peer(14), Run{TaskStabilize})
	w.wantPointers("N21 and N14.stabilize", "14[21 26 38] pred 8, 21[26 38 42] pred 14", 14, 21)
	w.wantIdeal("after the crash")
}

// wantIdeal checks predecessors and successor lists of all live peers.
func (w *web) wantIdeal(when string) {
	w.t.Helper()
	var live []*Peer
	for _, p := range w.order {
		if !w.dead[p.self.Addr] {
			live = append(live, p)
		}
	}
	n := len(live)
	for i, p := range live {
		var want []Ref
		for j := 1; j <= min(p.cfg.Successors, n-1); j++ {
			want = append(want, live[(i+j)%n].self)
		}
		if pred := live[(i+n-1)%n].self; p.pred != pred || !slices.Equal(p.succs, want) {
			w.t.Errorf("%s: N%s has list [%s] and predecessor %s, want [%s] and %s", when, w.space.Format(p.self.ID),
				w.numbers(p.succs), w.numbers([]Ref{p.pred}), w.numbers(want), w.numbers([]Ref{pred}))
		}
	}
}

// TestToN_IVE3_VoluntaryLeave: predecessor and successor of a leaver point at
// each other as soon as they have its goodbye, before any stabilize, and every
// lookup finds the heir of its keys.
func TestToN_IVE3_VoluntaryLeave(t *testing.T) {
	w := tonWeb(t, corrected)
	w.step(w.peer(32), Leave{})
	w.deliver()
	if s := w.peer(32).Status(); s != StatusLeaving {
		t.Fatalf("N32 is %v: it should go on redirecting for a while", s)
	}
	w.wantPointers("goodbye", "21[38 42] pred 14, 38[42 48 51] pred 21", 21, 38)
	for _, from := range tonRing {
		for _, key := range []uint64{24, 30, 32} {
			if from == 32 {
				continue
			}
			if l := w.lookup(w.peer(from), ring.FromUint64(key), false); l.Owner != w.ref(38) {
				t.Errorf("K%d from N%d: %s %s, want N38", key, from, l.Owner.Addr, l.Failed)
			}
		}
	}
	if s := w.peer(32).Status(); s != StatusGone {
		t.Fatalf("N32 is %v after one stabilize interval", s)
	}
	w.kill(32)
	w.rounds(3)
	w.wantIdeal("after the leave")
}
