package observe

import (
	"sync"
	"sync/atomic"
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

// actor is a peer that plays a part: it registers, and says to a watcher what
// the test wants.
type actor struct {
	ref chord.Ref
	hub *wire.Hub

	mu    sync.Mutex
	watch func(body pb.Body) // answers the latest watch; nil: nobody watches
}

// play registers an actor. onWatch, if it is not nil, is told of each watch.
func (w *town) play(id uint64, onWatch func(*actor)) *actor {
	w.t.Helper()
	ln := w.listen("127.0.0.1:0")
	a := &actor{ref: chord.Ref{ID: ring.FromUint64(id), Addr: ln.Addr().String(), Inc: 7}}
	params := &pb.Ring{Bits: 6, Successors: 3, Replicas: 2}
	hub, err := wire.NewHub(ln, wire.Config{
		Network: w.network, Hello: wire.PeerHello(codec.EncodeRef(a.ref), params), Limits: wire.DefaultLimits(), Key: ringKey,
		OnEnvelope: func(l *wire.Link, env *pb.Envelope) {
			if env.GetWatchRequest() == nil {
				return
			}
			a.mu.Lock()
			a.watch = func(body pb.Body) { _ = l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: body}) }
			a.mu.Unlock()
			if onWatch != nil {
				onWatch(a)
			}
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	a.hub = hub
	w.t.Cleanup(hub.Reset)
	session, _, err := registry.Join(w.t.Context(), registry.SessionConfig{
		Network: w.network, Addr: w.server.Addr(), Key: ringKey, Self: codec.EncodeRef(a.ref), Ring: params})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(session.Close)
	return a
}

// says tells the watcher something.
func (a *actor) says(body pb.Body) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.watch != nil {
		a.watch(body)
	}
}

// saysState tells the watcher the state of a lone member, after edit.
func (a *actor) saysState(edit func(*pb.PeerState)) {
	snap := ideal(ring.MustSpace(6), 3, []chord.Ref{a.ref})[0]
	st := codec.EncodeSnapshot(snap)
	if edit != nil {
		edit(st)
	}
	a.says(&pb.Envelope_PeerState{PeerState: st})
}

func (a *actor) saysCounters() {
	a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Counters: &pb.Counters{Sent: 1}}})
}

// A peer that stops talking while its connection stands is silent, not dead,
// and no longer counts; when it talks again it does.
func TestSilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		var mute atomic.Bool
		a := w.play(8, func(a *actor) {
			if !mute.Load() {
				a.saysState(nil)
			}
		})
		w.awaitStable(1)
		for range 8 {
			<-time.After(time.Second)
			a.saysCounters()
		}
		if h := w.store.Picture().Health; h.Live != 1 {
			t.Fatalf("a quiet peer that tells its counters is not seen as live: %+v", h)
		}
		mute.Store(true)
		w.awaitState(a.ref, StateSilent)
		if h := w.store.Picture().Health; h.Live != 0 {
			t.Errorf("it still counts: %+v", h)
		}
		<-time.After(time.Minute)
		mute.Store(false)
		a.saysCounters() // on the connection that stood all the time
		w.awaitState(a.ref, StateMember)
	})
}

// However often the registry names a peer, it is watched once.
func TestWatchedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		var watches atomic.Int32
		a := w.play(8, func(a *actor) {
			watches.Add(1)
			a.saysState(nil)
		})
		w.awaitState(a.ref, StateMember)
		for range 3 {
			w.server.Reset()
			w.await("the registry is down", func(pic *Picture) bool { return !pic.Registry.Up })
			w.startRegistry(w.server.Addr())
			w.await("the registry is back", func(pic *Picture) bool { return pic.Registry.Up && pic.Registry.Peers == 1 })
			a.saysCounters() // or it would be silent by now
			synctest.Wait()
		}
		if n := watches.Load(); n != 1 {
			t.Errorf("%d watches", n)
		}
	})
}

