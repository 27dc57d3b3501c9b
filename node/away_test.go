package node

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

func TestRegistryAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config(wire.NewMemory(), 8)
		cfg.Registry = "127.0.0.1:9"
		err := start(t, cfg).Enter(t.Context(), nil)
		if !errors.Is(err, wire.ErrRefused) || !strings.Contains(err.Error(), "registry") || !strings.Contains(err.Error(), cfg.Registry) {
			t.Errorf("no registry: %v", err)
		}
	})
}

// dumb listens and never says anything.
func dumb(t *testing.T, network wire.Network) string {
	t.Helper()
	ln, err := network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns []net.Conn
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conns = append(conns, conn)
		}
	})
	t.Cleanup(func() {
		ln.Close()
		wg.Wait()
		for _, c := range conns {
			c.Close()
		}
	})
	return ln.Addr().String()
}

func TestRegistrySaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		cfg := config(network, 8)
		cfg.Registry = dumb(t, network)
		if err := start(t, cfg).Enter(t.Context(), nil); !errors.Is(err, wire.ErrDialTimeout) {
			t.Errorf("a silent registry: %v", err)
		}
	})
}

// An Enter that is given up leaves nothing behind: the bubble and goleak would
// find a goroutine.
func TestEnterGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		seed := chord.Ref{ID: ring.FromUint64(1), Addr: dumb(t, network), Inc: 1}
		for _, p := range []*Peer{start(t, config(network, 8)), start(t, config(network, 14))} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := p.Enter(ctx, []chord.Ref{seed})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Enter through a silent seed: %v", err)
			}
			p.Close()
			p.Close()
		}
	})
}

// Closing a peer ends its Enter.
func TestCloseEndsEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := start(t, config(network, 8))
		ended := make(chan error, 1)
		seed := chord.Ref{ID: ring.FromUint64(1), Addr: dumb(t, network), Inc: 1}
		go func() { ended <- p.Enter(t.Context(), []chord.Ref{seed}) }()
		synctest.Wait()
		p.Crash()
		if err := <-ended; !errors.Is(err, ErrEnded) {
			t.Errorf("Enter of a crashed peer: %v", err)
		}
	})
}

// A join that cannot come about says so in time, though the registry, which
// is asked for more seeds meanwhile, never answers again.
func TestRegistryFallsSilentDuringJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		gone := chord.Ref{ID: ring.FromUint64(1), Addr: "127.0.0.1:9", Inc: 1}
		hub, err := wire.NewHub(ln, wire.Config{
			Network: network, Hello: wire.RegistryHello(), Limits: wire.DefaultLimits(),
			OnEnvelope: func(l *wire.Link, env *pb.Envelope) {
				if env.GetRegister() != nil {
					_ = l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Registered{
						Registered: &pb.Registered{Sample: []*pb.PeerRef{codec.EncodeRef(gone)}, Count: 2}}})
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(hub.Reset)
		cfg := config(network, 8)
		cfg.Registry = hub.Addr()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err = start(t, cfg).Enter(ctx, nil)
		if err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Enter: %v, want the reason why the join failed", err)
		}
	})
}

// A joiner whose first seeds are gone gets others from the registry.
func TestOtherSeedsFromRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		cfg := config(network, 8)
		cfg.Registry = startRegistry(t, network, "127.0.0.1:0").Addr()
		first := enter(t, cfg)
		cfg.Chord.Self.ID = ring.FromUint64(14)
		second := enter(t, cfg, chord.Ref{ID: ring.FromUint64(1), Addr: "127.0.0.1:9", Inc: 1})
		awaitIdeal(t, first, second)
	})
}

// The ring goes on without its registry, and when one is back on the port all
// register again, also with one that has forgotten them.
func TestRegistryComesBack(t *testing.T) {
	t.Parallel()
	network := wire.TCP{}
	server := startRegistry(t, network, "127.0.0.1:0")
	var peers []*Peer
	for _, id := range []uint64{8, 21, 42} {
		cfg := config(network, id)
		cfg.Registry, cfg.Chord.Timeout = server.Addr(), time.Minute // who is slow is not dead
		peers = append(peers, enter(t, cfg))
	}
	server.Reset()
	awaitIdeal(t, peers...)
	if l := lookup(t, peers[0], 22); l.Owner != peers[2].Ref() {
		t.Errorf("K22 without a registry: %+v", l)
	}
	again := startRegistry(t, network, server.Addr())
	eventually(t, "all are registered again", func() bool { return len(again.Members().GetMembers()) == len(peers) })
	if err := peers[0].Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.List(t.Context(), network, again.Addr(), nil); err != nil || len(again.Members().GetMembers()) != 2 {
		t.Errorf("after a leave %v are registered (%v)", again.Members(), err)
	}
}

func TestHashedIdentifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config(wire.NewMemory(), 0)
		cfg.HashID = true
		p := start(t, cfg)
		if want := cfg.Chord.Space.Hash([]byte(p.Ref().Addr)); p.Ref().ID != want || p.Ref().Addr == "" {
			t.Errorf("%+v, want the identifier %v", p.Ref(), want)
		}
	})
}

func TestBadConfiguration(t *testing.T) {
	cfg := Config{Chord: config(nil, 64).Chord}
	cfg.Chord.Replicas = 4
	_, err := Start(t.Context(), cfg)
	for _, field := range []string{"Network", "Replicas", "Self"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("the error does not name %s: %v", field, err)
		}
	}
}
