package observe

import (
	"testing"
	"time"

	"chordscope/node/chord"
)

func TestStateOfStatus(t *testing.T) {
	for status, want := range map[chord.Status]State{
		chord.StatusIdle: StateJoining, chord.StatusJoining: StateJoining, chord.StatusMember: StateMember,
		chord.StatusLeaving: StateLeaving, chord.StatusGone: StateLeft,
	} {
		s := newScene(t, 6, 3)
		s.show(&chord.Snapshot{Self: ref(8), Status: status, Fingers: make([]chord.Ref, 6)})
		if got := s.peer(8).State; got != want {
			t.Errorf("%v is shown as %v, want %v", status, got, want)
		}
		live := 0
		if want == StateMember {
			live = 1
		}
		if h := s.Picture().Health; h.Live != live {
			t.Errorf("%v: %d live peers, want %d", status, h.Live, live)
		}
	}
}

func TestJoiningAndLeavingUnsettle(t *testing.T) {
	for _, tc := range []struct {
		status  chord.Status
		joining int
		why     string
	}{{chord.StatusJoining, 1, "1 peer joining or leaving"}, {chord.StatusLeaving, 0, "1 peer joining or leaving"}, {chord.StatusGone, 0, ""}} {
		s := newScene(t, 6, 3)
		s.paper()
		s.show(&chord.Snapshot{Self: ref(30), Status: tc.status, Fingers: make([]chord.Ref, 6)})
		if h := s.Picture().Health; h.Stable != (tc.why == "") || h.Joining != tc.joining || h.Why != tc.why {
			t.Errorf("%v: health %+v", tc.status, h)
		}
	}
}

// How what is heard of a peer and what is said of its end add up.
func TestEnds(t *testing.T) {
	type step func(s *scene)
	gone := func(how State) step { return func(s *scene) { s.Gone(ref(8), how) } }
	says := func(status chord.Status) step {
		return func(s *scene) { s.show(&chord.Snapshot{Self: ref(8), Status: status, Fingers: make([]chord.Ref, 6)}) }
	}
	for _, tc := range []struct {
		name  string
		steps []step
		want  State
		log   int // events of the log
	}{
		{"crashed", []step{says(chord.StatusMember), gone(StateDead)}, StateDead, 1},
		{"crashed twice", []step{says(chord.StatusMember), gone(StateDead), gone(StateDead)}, StateDead, 1},
		{"crashed while joining", []step{says(chord.StatusJoining), gone(StateDead)}, StateDead, 1},
		{"left", []step{says(chord.StatusMember), says(chord.StatusGone), gone(StateDead)}, StateLeft, 0},
		{"goodbye, and then gone", []step{says(chord.StatusLeaving), gone(StateDead)}, StateLeft, 0},
		{"silent", []step{says(chord.StatusMember), gone(StateSilent)}, StateSilent, 1},
		{"silent and back", []step{says(chord.StatusMember), gone(StateSilent), says(chord.StatusMember)}, StateMember, 1},
		{"silent, then dead", []step{says(chord.StatusMember), gone(StateSilent), gone(StateDead)}, StateDead, 2},
	} {
		s := newScene(t, 6, 3)
		for i, do := range tc.steps {
			s.now = time.Duration(i) * time.Second
			do(s)
		}
		p := s.peer(8)
		if p.State != tc.want || len(s.Picture().Events) != tc.log {
			t.Errorf("%s: %v with log %+v", tc.name, p.State, s.Picture().Events)
		}
	}
	s := newScene(t, 6, 3)
	if s.Gone(ref(8), StateDead); len(s.Picture().Peers) != 0 {
		t.Error("a peer that was never seen is shown")
	}
}

func TestSince(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	s.now = 5 * time.Second
	s.show(snaps[8])
	if since := s.peer(8).Since; since != 0 {
		t.Errorf("a member since the beginning, shown since %v", since)
	}
	s.Gone(ref(8), StateDead)
	s.now = 6 * time.Second
	if since := s.peer(8).Since; since != 5*time.Second {
		t.Errorf("dead since %v", since)
	}
}

// The dead stay visible for a while.
func TestGoneDisappear(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.Gone(ref(8), StateDead)
	s.Gone(ref(14), StateSilent)
	s.now = keepGone
	s.show(&chord.Snapshot{Self: ref(1), Status: chord.StatusMember, Fingers: make([]chord.Ref, 6)})
	if n := len(s.Picture().Peers); n != 10 {
		t.Errorf("%d peers, want all 10", n)
	}
	s.now = keepGone + 1
	s.show(&chord.Snapshot{Self: ref(1), Status: chord.StatusMember, Fingers: make([]chord.Ref, 6)})
	pic := s.Picture()
	if len(pic.Peers) != 9 || len(pic.FindPeer("N8")) != 0 || len(pic.FindPeer("N14")) != 1 {
		t.Errorf("%d peers, want all but N8", len(pic.Peers))
	}
}

// A restarted peer takes the place of its former self, whose voice, if it is
// still heard, counts for nothing.
func TestIncarnations(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: 100}})
	reborn := *snaps[8]
	reborn.Self.Inc = 2
	reborn.Status = chord.StatusJoining
	s.show(&reborn)
	s.Apply(Update{Self: reborn.Self, Counters: &Counters{Sent: 1}})
	version := s.Picture().Version

	s.show(snaps[8])
	s.tell(ref(8), chord.Event{Kind: chord.EvCreated})
	s.Gone(ref(8), StateDead)
	if p := s.peer(8); p.Incarnation != 2 || p.State != StateJoining || p.Sent != 1 {
		t.Errorf("%+v", p)
	}
	if pic := s.Picture(); pic.Version != version || len(pic.Events) != 0 || len(pic.Peers) != 10 {
		t.Errorf("the former self changed the picture: version %d after %d, events %+v", pic.Version, version, pic.Events)
	}
	if pic := s.Picture(); pic.Messages != 101 {
		t.Errorf("%d messages, want those of both lives, 101", pic.Messages)
	}
}
