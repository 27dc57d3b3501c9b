package observe

import (
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// soundness says whether the ring is right, step by step while a recovery is
// under way: to judge all of it after every word of a peer would cost too much.
// It rests on two facts. If a member was found wrong, not all is right before
// that one says something new; and if all was right, only the one that speaks
// can have turned wrong. When somebody comes or goes all is looked at anew.
type soundness struct {
	stale   bool // somebody has come or gone
	members *truth.Members
	ring    part    // successors, predecessors, and the order of lists
	tables  part    // lists and fingers
	key     *record // that is not as it should be; nil: none was found

	// When any peer last told a new successor, predecessor or list; any part of
	// its table; or of copies. What is found right has been so since then, even
	// if we hear only now who is gone.
	ringAt, tablesAt, keysAt time.Duration
}

// part is one part of every member's state.
type part struct {
	right bool // of all members
	wrong int  // if not: a member of which it is not
}

// told notes when a peer tells something new of itself.
func (o *soundness) told(before, after *chord.Snapshot, now time.Duration) {
	switch {
	case before.Status != after.Status || before.Predecessor != after.Predecessor || !slices.Equal(before.Successors, after.Successors):
		o.ringAt, o.tablesAt = now, now
	case !slices.Equal(before.Fingers, after.Fingers):
		o.tablesAt = now
	}
}

// check judges the ring, the tables and the keys. p is the only one who has
// told something since the last check; nil: anybody may have.
func (s *Store) check(p *subject, since time.Duration) (ring, tables, keys bool) {
	o := &s.healing.sound
	if o.stale || o.members == nil {
		_, o.members = s.settle(s.cfg.Clock())
		o.stale, o.key, p = false, nil, nil
	}
	who, counts := anybody, true
	if p != nil {
		who, counts = o.members.Index(p.snap.Self)
	}
	if counts {
		o.ring.check(o.members.Len(), who, func(i int) bool { return ringRight(o.members, i) })
		o.tables.check(o.members.Len(), who, func(i int) bool { return tablesRight(o.members, i, s.cfg.Successors) })
	}
	return o.ring.right, o.ring.right && o.tables.right, s.keysRight(since)
}

const anybody = -1

// check judges the part of n members, of whom only who has spoken, or anybody.
// Without members nothing is right.
func (p *part) check(n, who int, right func(i int) bool) {
	switch {
	case who == anybody:
	case p.right:
		p.right, p.wrong = right(who), who
		return
	case who != p.wrong:
		return
	}
	for i := range n {
		at := (p.wrong + i) % n
		if !right(at) {
			p.right, p.wrong = false, at
			return
		}
	}
	p.right = n > 0
}

// ringRight reports whether a member has the right successor and predecessor,
// and a list in order. If all have, there is one ring, in order, that everyone
// leads to.
func ringRight(m *truth.Members, i int) bool {
	p := m.At(i)
	if p.Successor() != m.At(i+1).Self || p.Predecessor != m.Predecessor(i) && !(m.Len() == 1 && p.Predecessor.IsZero()) {
		return false
	}
	list := once(m, i)
	for j := 1; j < len(list); j++ {
		if !ring.Open(list[j-1].ID, p.Self.ID).Contains(list[j].ID) {
			return false
		}
	}
	return true
}

// tablesRight reports whether a member, whose successor is right, has the right
// list and fingers.
func tablesRight(m *truth.Members, i, successors int) bool {
	p := m.At(i)
	if !slices.Equal(once(m, i), m.Successors(i, successors)) {
		return false
	}
	for f := 2; f <= len(p.Fingers); f++ {
		if p.Fingers[f-1] != m.Finger(i, f) {
			return false
		}
	}
	return true
}

// once returns the list of a member without what follows once it has come all
// the way round, as the lists of the protocol of 2003 do in a ring smaller than
// they are.
func once(m *truth.Members, i int) []chord.Ref {
	p, others := m.At(i), m.Len()-1
	if len(p.Successors) > others && p.Successors[others] == p.Self {
		return p.Successors[:others]
	}
	return p.Successors
}

// settling is how long a value may take to get its copies after it was written.
const settling = time.Second

// keysRight reports whether every key that is not lost is healthy. Values that
// were written after since may still be on their way to those who are to hold
// them.
func (s *Store) keysRight(since time.Duration) bool {
	o, l, now := &s.healing.sound, &s.keys, s.cfg.Clock()
	if l.ailing[o.key] && len(l.waiting) == 0 {
		return false // nobody has said anything new of it
	}
	if len(l.changed)+len(l.waiting) > 0 {
		l.settle(s.cfg.Space, l.keepers, now)
	}
	o.key = nil
	for r := range l.ailing {
		if r.written <= since || now-r.written >= settling {
			o.key = r
			return false
		}
	}
	return true
}
