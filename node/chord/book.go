package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

// bookSize bounds how many peers are remembered. Peers in the routing table
// need no entry to be known, so forgetting one is never wrong, only slower to
// repair after a disaster.
const bookSize = 128

// missesToDrop is how many requests in a row a peer may leave unanswered
// before it is taken for dead. A time-out is not death: it may be slow.
const missesToDrop = 2

// entry is what one peer thinks of another.
type entry struct {
	ref    Ref
	heard  time.Duration // when it last said something; 0: never, only heard of
	misses int           // requests in a row without an answer; > 0: suspected
	dead   bool          // given up: not taken over from the lists of others
	left   bool          // it said goodbye: what it still says does not bring it back
	failed time.Duration // when misses or dead last changed, or doubt last asked
}

// book remembers peers, also those that are suspected or dead: a dead one may
// have been cut off only, and is then the way back to its part of a ring that
// has split. Order is by age, so that all runs of a seed are alike.
type book struct {
	byAddr map[string]*entry
	last   *entry // that at found: most look-ups are for whom the one before was for
	order  []*entry
}

func (b *book) init() { b.byAddr = make(map[string]*entry) }

func (b *book) get(r Ref) *entry {
	if e := b.at(r.Addr); e != nil && e.ref.Inc == r.Inc {
		return e
	}
	return nil
}

// at returns the entry of whoever is at an address, or nil.
func (b *book) at(addr string) *entry {
	if e := b.last; e != nil && e.ref.Addr == addr {
		return e
	}
	e := b.byAddr[addr]
	if e != nil {
		b.last = e
	}
	return e
}

// add returns the entry of r, which is made if needed, replacing an older
// incarnation. It returns nil if the book knows a newer one.
func (b *book) add(r Ref) *entry {
	if e := b.at(r.Addr); e != nil {
		if e.ref.Inc > r.Inc {
			return nil
		}
		if e.ref != r {
			*e = entry{ref: r}
		}
		return e
	}
	if len(b.order) >= bookSize {
		b.drop(b.oldest())
	}
	e := &entry{ref: r}
	b.byAddr[r.Addr] = e
	b.order = append(b.order, e)
	return e
}

// oldest returns the place of the oldest entry, of those that are not just being
// suspected: misses that are forgotten halfway would never make two.
func (b *book) oldest() int {
	return max(0, slices.IndexFunc(b.order, func(e *entry) bool { return e.misses == 0 || e.dead }))
}

func (b *book) drop(i int) {
	if b.last == b.order[i] {
		b.last = nil
	}
	delete(b.byAddr, b.order[i].ref.Addr)
	b.order = slices.Delete(b.order, i, i+1)
}

// hearOf remembers a peer that somebody else told of.
func (b *book) hearOf(p *Peer, r Ref) {
	if p.another(r) && r.ID != p.self.ID {
		b.add(r)
	}
}

// heard notes a message from r itself: whatever was thought of it, it lives.
// A new incarnation buries the former one.
func (p *Peer) heard(r Ref) {
	e := p.book.get(r)
	if e == nil || e.heard == 0 {
		p.bury(r)
		if e = p.book.add(r); e == nil {
			return
		}
	}
	e.heard = p.now
	if !e.left && (e.misses > 0 || e.dead) {
		e.misses, e.dead = 0, false
		p.event(Event{Kind: EvAlive, Peer: r})
		if p.cfg.Merge && !p.cfg.Original {
			p.soon(TaskPlacement) // it may be our way back into a split ring
		}
	}
}

// bury drops the former incarnations of r, and ends the requests to them:
// nobody is left to answer.
func (p *Peer) bury(r Ref) {
	former := func(o Ref) bool { return o.Addr == r.Addr && o.Inc < r.Inc }
	if e := p.book.at(r.Addr); e != nil && former(e.ref) {
		p.event(Event{Kind: EvRestarted, Peer: r, Old: e.ref})
	}
	if !p.cfg.Original {
		for o := range p.Neighbours {
			if former(o) {
				p.forget(o, CauseReplaced)
				break // there is one at most: it would not be taken in beside another
			}
		}
	}
	for _, id := range p.callsTo(r.Addr) {
		if c := p.calls[id]; c != nil && former(c.to) {
			delete(p.calls, id)
			c.then(nil, errRefused)
		}
	}
}

