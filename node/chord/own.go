package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// keeping is the data side of a peer: what it holds, and what it knows about
// being complete.
//
// A key belongs to its successor on the circle, the owner, and has copies on
// the next k-1 live peers. An owner answers for a key alone only where its range
// is settled: once it has compared that stretch with those who may hold some of
// it. Elsewhere it asks them first.
type keeping struct {
	items *store.Store

	settled bool    // (from, self] is complete; not yet for a newcomer
	from    ring.ID // with from == self it is the whole circle
	claims  []claim // what others own and count on us for

	syncing   bool // a part of the own range is not settled
	syncBegan time.Duration
	repairing bool
	news      bool // holders have changed since the last round of repair
	departing departing
	heirs     []Ref  // whom we have brought in step with our own range before we leave
	leavers   []Ref  // who asked us not to count on it any more, the latest
	past      uint64 // the highest counter of anything that we have dropped
	writes    int    // under way as owner
	covers    int    // under way as owner
}

// departing is how far a leaver is with handing over.
type departing uint8

const (
	staying      departing = iota
	handing                // copies go to the heirs while all goes on
	handingLast            // nothing new is taken, the rest is copied
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

// own returns the range that we own, (predecessor, self]; false while the
// predecessor is not known.
func (p *Peer) own() (ring.Interval, bool) {
	switch {
	case p.status != StatusMember:
	case !p.pred.IsZero():
		return ring.OpenClosed(p.pred.ID, p.self.ID), true
	case p.alone():
		return ring.OpenClosed(p.self.ID, p.self.ID), true
	}
	return ring.Interval{}, false
}

// others returns who may keep copies: the successor list without ourselves and
// those that are about to leave.
func (p *Peer) others() []Ref {
	not := func(r Ref) bool { return r.ID == p.self.ID || slices.Contains(p.data.leavers, r) }
	if !slices.ContainsFunc(p.succs, not) {
		return p.succs
	}
	return slices.DeleteFunc(slices.Clone(p.succs), not)
}

// comesRound reports whether the successor list names everybody else in the
// ring, so that there are no more to keep copies.
func (p *Peer) comesRound() bool {
	if p.cfg.Original {
		return slices.ContainsFunc(p.succs, func(r Ref) bool { return r.ID == p.self.ID })
	}
	return p.round || p.alone()
}

// settledAt reports whether we answer for the identifier alone.
func (p *Peer) settledAt(id ring.ID) bool {
	return p.data.settled && ring.OpenClosed(p.data.from, p.self.ID).Contains(id)
}

// ownSettled reports whether that holds for the whole of the own range.
func (p *Peer) ownSettled(own ring.Interval) bool {
	d := &p.data
	return d.settled && (d.from == own.From || ring.Open(d.from, p.self.ID).Contains(own.From))
}

// rangeChanged follows a change of the predecessor. What a newcomer before us
// owns now, we know as well as it until its claim runs out; what we have
// inherited has to be settled.
func (p *Peer) rangeChanged() {
	d := &p.data
	if own, ok := p.own(); ok {
		if d.settled && d.from != own.From && ring.Open(d.from, p.self.ID).Contains(own.From) {
			p.addClaim(claim{owner: p.pred, rng: ring.OpenClosed(d.from, own.From), whole: true, ours: true})
			d.from = own.From
		}
		p.setSyncing(!p.ownSettled(own), own)
	}
	p.holdersChanged()
}

// holdersChanged makes repair look at once who has to hold what now.
func (p *Peer) holdersChanged() {
	p.data.news = true
	p.soon(TaskRepair)
}

// ownerGone follows the end of a peer that may have counted on us.
func (p *Peer) ownerGone(r Ref) {
	if slices.ContainsFunc(p.data.claims, func(c claim) bool { return c.owner == r }) {
		p.holdersChanged()
	}
}

func (p *Peer) setSyncing(on bool, own ring.Interval) {
	d := &p.data
	if d.syncing == on {
		return
	}
	d.syncing, d.syncBegan = on, p.now
	p.fx.Changes.Syncing = true
	if on {
		p.event(Event{Kind: EvSyncing, Range: own})
	} else {
		p.event(Event{Kind: EvSettled, Range: own})
	}
}

// addClaim takes a claim in, instead of an earlier one of the same owner.
func (p *Peer) addClaim(c claim) {
	d := &p.data
	p.dropClaims(func(o claim) bool { return o.until <= p.now })
	for i, o := range d.claims {
		if o.owner == c.owner && !c.owner.IsZero() {
			d.claims = slices.Delete(d.claims, i, i+1)
			if o.ours && o.rng.From != c.rng.From && o.rng.To == c.rng.To && o.rng.Contains(c.rng.From) {
				// Somebody we do not know yet owns the first part of it: it will ask us.
				o.owner, o.rng.To = Ref{}, c.rng.From
				d.claims = append(d.claims, o)
			}
			break
		}
	}
	if len(d.claims) >= maxClaims {
		d.claims = slices.Delete(d.claims, 0, 1)
	}
	c.until = p.now + leaseRepairs*p.cfg.Repair + 2*p.cfg.Timeout
	d.claims = append(d.claims, c)
}

func (p *Peer) dropClaims(which func(claim) bool) {
	p.data.claims = slices.DeleteFunc(p.data.claims, which)
}

// release ends the claims on a range whose owner does not count on us, and
// reports whether there were any.
func (p *Peer) release(rng ring.Interval) (released bool) {
	var rest []claim
	for _, c := range p.data.claims {
		hit := intersect(c.rng, rng)
		released = released || hit
		switch {
		case !hit:
			rest = append(rest, c)
		case c.rng.To != rng.To && c.rng.Contains(rng.To): // it owns the first part
			c.rng.From = rng.To
			rest = append(rest, c)
		case c.rng.From != rng.From && c.rng.Contains(rng.From): // or the last
			c.rng.To = rng.From
			rest = append(rest, c)
		}
	}
	p.data.claims = rest
	return released
}

// complete reports whether we hold everything of rng that was acknowledged: it
// lies within what we have settled and what others have made us complete in.
func (p *Peer) complete(rng ring.Interval) bool {
	full := rng.From == rng.To
	cur := rng.To
	for range len(p.data.claims) + 1 {
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
	if !p.whole(rng) {
		return false
	}
	for _, c := range p.data.claims {
		if !c.owner.IsZero() && c.owner != heir && c.until > p.now && intersect(c.rng, rng) && !p.over(c.owner) {
			ask(p, c.owner, Ping{}, func(Ack, error) {}) // if it is dead we get to know it
			return false
		}
	}
	p.addClaim(claim{owner: heir, rng: rng, whole: true, ours: true})
	return true
}

// intersect reports whether two stretches (From, To] have an identifier in
// common.
func intersect(a, b ring.Interval) bool { return a.Contains(b.To) || b.Contains(a.To) }

// point is the stretch that holds id alone.
func (p *Peer) point(id ring.ID) ring.Interval {
	return ring.OpenClosed(p.space.Distance(ring.FromUint64(1), id), id)
}

// keep takes items in whose version is higher than that which we hold, and
// returns how many those are and the bytes of their values.
func (p *Peer) keep(items ...store.Item) (n, size int) {
	for _, it := range items {
		if p.data.items.Put(it, p.now) {
			p.fx.Changes.Keys = append(p.fx.Changes.Keys, it.Key)
			n++
			size += len(it.Value)
		}
	}
	return n, size
}

// takeOver keeps items that came from another peer in bulk.
func (p *Peer) takeOver(from Ref, items []store.Item, why Cause) {
	n, size := p.keep(items...)
	if n == 0 {
		return
	}
	first, last := items[0].Key.ID, items[len(items)-1].Key.ID
	p.event(Event{Kind: EvTook, Peer: from, Index: n, Last: size, Cause: why, Range: ring.OpenClosed(p.point(first).From, last)})
}

func (p *Peer) drop(k store.Key) {
	p.data.past = max(p.data.past, p.held(k).Counter)
	if p.data.items.Drop(k) {
		p.fx.Changes.Keys = append(p.fx.Changes.Keys, k)
	}
}

// Entry returns what the peer holds of a key, summed up; false: nothing.
func (p *Peer) Entry(k store.Key) (store.Entry, bool) {
	it, ok := p.data.items.Get(k)
	if !ok {
		return store.Entry{}, false
	}
	return it.Entry(), true
}

// Entries returns at most limit of the entries that the peer holds, in the
// order of their keys: the first ones, or with begun those behind after. Fewer
// than limit are the last ones.
func (p *Peer) Entries(after store.Key, begun bool, limit int) []store.Entry {
	last := p.space.Last()
	var out []store.Entry
	p.data.items.Scan(ring.OpenClosed(last, last), after, begun, func(it *store.Item) bool {
		if len(out) == limit {
			return false
		}
		out = append(out, it.Entry())
		return true
	})
	return out
}

// Stored returns how many items the peer holds, tombstones included, and the
// bytes of their values.
func (p *Peer) Stored() (items, size int) { return p.data.items.Len(), p.data.items.Bytes() }
