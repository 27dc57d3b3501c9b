package scenarios

import (
	"time"

	"chordscope/node/observe"
)

// seen is what both systems show to anyone at any time, also while Start runs:
// an empty picture before it, the ring's after it.
type seen struct {
	empty   *observe.Store
	started chan struct{} // closed once ring is set
	ring    *observe.Store

	fromZero bool // fingers are numbered from 0
}

func newSeen() seen {
	return seen{
		empty:   observe.NewStore(observe.Config{Clock: func() time.Duration { return 0 }}),
		started: make(chan struct{}),
	}
}

// show is called once, by Start.
func (s *seen) show(ring *observe.Store) {
	s.ring = ring
	ring.NumberFingers(s.fromZero)
	close(s.started)
}

func (s *seen) store() *observe.Store {
	select {
	case <-s.started:
		return s.ring
	default:
		return s.empty
	}
}

// Now returns the ring's time; see System.
func (s *seen) Now() time.Duration { return s.store().Now() }

// NumberFingers sets how fingers are numbered; see System.
func (s *seen) NumberFingers(fromZero bool) {
	s.fromZero = fromZero
	s.store().NumberFingers(fromZero)
}

// Disturbed begins a recovery; see System.
func (s *seen) Disturbed(what string) { s.store().Disturbed(what) }

// Picture returns the newest picture; see System.
func (s *seen) Picture() *observe.Picture { return s.store().Picture() }

// Changed returns a channel that is closed at the next change, of which Start
// is one; see System.
func (s *seen) Changed() <-chan struct{} {
	select {
	case <-s.started:
		return s.ring.Changed()
	default:
		return s.started
	}
}
