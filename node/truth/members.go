package truth

import (
	"slices"
	"sort"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// Members are the live members of a ring in identifier order.
type Members struct {
	space ring.Space
	list  []*chord.Snapshot
	index map[chord.Ref]int
}

// NewMembers sorts the snapshots of live members. It keeps them; they must not
// change afterwards.
func NewMembers(space ring.Space, live []*chord.Snapshot) *Members {
	m := &Members{space: space, list: slices.Clone(live), index: make(map[chord.Ref]int, len(live))}
	slices.SortFunc(m.list, func(a, b *chord.Snapshot) int { return a.Self.ID.Compare(b.Self.ID) })
	for i, s := range m.list {
		m.index[s.Self] = i
	}
	return m
}

// Len returns how many members there are.
func (m *Members) Len() int { return len(m.list) }

// At returns the i-th member in identifier order; i may be any number and
// counts round the circle.
func (m *Members) At(i int) *chord.Snapshot {
	n := len(m.list)
	return m.list[(i%n+n)%n]
}

// Live reports whether r is one of the members, in its present incarnation.
func (m *Members) Live(r chord.Ref) bool { _, ok := m.index[r]; return ok }

// Index returns where r stands in identifier order.
func (m *Members) Index(r chord.Ref) (int, bool) { i, ok := m.index[r]; return i, ok }

// Owner returns the true owner of key, the first member at or after it. There
// must be at least one member.
func (m *Members) Owner(key ring.ID) chord.Ref { return m.At(m.ownerIndex(key)).Self }

// ownerIndex may be one beyond the last member, which is the first.
func (m *Members) ownerIndex(key ring.ID) int {
	return sort.Search(len(m.list), func(i int) bool { return !m.list[i].Self.ID.Less(key) })
}

// Holders returns who should hold key when it is to be kept k times: the owner
// and the next members behind it that are on other hosts, each on another one;
// min(k, number of hosts) in all, in ring order.
func (m *Members) Holders(key ring.ID, k int) []chord.Ref {
	if len(m.list) == 0 || k < 1 {
		return nil
	}
	i := m.ownerIndex(key)
	out := []chord.Ref{m.At(i).Self}
	for j := 1; j < len(m.list) && len(out) < k; j++ {
		r := m.At(i + j).Self
		same := func(o chord.Ref) bool { return o.HostAddr() == r.HostAddr() }
		if !slices.ContainsFunc(out, same) {
			out = append(out, r)
		}
	}
	return out
}

// Successors returns the list that member i should have: its next
// min(r, N-1) members.
func (m *Members) Successors(i, r int) []chord.Ref {
	out := make([]chord.Ref, 0, r)
	for j := 1; j <= min(r, len(m.list)-1); j++ {
		out = append(out, m.At(i+j).Self)
	}
	return out
}

// Predecessor returns the true predecessor of member i; of a lone one, itself.
func (m *Members) Predecessor(i int) chord.Ref { return m.At(i - 1).Self }

// AppendFingers appends what all fingers of member i should be, in their order.
func (m *Members) AppendFingers(dst []chord.Ref, i int) []chord.Ref {
	n := m.list[i].Self.ID
	all := slices.Grow(dst, m.space.Bits())[:len(dst)+m.space.Bits()]
	right := all[len(dst):]
	var reach ring.ID // how far from n the last one found is
	for f := range right {
		start := m.space.FingerStart(n, f+1)
		if f > 0 && !reach.Less(m.space.Distance(n, start)) {
			right[f] = right[f-1] // it stands beyond this start as well
			continue
		}
		right[f] = m.Owner(start)
		if reach = m.space.Distance(n, right[f].ID); right[f] == m.list[i].Self {
			reach = m.space.Last()
		}
	}
	return all
}

// Finger returns what finger f (from 1) of member i should be.
func (m *Members) Finger(i, f int) chord.Ref {
	return m.Owner(m.space.FingerStart(m.list[i].Self.ID, f))
}
