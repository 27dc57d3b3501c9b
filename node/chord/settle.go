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
	asked  int // sources that have answered
	seen   int
	last   Ref
	whole  bool
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
	s := &settling{piece: p.unsettledPiece(own), why: CauseRepair, queue: slices.Clone(p.others())}
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
	case len(s.queue) > 0 && s.seen < maxSources:
		from := s.queue[0]
		s.queue, s.last = s.queue[1:], from
		s.seen++
		p.reconcile(&reconciliation{with: from, todo: []ring.Interval{s.piece}, inherit: true, pull: true, why: s.why, then: func(r *reconciliation, err error) {
			if err == nil {
				s.asked++
				s.whole = s.whole || r.whole
			}
			p.nextSource(s, then)
		}})
	case s.whole || p.alone():
		p.settledPiece(s, then)
	case p.now-p.data.syncBegan > p.cfg.Timeout && !s.walked && !s.last.IsZero() && s.seen < maxSources && !p.comesRound():
		p.moreSources(s, then)
	case p.now-p.data.syncBegan > p.settlePatience():
		p.settledPiece(s, then)
	default:
		p.repairIn(settleRetry + (p.now-p.data.syncBegan)/4)
		then()
	}
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
	last := s.last
	ask(p, last, GetState{}, func(st State, err error) {
		s.walked = true
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
	p.rangeChanged()
	p.settle(then)
}