// One break of the connection of a peer that was silent once is only a break.
func TestBreakAfterSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		var mute atomic.Bool
		a := w.play(8, func(a *actor) {
			if !mute.Load() {
				a.saysState(nil)
			}
		})
		w.awaitState(a.ref, StateMember)
		mute.Store(true)
		w.awaitState(a.ref, StateSilent)
		mute.Store(false)
		a.saysCounters() // on the connection that stood all the time
		w.awaitState(a.ref, StateMember)
		logged := len(w.store.Picture().Events)
		for range 5 {
			<-time.After(time.Second)
			a.says(&pb.Envelope_Error{Error: &pb.Error{Code: pb.ErrorCode_ERROR_CODE_UNAVAILABLE}}) // ends the watch
			synctest.Wait()
		}
		<-time.After(time.Second)
		for _, e := range w.store.Picture().Events[logged:] {
			t.Errorf("a short break was logged: %s %s", e.Kind, e.Text)
		}
	})
}

// A long life with many breaks is not held against a peer.
func TestManyBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		a := w.play(8, func(a *actor) { a.saysState(nil) })
		w.awaitState(a.ref, StateMember)
		for range 2 * attempts {
			<-time.After(time.Second)
			a.says(&pb.Envelope_Error{Error: &pb.Error{Code: pb.ErrorCode_ERROR_CODE_UNAVAILABLE}})
		}
		<-time.After(time.Second)
		if pic := w.store.Picture(); pic.Health.Live != 1 || len(pic.Events) != 0 {
			t.Errorf("%+v, log %+v", pic.Health, pic.Events)
		}
	})
}

// What a peer says about itself is not believed blindly: it may be broken, and
// must not break the observer, nor speak for others.
func TestBadWatchStreams(t *testing.T) {
	honest := func(st *pb.PeerState) {}
	for name, say := range map[string]func(a *actor, other chord.Ref){
		"no fingers":       func(a *actor, _ chord.Ref) { a.saysState(func(st *pb.PeerState) { st.Fingers = nil }) },
		"one finger":       func(a *actor, _ chord.Ref) { a.saysState(func(st *pb.PeerState) { st.Fingers = st.Fingers[:1] }) },
		"another identity": func(a *actor, o chord.Ref) { a.saysState(func(st *pb.PeerState) { st.Self = codec.EncodeRef(o) }) },
		"bad identifier":   func(a *actor, _ chord.Ref) { a.saysState(func(st *pb.PeerState) { st.Self.Id = []byte{64} }) },
		"counters first":   func(a *actor, _ chord.Ref) { a.saysCounters() },
		"delta first": func(a *actor, _ chord.Ref) {
			a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Status: pb.Status_STATUS_MEMBER}})
		},
		"a finger too many": func(a *actor, _ chord.Ref) {
			a.saysState(honest)
			a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Fingers: []*pb.Finger{{Index: 7}}}})
		},
		"an unknown event": func(a *actor, _ chord.Ref) {
			a.saysState(honest)
			a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Events: []*pb.TraceEvent{{Kind: 99}}}})
		},
		"refusal":      func(a *actor, _ chord.Ref) { a.says(wire.ErrorBody(wire.ErrUnimplemented)) },
		"another body": func(a *actor, _ chord.Ref) { a.says(stateRequest()) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				good := w.join(21, "127.0.0.1:0")
				w.awaitStable(1)
				w.play(8, func(a *actor) { say(a, good.Ref()) })
				<-time.After(20 * time.Second)
				pic := w.store.Picture()
				p := peerOf(t, pic, good.Ref())
				if p.State != StateMember || p.ID != good.Ref().ID || len(pic.FindPeer("N21")) != 1 || len(pic.Events) > 50 {
					t.Errorf("the other peer is shown as %+v, with log %+v", p, pic.Events)
				}
				w.peers[0].Crash()
				w.awaitState(good.Ref(), StateDead)
			})
		})
	}
}

// Another process at the port of a dead peer is not that peer.
func TestPortTakenByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.join(21, "127.0.0.1:0")
		w.awaitStable(1)
		first := w.join(8, "127.0.0.1:0")
		w.awaitStable(2)
		first.Crash()
		second := w.join(14, first.Ref().Addr)
		w.awaitState(second.Ref(), StateMember)
		w.await("N8 does not live any more", func(pic *Picture) bool { return pic.Health.Stable && pic.Health.Live == 2 })
	})
}
