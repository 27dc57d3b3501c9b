package chord

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"chordscope/node/ring"
)

// The measured claims of the papers' evaluations, on tables that are loaded
// ideal, so that nothing but the routing rules is measured.

// forwardsTo counts the forwards of a lookup by the rules alone, without
// messages: the origin is not counted, the owner is not contacted.
func (w *web) forwardsTo(from *Peer, key ring.ID) int {
	for n := 0; ; n++ {
		r := from.route(key, nil)
		if r.Kind == RuleSuccessor {
			if r.Next != w.owner(key).self {
				w.t.Fatalf("K%s ends at N%s", w.space.Format(key), w.space.Format(r.Next.ID))
			}
			return n
		}
		from = w.peers[r.Next.Addr]
	}
}

func (w *web) anyLive(rng *rand.Rand) *Peer {
	for {
		if p := w.order[rng.IntN(len(w.order))]; !w.dead[p.self.Addr] {
			return p
		}
	}
}

// TestSIGCOMM_PathLength: with perfect tables the mean path is half the binary
// logarithm of N, less 0.13 (SIGCOMM 2001 figure 10, reference 4.2). Convention
// F: pure pseudo-code, fingers only, forwards without the owner.
func TestSIGCOMM_PathLength(t *testing.T) {
	for n, want := range map[int]float64{64: 2.87, 256: 3.87, 1024: 4.87} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(n), 4))
			lookups, sum := 0, 0
			for range 8 {
				w := newWeb(t, 32)
				w.ideal(distinct(rng, w.space, n), published)
				for range 4000 {
					sum += w.forwardsTo(w.anyLive(rng), w.space.Hash(fmt.Append(nil, rng.Uint64())))
					lookups++
				}
			}
			mean := float64(sum) / float64(lookups)
			t.Logf("mean %.3f", mean)
			if math.Abs(mean-want) > 0.05 {
				t.Errorf("mean path %.3f, want %.2f +- 0.05", mean, want)
			}
		})
	}
}

// withList is the path of ToN's simulator, which is counted in ToN table II:
// as soon as the key lies within the local successor list the lookup ends, and
// the owner counts one. The dead are found out one by one and told to the next.
func (w *web) withList(from *Peer, key ring.ID) (hops int, owner Ref) {
	var avoid []string
	for {
		for _, s := range from.succs {
			if !w.dead[s.Addr] && ring.OpenClosed(from.self.ID, s.ID).Contains(key) {
				return hops + 1, s
			}
		}
		r := from.route(key, avoid)
		if w.dead[r.Next.Addr] {
			avoid = append(avoid, r.Next.Addr)
			continue
		}
		hops++
		from = w.peers[r.Next.Addr]
	}
}

// halfDead is ToN's experiment on simultaneous failures: N = 1000, r = 20,
// every node fails with probability 1/2, and neither fingers nor lists are
// repaired.
func halfDead(t testing.TB, rng *rand.Rand, with func(*Config)) *web {
	w := newWeb(t, 32)
	w.ideal(distinct(rng, w.space, 1000), with)
	for _, p := range w.order {
		w.dead[p.self.Addr] = rng.IntN(2) == 0
	}
	return w
}

// TestToN_TableII_HalfFail: every lookup finds the right node, over a mean path
// of about 5.2 (5.09 published, 5.16 in our reference) by ToN's convention.
func TestToN_TableII_HalfFail(t *testing.T) {
	rng := rand.New(rand.NewPCG(1000, 20))
	lookups, sum := 0, 0
	for range 6 {
		w := halfDead(t, rng, func(c *Config) { c.Original, c.Successors = true, 20 })
		for range 3000 {
			key := w.space.Hash(fmt.Append(nil, rng.Uint64()))
			hops, owner := w.withList(w.anyLive(rng), key)
			if owner != w.owner(key).self {
				t.Fatalf("K%s: %s", w.space.Format(key), owner.Addr)
			}
			sum += hops
			lookups++
		}
	}
	mean := float64(sum) / float64(lookups)
	t.Logf("mean %.3f", mean)
	if math.Abs(mean-5.2) > 0.1 {
		t.Errorf("mean path %.3f, want 5.2 +- 0.1", mean)
	}
}

// TestHalfFail_ByMessages: the same failures met by whole lookups of the
// corrected protocol, with refused connections and with the owner's word.
// Only predecessors are repaired, since an owner that does not know its own
// range cannot give it. The path is longer than ToN's, for a peer answers only
// for its first live successor, and the owner counts as everybody else.
func TestHalfFail_ByMessages(t *testing.T) {
	rng := rand.New(rand.NewPCG(1000, 21))
	w := halfDead(t, rng, func(c *Config) { c.Successors = 20 })
	var last Ref
	for range 2 {
		for _, p := range w.order {
			if !w.dead[p.self.Addr] {
				p.pred, last = last, p.self
			}
		}
	}
	lookups, sum := 1000, 0
	for i := range lookups {
		key := w.space.Hash(fmt.Append(nil, rng.Uint64()))
		l := w.lookup(w.anyLive(rng), key, i%2 == 1)
		if l.Owner != w.owner(key).self || !l.Confirmed {
			t.Fatalf("K%s: %s %s, want %s", w.space.Format(key), l.Owner.Addr, l.Failed, w.owner(key).self.Addr)
		}
		if slices.ContainsFunc(l.Path, func(r Ref) bool { return w.dead[r.Addr] }) {
			t.Fatalf("the path %s leads over the dead", w.numbers(l.Path))
		}
		sum += len(l.Path) - 1
	}
	mean := float64(sum) / float64(lookups)
	t.Logf("mean %.3f", mean)
	if math.Abs(mean-5.9) > 0.2 { // our own measurement
		t.Errorf("mean path %.3f, want 5.9 +- 0.2", mean)
	}
}
