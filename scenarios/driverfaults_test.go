package scenarios

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file holds the two drivers to the same behaviour with faults.

// hasty starts a ring of ten that notices faults fast.
func hasty(t *testing.T, driver string) System {
	t.Helper()
	return ringOfTen(t, driver, 200*time.Millisecond)
}

// calm starts a ring of ten that takes nobody for dead who is slow. Nobody should
// die in it.
func calm(t *testing.T, driver string) System {
	t.Helper()
	return ringOfTen(t, driver, 5*time.Second)
}

func ringOfTen(t *testing.T, driver string, timeout time.Duration) System {
	t.Helper()
	sys := systemOf(driver)
	t.Cleanup(func() { sys.Close() })
	s := DefaultSettings()
	s.Bits, s.Stabilize, s.Fix, s.Check, s.Timeout = 6, 100*time.Millisecond, 100*time.Millisecond, 200*time.Millisecond, timeout
	if err := sys.Start(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := sys.Join(t.Context(), identifiers(1, 8, 14, 21, 32, 38, 42, 48, 51, 56), nil); err != nil {
		t.Fatal(err)
	}
	awaitHealth(t, sys, "stable", func(h observe.Health) bool { return h.Stable })
	return sys
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// A frozen peer is seen as such at once, and taken in again when it is thawed.
func TestFreezeOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := hasty(t, driver)
		must(t, sys.Freeze(t.Context(), identifiers(8, 32)))
		if got := frozenIDs(sys.Picture()); !slices.Equal(got, identifiers(8, 32)) {
			t.Errorf("frozen: %v", got)
		}
		awaitHealth(t, sys, "eight and stable", func(h observe.Health) bool { return h.Stable && h.Live == 8 })
		must(t, sys.Thaw(t.Context(), identifiers(8)))
		if got := frozenIDs(sys.Picture()); !slices.Equal(got, identifiers(32)) {
			t.Errorf("frozen: %v", got)
		}
		awaitHealth(t, sys, "nine and stable", func(h observe.Health) bool { return h.Stable && h.Live == 9 })
		must(t, sys.Kill(t.Context(), identifiers(32))) // also a frozen one
		awaitHealth(t, sys, "nine and stable", func(h observe.Health) bool { return h.Stable && h.Live == 9 })
	})
}

// A restarted peer has its address and identifier again, and a higher
// incarnation.
func TestRestartOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := hasty(t, driver)
		before := peerIn(sys.Picture(), 32)
		if err := sys.Restart(t.Context(), identifiers(32)); !errors.Is(err, cluster.ErrPresent) {
			t.Errorf("restart of a live peer: %v", err)
		}
		if err := sys.Restart(t.Context(), identifiers(33)); !errors.Is(err, cluster.ErrForeign) {
			t.Errorf("restart of nobody: %v", err)
		}
		must(t, sys.Kill(t.Context(), identifiers(32, 38)), sys.Restart(t.Context(), identifiers(32, 38)))
		awaitHealth(t, sys, "ten and stable", func(h observe.Health) bool { return h.Stable && h.Live == 10 })
		var after *observe.Peer
		for i, p := range sys.Picture().Peers {
			if p.ID == before.ID && present(&p) {
				after = &sys.Picture().Peers[i]
			}
		}
		if after == nil || after.Addr != before.Addr || after.Incarnation <= before.Incarnation {
			t.Errorf("restarted %+v as %+v", before, after)
		}
	})
}

// Faults of links are in the picture when the call returns, until Heal.
func TestLinkFaultsOnBothDrivers(t *testing.T) {
	t.Parallel()
	one := ring.FromUint64
	want := []observe.Fault{
		{From: one(8), To: one(14), LinkFault: observe.LinkFault{Cut: true}},
		{From: one(8), To: one(42), LinkFault: observe.LinkFault{Delay: 10 * time.Millisecond, Jitter: time.Millisecond}},
		{From: one(42), To: one(8), LinkFault: observe.LinkFault{Stall: 0.01}},
	}
	plainly := func(pic *observe.Picture) []observe.Fault {
		var out []observe.Fault
		for _, f := range pic.Faults {
			out = append(out, observe.Fault{From: f.From, To: f.To, LinkFault: f.LinkFault})
		}
		return out
	}
	onDrivers(t, func(t *testing.T, driver string) {
		sys := hasty(t, driver)
		must(t, sys.SetFaults(t.Context(), want))
		if got := plainly(sys.Picture()); !slices.Equal(got, want) {
			t.Errorf("faults %+v", got)
		}
		other := []observe.Fault{{From: one(8), To: one(42), LinkFault: observe.LinkFault{Delay: time.Millisecond}}, {From: one(42), To: one(8)}}
		must(t, sys.SetFaults(t.Context(), other))
		if got := plainly(sys.Picture()); !slices.Equal(got, []observe.Fault{want[0], other[0]}) {
			t.Errorf("faults %+v", got)
		}
		must(t, sys.Heal(t.Context()))
		if got := sys.Picture().Faults; len(got) > 0 {
			t.Errorf("after heal: %+v", got)
		}
		absent := []observe.Fault{{From: one(8), To: one(9), LinkFault: observe.LinkFault{Cut: true}}}
		if err := sys.SetFaults(t.Context(), absent); !errors.Is(err, cluster.ErrAbsent) {
			t.Errorf("a link to nobody: %v", err)
		}
	})
}

