package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file holds the two drivers to the same behaviour with peers whose
// identifiers are the hash of their address.

// Both drivers name hashed peers by the same rule: the hash of the address.
func TestJoinHashed(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver)
		ids, err := sys.JoinHashed(t.Context(), 6)
		if err != nil || len(ids) != 6 {
			t.Fatalf("%d peers, %v", len(ids), err)
		}
		awaitHealth(t, sys, "stable", func(h observe.Health) bool { return h.Stable && h.Live == 6 })
		for _, p := range sys.Picture().Peers {
			if want := ring.MustSpace(6).Hash([]byte(p.Addr)); p.ID != want {
				t.Errorf("the peer at %s is %s, want N%v", p.Addr, p.Name, want)
			}
		}
	})
}

// A ring with more peers than places is refused in time.
func TestFullRing(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := systemOf(driver)
		t.Cleanup(func() { sys.Close() })
		s := DefaultSettings()
		s.Bits = 3
		if err := sys.Start(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if err := sys.Join(t.Context(), identifiers(0, 1, 2, 3, 4, 5, 6, 7), nil); err != nil {
			t.Fatal(err)
		}
		awaitHealth(t, sys, "eight and stable", func(h observe.Health) bool { return h.Stable && h.Live == 8 })
		if ids, err := sys.JoinHashed(t.Context(), 1); err == nil || !strings.Contains(fmt.Sprint(err), "no free identifier") {
			t.Errorf("a ninth of eight: %v, %v", ids, err)
		}
	})
}

// When the places run out those that found one are members, and nobody waits
// for those that did not.
func TestJoinHashedUntilFull(t *testing.T) {
	sys := NewVirtual()
	s := DefaultSettings()
	s.Bits = 3
	if err := sys.Start(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ids, err := sys.JoinHashed(t.Context(), 20)
	if err == nil || !strings.Contains(err.Error(), "no free identifier") || len(ids) != 8 {
		t.Errorf("%d of 20 joined, %v", len(ids), err)
	}
	awaitHealth(t, sys, "eight and stable", func(h observe.Health) bool { return h.Stable && h.Live == 8 && h.Joining == 0 })
}
