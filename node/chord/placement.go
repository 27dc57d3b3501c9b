package chord

import "chordscope/node/ring"

// checkPlacement compares our place in the ring with what a remembered peer
// sees, since stabilize alone never joins rings that have split or that wind
// round more than once. Somebody remembered between us and our successor is
// adopted; otherwise a remembered peer's part of the ring is asked who follows
// us there. Either we adopt that one, or the one before it adopts us.
func (p *Peer) checkPlacement() {
	p.line(ProcPlacement, 1, with{})
	gap := ring.Open(p.self.ID, p.successor().ID)
	if p.alone() {
		gap = ring.Open(p.self.ID, p.self.ID)
	}
	near := p.closest(gap, func(e *entry) bool { return !e.dead && e.misses == 0 })
	adopt := p.proposeAdoption(near)
	p.line(ProcPlacement, 2, with{peer: near, in: gap, test: tested(adopt)})
	if adopt {
		p.placed()
		return
	}
	x := p.anyRemembered()
	p.line(ProcPlacement, 3, with{peer: x})
	if x.IsZero() {
		p.placed()
		return
	}
	ask(p, x, Ping{}, func(_ Ack, err error) {
		if err != nil {
			p.placed()
			return
		}
		p.placedBy(x)
	})
}

// placed ends a placement check.
func (p *Peer) placed() {
	p.placing = false
	p.endRun(ProcPlacement)
}

// placedBy looks up the identifier after ours through x, without us.
func (p *Peer) placedBy(x Ref) {
	next := p.space.Add(p.self.ID, ring.FromUint64(1))
	p.line(ProcPlacement, 4, with{peer: x, key: next})
	p.startSearch(&search{key: next, seed: x, quiet: true, never: []string{p.self.Addr}, retries: maxRetries, then: func(l Lookup) {
		defer p.placed()
		if l.Failed != "" {
			return
		}
		o, m, s := l.Owner, l.Predecessor, p.successor()
		calm := o == s || o.ID == p.self.ID
		p.line(ProcPlacement, 5, with{peer: o, other: s, test: tested(calm)})
		if calm {
			p.calm = min(p.calm+1, maxCalm)
			return // nothing new, and nothing worth an event
		}
		e := Event{Kind: EvPlacement, Peer: x}
		switch {
		case p.proposeAdoption(o):
			p.line(ProcPlacement, 6, with{peer: o, other: s})
			e.Cause = CauseAdopt
		case p.another(m) && m.ID != p.self.ID:
			p.line(ProcPlacement, 7, with{peer: m, other: o})
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
