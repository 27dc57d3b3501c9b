package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"chordscope/node/ring"
)

// check returns an error if a sum is wrong or a chunk is not as it must be.
func (s *Store) check() error {
	var all chunk
	size := 0
	for i := range s.chunks {
		c := &s.chunks[i]
		if len(c.records) == 0 || len(c.records) >= maxChunk {
			return fmt.Errorf("chunk %d of %d has %d records", i, len(s.chunks), len(c.records))
		}
		if i > 0 && len(s.chunks[i-1].records)+len(c.records) <= maxChunk/2 {
			return fmt.Errorf("chunks %d and %d should be one: %d and %d records", i-1, i, len(s.chunks[i-1].records), len(c.records))
		}
		if again := newChunk(c.records); again.digest != c.digest || again.tombs != c.tombs {
			return fmt.Errorf("chunk %d: digest %v, tombstones %d, want %v, %d", i, c.digest, c.tombs, again.digest, again.tombs)
		}
		for _, r := range c.records {
			if n := len(all.records); n > 0 && all.records[n-1].item.Key.Compare(r.item.Key) >= 0 {
				return fmt.Errorf("record %d does not come behind the one before it", n)
			}
			all.records = append(all.records, r)
			size += len(r.item.Value)
		}
		all.digest = all.digest.Add(c.digest)
		all.tombs += c.tombs
	}
	if all.digest != s.digest || all.tombs != s.tombs || size != s.bytes || len(all.records) != s.Len() {
		return fmt.Errorf("the store's sums are not those of its %d records", len(all.records))
	}
	return nil
}

// Whether keys come and go at random, in order or backwards, chunks stay below
// their limit, sum up what they hold, and are few when little is left.
func TestChunksStayInShape(t *testing.T) {
	const n = 2000
	up, down := make([]int, n), make([]int, n)
	for i := range n {
		up[i], down[i] = i, n-1-i
	}
	rng := rand.New(rand.NewPCG(1, 2))
	orders := map[string][]int{"up": up, "down": down, "random": rng.Perm(n)}
	for come, coming := range orders {
		for leave, leaving := range orders {
			t.Run(come+" then "+leave, func(t *testing.T) {
				s := New()
				for i, k := range coming {
					s.Put(Item{Key: Key{ID: ring.FromUint64(uint64(k))}, Version: Version{Counter: 1}, Deleted: k%3 == 0}, 0)
					mustHold(t, s, i)
				}
				for i, k := range leaving {
					s.Drop(Key{ID: ring.FromUint64(uint64(k))})
					mustHold(t, s, i)
				}
				if len(s.chunks) != 0 {
					t.Errorf("%d chunks for nothing", len(s.chunks))
				}
			})
		}
	}
}

func mustHold(t *testing.T, s *Store, step int) {
	t.Helper()
	if step%20 != 0 {
		return
	}
	if err := s.check(); err != nil {
		t.Fatalf("step %d: %v", step, err)
	}
}
