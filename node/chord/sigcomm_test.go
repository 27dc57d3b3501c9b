package chord

import (
	"fmt"
	"testing"

	"chordscope/node/ring"
)

// The figures of Stoica et al., SIGCOMM 2001: m = 3, peers 0, 1, 3.

func sigcommWeb(t *testing.T) *web {
	w := newWeb(t, 3)
	w.ideal(ids(0, 1, 3), corrected)
	for _, p := range w.order {
		clear(p.fingers)
	}
	w.rounds(1)
	return w
}

func (w *web) wantFingers(when string, want map[uint64]string) {
	w.t.Helper()
	for id, f := range want {
		if got := w.numbers(w.peer(id).Snapshot().Fingers); got != f {
			w.t.Errorf("%s: fingers of N%d: %s, want %s", when, id, got, f)
		}
	}
}

// wantOwners looks the keys up from every live peer.
func (w *web) wantOwners(when string, want map[uint64]uint64) {
	w.t.Helper()
	for key, owner := range want {
		for _, p := range w.order {
			if w.dead[p.self.Addr] {
				continue
			}
			if l := w.lookup(p, ring.FromUint64(key), false); l.Owner != w.ref(owner) {
				w.t.Errorf("%s: K%d from %s is at %s %s, want N%d", when, key, p.self.Addr, l.Owner.Addr, l.Failed, owner)
			}
		}
	}
}

func TestSIGCOMM_Figure3_Tables(t *testing.T) {
	w := sigcommWeb(t)
	w.wantFingers("figure 3", map[uint64]string{0: "1 3 0", 1: "3 3 0", 3: "0 0 0"})
	w.wantOwners("figure 2", map[uint64]uint64{1: 1, 2: 3, 6: 0})
}

// TestSIGCOMM_LookupOf1FromN3: section 4.3, N3 asks N0, which names N1.
func TestSIGCOMM_LookupOf1FromN3(t *testing.T) {
	w := sigcommWeb(t)
	if l := w.lookup(w.peer(3), ring.FromUint64(1), false); w.numbers(l.Path) != "3 0 1" {
		t.Errorf("path %s", w.numbers(l.Path))
	}
}

// join6 is figure 5(a): node 6 joins, through any of the others.
func join6(t *testing.T, via uint64) *web {
	w := sigcommWeb(t)
	n6 := w.add(ring.FromUint64(6), corrected)
	w.do(n6, Join{Seeds: []Ref{w.ref(via)}})
	w.rounds(5)
	w.wantIdeal("6 has joined")
	return w
}

func TestSIGCOMM_Figure5a_6Joins(t *testing.T) {
	for _, via := range []uint64{0, 1, 3} {
		w := join6(t, via)
		w.wantFingers("figure 5a", map[uint64]string{0: "1 3 6", 1: "3 3 6", 3: "6 6 0", 6: "0 0 3"})
		w.wantOwners("figure 5a", map[uint64]uint64{1: 1, 2: 3, 6: 6})
	}
}

// leave makes a peer say goodbye and go.
func (w *web) leave(id uint64) {
	w.do(w.peer(id), Leave{})
	if s := w.peer(id).Status(); s != StatusGone {
		w.t.Fatalf("N%d is %v after its leave", id, s)
	}
	w.kill(id)
	w.rounds(5)
	w.wantIdeal(fmt.Sprintf("%d has left", id))
}

func TestSIGCOMM_Figure5b_3Leaves(t *testing.T) {
	w := join6(t, 1)
	w.leave(3)
	w.wantFingers("figure 5b", map[uint64]string{0: "1 6 6", 1: "6 6 6", 6: "0 0 6"})
	w.wantOwners("figure 5b", map[uint64]uint64{1: 1, 2: 6, 6: 6})
}

// TestSIGCOMM_Figure5_1Leaves is the variant that courses often show.
func TestSIGCOMM_Figure5_1Leaves(t *testing.T) {
	w := join6(t, 1)
	w.leave(1)
	w.wantFingers("1 has left", map[uint64]string{0: "3 3 6", 3: "6 6 0", 6: "0 0 3"})
	w.wantOwners("1 has left", map[uint64]uint64{1: 3, 2: 3, 6: 6})
}

// TestSIGCOMM_7TakesKey6: section 4.2, a node 7 that joins {0, 1, 3} takes key
// 6 from 0.
func TestSIGCOMM_7TakesKey6(t *testing.T) {
	w := sigcommWeb(t)
	w.do(w.add(ring.FromUint64(7), corrected), Join{Seeds: []Ref{w.ref(3)}})
	w.rounds(5)
	w.wantIdeal("7 has joined")
	w.wantOwners("7 has joined", map[uint64]uint64{6: 7, 0: 0, 1: 1, 2: 3})
}
