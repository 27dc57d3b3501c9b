package node

import (
	"context"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// A crash is seen as one: connections are reset, the port refuses, and the
// others repair the ring without any word from it.
func TestCrashOverTCP(t *testing.T) {
	t.Parallel()
	network := wire.TCP{}
	peers := growPatient(t, network, 8, 21, 42, 56)
	victim := peers[1]
	c := dial(t, network, victim.Ref().Addr)
	stream, err := c.Stream(watchRequest(0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Call(t.Context(), controlRequest(key, crashAction)); !errors.Is(err, wire.ErrBroken) {
		t.Errorf("the answer to Crash is %v, want a broken connection", err)
	}
	for err == nil {
		_, err = stream.Recv(t.Context())
	}
	if !errors.Is(err, wire.ErrBroken) || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the watch ended with %v, want a connection that was reset", err)
	}
	<-victim.Done()
	if _, err := wire.Dial(t.Context(), network, victim.Ref().Addr, wire.ClientHello()); !errors.Is(err, wire.ErrRefused) {
		t.Errorf("dial after the crash: %v, want it refused", err)
	}
	left := []*Peer{peers[0], peers[2], peers[3]}
	awaitIdeal(t, left...)
	if l := lookup(t, peers[3], 20); l.Owner != peers[2].Ref() {
		t.Errorf("K20 after the crash: %+v", l)
	}
}

// The registry is not told of a crash: it sees the connection break, and waits
// a while for the peer to come back.
func TestCrashAtRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		server := startRegistry(t, network, "127.0.0.1:0")
		cfg := config(network, 8)
		cfg.Registry = server.Addr()
		enter(t, cfg).Crash()
		synctest.Wait()
		members := server.Members().GetMembers()
		if len(members) != 1 || members[0].GetState() != pb.MemberState_MEMBER_STATE_LOST {
			t.Errorf("after a crash the registry has %v, want one that is lost", members)
		}
		pass(registry.Default().Grace + time.Millisecond)
		if members := server.Members().GetMembers(); len(members) != 0 {
			t.Errorf("after the grace time it has %v", members)
		}
	})
}

// Close is no crash: connections end in order.
func TestCloseOverTCP(t *testing.T) {
	t.Parallel()
	network := wire.TCP{}
	p := enter(t, config(network, 8))
	c := dial(t, network, p.Ref().Addr)
	p.Close()
	<-c.Done()
	if err := c.Err(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection ended with %v, want its end", err)
	}
}

func TestLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		server := startRegistry(t, network, "127.0.0.1:0")
		var peers []*Peer
		for _, id := range []uint64{8, 21, 42} {
			cfg := config(network, id)
			cfg.Registry = server.Addr()
			peers = append(peers, enter(t, cfg))
		}
		awaitIdeal(t, peers...)
		began := time.Now()
		if err := peers[1].Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("leaving took %v", d)
		}
		if n := len(server.Members().GetMembers()); n != 2 {
			t.Errorf("%d are registered after a leave, want 2", n)
		}
		// Both neighbours were told before it went, so that nothing is left to find out.
		if s := snapshot(t, peers[0]); s.Successor() != peers[2].Ref() {
			t.Errorf("the predecessor still has %v", s.Successors)
		}
		awaitIdeal(t, peers[0], peers[2])
		if err := peers[1].Leave(t.Context()); err != nil {
			t.Errorf("a second leave: %v", err)
		}
		if _, err := peers[1].Lookup(t.Context(), chord.Find{}); !errors.Is(err, ErrEnded) {
			t.Errorf("lookup at a peer that has left: %v", err)
		}
	})
}

func TestLeaveByControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		call(t, dial(t, network, peers[1].Ref().Addr), controlRequest(key, leaveAction))
		<-peers[1].Done()
		awaitIdeal(t, peers[0], peers[2])
	})
}

// All leave at the same moment: none waits for another for ever.
func TestAllLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, paperIDs...)
		for _, p := range peers {
			call(t, dial(t, network, p.Ref().Addr), controlRequest(key, leaveAction))
		}
		began := time.Now()
		for _, p := range peers {
			<-p.Done()
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

// A leave that cannot be said in time is cut short.
func TestLeaveGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peers := grow(t, wire.NewMemory(), 8, 21)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := peers[0].Leave(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Leave: %v", err)
		}
		<-peers[0].Done()
		awaitIdeal(t, peers[1])
	})
}

func TestLookupGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		release := hold(peers[0])
		if _, err := peers[0].Lookup(ctx, chord.Find{}); !errors.Is(err, context.Canceled) {
			t.Errorf("Lookup: %v", err)
		}
		release()
	})
}

// A registry that does not answer holds up neither leaving nor closing.
func TestEndWithSilentRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		hub, err := wire.NewHub(ln, wire.Config{
			Network: network, Hello: wire.RegistryHello(), Limits: wire.DefaultLimits(),
			OnEnvelope: func(l *wire.Link, env *pb.Envelope) {
				if env.GetRegister() != nil {
					_ = l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Registered{Registered: &pb.Registered{Count: 1}}})
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(hub.Reset)
		cfg := config(network, 8)
		cfg.Registry = hub.Addr()
		p := enter(t, cfg)
		pass(sampleEvery + time.Second) // in the middle of asking for a sample
		began := time.Now()
		if err := p.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > 4*time.Second {
			t.Errorf("leaving took %v", d)
		}
	})
}
