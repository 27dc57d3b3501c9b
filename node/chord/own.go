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
	news      bool  // holders have changed since the last round of repair
	counted   []Ref // whom we have counted on for copies since the round before
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
	staying     departing = iota
	handing               // copies go to the heirs while all goes on
	handingLast           // nothing new is taken, the rest is copied
)

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

// targets returns who is to keep copies, in this order: of others the first one
// of each host, and none of our own, since virtual nodes of one host end
// together.
func (p *Peer) targets() []Ref { return firstOfHosts(p.others(), p.self.HostAddr()) }

// sources returns others in the order in which they are to be asked for what
// they have of our range: the successor, which has been its owner if we came
// before it, the targets, and whoever is left.
func (p *Peer) sources() []Ref {
	all := p.others()
	first := firstOfHosts(all, p.self.HostAddr())
	if len(first) == len(all) {
		return all
	}
	out := append(make([]Ref, 0, len(all)), all[0])
	for _, refs := range [][]Ref{first, all} {
		for _, r := range refs {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// firstOfHosts returns the first one of each host but own.
func firstOfHosts(refs []Ref, own string) []Ref {
	again := func(i int) bool {
		host := refs[i].HostAddr()
		return host == own || slices.ContainsFunc(refs[:i], func(r Ref) bool { return r.HostAddr() == host })
	}
	for i := range refs {
		if !again(i) {
			continue
		}
		out := slices.Clone(refs[:i]) // a host has several: hardly ever
		for j := i + 1; j < len(refs); j++ {
			if !again(j) {
				out = append(out, refs[j])
			}
		}
		return out
	}
	return refs
}

// comesRound reports whether the successor list names everybody else in the
// ring, so that there are no more to keep copies.
func (p *Peer) comesRound() bool {
	if p.cfg.Original {
		return slices.ContainsFunc(p.succs, func(r Ref) bool { return r.ID == p.self.ID })
	}
	return p.round || p.alone() && p.pred.IsZero()
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
