package tui

import (
	"cmp"
	"slices"
	"time"

	"chordscope/node/observe"
)

// lookupLog is the lookups that the screen has seen end, by number. A picture
// has only the latest few.
type lookupLog struct {
	ended []observe.Lookup
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
