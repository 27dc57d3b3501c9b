// Package store keeps the items that one peer holds: values and tombstones with
// versions, in the order of the identifier circle, with digests of any stretch
// of it that cost little to keep. It has no clock, no randomness and no
// goroutines.
package store

import (
	"cmp"
	"crypto/sha1"
	"encoding/binary"
	"strings"

	"chordscope/node/ring"
)

// Limits of what a ring takes.
const (
	MaxValue = 64 << 10 // bytes of a value
	MaxName  = 1 << 10  // bytes of a key's name
)

// MaxHead is how many bytes of a value an Entry shows.
const MaxHead = 48

// Key names a datum. ID says where on the circle it belongs. With a Name, ID is
// the Name's hash, and several names may share one identifier; without, the key
// is the identifier itself, "K54".
type Key struct {
	ID   ring.ID
	Name string // any bytes, at most MaxName
}

// Compare orders keys by identifier, then by name.
func (k Key) Compare(o Key) int {
	if c := k.ID.Compare(o.ID); c != 0 {
		return c
	}
	return strings.Compare(k.Name, o.Name)
}

// Version orders the writes of one key: by Counter, then by the identifier of
// the owner that accepted the write, then by that owner's incarnation. Every
// holder keeps the highest it has seen, so all come to the same one in whatever
// order the writes arrive. The zero Version is that of a key never written.
type Version struct {
	Counter uint64
	Node    ring.ID
	Inc     uint64
}

// Compare returns -1, 0 or 1.
func (v Version) Compare(o Version) int {
	if c := cmp.Compare(v.Counter, o.Counter); c != 0 {
		return c
	}
	if c := v.Node.Compare(o.Node); c != 0 {
		return c
	}
	return cmp.Compare(v.Inc, o.Inc)
}

// IsZero reports whether nothing was ever written.
func (v Version) IsZero() bool { return v.Counter == 0 }

// Item is one version of a datum. A deleted item is a tombstone: it has no
// value, but a version, which keeps older writes from coming back.
type Item struct {
	Key     Key
	Version Version
	Tag     uint64 // of the request that wrote it: the same request sent twice is one write
	Deleted bool
	Value   []byte // never changed in place
}

// Entry is an Item with its value summed up, for those who watch a peer.
type Entry struct {
	Key     Key
	Version Version
	Deleted bool
	Size    int    // bytes of the value
	Sum     uint64 // Sum of the value
	Head    string // its first bytes, at most MaxHead
}

// Entry sums up the item.
func (it *Item) Entry() Entry {
	return Entry{
		Key: it.Key, Version: it.Version, Deleted: it.Deleted,
		Size: len(it.Value), Sum: Sum(it.Value), Head: string(it.Value[:min(len(it.Value), MaxHead)]),
	}
}

// Sum is the beginning of the SHA-1 of a value: two values with the same size
// and Sum are the same for all who do not set out to make two that are not.
func Sum(value []byte) uint64 {
	h := sha1.Sum(value)
	return binary.BigEndian.Uint64(h[:])
}
