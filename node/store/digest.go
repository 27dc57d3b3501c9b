package store

import (
	"crypto/sha1"
	"encoding/binary"
	"math/bits"

	"chordscope/node/ring"
)

// Digest sums up the items of a stretch of the circle: how many there are, and
// the sum of their fingerprints modulo 2^128. Two peers with the same Digest
// hold the same keys in the same versions. The zero Digest is that of nothing.
type Digest struct {
	Count uint64
	Hi    uint64
	Lo    uint64
}

// Part is one piece of a divided stretch: from where the piece before it ends,
// or the stretch begins, up to and including To.
type Part struct {
	To     ring.ID
	Digest Digest
}

// Add returns the Digest of two stretches that have no item in common.
func (d Digest) Add(o Digest) Digest {
	lo, carry := bits.Add64(d.Lo, o.Lo, 0)
	hi, _ := bits.Add64(d.Hi, o.Hi, carry)
	return Digest{Count: d.Count + o.Count, Hi: hi, Lo: lo}
}

// sub takes out what Add put in. Everything is modulo a power of two, so that
// a stretch across identifier 0 may go below nothing in between.
func (d Digest) sub(o Digest) Digest {
	lo, borrow := bits.Sub64(d.Lo, o.Lo, 0)
	hi, _ := bits.Sub64(d.Hi, o.Hi, borrow)
	return Digest{Count: d.Count - o.Count, Hi: hi, Lo: lo}
}

// fingerprint is the beginning of the SHA-1 of all that tells an item from
// another: the key, the version, and whether it is a tombstone. The value need
// not enter, since no version has two.
type fingerprint struct{ hi, lo uint64 }

func (it *Item) fingerprint() fingerprint {
	// The parts of fixed size come first, so that no two items read the same.
	id, node := it.Key.ID.Bytes(), it.Version.Node.Bytes()
	buf := make([]byte, 0, 128) // longer names spill onto the heap
	buf = append(buf, id[:]...)
	buf = binary.BigEndian.AppendUint64(buf, it.Version.Counter)
	buf = append(buf, node[:]...)
	buf = binary.BigEndian.AppendUint64(buf, it.Version.Inc)
	if it.Deleted {
		buf = append(buf, 1)
	} else {
		buf = append(buf, 0)
	}
	h := sha1.Sum(append(buf, it.Key.Name...))
	return fingerprint{binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])}
}

// digest returns the Digest of the one item.
func (f fingerprint) digest() Digest { return Digest{Count: 1, Hi: f.hi, Lo: f.lo} }
