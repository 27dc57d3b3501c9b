package ring_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"chordscope/node/ring"
)

// The peer's core asks Contains for every pointer it considers, so neither
// these nor FingerStart may allocate.
func TestArithmeticDoesNotAllocate(t *testing.T) {
	s := ring.MustSpace(ring.MaxBits)
	a, b, x := s.Hash([]byte("a")), s.Hash([]byte("b")), s.Hash([]byte("x"))
	allocs := testing.AllocsPerRun(100, func() {
		if ring.OpenClosed(a, b).Contains(x) == ring.OpenClosed(b, a).Contains(x) {
			t.Error("x is in both halves of the circle or in neither")
		}
		a = s.FingerStart(s.Add(a, s.Distance(a, a)), 1)
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func benchmarkWidths(b *testing.B, op func(s ring.Space, x, y, z ring.ID) bool) {
	for _, m := range []int{6, 64, 160} {
		b.Run("bits="+strconv.Itoa(m), func(b *testing.B) {
			s := ring.MustSpace(m)
			ids := sample(b, s, rand.New(rand.NewPCG(1, 2)), 1024)
			b.ReportAllocs()
			hits, i := 0, 0
			for b.Loop() {
				if op(s, ids[i%1024], ids[(i+1)%1024], ids[(i+2)%1024]) {
					hits++
				}
				i++
			}
			b.ReportMetric(float64(hits)/float64(b.N), "true/op")
		})
	}
}

func BenchmarkContains(b *testing.B) {
	benchmarkWidths(b, func(_ ring.Space, x, y, z ring.ID) bool { return ring.OpenClosed(x, y).Contains(z) })
}

func BenchmarkDistance(b *testing.B) {
	benchmarkWidths(b, func(s ring.Space, x, y, z ring.ID) bool {
		return s.Distance(x, y).Less(s.Distance(x, z))
	})
}
