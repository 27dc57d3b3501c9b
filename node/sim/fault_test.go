package sim

import (
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// settledRing starts a ring of peers with these identifiers and waits until it
// is ideal.
func settledRing(t *testing.T, merge bool, ids ...uint64) (*Sim, []*Host) {
	t.Helper()
	cfg := Default(ring.MustSpace(6), 1)
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Merge = 3, merge }
	s := New(cfg)
	var hosts []*Host
	for i, id := range ids {
		h := s.Start(ring.FromUint64(id))
		hosts = append(hosts, h)
		if i == 0 {
			s.Do(h, chord.Create{})
		} else {
			s.Do(h, chord.Join{Seeds: []chord.Ref{hosts[0].Ref}})
		}
	}
	awaitIdeal(t, s, hosts...)
	return s, hosts
}

// judge says what is wrong with a part of the ring.
func judge(s *Sim, hosts ...*Host) truth.Report {
	var snaps []*chord.Snapshot
	for _, h := range hosts {
		snap := h.Peer.Snapshot()
		snaps = append(snaps, &snap)
	}
	return truth.NewMembers(s.cfg.Space, snaps).Check(3)
}

func awaitIdeal(t *testing.T, s *Sim, hosts ...*Host) {
	t.Helper()
	ideal := func() bool {
		rep := judge(s, hosts...)
		return rep.Stable()
	}
	if !s.RunUntil(5*time.Minute, ideal) {
		t.Fatalf("not ideal at %v: %+v", s.Now(), judge(s, hosts...))
	}
}

// cutApart cuts all ways between the hosts of even and of odd number.
func cutApart(s *Sim, hosts []*Host) (even, odd []*Host) {
	for i, a := range hosts {
		if i%2 == 0 {
			even = append(even, a)
		} else {
			odd = append(odd, a)
		}
		for j, b := range hosts {
			if (i+j)%2 == 1 {
				s.SetFault(a, b, Fault{Cut: true})
			}
		}
	}
	return even, odd
}

