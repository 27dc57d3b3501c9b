package experiment

import (
	"slices"

	"chordscope/node/ring"
)

// perfect is a ring in which every pointer is right, without any peers: who
// would route where, by the rules alone. It is written apart from package
// chord, so that one can be measured against the other.
type perfect struct {
	ids []ring.ID // in order
	r   int       // length of successor lists
}

func newPerfect(ids []ring.ID, r int) *perfect {
	return &perfect{slices.SortedFunc(slices.Values(ids), ring.ID.Compare), r}
}

// owner returns where the owner of a key stands among the identifiers.
func (p *perfect) owner(key ring.ID) int {
	i, _ := slices.BinarySearchFunc(p.ids, key, ring.ID.Compare)
	return i % len(p.ids)
}

// hops returns the length of a lookup's path: the peers on it without the
// origin, the owner among them; 0 if the origin owns the key itself.
func (p *perfect) hops(q query) int {
	owner, at := p.owner(q.key), p.owner(q.from)
	n := 0
	for at != owner {
		n++
		at = p.next(at, owner, q.key)
	}
	return n
}

// next returns where the peer at goes on: to its successor if that is the
// owner, or else to the nearest peer before the key that it has as a finger or in
// its list.
func (p *perfect) next(at, owner int, key ring.ID) int {
	size := len(p.ids)
	self := p.ids[at]
	if (at+1)%size == owner {
		return owner
	}
	before := (owner - 1 + size) % size // no entry is nearer
	far := space.Distance(self, key)
	best := (at + 1) % size
	reach := func(i int) ring.ID { return space.Distance(self, p.ids[i]) }
	for f := space.Bits(); f > 1; f-- {
		start := space.FingerStart(self, f)
		if !space.Distance(self, start).Less(far) {
			continue
		}
		if i := p.owner(start); i != at && reach(i).Less(far) {
			if reach(best).Less(reach(i)) {
				best = i
			}
			break // lower fingers do not reach further
		}
	}
	for s := 2; s <= min(p.r, size-1); s++ {
		i := (at + s) % size
		if reach(before).Less(reach(i)) {
			break
		}
		if reach(best).Less(reach(i)) {
			best = i
		}
	}
	return best
}
