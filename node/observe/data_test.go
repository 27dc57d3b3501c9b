package observe

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// hold tells that peers hold e.
func (s *scene) hold(e store.Entry, ids ...uint64) {
	for _, id := range ids {
		s.Apply(Update{Self: ref(id), Keys: []store.Entry{e}})
	}
}

func plain(id uint64) store.Entry {
	return store.Entry{Key: store.Key{ID: ring.FromUint64(id)}, Version: store.Version{Counter: 1}, Size: 10}
}

// What keeps a ring from being stable because of its keys, and what does not.
// With three replicas, K10 belongs at N14, N21 and N32.
func TestKeysAndStability(t *testing.T) {
	old, erased := plain(10), plain(10)
	old.Version.Counter, erased.Version.Counter, erased.Deleted = 0, 2, true
	old.Version.Node = ref(1).ID
	long := plain(10)
	long.Key.Name = strings.Repeat("ä", 100)
	for _, tc := range []struct {
		name string
		do   func(s *scene)
		why  string
	}{
		{"all in place", func(s *scene) { s.hold(plain(10), 14, 21, 32) }, ""},
		{"one copy is missing", func(s *scene) { s.hold(plain(10), 14, 32) }, "K10 lacks a copy on N21"},
		{"two copies are missing", func(s *scene) { s.hold(plain(10), 14) }, "K10 lacks a copy on N21 and N32"},
		{"only others have it", func(s *scene) { s.hold(plain(10), 56) }, "K10 lacks a copy on N14 and N21 and N32"},
		{"an older copy is none", func(s *scene) { s.hold(plain(10), 14, 21); s.hold(old, 32) }, "K10 lacks a copy on N32"},
		{"several", func(s *scene) {
			for _, id := range []uint64{54, 3, 10, 4} {
				s.hold(plain(id), 14)
			}
		}, "4 keys are under-replicated: K3, K4, K10 and more"},
		{"a long name", func(s *scene) { s.hold(long, 14, 21) }, `"` + strings.Repeat("ä", 38) + "… lacks a copy on N32"},
		{"one copy too many", func(s *scene) { s.hold(plain(10), 14, 21, 32, 56) }, "N56 holds a copy of K10 that is not its to keep"},
		{"an old copy too many", func(s *scene) { s.hold(plain(10), 14, 21, 32); s.hold(old, 38) }, "N38 holds a copy of K10 that is not its to keep"},
		{"copies too many", func(s *scene) { s.hold(plain(10), 14, 21, 32, 56); s.hold(plain(11), 14, 21, 32, 56) },
			"2 keys have copies on peers that are not to keep them: K10, K11"},
		{"lost", func(s *scene) { s.Acknowledged(plain(10).Key, plain(10).Version, false); s.now = patience }, ""},
		{"deleted", func(s *scene) { s.hold(erased, 14, 21, 32) }, ""},
		{"deleted, the tombstone not everywhere", func(s *scene) { s.hold(erased, 21, 56) }, ""},
		{"deleted, but there is a value", func(s *scene) { s.hold(plain(10), 14, 21, 32); s.hold(erased, 14, 21) },
			"1 deleted key not deleted on all peers"},
		{"fetching", func(s *scene) {
			snap := *ideal(s.cfg.Space, 3, refs(1, 8, 14, 21, 32, 38, 42, 48, 51, 56))[3]
			snap.Syncing = true
			s.show(&snap)
		}, "N21 is still fetching its keys"},
	} {
		s := newScene(t, 6, 3)
		s.cfg.Replicas = 3
		s.paper()
		tc.do(s)
		if h := s.Picture().Health; h.Why != tc.why || h.Stable != (tc.why == "") || !h.Valid {
			t.Errorf("%s: stable %v, %q, want %q", tc.name, h.Stable, h.Why, tc.why)
		}
	}
}

