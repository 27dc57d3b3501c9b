package observe

import (
	"reflect"
	"testing"
	"time"

	"chordscope/node/chord"
)

// A crash that nobody has announced begins a recovery by itself, counted from
// the first sign of it.
func TestUnannouncedCrash(t *testing.T) {
	w := newWard(t)
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(8)}) // a false alarm, long ago
	w.after(8000)
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(14)})
	w.after(50)
	first := w.now
	w.tell(ref(1), chord.Event{Kind: chord.EvDead, Peer: ref(8)})
	w.after(20)
	w.mend(mendRing, 8) // before we know
	if n := len(w.Picture().Recoveries); n != 0 {
		t.Fatalf("%d recoveries", n)
	}
	w.after(30)
	w.Gone(ref(8), StateDead)
	w.want(Recovery{Number: 1, What: "N8 crashed", At: first, Suspected: ms(0), Ring: ms(20), Keys: ms(0), Rounds: 0.04})

	w.after(300) // and soon another one, which is the same disturbance
	w.Gone(ref(42), StateDead)
	w.Gone(ref(51), StateSilent)
	if r := w.last(); r.Number != 1 || r.What != "N8 N42 crashed, N51 silent" || r.Ring.Reached {
		t.Errorf("%+v", r)
	}
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(56)})
	w.after(5001) // but this one is not
	w.Gone(ref(56), StateDead)
	all := w.Picture().Recoveries
	if len(all) != 2 || !all[0].Over || !all[0].Interrupted || all[1].What != "N56 crashed" || all[1].At != w.now {
		t.Errorf("%+v", all)
	}
}

// What the driver announces is what is hit next, even if it takes a while to
// be seen.
func TestAnnouncedLate(t *testing.T) {
	w := newWard(t)
	w.Disturbed("kill N8 N14")
	w.after(2500)
	w.Gone(ref(8), StateDead)
	w.after(900)
	w.Gone(ref(14), StateDead)
	if all := w.Picture().Recoveries; len(all) != 1 || all[0].What != "kill N8 N14" || all[0].Over {
		t.Errorf("%+v", all)
	}
}

// A second disturbance begins a recovery of its own.
func TestRecoveryInterrupted(t *testing.T) {
	w := newWard(t)
	w.Disturbed("kill N8")
	w.Gone(ref(8), StateDead)
	w.after(80)
	w.mend(mendRing, 8)
	w.after(20)
	w.Disturbed("kill N21")
	w.Gone(ref(21), StateDead)
	w.after(60)
	w.mend(mendAll, 8, 21)
	w.after(40)
	w.Disturbed("kill N32") // all is right, only it was not yet calm for long
	want := []Recovery{
		{Number: 1, What: "kill N8", At: 10 * time.Second, Ring: ms(80), Keys: ms(0), Rounds: 0.16, Over: true, Interrupted: true},
		{Number: 2, What: "kill N21", At: 10100 * time.Millisecond, Ring: ms(60), Fingers: ms(60), Keys: ms(0), Rounds: 0.12, Over: true},
		{Number: 3, What: "kill N32", At: 10200 * time.Millisecond},
	}
	if got := w.Picture().Recoveries; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// A disturbance that does no harm is over after a while, with nothing broken.
func TestNoHarm(t *testing.T) {
	w := newWard(t)
	w.Disturbed("reset N8 -> N42")
	w.after(4999)
	w.breathe()
	w.want(Recovery{Number: 1, What: "reset N8 -> N42", At: 10 * time.Second})
	w.after(1)
	w.breathe()
	w.want(Recovery{Number: 1, What: "reset N8 -> N42", At: 10 * time.Second, Ring: ms(0), Fingers: ms(0), Keys: ms(0), Over: true})

	w.Disturbed("restart N60") // it does nothing before it is there
	w.after(1000)
	w.show(&chord.Snapshot{Self: ref(60), Status: chord.StatusJoining, Fingers: make([]chord.Ref, 6)})
	w.after(9000)
	w.breathe()
	if r := w.last(); r.Over || r.Ring.Reached {
		t.Errorf("somebody is joining: %+v", r)
	}
}

// A fault that hits no peer: the first sign about anybody counts.
func TestSuspectedWithoutVictim(t *testing.T) {
	w := newWard(t)
	w.Disturbed("cut N8 -> N42")
	w.after(500)
	w.tell(ref(8), chord.Event{Kind: chord.EvDead, Peer: chord.Ref{ID: ref(42).ID, Addr: ref(42).Addr, Inc: 0}}) // its former life
	w.tell(ref(8), chord.Event{Kind: chord.EvDead, Peer: ref(60)})                                               // long gone
	w.after(200)
	w.tell(ref(8), chord.Event{Kind: chord.EvSuspected, Peer: ref(42)})
	w.after(100)
	w.tell(ref(8), chord.Event{Kind: chord.EvSuspected, Peer: ref(48)})
	w.want(Recovery{Number: 1, What: "cut N8 -> N42", At: 10 * time.Second, Suspected: ms(700), Ring: ms(0), Fingers: ms(0), Keys: ms(0)})
	w.after(1399) // not over so soon after a suspicion
	w.breathe()
	w.after(100)
	w.snaps[8].Fingers[5] = ref(48)
	w.show(w.snaps[8])
	w.want(Recovery{Number: 1, What: "cut N8 -> N42", At: 10 * time.Second, Suspected: ms(700), Ring: ms(0), Keys: ms(0)})
}

// Somebody who joins after all was reached ends a recovery, and is not taken
// for a part of it.
func TestJoinAfterRecovery(t *testing.T) {
	w := newWard(t)
	w.Disturbed("kill N8")
	w.Gone(ref(8), StateDead)
	w.mend(mendAll, 8)
	w.after(1100)
	w.show(&chord.Snapshot{Self: ref(60), Status: chord.StatusMember, Fingers: make([]chord.Ref, 6)})
	if r := w.last(); !r.Over || r.Interrupted || !r.Ring.Reached || !r.Fingers.Reached {
		t.Errorf("%+v", r)
	}
}

// A Picture keeps the latest, and as they were when it was made.
func TestRecoveriesAreBounded(t *testing.T) {
	w := newWard(t)
	var pic *Picture
	for i := range 3 * keepRecoveries {
		w.Disturbed("heal")
		if i == 2 {
			pic = w.Picture()
		}
	}
	if all := w.Picture().Recoveries; len(all) != keepRecoveries || all[len(all)-1].Number != 3*keepRecoveries || !all[0].Over {
		t.Errorf("%+v", all)
	}
	if all := pic.Recoveries; len(all) != 3 || all[2].Over || !all[1].Over {
		t.Errorf("an old picture has %+v", all)
	}
}

// Where many go at once, they are counted.
func TestDisturbanceCountsMany(t *testing.T) {
	w := newWard(t)
	for _, id := range []uint64{1, 8, 14, 21, 32, 38, 42} {
		w.Gone(ref(id), StateDead)
	}
	if r := w.last(); r.What != "7 peers crashed" {
		t.Errorf("what happened is said to be %q", r.What)
	}
}
