package truth

import (
	"math/rand/v2"
	"slices"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// TestCheck_AgreesWithNaive compares Check with the definitions, written down
// as plainly as possible, on random states: some are ideal rings with a few
// pointers bent, some are chaos.
func TestCheck_AgreesWithNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	seen := make(map[string]int)
	for range 20_000 {
		space := ring.MustSpace(4)
		r := 1 + rng.IntN(3)
		live := randomState(rng, space, r)
		m := NewMembers(space, live)
		got := m.Check(r)
		want := naive(space, live, r)
		got.Why, got.WrongFingers = "", 0
		if got.Rings != 1 {
			got.Windings = 0
		}
		if got != want {
			for _, s := range live {
				t.Logf("%v list %v predecessor %v", s.Self, s.Successors, s.Predecessor)
			}
			t.Fatalf("r = %d\n got %+v\nwant %+v", r, got, want)
		}
		for what, is := range map[string]bool{"ideal": want.Ideal, "valid, not ideal": want.Valid && !want.Ideal, "several rings": want.Rings > 1,
			"no ring": want.Rings == 0, "loopy": want.Windings > 1, "appendages": want.Appendages > 0, "stranded": want.Stranded > 0} {
			if is {
				seen[what]++
			}
		}
	}
	t.Log(seen)
	if len(seen) < 7 {
		t.Errorf("the random states show only %v", seen)
	}
}

func randomState(rng *rand.Rand, space ring.Space, r int) []*chord.Snapshot {
	var live []*chord.Snapshot
	for _, id := range rng.Perm(16)[:1+rng.IntN(8)] {
		live = append(live, &chord.Snapshot{Self: ref(uint64(id)), Fingers: make([]chord.Ref, space.Bits())})
	}
	m := NewMembers(space, live)
	chaos := rng.IntN(4)
	for i := range m.Len() {
		s := m.At(i)
		s.Successors, s.Predecessor = m.Successors(i, r), m.Predecessor(i)
		if rng.IntN(4) >= chaos {
			continue
		}
		if rng.IntN(3) == 0 {
			s.Predecessor = ref(uint64(rng.IntN(16)))
		}
		for j := range s.Successors {
			switch rng.IntN(4) {
			case 0:
				s.Successors[j] = ref(uint64(rng.IntN(16)))
			case 1:
				s.Successors[j] = live[rng.IntN(len(live))].Self
			}
		}
		s.Successors = s.Successors[:len(s.Successors)-rng.IntN(1+min(1, len(s.Successors)))]
	}
	return live
}

// naive judges by the definitions of reference 6.4, in O(N^2 r).
func naive(space ring.Space, live []*chord.Snapshot, r int) Report {
	n := len(live)
	rep := Report{Members: n}
	best := make(map[chord.Ref]chord.Ref) // of those who have one
	isLive := func(x chord.Ref) bool {
		return slices.ContainsFunc(live, func(s *chord.Snapshot) bool { return s.Self == x })
	}
	for _, s := range live {
		i := slices.IndexFunc(s.Successors, isLive)
		switch {
		case len(s.Successors) == 0:
			best[s.Self] = s.Self
		case i < 0:
			rep.Stranded++
		default:
			best[s.Self] = s.Successors[i]
		}
	}
	var onRings []chord.Ref
	for _, s := range live {
		if slices.Contains(onRings, s.Self) {
			continue
		}
		cycle, turn := []chord.Ref{s.Self}, uint64(0)
		for at := s.Self; len(cycle) <= n; {
			next, ok := best[at]
			if !ok {
				break
			}
			d, _ := space.Distance(at.ID, next.ID).Uint64()
			if d == 0 {
				d = 16
			}
			turn += d
			if at = next; at == s.Self { // it is a ring member
				rep.Rings++
				rep.Windings = int(turn / 16)
				onRings = append(onRings, cycle...)
				break
			}
			cycle = append(cycle, at)
		}
	}
	if rep.Rings != 1 {
		rep.Windings = 0
	}
	rep.Appendages = n - len(onRings)
	ordered := true
	for _, s := range live {
		last := uint64(0)
		for _, e := range s.Successors {
			d, _ := space.Distance(s.Self.ID, e.ID).Uint64()
			if d <= last && !(len(s.Successors) == 1 && e == s.Self) {
				ordered = false
			}
			last = d
		}
	}
	for _, p := range live {
		skipped := false
		for _, s := range live {
			a := s.Self.ID
			for _, e := range s.Successors {
				skipped = skipped || ring.Open(a, e.ID).Contains(p.Self.ID)
				a = e.ID
			}
		}
		if !skipped {
			rep.Principals++
		}
	}
	naivePointers(space, live, r, &rep)
	rep.Valid = rep.Stranded == 0 && rep.Rings == 1 && rep.Windings == 1 && ordered
	rep.Ideal = rep.Valid && rep.WrongSuccessors+rep.WrongLists+rep.WrongPredecessors == 0
	return rep
}

func naivePointers(space ring.Space, live []*chord.Snapshot, r int, rep *Report) {
	for _, s := range live {
		others := make([]chord.Ref, 0, len(live))
		for _, o := range live {
			if o != s {
				others = append(others, o.Self)
			}
		}
		slices.SortFunc(others, func(a, b chord.Ref) int {
			return space.Distance(s.Self.ID, a.ID).Compare(space.Distance(s.Self.ID, b.ID))
		})
		pred, got := s.Self, s.Successors
		if len(others) > 0 {
			pred = others[len(others)-1]
		} else if slices.Equal(got, []chord.Ref{s.Self}) {
			got = nil
		}
		if s.Predecessor != pred && !(len(others) == 0 && s.Predecessor.IsZero()) {
			rep.WrongPredecessors++
		}
		want := others[:min(r, len(others))]
		switch {
		case slices.Equal(got, want):
		case len(got) > 0 && len(want) > 0 && got[0] == want[0]:
			rep.WrongLists++
		default:
			rep.WrongSuccessors++
		}
	}
}