// A ring that is not right otherwise says so first.
func TestKeysAreMentionedLast(t *testing.T) {
	s := newScene(t, 6, 3)
	s.cfg.Replicas = 3
	s.paper()
	s.hold(plain(10), 14)
	s.show(&chord.Snapshot{Self: ref(30), Status: chord.StatusJoining, Fingers: make([]chord.Ref, 6)})
	if h := s.Picture().Health; h.Why != "1 peer joining or leaving" || h.Stable {
		t.Errorf("%+v", h)
	}
}

// A copy at a silent peer is no surplus, since nobody can take it away.
func TestSilentPeersHoldNoSurplus(t *testing.T) {
	s := newScene(t, 6, 3)
	s.cfg.Replicas = 2
	s.paper()
	s.hold(plain(10), 14, 21, 32)
	s.Gone(ref(14), StateSilent)
	d := s.Picture().Datum(plain(10).Key)
	want := []Holder{
		{ID: ref(21).ID, Name: "N21", Wanted: true, Has: true}, {ID: ref(32).ID, Name: "N32", Wanted: true, Has: true},
		{ID: ref(14).ID, Name: "N14", Has: true},
	}
	if d == nil || d.State != Healthy || d.Owner != ref(21).ID || !slices.Equal(d.Holders, want) {
		t.Errorf("%+v", d)
	}
	if pic := s.Picture(); pic.Data.Copies != 2 || s.peer(14).Copies != 1 || s.peer(21).Owned != 1 {
		t.Errorf("%+v", pic.Data)
	}
}

