package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// A store grows and shrinks three times, and answers every question as the
// naive one does all the way.
func TestStoreIsTheNaiveOne(t *testing.T) {
	eachSpace(t, func(t *testing.T, src source) {
		s, n := store.New(), newNaive(src.space)
		for step := range 6000 {
			now := time.Duration(step)
			puts := 9 // of ten
			if step/1000%2 == 1 {
				puts = 1
			}
			if src.IntN(10) < puts {
				it := src.item()
				if got, want := s.Put(it, now), n.put(it, now); got != want {
					t.Fatalf("step %d: Put(%v) = %t, want %t", step, it, got, want)
				}
			} else {
				k := anyHeld(s, src)
				_, want := n.held[k]
				delete(n.held, k)
				if got := s.Drop(k); got != want {
					t.Fatalf("step %d: Drop(%v) = %t, want %t", step, k, got, want)
				}
			}
			if k := src.key(); !sameGet(s, n, k) {
				t.Fatalf("step %d: Get(%v) is not what was put last", step, k)
			}
			if step%50 == 0 {
				if err := compare(s, n, src, now); err != nil {
					t.Fatalf("step %d: %v", step, err)
				}
			}
		}
	})
}

// anyHeld returns the key of the first item behind a random one, so that drops
// find something to drop; or the random key if there is none.
func anyHeld(s *store.Store, src source) store.Key {
	k := src.key()
	from := src.id()
	s.Scan(ring.OpenClosed(from, from), k, true, func(it *store.Item) bool {
		k = it.Key
		return false
	})
	return k
}

func sameGet(s *store.Store, n *naive, k store.Key) bool {
	got, ok := s.Get(k)
	want, held := n.held[k]
	return ok == held && reflect.DeepEqual(got, want.item)
}

// compare asks both stores about everything, and about a stretch.
func compare(s *store.Store, n *naive, src source, now time.Duration) error {
	var size, tombs int
	for _, r := range n.held {
		size += len(r.item.Value)
		if r.item.Deleted {
			tombs++
		}
	}
	if s.Len() != len(n.held) || s.Bytes() != size || s.Tombstones() != tombs {
		return fmt.Errorf("%d items, %d bytes, %d tombstones, want %d, %d, %d",
			s.Len(), s.Bytes(), s.Tombstones(), len(n.held), size, tombs)
	}
	iv, after, begun := src.stretch(), src.key(), src.IntN(3) > 0
	name := src.space.FormatInterval(iv)
	if got, want := s.Digest(iv), n.digest(iv); got != want {
		return fmt.Errorf("Digest(%s) = %v, want %v", name, got, want)
	}
	if got, want := scan(s, iv, after, begun), n.scan(iv, after, begun); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("Scan(%s, %v, %t) = %v, want %v", name, after, begun, got, want)
	}
	before, limit := time.Duration(src.Int64N(int64(now)+1)), src.IntN(30)
	if got, want := s.Old(iv, before, limit), n.old(iv, before, limit); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("Old(%s, %d, %d) = %v, want %v", name, before, limit, got, want)
	}
	if err := checkSplit(s, n, iv, src.IntN(20)); err != nil {
		return fmt.Errorf("Split of %s: %w", name, err)
	}
	return nil
}

func scan(s *store.Store, iv ring.Interval, after store.Key, begun bool) []store.Item {
	var out []store.Item
	s.Scan(iv, after, begun, func(it *store.Item) bool {
		out = append(out, *it)
		return true
	})
	return out
}

func TestPutTakesHigherVersionsOnly(t *testing.T) {
	k := store.Key{ID: ring.FromUint64(54)}
	version := func(counter, node, inc uint64) store.Version {
		return store.Version{Counter: counter, Node: ring.FromUint64(node), Inc: inc}
	}
	rising := []store.Version{version(1, 9, 9), version(2, 1, 9), version(2, 2, 1), version(2, 2, 2)}
	s := store.New()
	if s.Put(store.Item{Key: k, Value: []byte("x")}, 0) || s.Len() != 0 {
		t.Error("took an item that was never written")
	}
	for i, v := range rising {
		if !s.Put(store.Item{Key: k, Version: v, Value: []byte{byte(i)}}, 0) {
			t.Errorf("refused %v, which is higher than what is held", v)
		}
		for _, lower := range rising[:i+1] {
			if s.Put(store.Item{Key: k, Version: lower, Value: []byte("old")}, 0) {
				t.Errorf("took %v over %v", lower, v)
			}
		}
		if it, ok := s.Get(k); !ok || it.Version != v || it.Value[0] != byte(i) {
			t.Errorf("holds %v, want version %v", it, v)
		}
	}
}

// A tombstone keeps older writes away; once it is dropped they are taken.
func TestTombstoneKeepsOlderWritesAway(t *testing.T) {
	k := store.Key{ID: ring.FromUint64(54)}
	write := store.Item{Key: k, Version: store.Version{Counter: 1}, Value: []byte("apple")}
	tomb := store.Item{Key: k, Version: store.Version{Counter: 2}, Deleted: true}
	s := store.New()
	s.Put(write, 1)
	s.Put(tomb, 2)
	if s.Put(write, 3) || s.Bytes() != 0 || s.Tombstones() != 1 {
		t.Errorf("after a delete: %d bytes and %d tombstones, want 0 and 1", s.Bytes(), s.Tombstones())
	}
	if !s.Drop(k) || s.Len() != 0 || s.Tombstones() != 0 {
		t.Error("the tombstone could not be dropped")
	}
	if !s.Put(write, 4) {
		t.Error("a write was refused though nothing is held")
	}
}

// The age of a tombstone counts from when this store first took it, not from
// when somebody sent it again.
func TestOldCountsFromTheFirstTime(t *testing.T) {
	tomb := store.Item{Key: store.Key{ID: ring.FromUint64(5)}, Version: store.Version{Counter: 1}, Deleted: true}
	whole := ring.OpenClosed(ring.ID{}, ring.ID{})
	s := store.New()
	s.Put(tomb, 10)
	s.Put(tomb, 20)
	if got := s.Old(whole, 9, 5); len(got) != 0 {
		t.Errorf("old at 9: %v, want none", got)
	}
	if got := s.Old(whole, 10, 5); len(got) != 1 {
		t.Errorf("old at 10: %v, want the tombstone", got)
	}
}

func TestScanStopsWhenTold(t *testing.T) {
	s := store.New()
	for i := range uint64(1000) {
		s.Put(store.Item{Key: store.Key{ID: ring.FromUint64(i)}, Version: store.Version{Counter: 1}}, 0)
	}
	for _, stop := range []int{1, 300, 999} {
		calls := 0
		s.Scan(ring.OpenClosed(ring.ID{}, ring.ID{}), store.Key{}, false, func(*store.Item) bool {
			calls++
			return calls < stop
		})
		if calls != stop {
			t.Errorf("%d calls after being told to stop at %d", calls, stop)
		}
	}
}
