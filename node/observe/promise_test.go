package observe

import (
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// k54Key is the identifier itself, whose owner among the papers' peers is N56.
var k54Key = store.Key{ID: k54}

// value is a version of K54 that N56 made.
func value(counter uint64) store.Entry {
	return store.Entry{Key: k54Key, Version: store.Version{Counter: counter, Node: ref(56).ID, Inc: 1}, Size: int(counter), Head: "v"}
}

func tombstone(counter uint64) store.Entry {
	e := value(counter)
	e.Deleted, e.Size, e.Head = true, 0, ""
	return e
}

// What becomes of an acknowledged write, as news of it comes in various orders.
// Two replicas of K54 belong at N56 and N1.
func TestPromises(t *testing.T) {
	type step = func(s *scene)
	holds := func(id uint64, es ...store.Entry) step {
		return func(s *scene) { s.Apply(Update{Self: ref(id), Keys: es}) }
	}
	drops := func(id uint64) step {
		return func(s *scene) { s.Apply(Update{Self: ref(id), Gone: []store.Key{k54Key}}) }
	}
	dies := func(id uint64) step { return func(s *scene) { s.Gone(ref(id), StateDead) } }
	silent := func(id uint64) step { return func(s *scene) { s.Gone(ref(id), StateSilent) } }
	client := func(e store.Entry) step {
		return func(s *scene) { s.Acknowledged(e.Key, e.Version, e.Deleted) }
	}
	// owner says with its keys that a write is acknowledged, with all copies.
	owner := func(id uint64, e store.Entry, copies int) step {
		kind := chord.EvPut
		if e.Deleted {
			kind = chord.EvDeleted
		}
		return func(s *scene) {
			s.Apply(Update{Self: ref(id), Keys: []store.Entry{e},
				Events: []chord.Event{{Kind: kind, Key: e.Key.ID, Version: e.Version, Index: copies}}})
		}
	}
	wait := func(d time.Duration) step {
		return func(s *scene) {
			s.now += d
			s.Apply(Update{Self: ref(32), Counters: &Counters{}})
		}
	}
	other := value(1) // a new life of the key, by another owner
	other.Version.Node = ref(1).ID
	for _, tc := range []struct {
		name  string
		steps []step
		want  string // state and counter, or "" if the key is not in the picture
	}{
		{"held by both", []step{holds(1, value(3)), owner(56, value(3), 2)}, "healthy 3"},
		{"both crash", []step{holds(1, value(3)), owner(56, value(3), 2), dies(56), dies(1)}, "lost 3"},
		{"one crashes", []step{holds(1, value(3)), owner(56, value(3), 2), dies(56)}, "under-replicated 3"},
		{"one crashes, one goes silent", []step{holds(1, value(3)), owner(56, value(3), 2), dies(56), silent(1)}, "under-replicated 3"},
		{"an older value is left", []step{holds(1, value(3)), owner(56, value(3), 2), holds(8, value(2)), dies(56), dies(1)}, "lost 3"},
		{"an older value is left, and a silent copy", []step{holds(1, value(3)), owner(56, value(3), 2), holds(8, value(2)), dies(56), silent(1)}, "under-replicated 3"},
		{"a silent peer has a newer one that nobody was promised", []step{holds(1, value(3)), owner(56, value(3), 2), holds(32, value(4)), silent(32)}, "healthy 3"},
		{"not acknowledged", []step{holds(1, value(3)), dies(1)}, ""},

		{"the client before the copies", []step{client(value(3))}, ""},
		{"the client before the copies, then one", []step{client(value(3)), holds(1, value(3))}, "under-replicated 3"},
		{"the client before the copies, of an older value", []step{holds(56, value(2)), holds(1, value(2)), client(value(3))}, "healthy 2"},
		{"the client, and the copies never", []step{client(value(3)), wait(2 * time.Second)}, "lost 3"},
		{"the client, and the copies too late", []step{client(value(3)), wait(2 * time.Second), holds(56, value(3)), holds(1, value(3))}, "healthy 3"},
		{"the owner's copy seen, and its crash, before the other copy", []step{owner(56, value(3), 2), dies(56)}, ""},
		{"the same, and then the other copy", []step{owner(56, value(3), 2), dies(56), holds(1, value(3))}, "under-replicated 3"},
		{"the same, and no other copy for long", []step{owner(56, value(3), 2), dies(56), wait(2 * time.Second)}, "lost 3"},
		{"a copy that is overwritten is no second copy", []step{owner(56, value(3), 2), holds(56, value(4)), dies(56)}, ""},
		{"the only copy there is", []step{owner(56, value(3), 1), dies(56)}, "lost 3"},
		{"news of an earlier write comes late", []step{client(value(3)), owner(56, value(2), 2), wait(2 * time.Second)}, "lost 3"},

		{"deleted", []step{holds(1, value(3)), owner(56, value(3), 2), holds(1, tombstone(4)), owner(56, tombstone(4), 2)}, ""},
		{"deleted, and all who know it crash", []step{holds(1, value(3)), owner(56, value(3), 2), holds(1, tombstone(4)), owner(56, tombstone(4), 2), dies(1), dies(56)}, ""},
		{"deleted, the client first", []step{holds(1, value(3)), owner(56, value(3), 2), client(tombstone(4))}, ""},
		{"deleted, the client first, and no tombstone ever", []step{holds(1, value(3)), owner(56, value(3), 2), client(tombstone(4)), wait(2 * time.Second)}, "healthy 3"},
		{"deleted, and an old value comes back", []step{holds(1, tombstone(4)), owner(56, tombstone(4), 2), holds(56, value(3))}, ""},
		{"collected", []step{holds(1, tombstone(4)), owner(56, tombstone(4), 2), drops(1), drops(56)}, ""},
		{"collected, and put again", []step{holds(1, tombstone(4)), owner(56, tombstone(4), 2), drops(1), drops(56), holds(1, value(1)), owner(56, value(1), 2)}, "healthy 1"},
		{"collected, put again, lost", []step{holds(1, tombstone(4)), owner(56, tombstone(4), 2), drops(1), drops(56), holds(1, value(1)), owner(56, value(1), 2), dies(1), dies(56)}, "lost 1"},
		{"deleted by a peer that is silent", []step{holds(1, value(3)), owner(56, value(3), 2), holds(32, tombstone(4)), client(tombstone(4)), silent(32)}, ""},

		{"lost, and put again", []step{owner(56, value(3), 1), dies(56), owner(1, other, 2), holds(8, other)}, "healthy 1"},
		{"lost, put again, lost again", []step{owner(56, value(3), 1), dies(56), owner(1, other, 1), dies(1)}, "lost 1"},
	} {
		for _, lazy := range []bool{false, true} { // with a picture after each step, or only at the end
			s := newScene(t, 6, 3)
			s.cfg.Replicas = 2
			s.paper()
			for _, do := range tc.steps {
				do(s)
				if !lazy {
					s.Picture()
				}
			}
			got, pic := "", s.Picture()
			if d := pic.Datum(k54Key); d != nil {
				got = d.State.String() + " " + string(rune('0'+d.Version.Counter))
			}
			if got != tc.want {
				t.Errorf("%s (lazy: %v): %q, want %q", tc.name, lazy, got, tc.want)
			}
		}
	}
}

// A lost key still says what it was, if a copy was ever seen.
func TestLostKeyIsDescribed(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	e := store.Entry{Key: k54Key, Version: store.Version{Counter: 1, Node: ref(56).ID, Inc: 1}, Size: 3, Sum: 77, Head: "red"}
	s.Acknowledged(e.Key, e.Version, false)
	s.Apply(Update{Self: ref(56), Keys: []store.Entry{e}})
	s.Gone(ref(56), StateDead)
	s.now = patience
	s.show(ideal(s.cfg.Space, 3, refs(1))[0])
	d := s.Picture().Datum(k54Key)
	if d == nil || d.State != Lost || d.Size != 3 || d.Sum != 77 || d.Head != "red" || d.Owner != ref(1).ID ||
		!slices.Equal(d.Holders, []Holder{{ID: ref(1).ID, Name: "N1", Wanted: true}}) {
		t.Errorf("%+v", d)
	}
}

// Nothing is kept of keys that nobody holds and nobody was promised.
func TestForgottenKeysLeaveNothing(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	expect := func(shown, known int) {
		t.Helper()
		s.now += patience
		s.Apply(Update{Self: ref(1), Counters: &Counters{}})
		pic, l := s.Picture(), &s.keys
		if len(pic.Keys) != shown || len(l.records) != known || len(l.index) != known || len(l.waiting) != 0 {
			t.Errorf("%d keys shown, %d known, %d in the index, want %d and %d", len(pic.Keys), len(l.records), len(l.index), shown, known)
		}
	}
	var all []store.Entry
	for i := range uint64(64) {
		all = append(all, plain(i))
		all[i].Deleted = i%2 == 0
	}
	s.Apply(Update{Self: ref(8), Keys: all[:32]})
	expect(16, 32)
	s.Apply(Update{Self: ref(8), Keys: all[32:]})
	for _, e := range all {
		if e.Deleted {
			s.Acknowledged(e.Key, e.Version, true)
		}
	}
	expect(32, 64)
	s.Apply(Update{Self: ref(8), AllKeys: true, Keys: all[28:36]}) // some of either half
	expect(4, 8)
	s.Gone(ref(8), StateDead)
	expect(0, 0)
}
