package store_test

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// The tests hold the Store against a naive one: a map that is sorted for every
// question, by distance along the circle and not by number.
type naive struct {
	space ring.Space
	held  map[store.Key]kept
}

type kept struct {
	item  store.Item
	since time.Duration
}

func newNaive(space ring.Space) *naive {
	return &naive{space: space, held: map[store.Key]kept{}}
}

func (n *naive) put(it store.Item, now time.Duration) bool {
	if it.Version.Compare(n.held[it.Key].item.Version) <= 0 {
		return false
	}
	n.held[it.Key] = kept{it, now}
	return true
}

// compare orders keys along the way that sets out behind from.
func (n *naive) compare(from ring.ID, a, b store.Key) int {
	first := n.space.Add(from, ring.FromUint64(1))
	if c := n.space.Distance(first, a.ID).Compare(n.space.Distance(first, b.ID)); c != 0 {
		return c
	}
	return a.Compare(b)
}

// within returns what is held of (from, to], clockwise.
func (n *naive) within(iv ring.Interval) []kept {
	var out []kept
	for k, r := range n.held {
		if iv.Contains(k.ID) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b kept) int { return n.compare(iv.From, a.item.Key, b.item.Key) })
	return out
}

func (n *naive) scan(iv ring.Interval, after store.Key, begun bool) []store.Item {
	var out []store.Item
	for _, r := range n.within(iv) {
		if !begun || n.compare(iv.From, r.item.Key, after) > 0 {
			out = append(out, r.item)
		}
	}
	return out
}

func (n *naive) old(iv ring.Interval, t time.Duration, limit int) []store.Item {
	var out []store.Item
	for _, r := range n.within(iv) {
		if r.item.Deleted && r.since <= t && len(out) < limit {
			out = append(out, r.item)
		}
	}
	return out
}

// digest adds the digests of stores that hold one item each.
func (n *naive) digest(iv ring.Interval) store.Digest {
	sum, count := new(big.Int), uint64(0)
	for _, r := range n.within(iv) {
		sum.Add(sum, toBig(digestOf(r.item)))
		count++
	}
	return fromBig(count, sum)
}

func digestOf(items ...store.Item) store.Digest {
	s := store.New()
	for _, it := range items {
		s.Put(it, 0)
	}
	return s.Digest(ring.OpenClosed(ring.ID{}, ring.ID{}))
}

func toBig(d store.Digest) *big.Int {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], d.Hi)
	binary.BigEndian.PutUint64(b[8:], d.Lo)
	return new(big.Int).SetBytes(b[:])
}

func fromBig(count uint64, v *big.Int) store.Digest {
	var b [16]byte
	new(big.Int).Mod(v, new(big.Int).Lsh(big.NewInt(1), 128)).FillBytes(b[:])
	return store.Digest{Count: count, Hi: binary.BigEndian.Uint64(b[:8]), Lo: binary.BigEndian.Uint64(b[8:])}
}

// source draws identifiers, keys, items and stretches of one circle.
type source struct {
	*rand.Rand
	space ring.Space
	names int // how many names there are for each identifier
}

// eachSpace runs f as a subtest on circles with many, some and no items that
// share an identifier, with its own random source, seeded alike in every run.
func eachSpace(t *testing.T, f func(t *testing.T, src source)) {
	for _, c := range []struct{ bits, names int }{{3, 200}, {6, 20}, {6, 1}, {160, 2}} {
		t.Run(fmt.Sprintf("bits=%d,names=%d", c.bits, c.names), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(2003, uint64(c.bits+c.names)))
			f(t, source{rng, ring.MustSpace(c.bits), c.names})
		})
	}
}

// id draws from at most 512 identifiers, both ends of the circle among them.
func (src source) id() ring.ID {
	switch n := src.IntN(512); n {
	case 0:
		return ring.ID{}
	case 1:
		return src.space.Last()
	default:
		return src.space.Hash([]byte(strconv.Itoa(n)))
	}
}

func (src source) key() store.Key {
	k := store.Key{ID: src.id()}
	if n := src.IntN(src.names); n > 0 {
		k.Name = strconv.Itoa(n)
	}
	return k
}

func (src source) item() store.Item {
	it := store.Item{
		Key:     src.key(),
		Version: store.Version{Counter: 1 + src.Uint64N(4), Node: ring.FromUint64(src.Uint64N(2)), Inc: src.Uint64N(2)},
		Deleted: src.IntN(4) == 0,
	}
	if !it.Deleted {
		it.Value = make([]byte, src.IntN(20))
	}
	return it
}

// stretch draws any two ends; every fourth time they are the same.
func (src source) stretch() ring.Interval {
	from := src.id()
	if src.IntN(4) == 0 {
		return ring.OpenClosed(from, from)
	}
	return ring.OpenClosed(from, src.id())
}
