package experiment

import (
	"math"
	"testing"

	"chordscope/node/ring"
)

// onPaper puts the identifiers of the papers' ring of 6 bits on the wider
// circle, where its fingers are the same.
func onPaper(ids ...uint64) []ring.ID {
	var out []ring.ID
	for _, id := range ids {
		out = append(out, ring.FromUint64(id<<(32-6)))
	}
	return out
}

func TestStaticPathsOfThePapersRing(t *testing.T) {
	p := newPerfect(onPaper(1, 8, 14, 21, 32, 38, 42, 48, 51, 56), 1)
	for _, c := range []struct {
		from, key uint64
		hops      int
	}{
		{8, 54, 3},  // N8 N42 N51 N56 (ToN figure 5)
		{8, 10, 1},  // N8's successor owns it
		{8, 8, 0},   // N8 owns it
		{8, 24, 2},  // by N21
		{8, 38, 2},  // by N32
		{38, 54, 3}, // by N48 and N51
		{56, 54, 0},
		{1, 54, 4}, // by N38, N48 and N51
		{51, 52, 1},
	} {
		q := query{onPaper(c.from)[0], onPaper(c.key)[0]}
		if got := p.hops(q); got != c.hops {
			t.Errorf("N%d to K%d: %d hops, want %d", c.from, c.key, got, c.hops)
		}
	}
	one := newPerfect(onPaper(5), 4)
	if got := one.hops(query{onPaper(5)[0], onPaper(40)[0]}); got != 0 {
		t.Errorf("a ring of one: %d hops", got)
	}
}

// SIGCOMM 2001 has ½ log2 N; measured on perfect tables it is 0.13 less.
func TestStaticPathsAreHalfOfTheLogarithm(t *testing.T) {
	b := &bench{Params: Params{Seed: 3}}
	for _, n := range []int{64, 1024, 4096} {
		rng := b.random(uint64(n))
		ids := distinct(rng, n)
		p := newPerfect(ids, 1)
		var forwards sample
		for _, q := range queries(rng, ids, 20_000) {
			if h := p.hops(q); h > 0 {
				forwards = append(forwards, float64(h-1))
			}
		}
		if want := math.Log2(float64(n))/2 - 0.13; math.Abs(forwards.mean()-want) > 0.12 {
			t.Errorf("%d peers: %.3f forwards, want %.3f", n, forwards.mean(), want)
		}
	}
}

// With lists of 20 entries and jumps to the owner within them, ToN has 3.84 at
// N = 1000; the owner's predecessor, which is asked here, is one more.
func TestListsMakePathsShorter(t *testing.T) {
	b := &bench{}
	rng := b.random(1)
	ids := distinct(rng, 1000)
	p := newPerfect(ids, 20)
	var hops sample
	for _, q := range queries(rng, ids, 20_000) {
		hops = append(hops, float64(p.hops(q)))
	}
	if math.Abs(hops.mean()-4.76) > 0.12 {
		t.Errorf("%.3f hops, want 4.76", hops.mean())
	}
}
