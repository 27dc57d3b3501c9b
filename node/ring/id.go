// Package ring is the arithmetic of the Chord identifier circle: identifiers
// of m bits, hashing onto the circle, clockwise distances, the three kinds of
// interval, and finger starts. Everything is a value and safe for concurrent
// use; nothing here knows of peers, sockets or time.
//
// Section numbers refer to Stoica et al., "Chord: A Scalable Peer-to-peer
// Lookup Protocol for Internet Applications", IEEE/ACM ToN 11(1), 2003.
package ring

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Size of an identifier in bytes, whatever the ring's number of bits.
const Size = 20

// ID is an identifier: a number in [0, 2^m), m at most 160. It is comparable
// and can be a map key. The zero value is identifier 0, which is a valid one.
// An ID does not know its m; operations that need it are methods of Space.
type ID struct {
	hi      uint32 // bits 159..128
	mid, lo uint64 // bits 127..64 and 63..0
}

// FromUint64 returns the identifier with value v.
func FromUint64(v uint64) ID { return ID{lo: v} }

// FromBytes reads a big-endian identifier of at most Size bytes. Leading zero
// bytes may be left out; an empty slice is identifier 0.
func FromBytes(b []byte) (ID, error) {
	if len(b) > Size {
		return ID{}, fmt.Errorf("identifier of %d bytes: at most %d are allowed", len(b), Size)
	}
	var buf [Size]byte
	copy(buf[Size-len(b):], b)
	return ID{
		hi:  binary.BigEndian.Uint32(buf[0:4]),
		mid: binary.BigEndian.Uint64(buf[4:12]),
		lo:  binary.BigEndian.Uint64(buf[12:20]),
	}, nil
}

// Bytes returns the identifier as Size big-endian bytes.
func (a ID) Bytes() [Size]byte {
	var buf [Size]byte
	binary.BigEndian.PutUint32(buf[0:4], a.hi)
	binary.BigEndian.PutUint64(buf[4:12], a.mid)
	binary.BigEndian.PutUint64(buf[12:20], a.lo)
	return buf
}

// AppendBytes appends the identifier to dst in big-endian order without
// leading zero bytes, the form FromBytes reads. Identifier 0 appends nothing.
func (a ID) AppendBytes(dst []byte) []byte {
	buf := a.Bytes()
	i := 0
	for i < Size && buf[i] == 0 {
		i++
	}
	return append(dst, buf[i:]...)
}

// Uint64 returns the identifier's value and whether it fits into 64 bits.
func (a ID) Uint64() (v uint64, ok bool) { return a.lo, a.hi == 0 && a.mid == 0 }

// Compare orders identifiers as numbers: -1, 0 or +1.
func (a ID) Compare(b ID) int {
	switch {
	case a == b:
		return 0
	case a.Less(b):
		return -1
	}
	return 1
}

// Less reports whether a is the smaller number.
func (a ID) Less(b ID) bool {
	if a.hi != b.hi {
		return a.hi < b.hi
	}
	if a.mid != b.mid {
		return a.mid < b.mid
	}
	return a.lo < b.lo
}

// add and sub work modulo 2^160; Space masks the result to m bits.
func (a ID) add(b ID) ID {
	lo, c := bits.Add64(a.lo, b.lo, 0)
	mid, c := bits.Add64(a.mid, b.mid, c)
	return ID{hi: a.hi + b.hi + uint32(c), mid: mid, lo: lo}
}

func (a ID) sub(b ID) ID {
	lo, c := bits.Sub64(a.lo, b.lo, 0)
	mid, c := bits.Sub64(a.mid, b.mid, c)
	return ID{hi: a.hi - b.hi - uint32(c), mid: mid, lo: lo}
}

func (a ID) rsh(n int) ID {
	for ; n >= 64; n -= 64 {
		a = ID{mid: uint64(a.hi), lo: a.mid}
	}
	if n == 0 {
		return a
	}
	return ID{
		hi:  uint32(uint64(a.hi) >> n),
		mid: a.mid>>n | uint64(a.hi)<<(64-n),
		lo:  a.lo>>n | a.mid<<(64-n),
	}
}

// powerOfTwo returns 2^n for n in [0, 160).
func powerOfTwo(n int) ID {
	switch {
	case n < 64:
		return ID{lo: 1 << n}
	case n < 128:
		return ID{mid: 1 << (n - 64)}
	}
	return ID{hi: 1 << (n - 128)}
}
