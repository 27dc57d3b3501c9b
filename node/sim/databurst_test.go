package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"chordscope/node/store"
)

// TestDataBurst: k-1 neighbours crash at one instant while puts are under way,
// again and again with repair between. Nothing that was acknowledged is lost.
func TestDataBurst(t *testing.T) {
	for k := 2; k <= 4; k++ {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			s := loadedRing(t, uint64(k), dataShape{bits: 16, r: k + 1, k: k, latency: 5 * time.Millisecond, keys: 150}, 10)
			for round := range 12 {
				for range s.rng.IntN(20) {
					s.client()
				}
				s.sim.RunFor(time.Duration(s.rng.Int64N(int64(20 * time.Millisecond))))
				for _, h := range s.adjacent(k - 1) {
					s.crash(h)
				}
				if err := s.untilPlaced(30*time.Second, false); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				for len(s.members()) < 10 {
					s.join()
					s.sim.RunFor(300 * time.Millisecond)
				}
				if err := s.untilPlaced(30*time.Second, false); err != nil {
					t.Fatalf("round %d, after the joins: %v", round, err)
				}
			}
			if err := s.settleData(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", s.ledger.tally)
		})
	}
}

// TestDataAnyTwo: of seven peers with three copies of each key, any two crash at
// one instant. Nothing is lost, whichever they are.
func TestDataAnyTwo(t *testing.T) {
	const n = 7
	for a := range n {
		for b := range a {
			s := loadedRing(t, uint64(1+n*a+b), dataShape{bits: 16, r: 4, k: 3, latency: 5 * time.Millisecond, keys: 30}, n)
			hosts := s.members()
			s.crash(hosts[a])
			s.crash(hosts[b])
			if err := s.settleData(); err != nil {
				t.Errorf("after the crash of %d and %d: %v", a, b, err)
			}
		}
	}
}

// TestDataBurstTooLarge: if k neighbours crash at one instant, exactly those
// keys are lost whose holders are all among them.
func TestDataBurstTooLarge(t *testing.T) {
	for k := 1; k <= 3; k++ {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			s := loadedRing(t, uint64(k), dataShape{bits: 16, r: k + 2, k: k, latency: 5 * time.Millisecond, keys: 200}, 10)
			if err := s.untilPlaced(30*time.Second, true); err != nil {
				t.Fatal(err)
			}
			victims := s.adjacent(k)
			lost := make(map[store.Key]bool)
			for _, r := range s.ledger.order {
				lost[r.key] = true
				for h := range r.held {
					lost[r.key] = lost[r.key] && slices.Contains(victims, h)
				}
			}
			s.ledger.beyond = true // what the ledger calls a loss is judged here
			for _, h := range victims {
				s.crash(h)
			}
			if err := s.untilPlaced(60*time.Second, true); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, r := range s.ledger.order {
				_, holders := r.best(nil)
				if gone := holders == 0; gone != lost[r.key] {
					t.Errorf("%s: lost %v, expected %v", s.ledger.name(r.key), gone, lost[r.key])
				}
				if lost[r.key] {
					n++
				}
			}
			before := s.ledger.tally
			if err := s.settleData(); err != nil {
				t.Fatal(err)
			}
			if missing, failed := s.ledger.tally.missing-before.missing, s.ledger.tally.getFailed-before.getFailed; missing != n || failed > 0 {
				t.Errorf("of %d keys %d are lost, but %d not found, and %d gets failed", len(s.keys), n, missing, failed)
			}
			if n == 0 || n == len(s.keys) {
				t.Errorf("%d of %d keys lost: that shows nothing", n, len(s.keys))
			}
		})
	}
}

// loadedRing is a ring of n peers at rest that hold all keys.
func loadedRing(t testing.TB, seed uint64, shape dataShape, n int) *dataSchedule {
	t.Helper()
	trace := func(string, ...any) {}
	if *proofSeed != 0 {
		seed, trace = *proofSeed, t.Logf
	}
	s := newDataSchedule(seed, rand.New(rand.NewPCG(seed, 19)), shape, trace)
	if err := s.build(n); err != nil {
		t.Fatal(err)
	}
	if err := s.load(); err != nil {
		t.Fatal(err)
	}
	return s
}

// adjacent returns n members beside each other on the circle.
func (s *dataSchedule) adjacent(n int) []*Host {
	all := s.members()
	slices.SortFunc(all, func(a, b *Host) int { return a.Ref.ID.Compare(b.Ref.ID) })
	from := s.rng.IntN(len(all))
	return append(all, all...)[from : from+n]
}
