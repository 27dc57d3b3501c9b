package client_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a registry and some peers on the papers' ring of 64 places.
type town struct {
	t        *testing.T
	network  wire.Network
	registry *registry.Server
	peers    []*node.Peer
}

func newTown(t *testing.T, network wire.Network, ids ...uint64) *town {
	t.Helper()
	ln, err := network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, network: network}
	if w.registry, err = registry.Serve(ln, registry.Default()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.registry.Reset)
	for _, id := range ids {
		p := w.start(id)
		if err := p.Enter(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		w.peers = append(w.peers, p)
	}
	return w
}

// start starts a peer that is in no ring yet.
func (w *town) start(id uint64) *node.Peer {
	w.t.Helper()
	core := chord.Default(chord.Ref{ID: ring.FromUint64(id)}, ring.MustSpace(6))
	core.Successors, core.Replicas, core.Seed = 3, 2, id+1
	if _, real := w.network.(wire.TCP); real {
		core.Timeout = time.Minute // who is slow is not dead
	}
	p, err := node.Start(w.t.Context(), node.Config{
		Chord: core, Network: w.network, Listen: "127.0.0.1:0", Registry: w.registry.Addr(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Close)
	return p
}

func (w *town) addr(i int) string { return w.peers[i].Ref().Addr }

func (w *town) dial(to client.Target) *client.Client {
	w.t.Helper()
	c, err := client.Dial(w.t.Context(), w.network, to)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

// settled waits until all peers have their keys.
func (w *town) settled(c *client.Client) []client.State {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		states, err := c.States(ctx, true)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(states) == len(w.peers) && !slices.ContainsFunc(states, func(s client.State) bool { return s.Syncing }) {
			return states
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			w.t.Fatalf("not settled: %+v", states)
		}
	}
}

func key(t *testing.T, c *client.Client, text string) store.Key {
	t.Helper()
	k, err := c.Key(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A ring with a key is of use only to those who have it.
func TestRingKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ringKey := []byte("the ring key of this test")
		cfg := registry.Default()
		cfg.Key = ringKey
		w := &town{t: t, network: network}
		if w.registry, err = registry.Serve(ln, cfg); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.registry.Reset)
		core := chord.Default(chord.Ref{ID: ring.FromUint64(8)}, ring.MustSpace(6))
		p, err := node.Start(t.Context(), node.Config{
			Chord: core, Network: network, Listen: "127.0.0.1:0", Registry: w.registry.Addr(), RingKey: ringKey,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		if err := p.Enter(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		for _, to := range []client.Target{{Registry: w.registry.Addr()}, {Peer: p.Ref().Addr}} {
			for _, wrong := range [][]byte{nil, ringKey[1:]} {
				to.Key = wrong
				if _, err := client.Dial(t.Context(), network, to); !errors.Is(err, wire.ErrUnauthorized) {
					t.Errorf("%+v: %v", to, err)
				}
			}
			to.Key = ringKey
			c := w.dial(to)
			if states, err := c.States(t.Context(), true); err != nil || len(states) != 1 || states[0].Err != nil {
				t.Errorf("%+v: %+v, %v", to, states, err)
			}
		}
	})
}

// What is put through one peer is got through another, byte for byte.
func TestPutGetDelete(t *testing.T) {
	w := newTown(t, wire.TCP{}, 1, 21, 42)
	putter := w.dial(client.Target{Registry: w.registry.Addr()})
	w.settled(putter)
	getter := w.dial(client.Target{Peer: w.addr(1)})
	if getter.Peer() != w.peers[1].Ref() || getter.Space().Bits() != 6 {
		t.Errorf("asks %+v on %d bits", getter.Peer(), getter.Space().Bits())
	}
	value := bytes.Repeat([]byte("\x00\xff\n~"), store.MaxValue/4)
	for text, value := range map[string][]byte{"apple": []byte("red"), "K54": value, `"K54"`: nil} {
		k := key(t, putter, text)
		if a, err := getter.Get(t.Context(), k); err != nil || a.Found {
			t.Errorf("get %s before the put: %+v, %v", text, a, err)
		}
		put, err := putter.Put(t.Context(), k, value)
		if err != nil || put.Found || put.Copies != 2 || put.Op != chord.OpPut {
			t.Errorf("put %s: %+v, %v", text, put, err)
		}
		got, err := getter.Get(t.Context(), k)
		if err != nil || !got.Found || !bytes.Equal(got.Value, value) || got.Version != put.Version {
			t.Errorf("get %s: %d bytes, %+v, %v", text, len(got.Value), got.Version, err)
		}
		if a, err := getter.Delete(t.Context(), k); err != nil || !a.Found {
			t.Errorf("delete %s: %+v, %v", text, a, err)
		}
		if a, err := putter.Get(t.Context(), k); err != nil || a.Found {
			t.Errorf("get %s after the delete: %+v, %v", text, a, err)
		}
	}
	_, err := putter.Put(t.Context(), key(t, putter, "K5"), make([]byte, store.MaxValue+1))
	if !errors.Is(err, wire.ErrTooLarge) || !strings.HasPrefix(err.Error(), "put K5: ") || !strings.Contains(err.Error(), "65536") {
		t.Errorf("a value that is too long: %v", err)
	}
}

func TestLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, wire.NewMemory(), 8, 42)
		c := w.dial(client.Target{Peer: w.addr(0)})
		w.settled(c)
		for _, recursive := range []bool{false, true} {
			l, err := c.Lookup(t.Context(), ring.FromUint64(30), recursive)
			if err != nil || l.Owner != w.peers[1].Ref() || l.Recursive != recursive {
				t.Errorf("%+v, %v", l, err)
			}
		}
		outside := w.start(9)
		c = w.dial(client.Target{Peer: outside.Ref().Addr})
		if _, err := c.Lookup(t.Context(), ring.FromUint64(30), false); !errors.Is(err, wire.ErrNoOwner) || !strings.HasPrefix(err.Error(), "lookup K30: ") {
			t.Errorf("a lookup through a peer without a ring: %v", err)
		}
		if _, err := c.Get(t.Context(), store.Key{ID: ring.FromUint64(30)}); !errors.Is(err, wire.ErrNotMember) {
			t.Errorf("a get through a peer without a ring: %v", err)
		}
	})
}

