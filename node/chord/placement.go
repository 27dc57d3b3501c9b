package chord

import (
	"time"

	"chordscope/node/ring"
)

// checkPlacement compares our place in the ring with what a remembered peer
// sees, since stabilize alone never joins rings that have split or that wind
// round more than once. Somebody remembered between us and our successor is
// adopted; otherwise a remembered peer's part of the ring is asked who follows
// us there. Either we adopt that one, or the one before it adopts us.
func (p *Peer) checkPlacement() {
	gap := ring.Open(p.self.ID, p.successor().ID)
	if p.alone() {
		gap = ring.Open(p.self.ID, p.self.ID)
	}
	near := p.closest(gap, func(e *entry) bool { return !e.dead && e.misses == 0 })
	if p.proposeAdoption(near) {
		p.placing = false
		return
	}
	x := p.anyRemembered()
	if x.IsZero() {
		p.placing = false
		return
	}
	ask(p, x, Ping{}, func(_ Ack, err error) {
		if err != nil {
			p.placing = false
			return
		}
		p.placedBy(x)
	})
}

// placedBy looks up the identifier after ours through x, without us.
func (p *Peer) placedBy(x Ref) {
	next := p.space.Add(p.self.ID, ring.FromUint64(1))
	p.startSearch(&search{key: next, seed: x, quiet: true, never: []string{p.self.Addr}, retries: maxRetries, then: func(l Lookup) {
		p.placing = false
		o, m := l.Owner, l.Predecessor
		e := Event{Kind: EvPlacement, Peer: x}
		switch s := p.successor(); {
		case l.Failed != "":
			return
		case o == s || o.ID == p.self.ID:
			p.calm = min(p.calm+1, maxCalm)
			return // nothing new, and nothing worth an event
		case p.proposeAdoption(o):
			e.Cause = CauseAdopt
		case p.another(m) && m.ID != p.self.ID:
			p.send(m, Hint{Candidate: p.self})
			e.Cause = CauseTold
		}
		p.event(e)
	}})
}

// anyRemembered picks a peer to compare with, also one that was given up: it
// may be back.
func (p *Peer) anyRemembered() Ref {
	if len(p.book.order) == 0 {
		return Ref{}
	}
	e := p.book.order[p.rng.IntN(len(p.book.order))]
	if e.ref.ID == p.self.ID {
		return Ref{}
	}
	return e.ref
}

// jitter returns a random duration in [0, d].
func (p *Peer) jitter(d time.Duration) time.Duration {
	return time.Duration(p.rng.Int64N(int64(d) + 1))
}