// A ring that is cut in two becomes two rings that are each in order. After the
// cut is healed, the placement check makes them one again.
func TestPartitionHeals(t *testing.T) {
	s, hosts := settledRing(t, true, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
	even, odd := cutApart(s, hosts)
	awaitIdeal(t, s, even...)
	awaitIdeal(t, s, odd...)
	s.RunFor(time.Minute)
	s.HealAll()
	awaitIdeal(t, s, hosts...)
}

// Without the placement check they stay two, as in the papers, until it is run
// by hand.
func TestPartitionStaysWithoutMerge(t *testing.T) {
	s, hosts := settledRing(t, false, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
	even, odd := cutApart(s, hosts)
	awaitIdeal(t, s, even...)
	awaitIdeal(t, s, odd...)
	s.HealAll()
	s.RunFor(10 * time.Minute)
	if rep := judge(s, hosts...); rep.Rings != 2 {
		t.Fatalf("after ten minutes there are %d rings", rep.Rings)
	}
	var all []chord.Ref
	for _, h := range hosts {
		all = append(all, h.Ref)
	}
	for range 10 {
		for _, h := range hosts {
			s.Do(h, chord.Known{Peers: all})
			s.Do(h, chord.Run{Task: chord.TaskPlacement})
		}
		s.RunFor(500 * time.Millisecond)
	}
	awaitIdeal(t, s, hosts...)
}

// pings lets a send pings to b, so far apart, and returns when each arrived, in
// the order they were sent; 0: it never did.
func pings(s *Sim, a, b *Host, n int, apart time.Duration) (sent, arrived []time.Duration) {
	const first = 1 << 40 // no number that the core uses
	arrived = make([]time.Duration, n)
	var order []int
	s.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, m := range fx.Sends {
			if h == b && m.Answer >= first {
				i := int(m.Answer - first)
				arrived[i] = s.Now()
				order = append(order, i)
			}
		}
	}
	for i := range n {
		sent = append(sent, s.Now())
		s.send(a, chord.Send{To: b.Ref, Request: first + uint64(i), Body: chord.Ping{}})
		s.RunFor(apart)
	}
	s.RunFor(time.Minute)
	s.OnEffects = nil
	if !slices.IsSorted(order) {
		return sent, nil
	}
	return sent, arrived
}

func TestDelayAndStall(t *testing.T) {
	const n = 400
	for _, tc := range []struct {
		name     string
		fault    Fault
		lo, hi   time.Duration // of one message alone
		late     func(took time.Duration) bool
		min, max int // how many are late
	}{
		{"sound", Fault{}, 500 * time.Microsecond, 2 * time.Millisecond, nil, 0, 0},
		{"delay", Fault{Delay: 100 * time.Millisecond}, 100 * time.Millisecond, 102 * time.Millisecond, nil, 0, 0},
		{"jitter", Fault{Delay: 100 * time.Millisecond, Jitter: 50 * time.Millisecond}, 100 * time.Millisecond, 152 * time.Millisecond,
			func(d time.Duration) bool { return d > 127*time.Millisecond }, n / 3, 2 * n / 3},
		{"stall", Fault{Stall: 0.25}, 500 * time.Microsecond, 202 * time.Millisecond,
			func(d time.Duration) bool { return d > stallTime }, n / 8, n / 2},
	} {
		s, hosts := settledRing(t, true, 8, 21)
		s.SetFault(hosts[0], hosts[1], tc.fault)
		if got := s.Fault(hosts[0], hosts[1]); got != tc.fault {
			t.Errorf("%s: the fault is %+v", tc.name, got)
		}
		if got := s.Fault(hosts[1], hosts[0]); got != (Fault{}) {
			t.Errorf("%s: the way back has %+v", tc.name, got)
		}
		sent, arrived := pings(s, hosts[0], hosts[1], n, time.Second)
		if arrived == nil {
			t.Errorf("%s: messages overtook each other", tc.name)
			continue
		}
		late := 0
		for i := range sent {
			took := arrived[i] - sent[i]
			if arrived[i] == 0 || took < tc.lo || took > tc.hi {
				t.Errorf("%s: message %d took %v", tc.name, i, took)
			}
			if tc.late != nil && tc.late(took) {
				late++
			}
		}
		if late < tc.min || late > tc.max {
			t.Errorf("%s: %d of %d messages are late", tc.name, late, n)
		}
		s.SetFault(hosts[0], hosts[1], Fault{Delay: 10 * time.Millisecond, Jitter: 500 * time.Millisecond, Stall: 0.5})
		if _, arrived := pings(s, hosts[0], hosts[1], n, time.Millisecond); arrived == nil || slices.Contains(arrived, 0) {
			t.Errorf("%s: messages overtook each other, or were lost", tc.name)
		}
	}
}

// A cut is one-way, stays for a restarted receiver, and is no end of anything.
func TestCut(t *testing.T) {
	s, hosts := settledRing(t, true, 8, 21, 42)
	a, b := hosts[0], hosts[1]
	s.SetFault(a, b, Fault{Cut: true})
	if _, arrived := pings(s, a, b, 5, time.Second); slices.ContainsFunc(arrived, func(d time.Duration) bool { return d != 0 }) {
		t.Errorf("messages came through a cut: %v", arrived)
	}
	if _, arrived := pings(s, b, a, 5, time.Second); slices.Contains(arrived, 0) {
		t.Errorf("the way back is cut too: %v", arrived)
	}
	s.Crash(b)
	again := s.Restart(b)
	if s.Fault(a, again) != (Fault{Cut: true}) {
		t.Error("the cut ended with the restart of the receiver")
	}
	s.HealAll()
	s.Do(again, chord.Join{Seeds: []chord.Ref{hosts[2].Ref}})
	awaitIdeal(t, s, a, again, hosts[2])
}

// A reset loses what is under way, and nothing else: requests are sent again,
// and nobody is given up.
func TestResetLink(t *testing.T) {
	s, hosts := settledRing(t, true, 8, 21, 42)
	a, b := hosts[0], hosts[1]
	suspected, answered := 0, 0
	s.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, e := range fx.Events {
			if e.Kind == chord.EvSuspected || e.Kind == chord.EvDead {
				suspected++
			}
		}
		for _, l := range fx.Lookups {
			if l.Token == 7 && l.Owner == b.Ref {
				answered++
			}
		}
	}
	for range 20 {
		s.Do(a, chord.Find{Token: 7, Key: ring.FromUint64(20)}) // asks b
		s.Freeze(b)
		s.RunFor(5 * time.Millisecond) // it has arrived, but is not read
		s.ResetLink(a, b)
		s.InFlight(func(to *Host, m chord.Receive) {
			if to == b && m.From == a.Ref || to == a && m.From == b.Ref {
				t.Errorf("%T survived the reset", m.Body)
			}
		})
		s.Thaw(b)
		s.RunFor(time.Second)
	}
	if answered != 20 || suspected > 0 {
		t.Errorf("%d of 20 lookups were answered, %d suspicions", answered, suspected)
	}
	awaitIdeal(t, s, hosts...)
}

