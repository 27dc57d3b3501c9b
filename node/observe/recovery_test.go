package observe

import (
	"testing"
	"time"

	"chordscope/node/chord"
)

// ward is the ring of the papers, in which the test breaks something.
type ward struct {
	*scene
	snaps map[uint64]*chord.Snapshot
}

func newWard(t *testing.T) *ward {
	s := newScene(t, 6, 3)
	s.cfg.Stabilize = 500 * time.Millisecond
	w := &ward{scene: s, snaps: s.paper()}
	if !s.Picture().Health.Stable {
		t.Fatal("not ideal at the beginning")
	}
	s.now = 10 * time.Second
	return w
}

// after lets time pass.
func (w *ward) after(ms int) { w.now += time.Duration(ms) * time.Millisecond }

// mend lets peers tell what they should believe in a ring without the gone.
func (w *ward) mend(edit func(p, ideal *chord.Snapshot), gone ...uint64) {
	var left []chord.Ref
	for _, id := range []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56} {
		missing := false
		for _, g := range gone {
			missing = missing || g == id
		}
		if !missing {
			left = append(left, ref(id))
		}
	}
	for _, want := range ideal(w.cfg.Space, w.cfg.Successors, left) {
		id, _ := want.Self.ID.Uint64()
		edit(w.snaps[id], want)
		w.show(w.snaps[id])
	}
}

func mendRing(p, ideal *chord.Snapshot) {
	p.Predecessor, p.Successors = ideal.Predecessor, ideal.Successors[:1]
}

func mendAll(p, ideal *chord.Snapshot) {
	p.Predecessor, p.Successors, p.Fingers = ideal.Predecessor, ideal.Successors, ideal.Fingers
}

// breathe lets somebody tell counters, as all do each second.
func (w *ward) breathe() { w.Apply(Update{Self: ref(1), Counters: &Counters{}}) }

// last returns the last recovery.
func (w *ward) last() Recovery {
	w.t.Helper()
	all := w.Picture().Recoveries
	if len(all) == 0 {
		w.t.Fatal("no recovery")
	}
	return all[len(all)-1]
}

func (w *ward) want(want Recovery) {
	w.t.Helper()
	if got := w.last(); got != want {
		w.t.Errorf("at %v\n got %+v\nwant %+v", w.now, got, want)
	}
}

func ms(n int) Moment { return Moment{true, time.Duration(n) * time.Millisecond} }

// One crash, from the command to the end.
func TestRecovery(t *testing.T) {
	w := newWard(t)
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: 1000}})
	w.now = 9 * time.Second
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(8)}) // a false alarm before
	w.now = 10 * time.Second
	w.Disturbed("kill N8")
	want := Recovery{Number: 1, What: "kill N8", At: 10 * time.Second}
	w.want(want) // the ring is still seen as right, but nothing has been hit yet

	w.after(5)
	w.Gone(ref(8), StateDead)
	want.Keys = ms(0) // there are none
	w.want(want)
	w.after(7)
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(14)}) // a mistake, about another one
	w.want(want)
	w.after(8)
	w.tell(ref(1), chord.Event{Kind: chord.EvDead, Peer: ref(8)})
	want.Suspected = ms(20)
	w.want(want)

	w.after(10)
	w.tell(ref(21), chord.Event{Kind: chord.EvLookupTimeout, Lookup: 7}, chord.Event{Kind: chord.EvLookupTimeout, Lookup: 7},
		chord.Event{Kind: chord.EvLookupTimeout, Lookup: 8}, chord.Event{Kind: chord.EvLookupFailed, Lookup: 8})
	w.tell(ref(14), chord.Event{Kind: chord.EvLookupTimeout, Lookup: 7})
	want.LookupsTimedOut, want.LookupsFailed = 3, 1
	w.after(50)
	w.mend(mendRing, 8)
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: 1040}})
	want.Ring, want.Rounds, want.Messages = ms(80), 0.16, 40
	w.want(want)

	w.after(1120)
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: 1100}})
	w.mend(mendAll, 8)
	want.Fingers, want.Messages = ms(1200), 100
	w.want(want)
	w.after(1499)
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: 1200}})
	w.want(want)
	w.after(1)
	changed := w.Changed()
	w.breathe()
	want.Over = true
	w.want(want)
	if !fired(changed) {
		t.Error("nobody is told that it is over")
	}
	w.tell(ref(21), chord.Event{Kind: chord.EvLookupFailed, Lookup: 9}, chord.Event{Kind: chord.EvDead, Peer: ref(8)})
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: 2000}})
	w.want(want)
}

