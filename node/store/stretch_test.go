package store_test

import (
	"fmt"
	"testing"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// checkSplit asks for n parts of iv and holds them against what Split promises.
func checkSplit(s *store.Store, n *naive, iv ring.Interval, limit int) error {
	parts := s.Split(iv, limit)
	items := n.within(iv)
	shared := map[ring.ID]int{}
	largest := 0
	for _, r := range items {
		shared[r.item.Key.ID]++
		largest = max(largest, shared[r.item.Key.ID])
	}
	if divisible := limit >= 2 && len(shared) >= 2; divisible != (parts != nil) {
		return fmt.Errorf("%d parts of %d items on %d identifiers, %d wanted", len(parts), len(items), len(shared), limit)
	}
	if parts == nil {
		return nil
	}
	if len(parts) < 2 || len(parts) > limit || parts[len(parts)-1].To != iv.To {
		return fmt.Errorf("parts %v, want 2 to %d that end with the stretch", parts, limit)
	}
	size := len(items)/min(limit, len(items)) + 1
	if largest > 1 {
		size += 2 * largest // a cut can be off by one identifier at either end
	}
	var sum store.Digest
	from := iv.From
	for i, part := range parts {
		if part.To == from || i < len(parts)-1 && !ring.Open(from, iv.To).Contains(part.To) {
			return fmt.Errorf("part %d ends at %v: does not lead on from %v", i, part.To, from)
		}
		if want := n.digest(ring.OpenClosed(from, part.To)); part.Digest != want {
			return fmt.Errorf("part %d: digest %v, want %v", i, part.Digest, want)
		}
		if part.Digest.Count == 0 || part.Digest.Count > uint64(size) {
			return fmt.Errorf("part %d of %d has %d of %d items, want 1 to %d", i, len(parts), part.Digest.Count, len(items), size)
		}
		sum, from = sum.Add(part.Digest), part.To
	}
	if whole := s.Digest(iv); sum != whole {
		return fmt.Errorf("the parts add up to %v, want %v", sum, whole)
	}
	return nil
}

// One identifier with many names must not keep its neighbours from being told
// apart, on whichever side of it they are.
func TestSplitAroundACrowdedIdentifier(t *testing.T) {
	space := ring.MustSpace(6)
	for i, crowded := range []uint64{3, 5, 9, 3, 5, 9} {
		names := 300
		if i >= 3 {
			names = 1
		}
		s, n := store.New(), newNaive(space)
		put := func(k store.Key) {
			it := store.Item{Key: k, Version: store.Version{Counter: 1}}
			s.Put(it, 0)
			n.put(it, 0)
		}
		for _, id := range []uint64{3, 5, 9} {
			put(store.Key{ID: ring.FromUint64(id)})
		}
		for i := range names {
			put(store.Key{ID: ring.FromUint64(crowded), Name: fmt.Sprint(i)})
		}
		for _, from := range []uint64{0, 3, 4, 5, 8, 9, 20} {
			for _, to := range []uint64{0, 3, 4, 5, 9, 20} {
				for _, limit := range []int{1, 2, 3, 500} {
					iv := ring.OpenClosed(ring.FromUint64(from), ring.FromUint64(to))
					if err := checkSplit(s, n, iv, limit); err != nil {
						t.Errorf("%d more at %d, %s into %d: %v", names, crowded, space.FormatInterval(iv), limit, err)
					}
				}
			}
		}
	}
}

// A cut goes to the nearer end of the items that share an identifier.
func TestSplitCutsAtTheNearerEnd(t *testing.T) {
	for _, c := range []struct {
		at3, at5, at9 int
		want          uint64
	}{{1, 5, 3, 5}, {3, 5, 1, 3}} {
		s := store.New()
		for id, n := range map[uint64]int{3: c.at3, 5: c.at5, 9: c.at9} {
			for i := range n {
				k := store.Key{ID: ring.FromUint64(id), Name: fmt.Sprint(i)}
				s.Put(store.Item{Key: k, Version: store.Version{Counter: 1}}, 0)
			}
		}
		parts := s.Split(ring.OpenClosed(ring.FromUint64(2), ring.FromUint64(9)), 2)
		if len(parts) != 2 || parts[0].To != ring.FromUint64(c.want) {
			t.Errorf("%v is cut into %v, want a cut at %d", c, parts, c.want)
		}
	}
}

// In a whole circle the items where it begins come last, and those of them that
// have been passed do not come again.
func TestScanOfTheWholeCircleEndsWhereItBegins(t *testing.T) {
	s := store.New()
	key := func(id uint64, name string) store.Key { return store.Key{ID: ring.FromUint64(id), Name: name} }
	want := []store.Key{key(6, ""), key(1, "z"), key(5, "a"), key(5, "b")}
	for _, k := range want {
		s.Put(store.Item{Key: k, Version: store.Version{Counter: 1}}, 0)
	}
	whole := ring.OpenClosed(ring.FromUint64(5), ring.FromUint64(5))
	for i := range len(want) + 1 {
		var after store.Key
		if i > 0 {
			after = want[i-1]
		}
		got := scan(s, whole, after, i > 0)
		if len(got) != len(want)-i {
			t.Errorf("behind %v: %d items, want %d", after, len(got), len(want)-i)
			continue
		}
		for j, it := range got {
			if it.Key != want[i+j] {
				t.Errorf("behind %v: item %d is %v, want %v", after, j, it.Key, want[i+j])
			}
		}
	}
}