// Peers that do not answer or are in no ring are passed over.
func TestDialFindsALivePeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		w := newTown(t, network, 1, 21, 42)
		mute := muteMember(t, network, w.registry.Addr(), 30)
		w.peers[0].Crash() // stays in the list for the grace time
		w.peers[2].Crash()
		for range 10 {
			began := time.Now()
			c := w.dial(client.Target{Registry: w.registry.Addr()})
			if c.Peer() != w.peers[1].Ref() {
				t.Errorf("found %+v", c.Peer())
			}
			if d := time.Since(began); d > 4*time.Second {
				t.Errorf("it took %v", d)
			}
		}
		w.peers[1].Crash()
		if _, err := client.Dial(t.Context(), network, client.Target{Registry: w.registry.Addr()}); !errors.Is(err, client.ErrNoPeer) {
			t.Errorf("dial without a live peer: %v", err)
		}
		mute()
	})
}

// muteMember registers a peer that takes connections and says nothing more.
func muteMember(t *testing.T, network wire.Network, registryAddr string, id uint64) (stop func()) {
	t.Helper()
	ln, err := network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	self := &pb.PeerRef{Id: ring.FromUint64(id).AppendBytes(nil), Address: ln.Addr().String(), Incarnation: 1}
	params := &pb.Ring{Bits: 6, Successors: 3, Replicas: 2}
	hub, err := wire.NewHub(ln, wire.Config{
		Network: network, Limits: wire.DefaultLimits(), Hello: wire.PeerHello(self, params),
		OnEnvelope: func(*wire.Link, *pb.Envelope) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := registry.Join(t.Context(), registry.SessionConfig{Network: network, Addr: registryAddr, Self: self, Ring: params})
	if err != nil {
		t.Fatal(err)
	}
	return func() { session.Reset(); hub.Reset() }
}

func TestDialErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		w := newTown(t, network, 8)
		empty := newTown(t, network)
		for _, tc := range []struct {
			to   client.Target
			kind error
			text string
		}{
			{client.Target{}, nil, "neither the address of a registry nor that of a peer"},
			{client.Target{Registry: "127.0.0.1:1"}, wire.ErrRefused, "registry: "},
			{client.Target{Peer: "127.0.0.1:1"}, wire.ErrRefused, "127.0.0.1:1"},
			{client.Target{Registry: w.addr(0)}, nil, "is a peer, not a registry"},
			{client.Target{Peer: w.registry.Addr()}, nil, "is not a peer but a registry"},
			{client.Target{Registry: empty.registry.Addr()}, client.ErrNoPeer, "none is registered"},
		} {
			_, err := client.Dial(t.Context(), network, tc.to)
			if err == nil || !strings.Contains(err.Error(), tc.text) || tc.kind != nil && !errors.Is(err, tc.kind) {
				t.Errorf("%+v: %v", tc.to, err)
			}
		}
	})
}

