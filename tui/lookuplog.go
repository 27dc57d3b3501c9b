package tui

import (
	"cmp"
	"math"
	"slices"
	"time"

	"chordscope/node/observe"
)

// lookupLog is the lookups that the screen has seen end, by number. A picture
// has only the latest few.
type lookupLog struct {
	ended []observe.Lookup
	sum   lookupSum
}

// mostLookups is how many a log keeps.
const mostLookups = 1000

// take notes what has ended since the last picture.
func (l *lookupLog) take(pic *observe.Picture) {
	for i := range pic.Lookups {
		u := &pic.Lookups[i]
		if !u.Done {
			continue
		}
		at, known := slices.BinarySearchFunc(l.ended, u.Number, func(e observe.Lookup, n uint64) int { return cmp.Compare(e.Number, n) })
		if !known {
			l.ended = slices.Insert(l.ended, at, *u)
		}
	}
	if n := len(l.ended); n > mostLookups+mostLookups/4 { // a quarter goes at once, so that this is done seldom
		l.ended = slices.Clone(l.ended[n-mostLookups:])
	}
}

// until returns those that had ended at a time, oldest first.
func (l *lookupLog) until(at time.Duration) []observe.Lookup {
	n := len(l.ended)
	for n > 0 && l.ended[n-1].Started+l.ended[n-1].Took > at {
		n--
	}
	return l.ended[:n]
}

// lookupSum is what many lookups have in common.
type lookupSum struct {
	n        int    // lookups, failed ones included
	last     uint64 // the newest of them
	failed   int
	delayed  int             // asked somebody who did not answer
	hops     []int           // how many took so many hops, the owner included
	mean     float64         // of the hops
	times    []time.Duration // of those that did not fail, shortest first
	latency  []latencyBin
	longestT int // lookups in the largest bin
	longestH int // in the largest count of hops
}

// latencyBin counts the lookups that took at most so long, and longer than the
// bin before.
type latencyBin struct {
	most time.Duration
	n    int
}

// summed returns the sum of some of the log's lookups. It is kept until there
// are others.
func (l *lookupLog) summed(list []observe.Lookup) *lookupSum {
	s := &l.sum
	if n := len(list); s.n == n && (n == 0 || s.last == list[n-1].Number) {
		return s
	}
	*s = lookupSum{n: len(list), last: list[len(list)-1].Number}
	total := 0
	for i := range list {
		u := &list[i]
		if slices.ContainsFunc(u.Steps, func(st observe.Step) bool { return st.Timeout }) {
			s.delayed++
		}
		if u.Failed != "" {
			s.failed++
			continue
		}
		for len(s.hops) <= u.Hops {
			s.hops = append(s.hops, 0)
		}
		s.hops[u.Hops]++
		total += u.Hops
		s.times = append(s.times, u.Took)
	}
	if len(s.times) == 0 {
		return s
	}
	s.mean = float64(total) / float64(len(s.times))
	s.longestH = slices.Max(s.hops)
	slices.Sort(s.times)
	s.bin()
	return s
}

// bin counts the times into bins that grow as 1, 2, 5, 10.
func (s *lookupSum) bin() {
	most, step := 10*time.Microsecond, 0
	for _, t := range s.times {
		for t > most {
			if len(s.latency) > 0 {
				s.latency = append(s.latency, latencyBin{})
			}
			most = most * [...]time.Duration{4, 5, 4}[step] / 2
			step = (step + 1) % 3
			if n := len(s.latency); n > 0 {
				s.latency[n-1].most = most
			}
		}
		if len(s.latency) == 0 {
			s.latency = append(s.latency, latencyBin{most: most})
		}
		bin := &s.latency[len(s.latency)-1]
		bin.n++
		s.longestT = max(s.longestT, bin.n)
	}
}

// within returns the time within which a part of the lookups ended, from 0 to 1.
func (s *lookupSum) within(part float64) time.Duration {
	if len(s.times) == 0 {
		return 0
	}
	return s.times[max(0, min(int(math.Ceil(part*float64(len(s.times))))-1, len(s.times)-1))]
}

// expected is the mean path length of the papers for n peers, ½ log2 n, and the
// same with the owner counted as here.
func expected(n int) (forwards, hops float64) {
	if n < 2 {
		return 0, 0
	}
	forwards = math.Log2(float64(n)) / 2
	return forwards, forwards + 1
}
