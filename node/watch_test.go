package node

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// viewer follows a watch and holds it to its promises: a state first, then
// deltas without a gap, and after a loss a state again.
type viewer struct {
	t      *testing.T
	client *wire.Client
	stream *wire.Stream
	space  ring.Space

	mu       sync.Mutex
	begun    bool // a state has come since the beginning or the last loss
	state    chord.Snapshot
	seq      uint64
	clock    time.Duration // of the last state
	events   []chord.Event
	deltas   []*pb.PeerDelta
	states   int
	losses   int
	counters *pb.Counters
	held     heldKeys
}

func watchRequest(mask pb.WatchPart) pb.Body {
	return &pb.Envelope_WatchRequest{WatchRequest: &pb.WatchRequest{Mask: uint32(mask)}}
}

// newViewer begins a watch that nobody reads yet.
func newViewer(t *testing.T, network wire.Network, p *Peer, mask pb.WatchPart) *viewer {
	t.Helper()
	client := dial(t, network, p.Ref().Addr)
	stream, err := client.Stream(watchRequest(mask))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // the peer has heard of it
	return &viewer{t: t, client: client, stream: stream, space: p.cfg.Chord.Space}
}

func view(t *testing.T, network wire.Network, p *Peer, mask pb.WatchPart) *viewer {
	t.Helper()
	v := newViewer(t, network, p, mask)
	go v.read()
	return v
}

// read follows the stream until it ends.
func (v *viewer) read() {
	for {
		env, err := v.stream.Recv(v.t.Context())
		if err != nil {
			return
		}
		v.take(env)
	}
}

func (v *viewer) take(env *pb.Envelope) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var err error
	switch b := env.GetBody().(type) {
	case *pb.Envelope_PeerState:
		v.state, err = codec.DecodeSnapshot(v.space, b.PeerState)
		v.seq, v.clock, v.begun = b.PeerState.GetSeq(), time.Duration(b.PeerState.GetClockNanos()), true
		v.states++
		v.held = heldKeys{}
	case *pb.Envelope_HeldKeys:
		if !v.begun {
			v.t.Error("keys before the state")
		}
		err = v.held.page(v.space, b.HeldKeys)
	case *pb.Envelope_PeerDelta:
		if !v.begun || b.PeerDelta.GetSeq() != v.seq+1 {
			v.t.Errorf("delta %d after %d, with a state before: %v", b.PeerDelta.GetSeq(), v.seq, v.begun)
		}
		v.seq++
		err = codec.ApplyDelta(v.space, &v.state, b.PeerDelta)
		if err == nil {
			err = v.held.delta(v.space, b.PeerDelta)
		}
		v.deltas = append(v.deltas, b.PeerDelta)
		v.note(b.PeerDelta)
	case *pb.Envelope_WatchLost:
		if b.WatchLost.GetDeltas() == 0 {
			v.t.Error("a loss of nothing")
		}
		v.losses++
		v.begun = false
	default:
		v.t.Errorf("an answer %T", b)
	}
	if err != nil {
		v.t.Error(err)
	}
}

func (v *viewer) note(d *pb.PeerDelta) {
	if c := d.GetCounters(); c != nil {
		v.counters = c
	}
	for _, e := range d.GetEvents() {
		event, err := codec.DecodeEvent(v.space, e)
		if err != nil {
			v.t.Error(err)
		}
		if event.At < v.clock {
			v.t.Errorf("event %d at %v is older than the state, at %v", event.Kind, event.At, v.clock)
		}
		v.events = append(v.events, event)
	}
}

// sees wants the viewer to have the state that the peer has.
func (v *viewer) sees(p *Peer) {
	v.t.Helper()
	want := snapshot(v.t, p)
	v.mu.Lock()
	defer v.mu.Unlock()
	if got := v.state; got.Self != want.Self || got.Status != want.Status || got.Paused != want.Paused || got.Syncing != want.Syncing ||
		got.Tracing != want.Tracing || got.Pace != want.Pace || got.Ran != want.Ran ||
		got.Predecessor != want.Predecessor || !slices.Equal(got.Successors, want.Successors) || !slices.Equal(got.Fingers, want.Fingers) {
		v.t.Errorf("the watcher has\n%+v, the peer\n%+v", got, want)
	}
}

// seen returns what the viewer has been told until now.
func (v *viewer) seen() (state chord.Snapshot, sent uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state, v.counters.GetSent()
}

func (v *viewer) count(kind chord.EventKind) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, e := range v.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// settle lets gathered changes reach the viewers.
func settle() {
	pass(time.Second)
	synctest.Wait()
}