// A peer that falls silent is not waited for without end.
func TestSilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		w := newTown(t, network)
		stop := muteMember(t, network, w.registry.Addr(), 30)
		defer stop()
		list, err := registry.List(t.Context(), network, w.registry.Addr(), nil)
		if err != nil {
			t.Fatal(err)
		}
		c := w.dial(client.Target{Peer: list.GetMembers()[0].GetPeer().GetAddress()})
		began := time.Now()
		_, err = c.Get(t.Context(), store.Key{})
		if d := time.Since(began); !errors.Is(err, wire.ErrUnavailable) || d > 20*time.Second {
			t.Errorf("%v after %v", err, d)
		}
		states, err := c.States(t.Context(), true)
		if err != nil || len(states) != 1 || states[0].Err == nil {
			t.Errorf("states %+v, %v", states, err)
		}
	})
}

func TestStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		w := newTown(t, network, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
		for _, to := range []client.Target{{Registry: w.registry.Addr()}, {Peer: w.addr(3)}} {
			c := w.dial(to)
			w.settled(c)
			if _, err := c.Put(t.Context(), key(t, c, "K10"), []byte("ten")); err != nil {
				t.Fatal(err)
			}
			states := w.settled(c)
			var holders []string
			for i, s := range states {
				if s.Err != nil || s.Peer != w.peers[i].Ref() || s.Self != s.Peer || s.Status != chord.StatusMember || s.Protocol != "corrected" || s.Links == 0 {
					t.Errorf("state %d: %+v", i, s)
				}
				if len(s.Keys) != s.Items {
					t.Errorf("%d keys of %d items", len(s.Keys), s.Items)
				}
				for _, e := range s.Keys {
					if e.Key == key(t, c, "K10") && e.Head == "ten" && s.Bytes == 3 {
						holders = append(holders, c.Space().Format(s.Peer.ID))
					}
				}
			}
			if !slices.Equal(holders, []string{"14", "21"}) {
				t.Errorf("K10 is on %v, want 14 and 21", holders)
			}
			plain, err := c.States(t.Context(), false)
			if err != nil || len(plain) != len(w.peers) || plain[2].Items != 1 || len(plain[2].Keys) > 0 {
				t.Errorf("without keys: %d states, %v", len(plain), err)
			}
		}
		w.peers[4].Crash()
		states, err := w.dial(client.Target{Registry: w.registry.Addr()}).States(t.Context(), false)
		if err != nil || len(states) != len(w.peers) || states[4].Err == nil || states[3].Err != nil {
			t.Errorf("after a crash: %d states, %v", len(states), err)
		}
	})
}

// Many keys of one peer come in order, however many pages they take.
func TestStatesWithManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, wire.NewMemory(), 8)
		c := w.dial(client.Target{Peer: w.addr(0)})
		const many = 1000
		for i := range many {
			if _, err := c.Put(t.Context(), key(t, c, "key-"+string(rune('a'+i%26))+strings.Repeat("x", i/26)), nil); err != nil {
				t.Fatal(err)
			}
		}
		states, err := c.States(t.Context(), true)
		if err != nil || len(states) != 1 || len(states[0].Keys) != many ||
			!slices.IsSortedFunc(states[0].Keys, func(a, b store.Entry) int { return a.Key.Compare(b.Key) }) {
			t.Errorf("%d states, %v", len(states), err)
		}
	})
}

func TestStatesCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, wire.NewMemory(), 8, 21, 42)
		c := w.dial(client.Target{Peer: w.addr(0)})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.States(ctx, true); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
