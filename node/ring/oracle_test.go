package ring_test

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"chordscope/node/ring"
)

// The tests hold the package against math/big, which shares no code with it.
// This file has the conversions both ways and the identifiers to try.

// widths are numbers of bits on both sides of every boundary inside an ID:
// its words end at bits 64 and 128, text changes its base after 32 bits.
var widths = []int{3, 6, 8, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 159, 160}

// eachWidth runs f as a subtest for every width, with its own random source,
// seeded alike in every run.
func eachWidth(t *testing.T, f func(t *testing.T, s ring.Space, rng *rand.Rand)) {
	for _, m := range widths {
		t.Run("bits="+strconv.Itoa(m), func(t *testing.T) {
			f(t, ring.MustSpace(m), rand.New(rand.NewPCG(2003, uint64(m))))
		})
	}
}

func toBig(id ring.ID) *big.Int {
	b := id.Bytes()
	return new(big.Int).SetBytes(b[:])
}

// fromBig converts v, which must be in [0, 2^160).
func fromBig(t testing.TB, v *big.Int) ring.ID {
	t.Helper()
	id, err := ring.FromBytes(v.Bytes())
	if err != nil {
		t.Fatalf("FromBytes(%x): %v", v, err)
	}
	return id
}

// circumference returns 2^m.
func circumference(s ring.Space) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(s.Bits()))
}

// modulo returns v modulo 2^m, never negative.
func modulo(s ring.Space, v *big.Int) *big.Int {
	return new(big.Int).Mod(v, circumference(s))
}

// edges returns the identifiers where carries, borrows and wraps happen: every
// power of two of the circle, its neighbours, and both ends.
func edges(t testing.TB, s ring.Space) []ring.ID {
	t.Helper()
	ids := []ring.ID{{}, s.Last()}
	for i := range s.Bits() {
		for d := int64(-1); d <= 1; d++ {
			ids = append(ids, edge(t, s, i, d))
		}
	}
	return ids
}

// edge returns 2^i + d on the circle.
func edge(t testing.TB, s ring.Space, i int, d int64) ring.ID {
	t.Helper()
	power := new(big.Int).Lsh(big.NewInt(1), uint(i))
	return fromBig(t, modulo(s, power.Add(power, big.NewInt(d))))
}

// sample returns n identifiers of the circle: edges, short numbers with many
// leading zero bytes, and numbers over the whole width.
func sample(t testing.TB, s ring.Space, rng *rand.Rand, n int) []ring.ID {
	t.Helper()
	ids := make([]ring.ID, n)
	for i := range ids {
		switch rng.IntN(4) {
		case 0:
			ids[i] = edge(t, s, rng.IntN(s.Bits()), rng.Int64N(3)-1)
		case 1:
			ids[i] = fromBig(t, randomBits(rng, 1+rng.IntN(s.Bits())))
		default:
			ids[i] = fromBig(t, randomBits(rng, s.Bits()))
		}
	}
	return ids
}

// randomBits returns a number drawn evenly from [0, 2^n).
func randomBits(rng *rand.Rand, n int) *big.Int {
	v := new(big.Int)
	for range (n + 31) / 32 {
		v.Lsh(v, 32).Or(v, big.NewInt(int64(rng.Uint32())))
	}
	return v.Rsh(v, uint((32-n%32)%32))
}
