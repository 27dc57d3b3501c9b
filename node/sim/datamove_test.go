package sim

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// TestDataLeave: neighbours leave at the same instant, while puts are under way
// through them and through others. Nothing is lost, no access fails but those
// whose own peer has gone, and the copies are as they should be.
func TestDataLeave(t *testing.T) {
	for k := 1; k <= 3; k++ {
		for _, leavers := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("k=%d leavers=%d", k, leavers), func(t *testing.T) {
				for seed := range uint64(8) {
					s := loadedRing(t, 100*seed+uint64(10*k+leavers), dataShape{bits: 16, r: 5, k: k, latency: 10 * time.Millisecond, keys: 60}, 9)
					for _, h := range s.adjacent(leavers) {
						for range 5 {
							s.client()
							s.ledger.ask(h, chord.OpPut, s.keys[s.rng.IntN(len(s.keys))])
						}
						s.sim.RunFor(time.Duration(s.rng.Int64N(int64(10 * time.Millisecond))))
						s.leave(h)
					}
					for range 40 {
						s.client()
						s.sim.RunFor(10 * time.Millisecond)
					}
					if err := s.settleData(); err != nil {
						t.Fatalf("seed %d: %v", seed, err)
					}
					if n := s.failedElsewhere(); n > 0 {
						t.Errorf("seed %d: %d accesses failed at peers that stayed: %+v", seed, n, s.ledger.tally)
					}
				}
			})
		}
	}
}

// failedElsewhere counts the accesses that failed at peers that still live.
func (s *dataSchedule) failedElsewhere() (n int) {
	for _, a := range s.ledger.tokens {
		if a.failed && !a.host.dead {
			n++
		}
	}
	return n
}

// TestDataJoin: many peers join a loaded ring at the same instant. Clients see
// nothing of it.
func TestDataJoin(t *testing.T) {
	for _, k := range []int{1, 3} {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			s := loadedRing(t, uint64(k), dataShape{bits: 32, r: 4, k: k, latency: 10 * time.Millisecond, keys: 300}, 5)
			for range 15 {
				s.join()
			}
			for range 300 {
				h := s.pick(s.members())
				s.ledger.ask(h, chord.OpGet, s.keys[s.rng.IntN(len(s.keys))])
				s.client()
				s.sim.RunFor(5 * time.Millisecond)
			}
			if err := s.settleData(); err != nil {
				t.Fatal(err)
			}
			if n := s.ledger.tally.getFailed + s.ledger.tally.writesFailed; n > 0 {
				t.Errorf("%d accesses failed: %+v", n, s.ledger.tally)
			}
			if n := len(s.members()); n != 20 {
				t.Errorf("%d members", n)
			}
		})
	}
}

// TestDataJoinerTakesItsRange: with one copy of each key a newcomer takes
// exactly the keys of (predecessor, self], and its successor drops as many.
func TestDataJoinerTakesItsRange(t *testing.T) {
	s := loadedRing(t, 1, dataShape{bits: 32, r: 3, k: 1, latency: 5 * time.Millisecond, keys: 400}, 3)
	took, dropped := 0, 0
	was := s.sim.OnEffects
	s.sim.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, e := range fx.Events {
			switch e.Kind {
			case chord.EvTook:
				took += e.Index
			case chord.EvDropped:
				dropped += e.Index
			}
		}
		was(h, fx)
	}
	for range 5 {
		took, dropped = 0, 0
		s.join()
		newcomer := s.sim.hosts[len(s.sim.hosts)-1]
		if err := s.untilPlaced(3*time.Second, true); err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, k := range s.keys {
			if ring.OpenClosed(newcomer.Peer.Snapshot().Predecessor.ID, newcomer.Ref.ID).Contains(k.ID) {
				want++
			}
		}
		if items, _ := newcomer.Peer.Stored(); items != want || took != want || dropped != want {
			t.Errorf("of %d keys of its range the newcomer holds %d, was told to have taken %d, and %d were dropped", want, items, took, dropped)
		}
	}
}

// TestDataGrowAndShrink: a ring of one grows to six and shrinks to one again.
// At every size min(k, N) peers hold each key, and nothing is ever lost.
func TestDataGrowAndShrink(t *testing.T) {
	for k := 1; k <= 4; k++ {
		s := loadedRing(t, uint64(k), dataShape{bits: 16, r: 4, k: k, latency: 5 * time.Millisecond, keys: 40}, 1)
		step := func(what string) {
			for range 10 {
				s.client()
			}
			s.sim.RunFor(accessDeadline)
			if err := s.untilPlaced(s.grace+10*time.Second, true); err != nil {
				t.Fatalf("k=%d, %s to %d peers: %v", k, what, len(s.members()), err)
			}
		}
		for len(s.members()) < 6 {
			s.join()
			step("grown")
		}
		for len(s.members()) > 1 {
			s.leave(s.pick(s.members()))
			step("shrunk")
		}
		if err := s.settleData(); err != nil {
			t.Fatalf("k=%d: %v", k, err)
		}
		if n := s.ledger.tally.getFailed; n > 0 {
			t.Errorf("k=%d: %d gets failed", k, n)
		}
	}
}

// TestDataFreshRing: a ring that has just been started takes writes as soon as
// it is ideal, however its peers came in.
func TestDataFreshRing(t *testing.T) {
	for _, apart := range []time.Duration{0, 20 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(fmt.Sprintf("a peer every %v", apart), func(t *testing.T) {
			shape := dataShape{bits: 32, r: 4, k: 3, latency: 2 * time.Millisecond, keys: 100}
			s := newDataSchedule(1, rand.New(rand.NewPCG(1, 31)), shape, func(string, ...any) {})
			s.join()
			for range 9 {
				s.join()
				s.sim.RunFor(apart)
			}
			if err := s.settle(20 * time.Second); err != nil {
				t.Fatal(err)
			}
			ideal := s.sim.now
			if err := s.load(); err != nil {
				t.Fatal(err)
			}
			if took := s.sim.now - ideal; took > time.Second {
				t.Errorf("%d puts on a ring that is ideal take %v", len(s.keys), took)
			}
			if err := s.untilPlaced(20*time.Second, true); err != nil {
				t.Error(err)
			}
			t.Logf("ideal at %v, all in place at %v: %+v", ideal, s.sim.now, s.ledger.tally)
		})
	}
}
