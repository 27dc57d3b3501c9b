package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

const (
	maxClaims    = 4 * MaxSuccessors
	leaseRepairs = 3 // repair intervals after which a claim that is not renewed ends
)

// claim is the word of an owner that it counts on us for a copy of a range.
// While it is fresh we keep what we have there. whole says that we have all of
// it that was acknowledged.
type claim struct {
	owner Ref // zero: not known
	rng   ring.Interval
	whole bool
	ours  bool // it was our own range before, so that it is for us to say who inherits it
	until time.Duration
}

// addClaim takes a claim in. What was said last about a stretch counts: it is cut
// out of all earlier claims, and what else its owner has claimed ends.
func (p *Peer) addClaim(c claim) {
	d := &p.data
	for i, o := range d.claims {
		switch {
		case o.owner != c.owner || c.owner.IsZero():
		case o.ours && o.rng.From != c.rng.From && o.rng.To == c.rng.To && o.rng.Contains(c.rng.From):
			d.claims[i].owner = Ref{} // the first part is for somebody who has still to ask us
		default:
			d.claims[i].until = 0
			if o.rng != c.rng && d.items.Len() > 0 {
				p.soon(TaskRepair) // it may count on us for less now
			}
		}
	}
	p.cut(c.rng)
	if len(d.claims) >= maxClaims {
		d.claims = slices.Delete(d.claims, 0, 1)
	}
	c.until = p.now + leaseRepairs*p.cfg.Repair + 2*p.cfg.Timeout
	d.claims = append(d.claims, c)
}

func (p *Peer) dropClaims(which func(claim) bool) {
	p.data.claims = slices.DeleteFunc(p.data.claims, which)
}

// cut takes a stretch out of all claims, and reports whether it was in any.
func (p *Peer) cut(rng ring.Interval) (was bool) {
	var rest []claim
	for _, c := range p.data.claims {
		if c.until <= p.now {
			continue
		}
		was = was || intersect(c.rng, rng)
		for _, part := range p.without(c.rng, rng) {
			c.rng = part
			rest = append(rest, c)
		}
	}
	p.data.claims = rest
	return was
}

// without returns the parts of a that are not in b, all (From, To].
func (p *Peer) without(a, b ring.Interval) (parts []ring.Interval) {
	inner := ring.Open(a.From, a.To)
	head, tail := inner.Contains(b.From), inner.Contains(b.To)
	switch {
	case !intersect(a, b):
		return []ring.Interval{a}
	case b.From == b.To:
	case a.From == a.To: // the whole circle
		return []ring.Interval{ring.OpenClosed(b.To, b.From)}
	case head && tail && p.space.Distance(a.From, b.To).Less(p.space.Distance(a.From, b.From)): // b comes in at the end and goes out at the beginning
		return []ring.Interval{ring.OpenClosed(b.To, b.From)}
	default:
		if head {
			parts = append(parts, ring.OpenClosed(a.From, b.From))
		}
		if tail {
			parts = append(parts, ring.OpenClosed(b.To, a.To))
		}
	}
	return parts
}

// complete reports whether we hold everything of rng that was acknowledged: it
// lies within what we have settled and what others have made us complete in.
func (p *Peer) complete(rng ring.Interval) bool {
	full := rng.From == rng.To
	cur := rng.To
	for range 2 * (len(p.data.claims) + 1) { // a stretch may use an arc at both its ends
		from, ok := p.completeFrom(cur)
		switch {
		case !ok:
			return false
		case from == cur: // an arc that goes all the way round
			return true
		case !full && !p.space.Distance(from, cur).Less(p.space.Distance(rng.From, cur)):
			return true
		}
		cur = from
	}
	return false
}

// completeFrom returns where the longest complete arc that holds id begins.
func (p *Peer) completeFrom(id ring.ID) (from ring.ID, ok bool) {
	consider := func(arc ring.Interval) {
		switch {
		case !arc.Contains(id):
		case arc.From == arc.To:
			from, ok = id, true
		case !ok || from != id && p.space.Distance(from, id).Less(p.space.Distance(arc.From, id)):
			from, ok = arc.From, true
		}
	}
	if p.data.settled {
		consider(ring.OpenClosed(p.data.from, p.self.ID))
	}
	for _, c := range p.data.claims {
		if c.whole && c.until > p.now {
			consider(c.rng)
		}
	}
	return from, ok
}

// whole tells others whether they get everything of rng from us. As long as we
// own a part of it ourselves they do not: the next write may be ours.
func (p *Peer) whole(rng ring.Interval) bool {
	own, ok := p.own()
	return ok && !intersect(own, rng) && p.complete(rng)
}

// bequeath decides whether heir may own rng on our word that it has all of it
// then. It may not while we know of another live owner of a part of it, which
// has to agree itself. Who may, owns it from now on as far as we know, so that
// no range is left to two peers.
func (p *Peer) bequeath(heir Ref, rng ring.Interval) bool {
	if x := p.otherOwner(heir, rng); !x.IsZero() {
		p.ping(x) // if it is dead we get to know it
		return false
	}
	if !p.whole(rng) {
		return false
	}
	p.addClaim(claim{owner: heir, rng: rng, whole: true, ours: true})
	return true
}

// otherOwner returns a live peer other than heir that owns a part of rng, as far
// as we know.
func (p *Peer) otherOwner(heir Ref, rng ring.Interval) Ref {
	for _, c := range p.data.claims {
		if !c.owner.IsZero() && c.owner != heir && c.until > p.now && intersect(c.rng, rng) && !p.over(c.owner) {
			return c.owner
		}
	}
	return Ref{}
}

// ownerWithin returns a live owner that stands within our own range, if we know
// of one: it is our true predecessor, or stands behind it.
func (p *Peer) ownerWithin(own ring.Interval) Ref {
	for _, c := range p.data.claims {
		if !c.owner.IsZero() && c.until > p.now && c.owner != p.pred && !p.over(c.owner) && ring.Open(own.From, p.self.ID).Contains(c.owner.ID) {
			return c.owner
		}
	}
	return Ref{}
}

// intersect reports whether two stretches (From, To] have an identifier in
// common.
func intersect(a, b ring.Interval) bool { return a.Contains(b.To) || b.Contains(a.To) }

// ownerGone follows the end of a peer that may have counted on us.
func (p *Peer) ownerGone(r Ref) {
	if slices.ContainsFunc(p.data.claims, func(c claim) bool { return c.owner == r }) {
		p.holdersChanged()
	}
}