// Peers tell now and then how much they have sent: what they must have sent
// before is not counted.
func TestRecoveryMessages(t *testing.T) {
	w := newWard(t)
	total := uint64(0)
	for range 30 { // each of ten peers sends ten messages a second
		w.after(100)
		total++
		for id := range w.snaps {
			w.Apply(Update{Self: ref(id), Counters: &Counters{Sent: total}})
		}
	}
	w.after(450)
	w.Disturbed("kill N8")
	w.Gone(ref(8), StateDead)
	w.after(50)
	w.Apply(Update{Self: ref(1), Counters: &Counters{Sent: total + 24}})
	w.Apply(Update{Self: ref(14), Counters: &Counters{Sent: total + 2}}) // less than was to be expected
	w.mend(mendAll, 8)
	if r := w.last(); r.Messages < 18 || r.Messages > 22 {
		t.Errorf("%d messages, want about 20 of N1 and none of N14", r.Messages)
	}
}

// Keys that are hit count until they have their copies; values written since
// get a second for theirs.
func TestRecoveryOfKeys(t *testing.T) {
	w := newWard(t)
	w.cfg.Replicas = 3
	w.hold(plain(10), 14, 21, 32)
	w.hold(plain(20), 21, 32, 38)
	w.Disturbed("kill N21")
	w.Gone(ref(21), StateDead)
	w.mend(mendAll, 21)
	w.after(100)
	w.hold(plain(10), 38)
	w.after(100)
	w.hold(plain(40), 42, 48) // new, the third copy is on its way
	if r := w.last(); r.Fingers != ms(0) || r.Keys.Reached {
		t.Errorf("K20 lacks a copy: %+v", r)
	}
	w.after(40)
	w.hold(plain(20), 42)
	if r := w.last(); r.Keys != ms(240) {
		t.Errorf("K20 is healthy: %+v", r)
	}
	w.after(959)
	w.breathe()
	if r := w.last(); r.Keys != ms(240) {
		t.Errorf("K40 is not late yet: %+v", r)
	}
	w.after(1)
	w.breathe()
	if r := w.last(); r.Keys.Reached {
		t.Errorf("K40 never gets its third copy: %+v", r)
	}
	w.after(500)
	w.hold(plain(40), 51)
	if r := w.last(); r.Keys != ms(1700) {
		t.Errorf("%+v", r)
	}
}

// A key that is lost is not waited for.
func TestRecoveryOfLostKey(t *testing.T) {
	w := newWard(t)
	e := plain(10)
	w.hold(e, 56) // an old value, astray
	e.Version.Counter = 2
	w.hold(e, 14)
	w.Acknowledged(e.Key, e.Version, false)
	w.Disturbed("kill N14")
	w.Gone(ref(14), StateDead)
	w.mend(mendAll, 14)
	w.after(1900)
	w.breathe()
	if r := w.last(); r.Keys.Reached {
		t.Errorf("copies may still be on their way: %+v", r)
	}
	w.after(100)
	w.breathe()
	if r := w.last(); r.Keys != ms(0) || r.Lost != 1 || w.Picture().Data.Lost != 1 {
		t.Errorf("%+v, %+v", r, w.Picture().Data)
	}
	w.Disturbed("heal")
	w.after(2000)
	w.breathe()
	if r := w.last(); r.Lost != 0 {
		t.Errorf("what was lost before counts again: %+v", r)
	}
}

// What turns wrong again is not reached.
func TestRecoveryRelapse(t *testing.T) {
	w := newWard(t)
	w.Disturbed("kill N8")
	w.Gone(ref(8), StateDead)
	w.after(100)
	w.mend(mendAll, 8)
	if r := w.last(); r.Ring != ms(100) || r.Fingers != ms(100) || r.Keys != ms(0) {
		t.Errorf("%+v", r)
	}
	w.after(1000)
	w.snaps[21].Fingers[5], w.snaps[32].Predecessor = ref(8), ref(14)
	w.show(w.snaps[21])
	if r := w.last(); r.Ring != ms(100) || r.Fingers.Reached {
		t.Errorf("a wrong finger: %+v", r)
	}
	w.show(w.snaps[32])
	w.after(2000)
	w.breathe()
	if r := w.last(); r.Ring.Reached || r.Rounds != 0 || r.Fingers.Reached || r.Over {
		t.Errorf("a wrong predecessor: %+v", r)
	}
	w.mend(mendAll, 8)
	if r := w.last(); r.Ring != ms(3100) || r.Rounds != 6.2 || r.Fingers != ms(3100) {
		t.Errorf("%+v", r)
	}
}
