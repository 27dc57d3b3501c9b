package node

import (
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// What breaks between peers mends by itself, with real peers.

// traced counts events of a kind that peers have since told.
func traced(peers []*viewer, kind chord.EventKind) (n int) {
	for _, v := range peers {
		n += v.count(kind)
	}
	return n
}

func viewAll(t *testing.T, network wire.Network, peers []*Peer) (all []*viewer) {
	for _, p := range peers {
		all = append(all, view(t, network, p, pb.WatchPart_WATCH_PART_EVENTS))
	}
	return all
}

func successor(t *testing.T, p *Peer) chord.Ref {
	t.Helper()
	s := snapshot(t, p)
	return s.Successor()
}

// A connection that is reset comes back at once, and nobody is given up.
func TestResetLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42, 56)
		seen := viewAll(t, network, peers)
		for _, p := range peers {
			for _, o := range peers {
				if p != o {
					steer(t, network, p, resetAction(o))
				}
			}
		}
		pass(time.Second)
		awaitIdeal(t, peers...)
		for i, p := range peers {
			if n := p.hub.Stats().Links; n < len(peers)-1 {
				t.Errorf("peer %d has %d links", i, n)
			}
		}
		if n := traced(seen, chord.EvDead); n > 0 {
			t.Errorf("%d times somebody was given up", n)
		}
	})
}

// A ring that is cut in two becomes two, and one again after it is healed.
func TestPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		server := startRegistry(t, network, "127.0.0.1:0")
		var peers []*Peer
		for _, id := range []uint64{1, 8, 14, 21, 32, 42, 51, 56} {
			cfg := config(network, id)
			cfg.Registry = server.Addr()
			peers = append(peers, enter(t, cfg))
		}
		awaitIdeal(t, peers...)
		side := func(i int) int { return i % 2 }
		for i, p := range peers {
			for j, o := range peers {
				if side(i) != side(j) {
					p.hub.SetFault(o.Ref().Addr, wire.Fault{Cut: true})
				}
			}
		}
		var halves [2][]*Peer
		for i, p := range peers {
			halves[side(i)] = append(halves[side(i)], p)
		}
		awaitIdeal(t, halves[0]...)
		awaitIdeal(t, halves[1]...)
		pass(time.Minute)
		for _, p := range peers {
			steer(t, network, p, healAction)
		}
		awaitIdeal(t, peers...)
	})
}

// A peer that was silent for long is taken in again when it answers, and so is
// its own view of the ring; one that is restarted is another incarnation.
func TestSilentPeerIsTakenInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42, 56)
		p := peers[1]
		c := dial(t, network, p.Ref().Addr)
		for _, silence := range []time.Duration{100 * time.Millisecond, 2 * time.Second, 5 * time.Minute} {
			call(t, c, controlRequest(key, freezeAction))
			pass(silence)
			call(t, c, controlRequest(key, thawAction))
			awaitIdeal(t, peers...)
		}
		call(t, c, controlRequest(key, freezeAction))
		pass(10 * time.Second)
		p.Crash()
		cfg := config(network, 21)
		cfg.Listen = p.Ref().Addr
		peers[1] = enter(t, cfg, peers[3].Ref())
		if a, b := p.Ref(), peers[1].Ref(); a.Addr != b.Addr || b.Inc <= a.Inc {
			t.Errorf("%+v and then %+v", a, b)
		}
		awaitIdeal(t, peers...)
	})
}

// The same with the sockets of the system.
func TestHealOverTCP(t *testing.T) {
	t.Parallel()
	network := wire.TCP{}
	peers := grow(t, network, 8, 21, 42, 56)
	clients := make([]*wire.Client, len(peers))
	for i, p := range peers {
		clients[i] = dial(t, network, p.Ref().Addr)
		call(t, clients[i], controlRequest(key, resetAction(peers[(i+1)%len(peers)])))
	}
	awaitIdeal(t, peers...)
	call(t, clients[1], controlRequest(key, freezeAction))
	awaitIdeal(t, peers[0], peers[2], peers[3])
	call(t, clients[1], controlRequest(key, thawAction))
	awaitIdeal(t, peers...)
	call(t, clients[2], controlRequest(key, faultAction(peers[3], wire.Fault{Cut: true})))
	eventually(t, "N42 has given N56 up", func() bool { return successor(t, peers[2]) == peers[0].Ref() })
	call(t, clients[2], controlRequest(key, healAction))
	awaitIdeal(t, peers...)
}
