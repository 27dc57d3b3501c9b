package ring_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"chordscope/node/ring"
)

// kinds are the three intervals of the papers, with the ends that belong.
var kinds = []struct {
	name                 string
	make                 func(from, to ring.ID) ring.Interval
	closedFrom, closedTo bool
}{
	{"(a, b)", ring.Open, false, false},
	{"(a, b]", ring.OpenClosed, false, true},
	{"[a, b)", ring.ClosedOpen, true, false},
}

func TestIntervalVectors(t *testing.T) {
	const T, F = true, false
	for _, v := range []struct {
		a, b, x                      uint64
		open, openClosed, closedOpen bool
	}{
		{8, 14, 8, F, F, T},
		{8, 14, 14, F, T, F},
		{8, 14, 15, F, F, F},
		{56, 1, 60, T, T, T},
		{56, 1, 0, T, T, T},
		{56, 1, 1, F, T, F},
		{56, 1, 2, F, F, F},
		{51, 8, 54, T, T, T},
		{51, 8, 30, F, F, F},
		{14, 14, 14, F, T, T},
		{14, 14, 13, T, T, T},
		{63, 0, 63, F, F, T},
		{63, 0, 0, F, T, F},
		{63, 0, 1, F, F, F},
	} {
		a, b, x := ring.FromUint64(v.a), ring.FromUint64(v.b), ring.FromUint64(v.x)
		for k, want := range []bool{v.open, v.openClosed, v.closedOpen} {
			if got := kinds[k].make(a, b).Contains(x); got != want {
				t.Errorf("%s with a=%d b=%d: contains %d = %t, want %t", kinds[k].name, v.a, v.b, v.x, got, want)
			}
		}
	}
}

// Every interval of a small circle, against a walk: start at one end, step
// clockwise to the other, and note what was passed.
func TestIntervalEqualsWalk(t *testing.T) {
	const size = 1 << 5
	for _, k := range kinds {
		for from := range uint64(size) {
			for to := range uint64(size) {
				passed := walk(from, to, size, k.closedFrom, k.closedTo)
				iv := k.make(ring.FromUint64(from), ring.FromUint64(to))
				for x := range uint64(size) {
					if got := iv.Contains(ring.FromUint64(x)); got != passed[x] {
						t.Fatalf("%s with a=%d b=%d: contains %d = %t", k.name, from, to, x, got)
					}
				}
			}
		}
	}
}

// walk returns which numbers modulo size a clockwise walk from one end to the
// other passes. Between equal ends it is a whole turn.
func walk(from, to, size uint64, closedFrom, closedTo bool) map[uint64]bool {
	passed := map[uint64]bool{}
	if closedFrom {
		passed[from] = true
	}
	at := (from + 1) % size
	for ; at != to; at = (at + 1) % size {
		passed[at] = true
	}
	if closedTo {
		passed[to] = true
	}
	return passed
}

// containsBig is the walk for any width, in numbers of steps: x is passed if it
// is nearer to the start than the end is. Between equal ends the end is a whole
// turn of 2^m steps away, and the start is met again there.
func containsBig(s ring.Space, from, to, x *big.Int, closedFrom, closedTo bool) bool {
	steps := modulo(s, new(big.Int).Sub(x, from))
	length := modulo(s, new(big.Int).Sub(to, from))
	wholeTurn := length.Sign() == 0
	if wholeTurn {
		length = circumference(s)
	}
	if steps.Sign() == 0 {
		return closedFrom || wholeTurn && closedTo
	}
	if c := steps.Cmp(length); c != 0 {
		return c < 0
	}
	return closedTo
}

func TestIntervalEqualsBig(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		one := ring.FromUint64(1)
		for range 400 {
			ends := sample(t, s, rng, 2)
			from, to := ends[0], ends[1]
			if rng.IntN(8) == 0 {
				to = from
			}
			xs := append(sample(t, s, rng, 3),
				from, s.Add(from, one), s.Distance(one, from),
				to, s.Add(to, one), s.Distance(one, to))
			for _, x := range xs {
				checkContains(t, s, from, to, x)
			}
		}
	})
}

// checkContains holds all three kinds of interval against containsBig.
func checkContains(t *testing.T, s ring.Space, from, to, x ring.ID) {
	t.Helper()
	for _, k := range kinds {
		want := containsBig(s, toBig(from), toBig(to), toBig(x), k.closedFrom, k.closedTo)
		if got := k.make(from, to).Contains(x); got != want {
			t.Fatalf("%d bits, %s with a=%s b=%s: contains %s = %t, want %t",
				s.Bits(), k.name, s.Format(from), s.Format(to), s.Format(x), got, want)
		}
	}
}

// Ownership needs this: where the peers cut the circle into (predecessor,
// peer], every key has one owner. A lone peer owns them all.
func TestOwnedRangesCoverTheCircleOnce(t *testing.T) {
	s := ring.MustSpace(6)
	for _, peers := range [][]uint64{{0}, {17}, {0, 63}, {5, 10}, {1, 8, 14, 21, 32, 38, 42, 48, 51, 56}} {
		for key := ring.FromUint64(0); ; key = s.Add(key, ring.FromUint64(1)) {
			owners := 0
			for i, p := range peers {
				predecessor := peers[(i+len(peers)-1)%len(peers)]
				if ring.OpenClosed(ring.FromUint64(predecessor), ring.FromUint64(p)).Contains(key) {
					owners++
				}
			}
			if owners != 1 {
				t.Errorf("peers %v: key %s has %d owners", peers, s.Format(key), owners)
			}
			if key == s.Last() {
				break
			}
		}
	}
}

func TestFormatInterval(t *testing.T) {
	six, wide := ring.MustSpace(6), ring.MustSpace(33)
	a, b := ring.FromUint64(51), ring.FromUint64(56)
	for _, tc := range []struct {
		s    ring.Space
		iv   ring.Interval
		want string
	}{
		{six, ring.Open(a, b), "(51, 56)"},
		{six, ring.OpenClosed(a, b), "(51, 56]"},
		{six, ring.ClosedOpen(a, b), "[51, 56)"},
		{wide, ring.OpenClosed(a, b), "(000000033, 000000038]"},
	} {
		if got := tc.s.FormatInterval(tc.iv); got != tc.want {
			t.Errorf("FormatInterval = %s, want %s", got, tc.want)
		}
	}
}

func FuzzInterval(f *testing.F) {
	f.Add(uint8(6), []byte{51}, []byte{56}, []byte{54})
	f.Add(uint8(6), []byte{14}, []byte{14}, []byte{14})
	f.Add(uint8(64), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []byte{}, []byte{1})
	f.Add(uint8(160), []byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{1}, []byte{2})
	f.Fuzz(func(t *testing.T, m uint8, from, to, x []byte) {
		s, err := ring.NewSpace(int(m))
		if err != nil {
			return
		}
		var ids [3]ring.ID
		for i, b := range [][]byte{from, to, x} {
			ids[i] = fromBig(t, modulo(s, new(big.Int).SetBytes(b)))
		}
		checkContains(t, s, ids[0], ids[1], ids[2])
	})
}

func ExampleInterval_Contains() {
	owned := ring.OpenClosed(ring.FromUint64(56), ring.FromUint64(1))
	s := ring.MustSpace(6)
	for _, key := range []uint64{56, 60, 0, 1, 2} {
		fmt.Println(key, "in", s.FormatInterval(owned), owned.Contains(ring.FromUint64(key)))
	}
	// Output:
	// 56 in (56, 1] false
	// 60 in (56, 1] true
	// 0 in (56, 1] true
	// 1 in (56, 1] true
	// 2 in (56, 1] false
}
