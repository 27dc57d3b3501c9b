package observe

import (
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/codec"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
)

// told is a key of the papers' ring in one version of its value.
func told(id, counter uint64) store.Entry {
	return store.Entry{
		Key: store.Key{ID: ring.FromUint64(id)}, Version: store.Version{Counter: counter}, Size: 1, Head: "v",
	}
}

func encoded(entries ...store.Entry) (out []*pb.HeldKey) {
	for i := range entries {
		out = append(out, codec.EncodeHeld(&entries[i]))
	}
	return out
}

func (a *actor) saysPage(more bool, entries ...store.Entry) {
	a.says(&pb.Envelope_HeldKeys{HeldKeys: &pb.HeldKeys{Keys: encoded(entries...), More: more}})
}

// holdings is what a Picture shows of the keys: their versions by identifier.
func holdings(t *testing.T, w *town) map[uint64]uint64 {
	t.Helper()
	synctest.Wait()
	out := make(map[uint64]uint64)
	for _, d := range w.store.Picture().Keys {
		id, _ := d.Key.ID.Uint64()
		out[id] = d.Version.Counter
	}
	return out
}

func wantHoldings(t *testing.T, w *town, what string, want map[uint64]uint64) {
	t.Helper()
	got := holdings(t, w)
	if len(got) != len(want) {
		t.Errorf("%s: the Picture has %v, want %v", what, got, want)
		return
	}
	for id, v := range want {
		if got[id] != v {
			t.Errorf("%s: the Picture has %v, want %v", what, got, want)
		}
	}
}

// The keys of a peer show once all pages are there, with the changes that came
// between them, and stay as they are while they are told anew.
func TestPagesOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		a := w.play(8, func(a *actor) { a.saysState(nil) })
		w.awaitState(a.ref, StateMember)
		a.saysPage(true, told(1, 1), told(2, 1), told(3, 1))
		wantHoldings(t, w, "after the first page", nil)
		a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{
			Keys: encoded(told(2, 2), told(9, 1)), Gone: []*pb.Key{codec.EncodeKey(told(3, 0).Key)},
		}})
		wantHoldings(t, w, "after a change between pages", map[uint64]uint64{2: 2, 9: 1})
		a.saysPage(false, told(8, 1), told(9, 1))
		all := map[uint64]uint64{1: 1, 2: 2, 8: 1, 9: 1}
		wantHoldings(t, w, "after the last page", all)

		a.says(&pb.Envelope_WatchLost{WatchLost: &pb.WatchLost{Deltas: 1}})
		a.saysState(nil)
		a.saysPage(true, told(1, 3))
		wantHoldings(t, w, "while they are told anew", all)
		a.saysPage(false)
		wantHoldings(t, w, "told anew", map[uint64]uint64{1: 3})

		a.says(&pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Keys: encoded(told(5, 1)), Gone: []*pb.Key{codec.EncodeKey(told(1, 0).Key)}}})
		wantHoldings(t, w, "after a change", map[uint64]uint64{5: 1})
	})
}

// What cannot be ends the watch and nothing else.
func TestBadPages(t *testing.T) {
	for name, say := range map[string]func(a *actor){
		"behind the last page":   func(a *actor) { a.saysPage(false); a.saysPage(false) },
		"outside of the ring":    func(a *actor) { a.saysPage(false, told(64, 1)) },
		"without version":        func(a *actor) { a.saysPage(false, told(5, 0)) },
		"empty, and more follow": func(a *actor) { a.saysPage(true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t)
				begun := 0
				w.play(8, func(a *actor) {
					begun++
					a.saysState(nil)
					say(a)
				})
				<-time.After(time.Second)
				if keys := holdings(t, w); begun < 2 || len(keys) > 0 {
					t.Errorf("%d watches, keys %v", begun, keys)
				}
			})
		})
	}
}
