package chord

import (
	"fmt"
	"testing"

	"chordscope/node/ring"
)

// A full book forgets the oldest, but nobody whose first miss waits for the
// second: else two would never come together among many peers.
func TestBookKeepsSuspects(t *testing.T) {
	var b book
	b.init()
	ref := func(i int) Ref { return Ref{ID: ring.FromUint64(uint64(i)), Addr: fmt.Sprintf("n%d", i), Inc: 1} }
	for i := range bookSize {
		b.add(ref(i))
	}
	b.get(ref(0)).misses = 1
	b.get(ref(1)).misses, b.get(ref(1)).dead = 2, true
	b.add(ref(bookSize))
	switch {
	case b.get(ref(0)) == nil:
		t.Error("the suspect was forgotten")
	case b.get(ref(1)) != nil:
		t.Error("the oldest of the others is still there")
	case len(b.order) != bookSize || len(b.byAddr) != bookSize:
		t.Errorf("%d and %d entries, want %d", len(b.order), len(b.byAddr), bookSize)
	}
	for _, e := range b.order {
		e.misses, e.dead = 1, false
	}
	b.add(ref(bookSize + 1))
	if b.get(ref(0)) != nil || b.get(ref(bookSize+1)) == nil {
		t.Error("of suspects alone the oldest is not the one that went")
	}
}
