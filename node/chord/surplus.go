package chord

import (
	"slices"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// dropSurplus deals with what we hold for nobody: a stretch that we do not own
// and that no owner counts on us for. Its owner gets what it lacks, makes sure
// that all copies are in place, and only then is ours dropped. At most limit
// stretches are dealt with at a time.
func (p *Peer) dropSurplus(limit int, then func()) {
	own, known := p.own()
	first, end, ok := p.surplus()
	if !ok || !known || !p.ownSettled(own) || limit == 0 || p.data.departing != staying {
		then()
		return
	}
	p.startSearch(&search{key: first, quiet: true, then: func(l Lookup) {
		o := l.Owner
		if l.Failed != "" || o.ID == p.self.ID {
			then()
			return
		}
		rng := ring.OpenClosed(p.point(first).From, end)
		if rng.Contains(o.ID) {
			rng.To = o.ID
		}
		p.offer(o, rng, func(done bool) {
			if done {
				p.dropSurplus(limit-1, then)
				return
			}
			p.repairIn(p.cfg.Repair / 4)
			then()
		})
	}})
}

// surplus finds the first such stretch: its first key, and where the next range
// begins that we do hold for somebody.
func (p *Peer) surplus() (first, end ring.ID, ok bool) {
	own, known := p.own()
	if !known {
		return first, end, false
	}
	arcs := []ring.Interval{own}
	for _, c := range p.data.claims {
		if c.until > p.now && !p.over(c.owner) {
			arcs = append(arcs, c.rng)
		}
	}
	pos := p.self.ID
	for range 2 * len(arcs) {
		if first, ok = p.firstIn(ring.OpenClosed(pos, p.self.ID)); !ok {
			return first, end, false
		}
		i := slices.IndexFunc(arcs, func(a ring.Interval) bool { return a.Contains(first) })
		if i < 0 {
			end = own.From
			for _, a := range arcs {
				if p.space.Distance(first, a.From).Less(p.space.Distance(first, end)) {
					end = a.From
				}
			}
			return first, end, true
		}
		if arcs[i].Contains(p.self.ID) { // the own range, or one that goes beyond it
			return first, end, false
		}
		pos = arcs[i].To
	}
	return first, end, false
}

func (p *Peer) firstIn(rng ring.Interval) (id ring.ID, ok bool) {
	p.data.items.Scan(rng, store.Key{}, false, func(it *store.Item) bool {
		id, ok = it.Key.ID, true
		return false
	})
	return id, ok
}

// offer brings the owner of rng in step with us, has it vouch for the copies,
// and drops ours.
func (p *Peer) offer(owner Ref, rng ring.Interval, then func(done bool)) {
	p.reconcile(&reconciliation{with: owner, todo: []ring.Interval{rng}, push: true, why: CauseSurplus, then: func(_ *reconciliation, err error) {
		if err != nil {
			then(false)
			return
		}
		offered := p.data.items.Digest(rng)
		askPatiently(p, owner, Cover{Range: rng}, func(c Coverage, err error) {
			switch own, ok := p.own(); {
			case err != nil || !ok || !c.Yes && !c.Keep:
				then(false)
			case c.Keep:
				if p.another(c.Predecessor) { // it counts on us for all that it owns
					rng = ring.OpenClosed(c.Predecessor.ID, owner.ID)
				}
				p.addClaim(claim{owner: owner, rng: rng})
				then(true)
			case intersect(own, rng) || p.data.items.Digest(rng) != offered:
				then(false) // it is ours again, or there is something new
			default:
				p.dropAll(owner, rng)
				then(true)
			}
		})
	}})
}

func (p *Peer) dropAll(owner Ref, rng ring.Interval) {
	var keys []store.Key
	p.data.items.Scan(rng, store.Key{}, false, func(it *store.Item) bool {
		keys = append(keys, it.Key)
		return true
	})
	for _, k := range keys {
		p.drop(k)
	}
	p.event(Event{Kind: EvDropped, Index: len(keys), Range: rng, Peer: owner})
}

// cover is the handler of Cover.
func (p *Peer) cover(from Ref, rng ring.Interval, reply func(Body)) {
	own, ok := p.own()
	ok = ok && p.ownSettled(own) && own.Contains(rng.To) && p.within(rng, own)
	if !ok || p.data.covers >= maxCovers {
		reply(Coverage{Predecessor: p.pred})
		return
	}
	p.data.covers++
	p.stepTargets(own, true, func(holders []Ref, enough bool) {
		p.data.covers--
		now, ok := p.own()
		keep := slices.Contains(holders, from)
		reply(Coverage{Yes: enough && !keep && ok && now == own, Keep: keep, Predecessor: p.pred})
	})
}

// within reports whether a lies in b, both (From, To].
func (p *Peer) within(a, b ring.Interval) bool {
	if b.From == b.To {
		return true
	}
	return a.From != a.To && b.Contains(a.To) && !p.space.Distance(b.From, a.To).Less(p.space.Distance(a.From, a.To))
}