// missed notes that r did not answer in time what it was asked at the time
// sent. Requests that were under way together are missed together: that is one
// silence, and counts once.
func (p *Peer) missed(r Ref, sent time.Duration) {
	e := p.book.add(r)
	if e == nil { // it was restarted since
		p.forget(r, CauseReplaced)
		return
	}
	if e.misses > 0 && sent < e.failed {
		return
	}
	e.misses++
	e.failed = p.now
	switch {
	case e.dead: // nothing new
	case e.misses >= missesToDrop:
		p.dead(r, CauseTimeout)
	case e.misses == 1:
		p.event(Event{Kind: EvSuspected, Peer: r})
		if !p.paused && !p.cfg.Original {
			p.ping(r) // a second chance at once
		}
	}
}

// dead gives a peer up: it leaves the routing table and is not taken over from
// others, but it stays remembered.
func (p *Peer) dead(r Ref, why Cause) {
	e := p.book.add(r)
	if e == nil { // it was restarted since
		p.forget(r, CauseReplaced)
		return
	}
	if e.dead {
		return
	}
	e.dead, e.failed = true, p.now
	p.event(Event{Kind: EvDead, Peer: r, Cause: why})
	if !p.paused && !p.cfg.Original {
		p.forget(r, why)
	}
	p.ownerGone(r)
}

// purgeDead drops those from the routing table that were found dead while
// maintenance was paused.
func (p *Peer) purgeDead() {
	if p.cfg.Original {
		return
	}
	for _, e := range p.book.order {
		if e.dead {
			p.forget(e.ref, CauseCheck)
		}
	}
}

// another reports whether r can be a peer of this ring that is not us. Its
// identifier may be ours: then one of the two has to go.
func (p *Peer) another(r Ref) bool {
	return !r.IsZero() && r.Addr != p.self.Addr && p.space.Contains(r.ID)
}

// usable reports whether r may be taken into the routing table on the word of
// somebody else: it is somebody, not us, and not known to be dead.
func (p *Peer) usable(r Ref) bool {
	if !p.another(r) || r.ID == p.self.ID {
		return false
	}
	e := p.book.at(r.Addr)
	return e == nil || e.ref.Inc < r.Inc || e.ref.Inc == r.Inc && !e.dead
}

// doubt asks a peer that we gave up, but that somebody alive goes on listing:
// one of the two is wrong. It leaves time for the news of a death to spread.
func (p *Peer) doubt(r Ref) {
	if e := p.book.get(r); e != nil && e.dead && p.now-e.failed >= p.cfg.Stabilize*placementEvery {
		e.failed = p.now
		p.ping(r) // an answer makes it usable again
	}
}

// suspected reports whether r is better routed around at the moment.
func (p *Peer) suspected(r Ref) bool {
	e := p.book.get(r)
	return e != nil && (e.misses > 0 || e.dead)
}

// over reports whether r is as good as gone: suspected, given up, or followed by
// a later incarnation.
func (p *Peer) over(r Ref) bool {
	e := p.book.at(r.Addr)
	return e != nil && e.ref.Inc > r.Inc || p.suspected(r)
}

// closest returns the remembered peer nearest after us within the interval
// that passes the test, or the zero Ref.
func (p *Peer) closest(within ring.Interval, ok func(*entry) bool) Ref {
	var best Ref
	for _, e := range p.book.order {
		if e.ref.ID != p.self.ID && within.Contains(e.ref.ID) && ok(e) && (best.IsZero() || p.nearer(e.ref, best)) {
			best = e.ref
		}
	}
	return best
}

// nearer reports whether going clockwise from us a comes before b.
func (p *Peer) nearer(a, b Ref) bool {
	return p.space.Distance(p.self.ID, a.ID).Less(p.space.Distance(p.self.ID, b.ID))
}
