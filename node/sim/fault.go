package sim

import (
	"slices"
	"time"

	"chordscope/node/chord"
)

// Fault is what is wrong with the way from one host to another. The zero value
// is a sound way.
type Fault struct {
	// Cut loses every message without a trace.
	Cut bool
	// Each message arrives Delay and a random part of Jitter later, but none
	// overtakes another.
	Delay, Jitter time.Duration
	// Stall is how likely it is, from 0 to 1, that a message and all behind it
	// are held up by another 200 ms, as by a TCP segment that is lost.
	Stall float64
}

// stallTime is as long as with real peers.
const stallTime = 200 * time.Millisecond

// SetFault puts a fault on the way from a to b, in place of the one that is
// there; the zero Fault heals it. It stays when b is restarted, and ends with a.
// What is under way arrives as it would have.
func (s *Sim) SetFault(a, b *Host, f Fault) {
	if f == (Fault{}) {
		delete(a.faults, b.Ref.Addr)
		return
	}
	if a.faults == nil {
		a.faults = make(map[string]Fault)
	}
	a.faults[b.Ref.Addr] = f
}

// Fault returns what is wrong with the way from a to b.
func (s *Sim) Fault(a, b *Host) Fault { return a.faults[b.Ref.Addr] }

// HealAll ends all faults of links.
func (s *Sim) HealAll() {
	for _, h := range s.hosts {
		clear(h.faults)
	}
}

// ResetLink breaks the connection between two hosts: both are told, and what is
// under way between them is lost.
func (s *Sim) ResetLink(a, b *Host) {
	between := func(e *event) bool {
		_, ok := e.in.(chord.Receive)
		return ok && (e.from == a && e.to == b || e.from == b && e.to == a)
	}
	s.queue.drop(between)
	a.stash, b.stash = slices.DeleteFunc(a.stash, between), slices.DeleteFunc(b.stash, between)
	s.push(&event{at: s.now + s.latency(), to: a, in: chord.Lost{Addr: b.Ref.Addr}})
	s.push(&event{at: s.now + s.latency(), to: b, in: chord.Lost{Addr: a.Ref.Addr}})
}

// through returns how much longer a message takes because of the fault, and
// whether it arrives at all.
func (s *Sim) through(f Fault) (late time.Duration, ok bool) {
	late = f.Delay
	if f.Jitter > 0 {
		late += time.Duration(s.rng.Int64N(int64(f.Jitter)))
	}
	if f.Stall > 0 && s.rng.Float64() < f.Stall {
		late += stallTime
	}
	return late, !f.Cut
}