// A reset connection is made again, and poison is seen and undone.
func TestResetAndPoisonOnBothDrivers(t *testing.T) {
	t.Parallel()
	eight, fourteen, fiftysix := ring.FromUint64(8), ring.FromUint64(14), ring.FromUint64(56)
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		must(t, sys.Reset(t.Context(), eight, fourteen), sys.Reset(t.Context(), eight, fiftysix))
		must(t, sys.Poison(t.Context(), eight, 6, fourteen), sys.Poison(t.Context(), eight, 1, fiftysix))
		poisoned := 0
		for _, e := range sys.Picture().Events {
			if e.ID == eight && e.Kind == "poisoned" {
				poisoned++
			}
		}
		if poisoned != 2 {
			t.Errorf("%d events of poison in the picture", poisoned)
		}
		awaitHealth(t, sys, "ten and stable", func(h observe.Health) bool { return h.Stable && h.Live == 10 })
		for what, err := range map[string]error{
			"reset":  sys.Reset(t.Context(), eight, ring.FromUint64(9)),
			"poison": sys.Poison(t.Context(), ring.FromUint64(9), 2, eight),
		} {
			if !errors.Is(err, cluster.ErrAbsent) {
				t.Errorf("%s with nobody: %v", what, err)
			}
		}
		if err := sys.Poison(t.Context(), eight, 6, eight); err == nil {
			t.Error("a peer was poisoned with itself")
		}
	})
}

// The registry goes down and comes back; the other way round is refused.
func TestRegistryOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		for _, up := range []bool{false, true} {
			must(t, sys.SetRegistry(t.Context(), up))
			if sys.Picture().Registry.Up != up {
				t.Errorf("the picture says registry up=%v", !up)
			}
			want := "the registry is " + upOrDown(up) + " already"
			if err := sys.SetRegistry(t.Context(), up); err == nil || err.Error() != want {
				t.Errorf("once more: %v, want %s", err, want)
			}
		}
		// Whoever comes at once finds the others registered.
		for id := uint64(2); id < 7; id++ {
			must(t, sys.SetRegistry(t.Context(), false))
			must(t, sys.SetRegistry(t.Context(), true))
			if pic := sys.Picture(); driver == DriverTCP && pic.Registry.Peers < len(liveIDs(pic)) {
				t.Fatalf("%d of %d peers are registered", pic.Registry.Peers, len(liveIDs(pic)))
			}
			must(t, sys.Join(t.Context(), identifiers(id), nil))
			for _, e := range sys.Picture().Events {
				if e.ID == identifiers(id)[0] && e.Kind == "created" {
					t.Fatalf("%s %s", e.Peer, e.Text)
				}
			}
		}
	})
}

// Merge on a ring that has not split does no harm.
func TestMergeOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		must(t, sys.Merge(t.Context()))
		if h := sys.Picture().Health; !h.Stable || h.Live != 10 {
			t.Errorf("after merge: %+v", h)
		}
	})
}

// Processes are for real peers only.
func TestVirtualHasNoProcesses(t *testing.T) {
	s := DefaultSettings()
	s.Processes = true
	if err := NewVirtual().Start(context.Background(), s); err == nil || err.Error() != "processes=on needs real peers: run it without virtual time" {
		t.Errorf("processes=on: %v", err)
	}
}

// Nobody makes a second ring beside one that is frozen.
func TestJoinOfAFrozenRing(t *testing.T) {
	sys := begin(t, DriverVirtual, 8, 21)
	must(t, sys.Freeze(t.Context(), identifiers(8, 21)))
	if err := sys.Join(t.Context(), identifiers(42), nil); err == nil {
		t.Errorf("N42 joined a ring in which nobody answers: %+v", sys.Picture().Health)
	}
}
