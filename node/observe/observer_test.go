package observe

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

var ringKey = []byte("the ring key of these tests")

// town is a ring in memory with its registry and an observer. It has a key, and
// lives in a synctest bubble.
type town struct {
	t        *testing.T
	network  *wire.Memory
	server   *registry.Server
	store    *Store
	observer *Observer
	peers    []*node.Peer
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, network: wire.NewMemory()}
	w.startRegistry("127.0.0.1:0")
	began := time.Now()
	w.store = NewStore(Config{Space: ring.MustSpace(6), Successors: 3, Clock: func() time.Duration { return time.Since(began) }})
	w.observer = NewObserver(w.observerConfig(w.store))
	t.Cleanup(w.observer.Close)
	return w
}

func (w *town) observerConfig(s *Store) ObserverConfig {
	return ObserverConfig{Network: w.network, Registry: w.server.Addr(), Key: ringKey, Store: s, Space: ring.MustSpace(6)}
}

func (w *town) listen(addr string) net.Listener {
	w.t.Helper()
	ln, err := w.network.Listen(w.t.Context(), addr)
	if err != nil {
		w.t.Fatal(err)
	}
	return ln
}

func (w *town) startRegistry(addr string) {
	w.t.Helper()
	cfg := registry.Default()
	cfg.Key = ringKey
	server, err := registry.Serve(w.listen(addr), cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = server
	w.t.Cleanup(server.Reset)
}

// join adds a real peer that listens at addr.
func (w *town) join(id uint64, addr string) *node.Peer {
	w.t.Helper()
	core := chord.Default(chord.Ref{ID: ring.FromUint64(id)}, ring.MustSpace(6))
	core.Successors, core.Replicas, core.Seed = 3, 2, id
	p, err := node.Start(w.t.Context(), node.Config{
		Chord: core, Network: w.network, Listen: addr, Registry: w.server.Addr(), RingKey: ringKey, ControlKey: ringKey,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Close)
	if err := p.Enter(w.t.Context(), nil); err != nil {
		w.t.Fatal(err)
	}
	w.peers = append(w.peers, p)
	return p
}

// await waits, in the bubble's time, until cond holds.
func (w *town) await(what string, cond func(*Picture) bool) {
	w.t.Helper()
	limit := time.After(time.Minute)
	for {
		changed := w.store.Changed()
		if cond(w.store.Picture()) {
			return
		}
		select {
		case <-changed:
		case <-limit:
			w.t.Fatalf("after a minute still not: %s: %+v", what, w.store.Picture().Health)
		}
	}
}

func (w *town) awaitState(r chord.Ref, want State) {
	w.t.Helper()
	w.await(fmt.Sprintf("%s is %v", r.Addr, want), func(pic *Picture) bool {
		i := slices.IndexFunc(pic.Peers, func(p Peer) bool { return p.Addr == r.Addr && p.Incarnation == r.Inc })
		return i >= 0 && pic.Peers[i].State == want
	})
}

func (w *town) awaitStable(n int) {
	w.t.Helper()
	w.await(fmt.Sprintf("%d peers are stable", n), func(pic *Picture) bool { return pic.Health.Stable && pic.Health.Live == n })
}

// A peer's whole life, seen from outside.
func TestObserverFollowsTheRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		for _, id := range []uint64{8, 14, 21, 42, 56} {
			w.join(id, "127.0.0.1:0")
		}
		w.awaitStable(5)
		if r := w.store.Picture().Registry; !r.Up || r.Peers != 5 || r.Addr != w.server.Addr() {
			t.Errorf("registry %+v", r)
		}
		crashed, left := w.peers[1], w.peers[3]
		crashed.Crash()
		w.awaitState(crashed.Ref(), StateDead)
		if err := left.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.awaitState(left.Ref(), StateLeft)
		w.awaitStable(3)
		again := w.join(14, crashed.Ref().Addr)
		w.awaitState(again.Ref(), StateMember)
		w.awaitStable(4)
		if _, err := w.observer.Call(t.Context(), crashed.Ref(), stateRequest()); !errors.Is(err, wire.ErrUnavailable) {
			t.Errorf("a call to a dead peer: %v", err)
		}
	})
}

func stateRequest() pb.Body { return &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}} }

// The trace of a lookup gives the same picture as its outcome.
func TestLookupTraceAgreesWithOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		for _, id := range []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56} {
			w.join(id, "127.0.0.1:0")
		}
		w.awaitStable(10)
		for i, recursive := range []bool{false, true} {
			env, err := w.observer.Call(t.Context(), w.peers[1].Ref(), &pb.Envelope_LookupRequest{
				LookupRequest: &pb.LookupRequest{Key: []byte{54}, Recursive: recursive}})
			if err != nil {
				t.Fatal(err)
			}
			outcome, err := codec.DecodeLookup(ring.MustSpace(6), env.GetLookupResult())
			if err != nil {
				t.Fatal(err)
			}
			w.await("the trace is complete", func(pic *Picture) bool { return len(pic.Lookups) == i+1 && pic.Lookups[i].Done })
			traced, want := w.store.Picture().Lookups[i], w.store.Describe(w.peers[1].Ref(), outcome)
			traced.Number, traced.Started = want.Number, want.Started
			if a, b := fmt.Sprintf("%+v", traced), fmt.Sprintf("%+v", want); a != b || want.OwnerName != "N56" || want.Hops != 3 {
				t.Errorf("the trace says\n%s\nthe outcome\n%s", a, b)
			}
		}
	})
}

// While the registry is away the ring is still seen, and a peer that comes
// later is found when the registry is back.
func TestObserverOutlivesTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.join(8, "127.0.0.1:0")
		w.join(21, "127.0.0.1:0")
		w.awaitStable(2)
		w.server.Reset()
		w.await("the registry is down", func(pic *Picture) bool { return !pic.Registry.Up && pic.Registry.Peers == 0 })
		w.peers[0].Crash()
		w.awaitState(w.peers[0].Ref(), StateDead)
		w.startRegistry(w.server.Addr())
		w.await("the registry is back", func(pic *Picture) bool { return pic.Registry.Up && pic.Registry.Peers == 1 })
		w.join(42, "127.0.0.1:0")
		w.awaitStable(2)
	})
}
