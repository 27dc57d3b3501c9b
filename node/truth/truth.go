// Package truth judges a ring from outside: it takes what all live members
// believe at one moment and says which ring properties hold and which pointers
// are right. No peer knows the truth, and nothing of it flows back to them.
//
// The properties are those of Zave, "Using lightweight modeling to understand
// Chord" (CCR 2012) and "Reasoning about identifier spaces: how to make Chord
// correct" (IEEE TSE 2017).
package truth

import (
	"fmt"
	"slices"
	"sort"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// Report says which properties hold.
type Report struct {
	Members int
	// Valid: everything that the proved invariant implies for the ring.
	// Every member has a live successor; there is exactly one ring, in order;
	// every other member leads to it; lists are in order without repeats.
	Valid bool
	// Ideal: every predecessor and successor list is right. Fingers are
	// counted apart, since correctness does not need them.
	Ideal bool
	// Why names the first property that does not hold; empty if Ideal.
	Why        string
	Rings      int // cycles of first live successors
	Windings   int // how often the (first) ring goes round the circle
	Appendages int // members on no ring
	Stranded   int // members without any live entry in their list
	Principals int // members that nobody's list skips; the proof wants r+1

	WrongSuccessors, WrongPredecessors, WrongLists, WrongFingers int
}

// Stable reports whether nothing is left to repair, fingers included.
func (r *Report) Stable() bool { return r.Ideal && r.WrongFingers == 0 }

// Check judges a ring with successor lists of length r.
func (m *Members) Check(r int) Report {
	rep := m.CheckRing(r)
	m.CheckFingers(&rep, m.WrongFingers)
	return rep
}

// CheckFingers adds what is wrong in the finger tables to a report of CheckRing.
// wrong returns WrongFingers of a member, for those who know it already.
func (m *Members) CheckFingers(rep *Report, wrong func(i int) int) {
	for i, s := range m.list {
		n := wrong(i)
		if n > 0 && rep.Why == "" {
			for f, right := range m.AppendFingers(nil, i) {
				if f > 0 && s.Fingers[f] != right && rep.Why == "" {
					rep.Why = fmt.Sprintf("finger[%d] of %s is not %s", f+1, m.name(s.Self), m.name(right))
				}
			}
		}
		rep.WrongFingers += n
	}
}

// WrongFingers counts the fingers of member i that are not right, finger[1] left
// out, which is the successor.
func (m *Members) WrongFingers(i int) (wrong int) {
	var buffer [160]chord.Ref
	for f, right := range m.AppendFingers(buffer[:0], i) {
		if f > 0 && m.list[i].Fingers[f] != right {
			wrong++
		}
	}
	return wrong
}

// CheckRing is Check without the fingers, which are most of its work.
func (m *Members) CheckRing(r int) Report {
	rep := Report{Members: len(m.list)}
	why := func(format string, args ...any) {
		if rep.Why == "" {
			rep.Why = fmt.Sprintf(format, args...)
		}
	}
	best := m.bestSuccessors(&rep, why)
	m.findRings(best, &rep)
	switch {
	case len(m.list) == 0:
	case rep.Rings == 0:
		why("there is no ring")
	case rep.Rings > 1:
		why("there are %d rings", rep.Rings)
	case rep.Windings != 1:
		why("the ring winds round the circle %d times", rep.Windings)
	}
	ordered := m.listsOrdered(why)
	rep.Principals = m.countPrincipals()
	rep.Valid = rep.Stranded == 0 && rep.Rings == 1 && rep.Windings == 1 && ordered
	m.countWrong(r, &rep, why)
	rep.Ideal = rep.Valid && rep.WrongPredecessors == 0 && rep.WrongSuccessors == 0 && rep.WrongLists == 0
	return rep
}

func (m *Members) name(r chord.Ref) string { return "N" + m.space.Format(r.ID) }

// bestSuccessors returns for each member the index of its first live
// successor, or -1.
func (m *Members) bestSuccessors(rep *Report, why func(string, ...any)) []int {
	best := make([]int, len(m.list))
	for i, s := range m.list {
		best[i] = -1
		for _, e := range s.Successors {
			if j, ok := m.index[e]; ok {
				best[i] = j
				break
			}
		}
		if len(s.Successors) == 0 {
			best[i] = i // knows nobody: a ring of its own
		}
		if best[i] < 0 {
			rep.Stranded++
			why("%s has no live successor", m.name(s.Self))
		}
	}
	return best
}

// findRings follows the first live successors. Every cycle is a ring; members
// on no cycle are appendages.
func (m *Members) findRings(best []int, rep *Report) {
	const unseen, onRing = 0, -1
	mark := make([]int, len(m.list)) // number of the walk that came by
	walk := 0
	ringMembers := 0
	for i := range m.list {
		walk++
		j := i
		for j >= 0 && mark[j] == unseen {
			mark[j] = walk
			j = best[j]
		}
		if j < 0 || mark[j] != walk {
			continue // leads to where an earlier walk has been, or nowhere
		}
		rep.Rings++
		turns := m.markRing(j, best, func(k int) { mark[k] = onRing; ringMembers++ })
		if rep.Rings == 1 {
			rep.Windings = turns
		}
	}
	rep.Appendages = len(m.list) - ringMembers
}

// markRing visits the cycle through member j and returns how often it winds
// round the circle: each step to a smaller or equal identifier completes a
// turn.
func (m *Members) markRing(j int, best []int, visit func(int)) (turns int) {
	for k := j; ; {
		visit(k)
		next := best[k]
		if next <= k {
			turns++
		}
		if k = next; k == j {
			return turns
		}
	}
}

func (m *Members) listsOrdered(why func(string, ...any)) bool {
	for _, s := range m.list {
		last := ring.ID{}
		for _, e := range m.others(s) {
			d := m.space.Distance(s.Self.ID, e.ID)
			if !last.Less(d) {
				why("the successor list of %s is not in order", m.name(s.Self))
				return false
			}
			last = d
		}
	}
	return true
}

// countPrincipals counts the members that lie strictly between no two
// neighbouring entries of anybody's extended list, which is the member itself
// and then its successor list.
func (m *Members) countPrincipals() int {
	n := len(m.list)
	skips := make([]int, n+1) // difference array over the identifier order
	for _, s := range m.list {
		a := s.Self.ID
		for _, e := range s.Successors {
			m.skip(skips, a, e.ID)
			a = e.ID
		}
	}
	count, depth := 0, 0
	for i := range n {
		depth += skips[i]
		if depth == 0 {
			count++
		}
	}
	return count
}

// skip marks the members strictly between a and b.
func (m *Members) skip(skips []int, a, b ring.ID) {
	after := func(x ring.ID) int { // first index with an identifier above x
		return sort.Search(len(m.list), func(i int) bool { return x.Less(m.list[i].Self.ID) })
	}
	from := func(x ring.ID) int { // first index with an identifier at or above x
		return sort.Search(len(m.list), func(i int) bool { return !m.list[i].Self.ID.Less(x) })
	}
	lo, hi := after(a), from(b)
	if a.Less(b) {
		skips[lo]++
		skips[hi]--
		return
	}
	skips[lo]++ // round the end of the circle; (a, a) is all but a
	skips[len(m.list)]--
	skips[0]++
	skips[hi]--
}

// countWrong compares every pointer with what it should be.
func (m *Members) countWrong(r int, rep *Report, why func(string, ...any)) {
	for i, s := range m.list {
		want := m.Successors(i, r)
		head := s.Self
		if len(want) > 0 {
			head = want[0]
		}
		switch {
		case s.Successor() != head:
			rep.WrongSuccessors++
			why("the successor of %s is %s, not %s", m.name(s.Self), m.name(s.Successor()), m.name(head))
		case !slices.Equal(m.others(s), want):
			rep.WrongLists++
			why("the successor list of %s is not right", m.name(s.Self))
		}
		if pred := m.Predecessor(i); s.Predecessor != pred && !(len(m.list) == 1 && s.Predecessor.IsZero()) {
			rep.WrongPredecessors++
			why("the predecessor of %s is not %s", m.name(s.Self), m.name(pred))
		}
	}
}

// others returns a successor list without what follows once it has come all
// the way round to the peer itself, as the lists of the protocol of 2003 do in
// a ring smaller than them.
func (m *Members) others(s *chord.Snapshot) []chord.Ref {
	if n := len(m.list) - 1; len(s.Successors) > n && s.Successors[n] == s.Self {
		return s.Successors[:n]
	}
	if len(s.Successors) == 1 && s.Successors[0] == s.Self {
		return nil // it believes to be alone
	}
	return s.Successors
}
