package ring

import (
	"crypto/sha1"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// MinBits and MaxBits bound the number of bits m of a ring.
const (
	MinBits = 3
	MaxBits = 160
)

// decimalBits is the largest m whose identifiers are written in decimal.
const decimalBits = 32

// Space is the identifier circle of m bits, the integers modulo 2^m.
// The zero value is invalid; use NewSpace.
type Space struct{ m int }

// NewSpace returns the circle of m bits, MinBits <= m <= MaxBits.
func NewSpace(m int) (Space, error) {
	if m < MinBits || m > MaxBits {
		return Space{}, fmt.Errorf("bits=%d: a ring has %d to %d bits", m, MinBits, MaxBits)
	}
	return Space{m}, nil
}

// MustSpace is NewSpace for constants; it panics on a bad m.
func MustSpace(m int) Space {
	s, err := NewSpace(m)
	if err != nil {
		panic(err)
	}
	return s
}

// Bits returns m.
func (s Space) Bits() int { return s.m }

// Contains reports whether id is below 2^m.
func (s Space) Contains(id ID) bool { return s.mask(id) == id }

// Hash returns the SHA-1 of data truncated to its top m bits (ToN IV-B), so
// that identifiers of a small ring stand in the same order as those of the
// large one: a small ring is a picture of the large ring.
func (s Space) Hash(data []byte) ID {
	sum := sha1.Sum(data)
	id, _ := FromBytes(sum[:]) // 20 bytes always fit
	return id.rsh(MaxBits - s.m)
}

// Add returns a + b modulo 2^m.
func (s Space) Add(a, b ID) ID { return s.mask(a.add(b)) }

// Distance returns how far it is clockwise from a to b: b - a modulo 2^m.
func (s Space) Distance(a, b ID) ID { return s.mask(b.sub(a)) }

// FingerStart returns the start of finger i of the peer n, n + 2^(i-1)
// modulo 2^m, for i from 1 to m as the papers number them (ToN IV-D, table I).
// It panics if i is out of range.
func (s Space) FingerStart(n ID, i int) ID {
	if i < 1 || i > s.m {
		panic(fmt.Sprintf("finger %d of a ring with %d bits", i, s.m))
	}
	return s.Add(n, powerOfTwo(i-1))
}

// Turn returns where on the circle id stands, as a fraction of a whole turn
// in [0, 1). It is for drawing: above 53 bits the value is rounded.
func (s Space) Turn(id ID) float64 {
	f := math.Ldexp(float64(id.hi), 128) + math.Ldexp(float64(id.mid), 64) + float64(id.lo)
	t := math.Ldexp(f, -s.m)
	if t >= 1 { // rounding up at the very end of a wide circle
		t = math.Nextafter(1, 0)
	}
	return t
}

// At returns the identifier at the fraction turn of a whole turn, the inverse
// of Turn up to rounding. Whole turns are dropped, so 1.25 and -0.75 are the
// place 0.25; a turn that is no finite number is identifier 0.
func (s Space) At(turn float64) ID {
	if math.IsNaN(turn) || math.IsInf(turn, 0) {
		return ID{}
	}
	turn -= math.Floor(turn)
	f, _ := new(big.Float).SetMantExp(big.NewFloat(turn), s.m).Int(nil)
	id, err := FromBytes(f.Bytes())
	if err != nil {
		return ID{}
	}
	return s.mask(id)
}

// Format writes id as people read it: in decimal up to 32 bits, beyond that
// in hexadecimal with all its digits.
func (s Space) Format(id ID) string {
	if s.m <= decimalBits {
		return strconv.FormatUint(id.lo, 10)
	}
	b := id.Bytes()
	digits := fmt.Sprintf("%x", b[:])
	return digits[len(digits)-s.Digits():]
}

// Digits returns how many hexadecimal digits an identifier has, or 0 on a
// ring whose identifiers are written in decimal.
func (s Space) Digits() int {
	if s.m <= decimalBits {
		return 0
	}
	return (s.m + 3) / 4
}

// FormatInterval writes an interval with its brackets, as in "(51, 56]".
func (s Space) FormatInterval(iv Interval) string {
	l, r := "(", ")"
	if iv.ClosedFrom {
		l = "["
	}
	if iv.ClosedTo {
		r = "]"
	}
	return l + s.Format(iv.From) + ", " + s.Format(iv.To) + r
}

// Parse reads an identifier as Format writes it. The error says what is
// allowed on this ring.
func (s Space) Parse(text string) (ID, error) {
	base, kind := 10, "decimal"
	if s.m > decimalBits {
		base, kind = 16, "hexadecimal"
	}
	bad := func() (ID, error) {
		return ID{}, fmt.Errorf("%q is not a %s identifier of %d bits (0 to %s)", text, kind, s.m, s.Format(s.Last()))
	}
	if text == "" || strings.ContainsAny(text, "+-_") {
		return bad()
	}
	v, ok := new(big.Int).SetString(text, base)
	if !ok || v.BitLen() > s.m {
		return bad()
	}
	id, err := FromBytes(v.Bytes())
	if err != nil {
		return bad()
	}
	return id, nil
}

// Last returns the largest identifier, 2^m - 1.
func (s Space) Last() ID { return s.mask(ID{}.sub(powerOfTwo(0))) }

// mask reduces id modulo 2^m.
func (s Space) mask(id ID) ID {
	switch {
	case s.m < 64:
		return ID{lo: id.lo & (1<<s.m - 1)}
	case s.m == 64:
		return ID{lo: id.lo}
	case s.m < 128:
		return ID{mid: id.mid & (1<<(s.m-64) - 1), lo: id.lo}
	case s.m == 128:
		return ID{mid: id.mid, lo: id.lo}
	case s.m < 160:
		id.hi &= 1<<(s.m-128) - 1
	}
	return id
}
