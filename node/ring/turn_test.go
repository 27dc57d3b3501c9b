package ring_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"chordscope/node/ring"
)

// floatBits is the precision of Turn: circles of no more bits are exact.
const floatBits = 53

func TestTurn(t *testing.T) {
	s := ring.MustSpace(6)
	for id, want := range map[uint64]float64{0: 0, 1: 1.0 / 64, 16: 0.25, 32: 0.5, 48: 0.75, 63: 63.0 / 64} {
		if got := s.Turn(ring.FromUint64(id)); got != want {
			t.Errorf("Turn(%d) = %v, want %v", id, got, want)
		}
	}
}

// The exact fraction is a rational number; Turn must be it up to rounding,
// and less than a whole turn, even for the last identifier of a wide circle.
func TestTurnAgainstRationals(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		for _, id := range append(edges(t, s), sample(t, s, rng, 200)...) {
			got := s.Turn(id)
			if got < 0 || got >= 1 {
				t.Fatalf("Turn(%s) = %v is not in [0, 1)", s.Format(id), got)
			}
			want, exact := new(big.Rat).SetFrac(toBig(id), circumference(s)).Float64()
			if s.Bits() <= floatBits && !exact {
				t.Fatalf("%s of %d bits should fit a float64", s.Format(id), s.Bits())
			}
			limit := 0.0
			if s.Bits() > floatBits {
				limit = math.Ldexp(want, 2-floatBits)
			}
			if math.Abs(got-want) > limit {
				t.Fatalf("Turn(%s) = %v, want %v", s.Format(id), got, want)
			}
		}
	})
}

func TestAtInvertsTurn(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		limit := new(big.Int)
		if s.Bits() > floatBits {
			limit.Lsh(big.NewInt(1), uint(s.Bits()-floatBits+2))
		}
		for _, id := range append(edges(t, s), sample(t, s, rng, 200)...) {
			back := s.At(s.Turn(id))
			if !s.Contains(back) {
				t.Fatalf("At(Turn(%s)) = %x is not on the circle", s.Format(id), toBig(back))
			}
			off := new(big.Int).Sub(toBig(back), toBig(id))
			if off.Abs(off).Cmp(limit) > 0 {
				t.Fatalf("At(Turn(%s)) = %s, off by %v", s.Format(id), s.Format(back), off)
			}
		}
	})
}

func TestAt(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, _ *rand.Rand) {
		quarter := fromBig(t, new(big.Int).Rsh(circumference(s), 2))
		half := s.Add(quarter, quarter)
		for _, tc := range []struct {
			turn float64
			want ring.ID
		}{
			{0, ring.ID{}}, {1, ring.ID{}}, {-3, ring.ID{}},
			{0.25, quarter}, {2.25, quarter}, {-0.75, quarter},
			{0.5, half}, {-0.5, half},
			{-1e-300, ring.ID{}}, // just before a whole turn, which rounding reaches
			{math.NaN(), ring.ID{}}, {math.Inf(1), ring.ID{}}, {math.Inf(-1), ring.ID{}},
		} {
			if got := s.At(tc.turn); got != tc.want {
				t.Errorf("At(%v) = %s, want %s", tc.turn, s.Format(got), s.Format(tc.want))
			}
		}
	})
}
