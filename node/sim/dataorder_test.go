package sim

import (
	"fmt"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// TestDataAnyOrder: writes of one key that several owners accepted reach every
// holder in an order of its own, some of them twice. All come to the same
// version, the highest, without talking to each other.
func TestDataAnyOrder(t *testing.T) {
	s := emptyRing(t, dataShape{bits: 32, r: 3, k: 3, latency: 2 * time.Millisecond}, 3)
	hosts := s.members()
	for _, h := range hosts {
		s.sim.Do(h, chord.Pause{})
	}
	s.sim.RunFor(5 * time.Second)
	for i := range 50 {
		key := store.Named(s.space, fmt.Sprintf("key %d", i))
		var writes []store.Item
		var best store.Version
		for counter := uint64(1); counter <= 3; counter++ {
			for _, h := range hosts {
				v := store.Version{Counter: counter, Node: h.Ref.ID, Inc: uint64(1 + s.rng.IntN(2))}
				writes = append(writes, store.Item{Key: key, Version: v, Deleted: s.rng.IntN(4) == 0, Value: []byte(fmt.Sprint(v))})
				if best.Compare(v) < 0 {
					best = v
				}
			}
		}
		for _, h := range hosts {
			writes = append(writes, writes[s.rng.IntN(len(writes))])
			s.rng.Shuffle(len(writes), func(a, b int) { writes[a], writes[b] = writes[b], writes[a] })
			for _, it := range writes {
				s.give(h, it)
			}
			if e, ok := h.Peer.Entry(key); !ok || e.Version != best {
				t.Errorf("key %d: %v holds %+v, the highest was %+v", i, h.Ref.ID, e.Version, best)
			}
		}
	}
	if s.ledger.err != nil {
		t.Error(s.ledger.err)
	}
}

// TestDataTwoOwners: a ring falls apart into two for a while, and both accept
// writes of the same keys. Once they are one ring again, every holder of a key
// has the same version, and it is none below the highest that was acknowledged
// on either side: nobody has crashed, so nothing that won is lost.
func TestDataTwoOwners(t *testing.T) {
	for seed := range uint64(6) {
		s := loadedRing(t, seed+1, dataShape{bits: 16, r: 4, k: 3, latency: 5 * time.Millisecond, keys: 40, grace: time.Minute}, 8)
		s.ledger.beyond = true
		hosts := s.members()
		cross := func(f func(a, b *Host)) {
			for i, a := range hosts {
				for j, b := range hosts {
					if (i < 4) != (j < 4) {
						f(a, b)
					}
				}
			}
		}
		cross(func(a, b *Host) { s.sim.SetFault(a, b, Fault{Cut: true}) })
		for range 150 {
			s.client()
			s.sim.RunFor(100 * time.Millisecond)
		}
		before, concurrent := s.ledger.tally.acked, s.ownersOfOneCounter()
		s.sim.HealAll()
		if err := s.settle(120 * time.Second); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := s.settleData(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, r := range s.ledger.order {
			best, n := r.best(nil)
			if a := r.acked; a != nil && best.Compare(a.version) < 0 && !(n == 0 && a.op == chord.OpDelete) {
				t.Errorf("seed %d: %s came to %s, but %v was acknowledged as %s", seed, s.ledger.name(r.key), s.ledger.version(best), a, s.ledger.version(a.version))
			}
		}
		t.Logf("seed %d: %d writes acknowledged, %d keys with one counter from two owners", seed, before, concurrent)
		if concurrent == 0 {
			t.Errorf("seed %d: no key was written on both sides at once", seed)
		}
	}
}

// ownersOfOneCounter counts the keys of which two owners have given out
// different versions with the same counter.
func (s *dataSchedule) ownersOfOneCounter() (n int) {
	for _, r := range s.ledger.order {
		byCounter := make(map[uint64]int)
		twice := false
		for v := range r.meant {
			byCounter[v.Counter]++
			twice = twice || byCounter[v.Counter] > 1
		}
		if twice {
			n++
		}
	}
	return n
}
