package node

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

var paperIDs = []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}

// Peers find each other through what they tell each other, with no registry
// anywhere.
func TestRingWithoutRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peers := grow(t, wire.NewMemory(), paperIDs...)
		for _, p := range peers {
			if l := lookup(t, p, 54); l.Failed != "" || l.Owner != peers[9].Ref() || !l.Confirmed {
				t.Errorf("K54 from %v: %+v", p.Ref(), l)
			}
		}
	})
}

// Peers that know nothing but the registry, all at once, form one ring.
func TestRingThroughRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		server := startRegistry(t, network, "127.0.0.1:0")
		var peers []*Peer
		var wg sync.WaitGroup
		for _, id := range paperIDs {
			cfg := config(network, id)
			cfg.Registry = server.Addr()
			p := start(t, cfg)
			peers = append(peers, p)
			wg.Go(func() {
				if err := p.Enter(t.Context(), nil); err != nil {
					t.Errorf("N%d: %v", id, err)
				}
			})
		}
		wg.Wait()
		awaitIdeal(t, peers...)
		if n := len(server.Members().GetMembers()); n != len(peers) {
			t.Errorf("%d peers are registered, want %d", n, len(peers))
		}
	})
}

// Two rings that do not know of each other come together through the samples
// that the registry gives to members.
func TestRegistrySamplesMergeRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		server := startRegistry(t, network, "127.0.0.1:0")
		left := grow(t, network, 8, 21, 42)
		right := grow(t, network, 14, 32, 51)
		all := append(left, right...)
		if rep := check(t, all...); rep.Rings != 2 {
			t.Fatalf("%d rings before, want 2", rep.Rings)
		}
		for _, p := range all {
			p.cfg.Registry = server.Addr()
			if _, err := p.register(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		awaitIdeal(t, all...)
	})
}

func TestTakenIdentifier(t *testing.T) {
	for _, tc := range []struct {
		name       string
		registered bool
	}{{"the registry refuses", true}, {"the ring refuses", false}} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := wire.NewMemory()
				cfg := config(network, 8)
				if tc.registered {
					cfg.Registry = startRegistry(t, network, "127.0.0.1:0").Addr()
				}
				first := enter(t, cfg)
				second := start(t, cfg)
				err := second.Enter(t.Context(), []chord.Ref{first.Ref()})
				if !errors.Is(err, wire.ErrTaken) || !strings.Contains(err.Error(), first.Ref().Addr) {
					t.Errorf("a second N8: %v, want ErrTaken with the address %s", err, first.Ref().Addr)
				}
				second.Close()
				if s := snapshot(t, first); s.Status != chord.StatusMember || len(s.Successors) != 0 {
					t.Errorf("the first N8 was disturbed: %+v", s)
				}
			})
		})
	}
}

// The parameters of a ring are the same on every peer, or it is another ring.
func TestOtherParameters(t *testing.T) {
	for _, tc := range []struct {
		name string
		edit func(*Config)
	}{
		{"bits", func(c *Config) { c.Chord.Space = ring.MustSpace(8) }},
		{"successors", func(c *Config) { c.Chord.Successors = 4 }},
		{"replicas", func(c *Config) { c.Chord.Replicas = 3 }},
	} {
		for _, registered := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/registry=%v", tc.name, registered), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					network := wire.NewMemory()
					cfg := config(network, 8)
					if registered {
						cfg.Registry = startRegistry(t, network, "127.0.0.1:0").Addr()
					}
					first := enter(t, cfg)
					cfg.Chord.Self.ID = ring.FromUint64(14)
					tc.edit(&cfg)
					begun := time.Now()
					err := start(t, cfg).Enter(t.Context(), []chord.Ref{first.Ref()})
					if !errors.Is(err, wire.ErrRingMismatch) || !strings.Contains(err.Error(), tc.name+"=") {
						t.Errorf("entered with other %s: %v, want ErrRingMismatch that names both", tc.name, err)
					}
					if d := time.Since(begun); d > 10*time.Second {
						t.Errorf("it took %v to say so", d)
					}
					if s := snapshot(t, first); len(s.Successors) != 0 {
						t.Errorf("the ring took it in: %v", s.Successors)
					}
				})
			})
		}
	}
}
