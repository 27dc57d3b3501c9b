package chord

import (
	"math/rand/v2"
	"slices"
	"testing"

	"chordscope/node/ring"
)

// TestLookup_HopLimit: peers that make up progress for ever, one identifier at
// a time, do not hold a lookup for ever.
func TestLookup_HopLimit(t *testing.T) {
	sc := &script{}
	for _, command := range []string{"peer N8 bits=16", "pause", "state pred=N1 list=[N14 N21 N32]", "find K60000"} {
		if _, err := sc.do(command); err != nil {
			t.Fatal(err)
		}
	}
	at, asked := Ref{ID: ring.FromUint64(32), Addr: "n32", Inc: 1}, 0
	for len(sc.p.calls) > 0 {
		if asked++; asked > 2*hopLimit {
			t.Fatalf("still asking after %d hops", asked)
		}
		ids := sc.p.callsTo(at.Addr)
		if len(ids) == 0 {
			t.Fatalf("N%s is not asked", num(at.ID))
		}
		next := Ref{ID: sc.p.space.Add(at.ID, ring.FromUint64(1)), Addr: at.Addr + "x", Inc: 1}
		fx := sc.p.Step(sc.now, Receive{From: at, Answer: ids[0], Body: Hop{Rule{Kind: RuleFinger, Index: 1, Next: next}}})
		at = next
		if len(fx.Lookups) == 1 {
			if l := fx.Lookups[0]; l.Failed != "too many hops" || !l.Owner.IsZero() {
				t.Errorf("ended with %q, owner %v", l.Failed, l.Owner)
			}
			return
		}
	}
	t.Error("the lookup was given up without an outcome")
}

// TestLookup_PredecessorsHopLimit: the same for a walk back along predecessors
// that never confirm.
func TestLookup_PredecessorsHopLimit(t *testing.T) {
	sc := &script{}
	for _, command := range []string{"peer N8 bits=16", "pause", "state pred=N1 list=[N60000 N60001]", "find K500"} {
		if _, err := sc.do(command); err != nil {
			t.Fatal(err)
		}
	}
	at := Ref{ID: ring.FromUint64(60000), Addr: "n60000", Inc: 1}
	for range 2 * hopLimit {
		ids := sc.p.callsTo(at.Addr)
		if len(ids) == 0 {
			t.Fatalf("N%s is not asked", num(at.ID))
		}
		next := Ref{ID: sc.p.space.Add(at.ID, sc.p.space.Last()), Addr: at.Addr + "x", Inc: 1}
		fx := sc.p.Step(sc.now, Receive{From: at, Answer: ids[0], Body: Ownership{Predecessor: next}})
		at = next
		if len(fx.Lookups) == 1 {
			if l := fx.Lookups[0]; l.Failed != "too many hops" {
				t.Errorf("ended with %q", l.Failed)
			}
			return
		}
	}
	t.Errorf("still walking after %d hops", 2*hopLimit)
}

// TestRoute_Rules: whatever the table and the key, the rule that is chosen
// passes its own test, names nobody to be avoided, and goes strictly forward.
func TestRoute_Rules(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	w := newWeb(t, 8)
	w.ideal(distinct(rng, w.space, 40), func(c *Config) { c.Successors = 4 })
	kinds := make(map[RuleKind]int)
	for range 20_000 {
		p := w.anyLive(rng)
		key := ring.FromUint64(rng.Uint64N(256))
		var avoid []string
		for range rng.IntN(12) {
			avoid = append(avoid, p.anyNeighbour(rng))
		}
		r := p.route(key, avoid)
		kinds[r.Kind]++
		switch r.Kind {
		case RuleOwn:
			if r.Next != p.self || w.owner(key) != p {
				t.Fatalf("%s claims K%s", p.self.Addr, num(key))
			}
			continue
		case RuleStuck:
			for q := range p.Neighbours {
				if ring.Open(p.self.ID, key).Contains(q.ID) && !slices.Contains(avoid, q.Addr) {
					t.Fatalf("%s is stuck at K%s, but knows %s", p.self.Addr, num(key), q.Addr)
				}
			}
			continue
		case RuleSuccessor:
			if !r.Interval.Contains(key) {
				t.Fatalf("K%s is not in %+v", num(key), r.Interval)
			}
		case RuleFinger, RuleList:
			if !r.Interval.Contains(r.Next.ID) || !ring.Open(p.self.ID, key).Contains(r.Next.ID) {
				t.Fatalf("%s for K%s leads to %s", p.self.Addr, num(key), r.Next.Addr)
			}
			for q := range p.Neighbours {
				if q != p.pred && ring.Open(r.Next.ID, key).Contains(q.ID) && !slices.Contains(avoid, q.Addr) {
					t.Fatalf("%s for K%s chose %s, but knows %s", p.self.Addr, num(key), r.Next.Addr, q.Addr)
				}
			}
			if r.Kind == RuleFinger && p.finger(r.Index) != r.Next || r.Kind == RuleList && p.succs[r.Index-1] != r.Next {
				t.Fatalf("%s: number %d is not %s", p.self.Addr, r.Index, r.Next.Addr)
			}
		}
		if slices.Contains(avoid, r.Next.Addr) {
			t.Fatalf("%s names %s, which is to be avoided", p.self.Addr, r.Next.Addr)
		}
	}
	for _, k := range []RuleKind{RuleOwn, RuleSuccessor, RuleFinger, RuleList, RuleStuck} {
		if kinds[k] == 0 {
			t.Errorf("rule %d was never chosen: %v", k, kinds)
		}
	}
}

// anyNeighbour returns the address of some neighbour.
func (p *Peer) anyNeighbour(rng *rand.Rand) string {
	var all []Ref
	p.Neighbours(func(r Ref) bool { all = append(all, r); return true })
	return all[rng.IntN(len(all))].Addr
}

// TestRoute_SuspectsLast: a suspected peer is named only if nobody else is left.
func TestRoute_SuspectsLast(t *testing.T) {
	w := tonWeb(t, corrected)
	p := w.peer(8)
	key := ring.FromUint64(54)
	for _, want := range []uint64{42, 32, 21, 14, 42} { // at last the best of the suspects
		r := p.route(key, nil)
		if r.Next != w.ref(want) {
			t.Fatalf("next is %s, want N%d", r.Next.Addr, want)
		}
		p.missed(r.Next, p.now)
	}
}
