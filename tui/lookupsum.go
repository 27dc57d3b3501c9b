package tui

import (
	"math"
	"time"

	"chordscope/node/observe"
)

// lookupSum is what the charts draw of all lookups that were seen to end.
type lookupSum struct {
	observe.LookupStats
	found    int     // their owner
	mean     float64 // of the hops
	latency  []latencyBin
	longestH int // in the largest count of hops
}

// latencyBin counts the lookups that took at most so long, and longer than the
// bin before.
type latencyBin struct {
	most time.Duration
	n    int
}

func newLookupSum(stats observe.LookupStats) *lookupSum {
	s := &lookupSum{LookupStats: stats}
	total := 0
	for h, n := range s.Hops {
		s.found += n
		total += h * n
		s.longestH = max(s.longestH, n)
	}
	if s.found > 0 {
		s.mean = float64(total) / float64(s.found)
	}
	s.bin()
	return s
}

// bin counts the times into bins that grow as 1, 2, 5, 10.
func (s *lookupSum) bin() {
	most, step := 10*time.Microsecond, 0
	for _, c := range s.Times {
		for c.Took > most {
			most = most * [...]time.Duration{4, 5, 4}[step] / 2
			step = (step + 1) % 3
			if len(s.latency) > 0 {
				s.latency = append(s.latency, latencyBin{most: most})
			}
		}
		if len(s.latency) == 0 {
			s.latency = append(s.latency, latencyBin{most: most})
		}
		s.latency[len(s.latency)-1].n += c.N
	}
}

// within returns the time within which a part of the lookups ended, from 0 to
// 1, of those that found the owner.
func (s *lookupSum) within(part float64) time.Duration {
	left := max(int(math.Ceil(part*float64(s.found))), 1)
	for _, c := range s.Times {
		if left -= c.N; left <= 0 {
			return c.Took
		}
	}
	return 0
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