func TestFindingKeys(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	twin := plain(10)
	twin.Key.Name = "apple"
	for _, e := range []store.Entry{plain(54), twin, plain(10), plain(0)} {
		s.hold(e, 14)
	}
	s.hold(plain(0), 56)
	newer := plain(54)
	newer.Version.Counter = 2
	s.hold(newer, 14)
	s.hold(plain(54), 38)
	pic := s.Picture()
	var names []string
	for _, d := range pic.Keys {
		names = append(names, d.Name)
		if pic.Datum(d.Key) != d {
			t.Errorf("%s is not found", d.Name)
		}
	}
	if want := []string{"K0", "K10", `"apple"`, "K54"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if d := pic.Datum(plain(11).Key); d != nil {
		t.Errorf("K11 is %+v", d)
	}
}

// When a name gets longer, so that it stays the only one, it does so with the
// holders too, even with one that only should hold the key.
func TestHoldersAreNamedAsPeers(t *testing.T) {
	s := newScene(t, 40, 3)
	s.cfg.Replicas = 2
	space := s.cfg.Space
	join := func(digits string, status chord.Status) {
		r := chord.Ref{ID: hex(t, space, digits), Addr: digits, Inc: 1}
		s.show(&chord.Snapshot{Self: r, Status: status, Fingers: make([]chord.Ref, space.Bits())})
		if status == chord.StatusMember {
			s.Apply(Update{Self: r, Keys: []store.Entry{plain(1)}})
		}
	}
	names := func() (names []string) {
		for _, h := range s.Picture().Datum(plain(1).Key).Holders {
			names = append(names, h.Name)
		}
		return names
	}
	join("3fa2000000", chord.StatusMember)
	join("5000000000", chord.StatusMember)
	s.Apply(Update{Self: chord.Ref{ID: hex(t, space, "3fa2000000"), Addr: "3fa2000000", Inc: 1}, AllKeys: true})
	if got := names(); !slices.Equal(got, []string{"N3fa2", "N5000"}) {
		t.Errorf("%q", got)
	}
	join("3fa2100000", chord.StatusJoining)
	if got := names(); !slices.Equal(got, []string{"N3fa20", "N5000"}) {
		t.Errorf("%q", got)
	}
}

// What did not change is shared between Pictures.
func TestUnchangedKeysAreShared(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.hold(plain(10), 14)
	s.hold(plain(54), 56)
	before := s.Picture()
	s.hold(plain(54), 1)
	s.Gone(ref(38), StateDead)
	after := s.Picture()
	if before.Keys[0] != after.Keys[0] || before.Keys[1] == after.Keys[1] {
		t.Error("K10 was made anew, or K54 was not")
	}
}

// Keys alone are a change; the same keys again are none of a key.
func TestKeysAreChanges(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	for name, u := range map[string]Update{
		"a key": {Keys: []store.Entry{plain(3)}}, "one less": {Gone: []store.Key{plain(3).Key}}, "none at all": {AllKeys: true},
	} {
		changed := s.Changed()
		u.Self = ref(8)
		if s.Apply(u); !fired(changed) {
			t.Errorf("%s is no change", name)
		}
	}
	changed := s.Changed()
	if s.Acknowledged(plain(3).Key, plain(3).Version, true); !fired(changed) {
		t.Error("an acknowledged delete is no change")
	}
	changed = s.Changed()
	s.Acknowledged(plain(3).Key, plain(3).Version, true)
	if s.Acknowledged(store.Key{ID: k54}, store.Version{}, true); fired(changed) {
		t.Error("an acknowledgement that says nothing new is a change")
	}
}

func TestMoves(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.now = time.Second
	area := ring.OpenClosed(ring.FromUint64(21), ring.FromUint64(26))
	s.tell(ref(8), chord.Event{Kind: chord.EvTook, Peer: ref(32), Index: 12, Last: 345, Range: area, Cause: chord.CauseSurplus})
	s.Apply(Update{Self: ref(1), Keys: []store.Entry{plain(0)},
		Events: []chord.Event{{Kind: chord.EvReplica, Peer: ref(56), Key: ring.FromUint64(0), Version: plain(0).Version}}})
	want := []Move{
		{Number: 1, At: time.Second, From: ref(32).ID, To: ref(8).ID, Range: area, Count: 12, Bytes: 345, Why: "surplus"},
		{Number: 2, At: time.Second, From: ref(56).ID, To: ref(1).ID, Range: ring.OpenClosed(ring.FromUint64(63), ring.ID{}), Count: 1, Bytes: 10, Why: "write"},
	}
	pic := s.Picture()
	if !slices.Equal(pic.Moves, want) {
		t.Errorf("%+v, want %+v", pic.Moves, want)
	}
	for _, m := range pic.Moves[1:] {
		if !m.Range.Contains(ring.FromUint64(0)) || m.Range.Contains(ring.FromUint64(1)) || m.Range.Contains(ring.FromUint64(63)) {
			t.Errorf("%+v is not K0 alone", m.Range)
		}
	}
	s.now += freshMove
	s.tell(ref(8), chord.Event{Kind: chord.EvTook, Peer: ref(1), Index: 1, Cause: chord.CauseJoin})
	if moves := s.Picture().Moves; len(moves) != 3 || moves[2].Number != 3 {
		t.Errorf("after 5 s: %+v", moves)
	}
	s.now++
	s.tell(ref(8), chord.Event{Kind: chord.EvCreated})
	if moves := s.Picture().Moves; len(moves) != 1 || moves[0].Number != 3 {
		t.Errorf("after more than 5 s: %+v", moves)
	}
	if !slices.Equal(pic.Moves, want) {
		t.Error("the first picture was changed")
	}
}

func TestMovesAreBounded(t *testing.T) {
	for _, look := range []int{7, 2000} { // how often there is a Picture
		s := newScene(t, 6, 3)
		s.paper()
		const n = 20*keepMoves + 5
		var pics []*Picture
		for i := range n {
			s.tell(ref(8), chord.Event{Kind: chord.EvTook, Peer: ref(1), Index: i, Cause: chord.CauseJoin})
			if (i+1)%look == 0 || i+1 == n {
				pics = append(pics, s.Picture())
			}
		}
		for i, pic := range pics {
			last := min((i+1)*look, n)
			for j, m := range pic.Moves {
				if want := last - len(pic.Moves) + 1 + j; m.Number != uint64(want) || m.Count != want-1 {
					t.Fatalf("picture %d: move %d is %+v, want number %d", i, j, m, want)
				}
			}
			if len(pic.Moves) != min(keepMoves, last) {
				t.Errorf("picture %d shows %d moves", i, len(pic.Moves))
			}
		}
		if cap(s.moves) > 8*keepMoves {
			t.Errorf("%d moves are kept", cap(s.moves))
		}
	}
}
