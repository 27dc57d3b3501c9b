package observe

import (
	"cmp"
	"slices"
	"time"

	"chordscope/node/chord"
)

// LookupStats counts all lookups that were seen to end, also those that no
// Picture lists any more. It is never changed, only replaced.
type LookupStats struct {
	Ended   int         // those that failed included
	Failed  int         // found no owner
	Delayed int         // of all: asked somebody who did not answer
	Hops    []int       // at h: how many found their owner in h hops, the owner included; the last also has all beyond
	Times   []TimeCount // how long these took, the shortest time first
}

// TimeCount counts lookups that took one and the same time, which is rounded up
// to two digits.
type TimeCount struct {
	Took time.Duration
	N    int
}

// mostHops bounds LookupStats.Hops. What takes longer goes round the ring.
const mostHops = 200

// count adds a lookup that has ended, in so many hops if it found the owner.
func (s *LookupStats) count(l *lookup, hops int) {
	s.Ended++
	if slices.ContainsFunc(l.raw.Steps, func(h chord.HopTaken) bool { return h.Failed != chord.Answered }) {
		s.Delayed++
	}
	if l.raw.Failed != "" {
		s.Failed++
		return
	}
	hops = min(max(hops, 0), mostHops)
	for len(s.Hops) <= hops {
		s.Hops = append(s.Hops, 0)
	}
	s.Hops[hops]++
	took := roundUp(l.raw.Took)
	at, known := slices.BinarySearchFunc(s.Times, took, func(c TimeCount, t time.Duration) int { return cmp.Compare(c.Took, t) })
	if !known {
		s.Times = slices.Insert(s.Times, at, TimeCount{Took: took})
	}
	s.Times[at].N++
}

// roundUp rounds to two digits, and to a microsecond at least, so that there are
// at most 90 times for each power of ten.
func roundUp(d time.Duration) time.Duration {
	unit := time.Microsecond
	for d > 99*unit {
		unit *= 10
	}
	return max((d+unit-1)/unit, 1) * unit
}

// clone returns a copy that shares nothing.
func (s *LookupStats) clone() LookupStats {
	c := *s
	c.Hops, c.Times = slices.Clone(s.Hops), slices.Clone(s.Times)
	return c
}
