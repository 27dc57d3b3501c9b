package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

// How long what is missing from the own range is looked for, if nobody says to
// have all of it. What a newcomer needs is somewhere; what an heir does not find
// may have died with its last holder.
const (
	heirPatience     = 2 // times the time-out
	newcomerPatience = 3 // repair intervals, and heirPatience
	settleRetry      = 20 * time.Millisecond
	maxSources       = 256 // peers that are asked, at most
)

// settling is the work of making a piece of the own range complete.
type settling struct {
	piece  ring.Interval
	why    Cause
	queue  []Ref
	asked  int   // sources that have answered
	seen   []Ref // sources that were asked
	whole  bool
	open   bool // somebody did not answer, or may own a part of it
	walked bool // the ring has been walked round
}

// settle makes the own range complete. The copies that exist are on the next
// peers: the first k of them are asked, since each may have some write that the
// others have not, and more, until one of them says that it has all.
func (p *Peer) settle(then func()) {
	own, ok := p.own()
	if !ok || p.ownSettled(own) {
		then()
		return
	}
	if x := p.ownerWithin(own); !x.IsZero() {
		ask(p, x, Ping{}, func(_ Ack, err error) {
			if err == nil {
				p.rectify(x)
			}
			p.repairIn(settleRetry)
			then()
		})
		return
	}
	s := &settling{piece: p.unsettledPiece(own), why: CauseRepair, queue: slices.Clone(p.sources())}
	if !p.data.settled {
		s.why = CauseJoin
	}
	s.whole = p.complete(s.piece)
	p.nextSource(s, then)
}

// unsettledPiece returns the part of the own range to be settled next: all that
// is missing, or as much of it as somebody has made us complete in.
func (p *Peer) unsettledPiece(own ring.Interval) ring.Interval {
	if !p.data.settled {
		return own
	}
	piece := ring.OpenClosed(own.From, p.data.from)
	if p.complete(piece) {
		return piece
	}
	for _, c := range p.data.claims {
		if part := c.rng; c.whole && c.until > p.now && part.Contains(p.data.from) && ring.Open(own.From, p.data.from).Contains(part.From) {
			return ring.OpenClosed(part.From, p.data.from)
		}
	}
	return piece
}

func (p *Peer) nextSource(s *settling, then func()) {
	switch {
	case s.whole && s.asked >= p.cfg.Replicas:
		p.settledPiece(s, then)
	case len(s.queue) > 0 && len(s.seen) < maxSources:
		from := s.queue[0]
		s.queue, s.seen = s.queue[1:], append(s.seen, from)
		p.reconcile(&reconciliation{with: from, todo: []ring.Interval{s.piece}, inherit: true, pull: true, why: s.why, then: func(r *reconciliation, err error) {
			s.open = s.open || err != nil || r.owns
			if err == nil {
				s.asked++
				s.whole = s.whole || r.whole
			}
			p.nextSource(s, then)
		}})
	case s.whole || p.alone() || p.exhausted(s) || p.now-p.data.syncBegan > p.settlePatience():
		p.settledPiece(s, then)
	case p.now-p.data.syncBegan > p.cfg.Timeout && !s.walked && len(s.seen) > 0 && len(s.seen) < maxSources && !p.comesRound():
		p.moreSources(s, then)
	default:
		p.repairIn(settleRetry + (p.now-p.data.syncBegan)/4)
		then()
	}
}

// exhausted reports whether the whole ring has given what it had, and nobody in
// it goes on writing.
func (p *Peer) exhausted(s *settling) bool {
	asked := func(r Ref) bool { return slices.Contains(s.seen, r) }
	return s.walked && !s.open && len(slices.DeleteFunc(slices.Clone(p.others()), asked)) == 0
}

// settlePatience is how long it takes until we answer with what we have.
func (p *Peer) settlePatience() time.Duration {
	d := heirPatience * p.cfg.Timeout
	if !p.data.settled {
		d += newcomerPatience * p.cfg.Repair
	}
	return d
}

// moreSources goes on along the ring behind the successor list: so many may
// have joined together with us that nobody in it has anything.
func (p *Peer) moreSources(s *settling, then func()) {
	last := s.seen[len(s.seen)-1]
	ask(p, last, GetState{}, func(st State, err error) {
		s.walked = true
		s.open = s.open || err != nil
		reach := p.space.Distance(p.self.ID, last.ID)
		for _, r := range st.Successors {
			d := p.space.Distance(p.self.ID, r.ID)
			if err != nil || !reach.Less(d) {
				break // it comes round
			}
			s.queue, reach = append(s.queue, r), d
			s.walked = false
		}
		p.nextSource(s, then)
	})
}

// settledPiece notes that a piece is complete, and goes on with the next.
func (p *Peer) settledPiece(s *settling, then func()) {
	d := &p.data
	d.settled, d.from = true, s.piece.From
	p.cut(s.piece)
	p.rangeChanged()
	p.settle(then)
}