// The deltas of a peer's whole life add up to its state, whatever happens to
// it, for all who watch, whenever they began.
func TestWatchReproducesState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		first := start(t, config(network, 1))
		idle := view(t, network, first, 0)
		if err := first.Enter(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		peers := []*Peer{first}
		for _, id := range paperIDs[1:] {
			peers = append(peers, enter(t, config(network, id), first.Ref()))
		}
		awaitIdeal(t, peers...)
		later := view(t, network, first, 0)
		peers[1].Crash()
		peers[9].Crash()
		if err := peers[4].Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		left := slices.Concat(peers[:1], peers[2:4], peers[5:9])
		awaitIdeal(t, left...)
		c := dial(t, network, first.Ref().Addr)
		call(t, c, controlRequest(key, pauseAction))
		settle()
		for _, v := range []*viewer{idle, later} {
			v.sees(first)
			if v.states != 1 || v.losses != 0 || !v.state.Paused {
				t.Errorf("%d states, %d losses, paused %v", v.states, v.losses, v.state.Paused)
			}
		}
		if idle.count(chord.EvCreated) != 1 || later.count(chord.EvCreated) != 0 || later.count(chord.EvPaused) != 1 {
			t.Errorf("events: %d and %d times created, %d times paused",
				idle.count(chord.EvCreated), later.count(chord.EvCreated), later.count(chord.EvPaused))
		}
	})
}

// A watcher hears the goodbye to its end.
func TestWatchSeesLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		v := view(t, network, peers[1], 0)
		if err := peers[1].Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		settle()
		if v.state.Status != chord.StatusGone || v.count(chord.EvLeaving) != 1 || v.count(chord.EvLeft) != 1 {
			t.Errorf("last seen %v after events %+v", v.state.Status, v.events)
		}
	})
}

func TestWatchMask(t *testing.T) {
	const all = pb.WatchPart_WATCH_PART_STATE | pb.WatchPart_WATCH_PART_EVENTS | pb.WatchPart_WATCH_PART_COUNTERS | pb.WatchPart_WATCH_PART_KEYS | pb.WatchPart_WATCH_PART_WAYS
	for mask := pb.WatchPart(0); mask <= all; mask++ {
		synctest.Test(t, func(t *testing.T) {
			network := wire.NewMemory()
			p := enter(t, config(network, 8))
			put(t, p, "before", "1")
			v := view(t, network, p, mask)
			put(t, p, "after", "2")
			enter(t, config(network, 21), p.Ref())
			pass(countEvery)
			settle()
			var state, events, counters, keys, ways bool
			for _, d := range v.deltas {
				keys = keys || len(d.Keys) > 0
				state = state || d.Status != 0 || d.Paused != nil || d.Predecessor != nil || d.Successors != nil || len(d.Fingers) > 0
				events = events || len(d.Events) > 0
				counters = counters || d.Counters != nil
				ways = ways || len(d.Ways) > 0 && len(d.Fixed) > 0
			}
			wants := func(part pb.WatchPart) bool { return mask == 0 || mask&part != 0 }
			if state != wants(pb.WatchPart_WATCH_PART_STATE) || events != wants(pb.WatchPart_WATCH_PART_EVENTS) ||
				counters != wants(pb.WatchPart_WATCH_PART_COUNTERS) || keys != wants(pb.WatchPart_WATCH_PART_KEYS) || v.held.complete != keys ||
				ways != wants(pb.WatchPart_WATCH_PART_WAYS) {
				t.Errorf("mask %b: state %v, events %v, counters %v, keys %v, pages %v, ways %v", mask, state, events, counters, keys, v.held.complete, ways)
			}
		})
	}
}

// After Cancel nothing more comes, and the peer gathers nothing for nobody:
// the next watcher is not told of what happened before it came.
func TestWatchCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		first := view(t, network, p, 0)
		other := view(t, network, p, 0)
		settle()
		pass(countEvery / 2) // so that nothing else is told just now
		before := len(first.deltas)
		lookup(t, p, 5) // gathered, not told yet
		first.stream.Cancel()
		other.stream.Cancel()
		synctest.Wait()
		if len(p.watch.list) != 0 {
			t.Errorf("%d watchers are left", len(p.watch.list))
		}
		second := view(t, network, p, 0)
		lookup(t, p, 6)
		settle()
		if len(first.deltas) != before {
			t.Errorf("%d deltas after Cancel", len(first.deltas)-before)
		}
		if n := second.count(chord.EvLookupDone); n != 1 {
			t.Errorf("the second watcher heard of %d lookups, want 1", n)
		}
	})
}

// Watchers that go without a word are forgotten.
func TestWatcherGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		c := dial(t, network, p.Ref().Addr)
		if _, err := c.Stream(watchRequest(0)); err != nil {
			t.Fatal(err)
		}
		settle()
		if len(p.watch.list) != 1 {
			t.Fatalf("%d watchers", len(p.watch.list))
		}
		c.Reset()
		settle()
		if len(p.watch.list) != 0 {
			t.Error("the watcher is not forgotten")
		}
	})
}