// A frozen host takes commands once it is thawed.
func TestDoWhileFrozen(t *testing.T) {
	s, hosts := settledRing(t, true, 8, 21, 42)
	lookups := 0
	s.OnEffects = func(h *Host, fx *chord.Effects) { lookups += len(fx.Lookups) }
	s.Freeze(hosts[0])
	s.Do(hosts[0], chord.Find{Token: 1, Key: ring.FromUint64(60)})
	s.RunFor(time.Minute)
	if lookups > 0 || !hosts[0].Frozen() || hosts[1].Frozen() {
		t.Errorf("%d lookups by a frozen host", lookups)
	}
	s.Thaw(hosts[0])
	s.RunFor(10 * time.Second)
	if lookups != 1 || hosts[0].Frozen() {
		t.Errorf("%d lookups after it was thawed", lookups)
	}
	awaitIdeal(t, s, hosts...)
}

// While the registry is down nobody hears of anybody: two rings that have never
// met stay two until it comes up.
func TestRegistryDown(t *testing.T) {
	s := New(Default(ring.MustSpace(6), 1))
	s.SetRegistry(false)
	var hosts []*Host
	for _, id := range []uint64{8, 21, 42} {
		h := s.Start(ring.FromUint64(id))
		s.Do(h, chord.Create{})
		hosts = append(hosts, h)
	}
	s.RunFor(10 * time.Minute)
	if rep := judge(s, hosts...); rep.Rings != 3 {
		t.Fatalf("there are %d rings", rep.Rings)
	}
	s.SetRegistry(true)
	awaitIdeal(t, s, hosts...)
}

// Poisoned pointers are mended, whichever they are and whatever they point at.
func TestPoisonHeals(t *testing.T) {
	s, hosts := settledRing(t, true, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
	gone := s.Start(ring.FromUint64(10))
	s.Crash(gone)
	for _, wrong := range append(hosts[2:], gone) {
		for i := range 7 {
			poisoned := 0
			s.OnEffects = func(_ *Host, fx *chord.Effects) {
				for _, e := range fx.Events {
					if e.Kind == chord.EvPoisoned && e.Peer == wrong.Ref {
						poisoned++
					}
				}
			}
			s.Do(hosts[1], chord.Poison{Index: i, Peer: wrong.Ref})
			if poisoned != 1 {
				t.Fatalf("finger %d was not poisoned with N%s", i, s.cfg.Space.Format(wrong.Ref.ID))
			}
			awaitIdeal(t, s, hosts...)
		}
	}
}
