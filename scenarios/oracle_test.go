package scenarios

import "slices"

// oracle is an ideal ring computed from nothing but its identifiers, in plain
// numbers: what every table is and where every lookup goes when nothing is
// left to repair. Rings of up to 64 bits.
type oracle struct {
	bits, listLen int
	replicas      int      // of a key
	ids           []uint64 // in order
}

func (o oracle) mask() uint64 { return ^uint64(0) >> (64 - o.bits) }

// owner is the first peer at or after key.
func (o oracle) owner(key uint64) uint64 {
	i, _ := slices.BinarySearch(o.ids, key&o.mask())
	return o.ids[i%len(o.ids)]
}

func (o oracle) successor(n uint64) uint64 { return o.owner(n + 1) }

func (o oracle) predecessor(n uint64) uint64 {
	i, _ := slices.BinarySearch(o.ids, n)
	return o.ids[(i+len(o.ids)-1)%len(o.ids)]
}

// successors is the list of min(listLen, size-1) other peers.
func (o oracle) successors(n uint64) []uint64 {
	var list []uint64
	for s := o.successor(n); s != n && len(list) < o.listLen; s = o.successor(s) {
		list = append(list, s)
	}
	return list
}

// holders are the peers that should hold a key: its owner and those next to it.
func (o oracle) holders(key uint64) []uint64 {
	var out []uint64
	for n := o.owner(key); len(out) < min(o.replicas, len(o.ids)); n = o.successor(n) {
		out = append(out, n)
	}
	return out
}

// finger is row i, from 1.
func (o oracle) finger(n uint64, i int) uint64 { return o.owner(n + 1<<(i-1)) }

// between reports whether x is met walking clockwise from a before b is; with
// a == b everything but a is.
func (o oracle) between(a, x, b uint64) bool {
	far := (b - a) & o.mask()
	steps := (x - a) & o.mask()
	return steps != 0 && (steps < far || far == 0)
}

// path is the way of a lookup: own range first, then the successor's, then the
// nearest known peer before the key, from fingers and successor list together.
func (o oracle) path(from, key uint64) []uint64 {
	path := []uint64{from}
	for n := from; ; {
		if key == n || o.between(o.predecessor(n), key, n) {
			return path
		}
		next := o.successor(n)
		if key == next || o.between(n, key, next) {
			return append(path, next)
		}
		known := o.successors(n)
		for i := 1; i <= o.bits; i++ {
			known = append(known, o.finger(n, i))
		}
		for _, k := range known {
			if o.between(next, k, key) {
				next = k
			}
		}
		n = next
		path = append(path, n)
	}
}
