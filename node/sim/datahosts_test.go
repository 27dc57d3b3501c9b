package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestDataHosts: hosts with several virtual nodes each, of which any k-1 crash at
// one instant while puts are under way, again and again with repair between;
// others come, and leave. Nothing that was acknowledged is lost.
func TestDataHosts(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if raceEnabled {
		seeds = 1
	}
	for _, c := range []struct{ k, v, hosts int }{{2, 3, 4}, {3, 2, 6}, {3, 4, 5}, {3, 5, 3}, {4, 3, 6}} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("k=%d v=%d hosts=%d seed=%d", c.k, c.v, c.hosts, seed), func(t *testing.T) {
				hostsCrash(t, seed, c.k, c.v, c.hosts)
			})
		}
	}
}

func hostsCrash(t *testing.T, seed uint64, k, v, hosts int) {
	s := loadedHosts(t, seed, dataShape{bits: 16, r: (k-1)*v + 1, k: k, latency: 5 * time.Millisecond, keys: 100}, hosts, v)
	for round := range 5 {
		for range s.rng.IntN(20) {
			s.client()
		}
		s.sim.RunFor(time.Duration(s.rng.Int64N(int64(20 * time.Millisecond))))
		for range min(k, hosts) - 1 {
			s.crashHost()
		}
		s.placedWithin(t, "round %d", round)
		for s.hosts() < hosts {
			s.joinHost(v)
		}
		s.placedWithin(t, "round %d, after the joins", round)
		s.joinHost(v)
		s.sim.RunFor(time.Second)
		for _, h := range s.host() {
			s.leave(h)
		}
		s.placedWithin(t, "round %d, after a leave", round)
	}
	if err := s.settleData(); err != nil {
		t.Fatal(err)
	}
}

// TestDataHostsTogether: copies that need not be apart are lost together. This
// shows that the proof above can fail.
func TestDataHostsTogether(t *testing.T) {
	s := loadedHosts(t, 1, dataShape{bits: 16, r: 13, k: 3, latency: 5 * time.Millisecond, keys: 100}, 4, 6)
	s.ledger.beyond = true
	for range 3 { // one more than the promise allows
		s.crashHost()
	}
	s.sim.RunFor(time.Minute)
	lost := 0
	for _, r := range s.ledger.order {
		if _, holders := r.best(nil); holders == 0 {
			lost++
		}
	}
	if lost == 0 {
		t.Error("three hosts with all copies of some keys crashed, and nothing is lost")
	}
}

func loadedHosts(t *testing.T, seed uint64, shape dataShape, hosts, v int) *dataSchedule {
	t.Helper()
	trace := func(string, ...any) {}
	if *proofSeed != 0 {
		seed, trace = *proofSeed, t.Logf
	}
	s := newDataSchedule(seed, rand.New(rand.NewPCG(seed, 23)), shape, trace)
	for range hosts {
		s.joinHost(v)
	}
	s.placedWithin(t, "at first")
	if err := s.load(); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *dataSchedule) placedWithin(t *testing.T, format string, args ...any) {
	t.Helper()
	if err := s.untilPlaced(30*time.Second, false); err != nil {
		t.Fatalf(format+": %v", append(args, err)...)
	}
}

// joinHost lets a host with v virtual nodes join, all at once.
func (s *dataSchedule) joinHost(v int) {
	var first *Host
	for n := 0; n < v; {
		id := s.space.Hash([]byte(fmt.Sprint(s.rng.Uint64())))
		switch taken := slices.ContainsFunc(s.sim.hosts, func(h *Host) bool { return h.Ref.ID == id }); {
		case taken:
			continue
		case first == nil:
			first = s.sim.Start(id)
			s.enter(first)
		default:
			s.enter(s.sim.StartBeside(first, id))
		}
		n++
	}
	s.sim.RunFor(300 * time.Millisecond)
}

// host returns the live members of a random host.
func (s *dataSchedule) host() []*Host {
	one := s.pick(s.members())
	return slices.DeleteFunc(slices.Clone(s.sim.hosts), func(h *Host) bool {
		return h.dead || h.Ref.HostAddr() != one.Ref.HostAddr()
	})
}

func (s *dataSchedule) crashHost() {
	for _, h := range s.host() {
		s.crash(h)
	}
}

// hosts counts those with live members.
func (s *dataSchedule) hosts() int {
	seen := make(map[string]bool)
	for _, h := range s.members() {
		seen[h.Ref.HostAddr()] = true
	}
	return len(seen)
}
