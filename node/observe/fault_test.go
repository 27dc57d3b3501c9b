package observe

import (
	"reflect"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

func cut(ids ...uint64) (out []PeerFault) {
	for _, id := range ids {
		out = append(out, PeerFault{ref(id).Addr, LinkFault{Cut: true}})
	}
	return out
}

func fault(from, to string, fromID, toID uint64, f LinkFault) Fault {
	return Fault{FromName: from, ToName: to, From: ring.FromUint64(fromID), To: ring.FromUint64(toID), LinkFault: f}
}

// Faults are in the Picture until they are healed, whoever tells of them in
// which way, and in the log.
func TestFaults(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	slow := LinkFault{Delay: 200 * time.Millisecond, Jitter: 50 * time.Millisecond, Stall: 0.3}
	away := PeerFault{"somewhere", LinkFault{Cut: true}}
	for _, step := range []struct {
		update Update
		faults []Fault
		log    []string
	}{
		{Update{Self: ref(42), Faults: cut(14, 8)},
			[]Fault{fault("N42", "N8", 42, 8, LinkFault{Cut: true}), fault("N42", "N14", 42, 14, LinkFault{Cut: true})},
			[]string{"N42 does not reach N8 N14: cut"}},
		{Update{Self: ref(8), AllFaults: true, Faults: []PeerFault{{ref(42).Addr, slow}, away}},
			[]Fault{fault("N8", "N42", 8, 42, slow), fault("N42", "N8", 42, 8, LinkFault{Cut: true}), fault("N42", "N14", 42, 14, LinkFault{Cut: true})},
			[]string{"N8 reaches N42: delay 200ms, jitter 50ms, drop 30%", "N8 does not reach somewhere: cut"}},
		{Update{Self: ref(42), Faults: []PeerFault{{Addr: ref(8).Addr}}},
			[]Fault{fault("N8", "N42", 8, 42, slow), fault("N42", "N14", 42, 14, LinkFault{Cut: true})},
			[]string{"N42 reaches N8 again: healed"}},
		{Update{Self: ref(42), AllFaults: true, Faults: cut(14)}, // as it is
			[]Fault{fault("N8", "N42", 8, 42, slow), fault("N42", "N14", 42, 14, LinkFault{Cut: true})}, nil},
		{Update{Self: ref(42)}, // says nothing of it
			[]Fault{fault("N8", "N42", 8, 42, slow), fault("N42", "N14", 42, 14, LinkFault{Cut: true})}, nil},
		{Update{Self: ref(8), AllFaults: true, Faults: cut(42)},
			[]Fault{fault("N8", "N42", 8, 42, LinkFault{Cut: true}), fault("N42", "N14", 42, 14, LinkFault{Cut: true})},
			[]string{"N8 reaches somewhere again: healed", "N8 does not reach N42: cut"}},
		{Update{Self: ref(8), AllFaults: true}, []Fault{fault("N42", "N14", 42, 14, LinkFault{Cut: true})},
			[]string{"N8 reaches N42 again: healed"}},
		{Update{Self: ref(42), AllFaults: true}, nil, []string{"N42 reaches N14 again: healed"}},
		{Update{Self: ref(1), Faults: cut(8, 14, 21, 32, 38, 42, 48, 51)},
			append([]Fault(nil), fault("N1", "N8", 1, 8, LinkFault{Cut: true}), fault("N1", "N14", 1, 14, LinkFault{Cut: true}),
				fault("N1", "N21", 1, 21, LinkFault{Cut: true}), fault("N1", "N32", 1, 32, LinkFault{Cut: true}),
				fault("N1", "N38", 1, 38, LinkFault{Cut: true}), fault("N1", "N42", 1, 42, LinkFault{Cut: true}),
				fault("N1", "N48", 1, 48, LinkFault{Cut: true}), fault("N1", "N51", 1, 51, LinkFault{Cut: true})),
			[]string{"N1 does not reach N8 N14 N21 N32 N38 N42 and 2 more: cut"}},
	} {
		logged, changed := len(s.Picture().Events), s.Changed()
		s.Apply(step.update)
		pic := s.Picture()
		if !reflect.DeepEqual(pic.Faults, step.faults) {
			t.Errorf("after %+v\n got %+v\nwant %+v", step.update, pic.Faults, step.faults)
		}
		var log []string
		for _, e := range pic.Events[logged:] {
			log = append(log, e.Peer+" "+e.Text)
			if want := map[Level]string{Warning: "fault", Good: "healed"}[e.Level]; e.Kind != want {
				t.Errorf("%+v", e)
			}
		}
		if !reflect.DeepEqual(log, step.log) {
			t.Errorf("after %+v the log has %q, want %q", step.update, log, step.log)
		}
		if fired(changed) != (len(step.log) > 0) {
			t.Errorf("after %+v a change was told: %v", step.update, fired(changed))
		}
	}
	s.Gone(ref(1), StateDead)
	if f := s.Picture().Faults; f != nil {
		t.Errorf("the dead have %+v", f)
	}
}

func TestPID(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.Apply(Update{Self: ref(8), PID: 4711})
	s.Apply(Update{Self: ref(8), Counters: &Counters{}})
	if p := s.peer(8); p.PID != 4711 {
		t.Errorf("PID %d", p.PID)
	}
}

// A frozen peer is silent at once, whatever is still on its way, and back when
// it is thawed.
func TestFrozen(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	state := func(state State, frozen bool) {
		t.Helper()
		if p := s.peer(8); p.State != state || p.Frozen != frozen {
			t.Errorf("at %v: %v, frozen %v", s.now, p.State, p.Frozen)
		}
	}
	s.Disturbed("freeze N8")
	s.SetFrozen(ref(8), true)
	s.SetFrozen(ref(8), true)
	state(StateSilent, true)
	s.now += 20 * time.Millisecond
	snaps[8].Predecessor = ref(56)
	s.show(snaps[8]) // said before
	s.tell(ref(8), chord.Event{Kind: chord.EvPaused})
	state(StateSilent, true)
	s.now += 5 * time.Second
	s.Apply(Update{Self: ref(8), Counters: &Counters{}})
	s.Gone(ref(8), StateSilent)
	state(StateSilent, true)
	if p := s.peer(8); p.Predecessor.ID != ref(56).ID {
		t.Errorf("what it said is lost: %+v", p.Predecessor)
	}
	s.SetFrozen(ref(8), false)
	state(StateMember, false)

	var log []string
	for _, e := range s.Picture().Events {
		log = append(log, e.Peer+" "+e.Kind)
	}
	if want := []string{"N8 frozen", "N8 paused", "N8 thawed"}; !reflect.DeepEqual(log, want) {
		t.Errorf("the log has %q", log)
	}
	var what []string
	for _, r := range s.Picture().Recoveries {
		what = append(what, r.What)
	}
	if want := []string{"freeze N8", "N8 back"}; !reflect.DeepEqual(what, want) {
		t.Errorf("recoveries %q", what)
	}

	s.SetFrozen(ref(8), true) // and thawed by somebody else
	s.now += 2 * time.Second
	s.show(snaps[8])
	state(StateMember, false)

	s.SetFrozen(ref(8), true)
	s.Gone(ref(8), StateDead)
	state(StateDead, false)
	s.SetFrozen(ref(8), true)
	s.SetFrozen(ref(9), true)
	state(StateDead, false)
}

// The figures of a freeze count from it, not from when its silence is noticed.
func TestRecoveryOfFreeze(t *testing.T) {
	w := newWard(t)
	w.SetFrozen(ref(8), true)
	w.after(600)
	w.tell(ref(1), chord.Event{Kind: chord.EvSuspected, Peer: ref(8)})
	w.mend(mendRing, 8)
	w.after(500)
	w.mend(mendAll, 8)
	w.want(Recovery{Number: 1, What: "N8 frozen", At: 10 * time.Second, Suspected: ms(600), Ring: ms(600), Fingers: ms(1100), Keys: ms(0), Rounds: 1.2})
}
