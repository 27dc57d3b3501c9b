package chord

import (
	"errors"

	"chordscope/node/ring"
)

// stabilize asks the successor for its predecessor and list, takes the list
// over, and lets a peer that has come between become the successor. It is
// Zave's StabilizeFromSuccessor and StabilizeFromPredecessor, which correct
// ToN figure 6: a pointer is adopted only from a peer that has just answered,
// and list and predecessor come in one answer.
func (p *Peer) stabilize() {
	s := p.successor()
	if p.alone() {
		p.stabilizeAlone()
		return
	}
	ask(p, s, GetState{}, func(st State, err error) {
		if err != nil {
			p.successorFailed(s, err)
			return
		}
		p.setSuccessors(s, st.Successors, CauseStabilize)
		if x := st.Predecessor; p.usable(x) && ring.Open(p.self.ID, s.ID).Contains(x.ID) {
			p.stabilizeFromPredecessor(x, s)
			return
		}
		if st.Predecessor != p.self {
			p.doubt(st.Predecessor)
			p.notify(s)
		}
		p.operationOver()
	})
}

// stabilizeFromPredecessor considers x, which the successor s believes to be
// its predecessor, as a new successor. After joins in bulk there may be another
// one before x; then the same goes for that one.
func (p *Peer) stabilizeFromPredecessor(x, s Ref) {
	ask(p, x, GetState{}, func(st State, err error) {
		if err != nil {
			p.notify(s)
			p.operationOver()
			return
		}
		p.setSuccessors(x, st.Successors, CauseStabilize)
		if y := st.Predecessor; p.usable(y) && ring.Open(p.self.ID, x.ID).Contains(y.ID) {
			p.stabilizeFromPredecessor(y, x)
			return
		}
		p.notify(x)
		p.operationOver()
	})
}

// stabilizeAlone makes a ring of two out of a ring of one: whoever has
// notified us is our successor as well. If nobody has, peers remembered from
// better times are tried, since a list can run empty in a disaster.
func (p *Peer) stabilizeAlone() {
	x := p.pred
	if !p.usable(x) {
		x = p.closest(ring.Open(p.self.ID, p.self.ID), func(e *entry) bool { return !e.dead && e.misses == 0 && e.heard > 0 })
	}
	if x.IsZero() {
		p.operationOver()
		return
	}
	ask(p, x, GetState{}, func(st State, err error) {
		switch {
		case err == nil:
			why := CauseFallback
			if x == p.pred {
				why = CauseStabilize
			}
			p.setSuccessors(x, st.Successors, why)
			p.round = false // it may not be the next one: that shows when it is asked again
			p.soon(TaskStabilize)
			p.notify(x)
		case isRefused(err):
			p.forget(x, CauseLeave)
			p.dead(x, CauseLeave)
			p.soon(TaskStabilize)
		default: // it is dead or suspected by now: the next one
			p.soon(TaskStabilize)
		}
		p.operationOver()
	})
}

// successorFailed goes on with the next entry of the list. An unanswered
// request alone does not drop the successor: it is asked again at once, and
// the second miss has dropped it.
func (p *Peer) successorFailed(s Ref, err error) {
	if isRefused(err) { // it answers, but is not in the ring
		p.forget(s, CauseLeave)
	} else if e := p.book.get(s); e != nil && e.dead {
		p.forget(s, CauseStabilize) // a step by hand: while paused nothing else drops it
	}
	p.operationOver()
	p.lastStabilize = 0
	p.soon(TaskStabilize)
}

func (p *Peer) operationOver() { p.busy = false }

// notify tells s that we believe to be its predecessor. A newcomer can have its
// keys as soon as s agrees.
func (p *Peer) notify(s Ref) {
	ask(p, s, Notify{}, func(_ Ack, err error) {
		p.noMember(s, err)
		if p.data.syncing {
			p.soon(TaskRepair)
		}
	})
}

// noMember drops a peer that has answered to be no member of the ring, and
// reports that.
func (p *Peer) noMember(r Ref, err error) bool {
	var answer refused
	if !errors.As(err, &answer) || answer.Code != CodeNotMember {
		return false
	}
	p.forget(r, CauseLeave)
	p.soon(TaskStabilize)
	return true
}

// rectify is the handler of Notify and replaces notify of ToN figure 6: x
// becomes the predecessor if it is nearer than the one we have, or if that one
// turns out to be dead.
func (p *Peer) rectify(x Ref) {
	switch {
	case x.ID == p.self.ID || x == p.pred:
	case p.pred.IsZero() || ring.Open(p.pred.ID, p.self.ID).Contains(x.ID):
		p.takePredecessor(x, CauseRectify)
	default:
		if p.newcomer.IsZero() || ring.Open(p.newcomer.ID, p.self.ID).Contains(x.ID) {
			p.newcomer = x
		}
		p.checkPredecessor()
	}
}

// takePredecessor sets the predecessor and tells the former one who has come
// between, so that a join is complete without waiting for its clock.
func (p *Peer) takePredecessor(x Ref, why Cause) {
	old := p.pred
	p.setPredecessor(x, why)
	if p.paused || p.cfg.Original {
		return
	}
	if !old.IsZero() && old.ID != p.self.ID && !p.suspected(old) {
		p.send(old, Hint{Candidate: x})
	}
	if p.alone() {
		p.soon(TaskStabilize)
	}
}

// checkPredecessor clears a predecessor that has failed (ToN IV-E1). Losing
// its connection is noticed sooner; this is for one that is silent. If a
// newcomer waits (rectify), it takes the place.
func (p *Peer) checkPredecessor() {
	was := p.pred
	quiet := true
	if e := p.book.get(was); e != nil && e.heard > 0 && p.now-e.heard < p.cfg.Check && p.newcomer.IsZero() {
		quiet = false // it spoke to us a moment ago
	}
	if p.checking || was.IsZero() || was.ID == p.self.ID || !quiet {
		return
	}
	p.checking = true
	ask(p, was, Ping{}, func(_ Ack, err error) {
		p.checking = false
		x := p.newcomer
		p.newcomer = Ref{}
		if err != nil && p.pred == was && p.book.get(was) != nil && p.book.get(was).dead {
			p.setPredecessor(Ref{}, CauseCheck)
		}
		if p.pred.IsZero() && p.usable(x) {
			p.takePredecessor(x, CauseRectify)
		}
	})
}

// consider is the handler of Hint. A candidate is looked at as a new
// successor; without one the list of our successor has changed.
func (p *Peer) consider(candidate Ref) {
	if p.paused || p.cfg.Original {
		return
	}
	if candidate.IsZero() {
		p.soon(TaskStabilize)
		return
	}
	p.proposeAdoption(candidate)
}

// proposeAdoption keeps x as the next candidate if it is the nearest one.
func (p *Peer) proposeAdoption(x Ref) bool {
	if !p.usable(x) || !ring.Open(p.self.ID, p.successor().ID).Contains(x.ID) {
		return false
	}
	if p.adopt.IsZero() || p.nearer(x, p.adopt) {
		p.adopt = x
	}
	return true
}

// startAdopt applies the adopt rule: any live member between us and our
// successor may become our successor. It preserves the invariant, since its
// list skips nobody that ours does not.
func (p *Peer) startAdopt() {
	x := p.adopt
	p.adopt = Ref{}
	if !p.usable(x) || !ring.Open(p.self.ID, p.successor().ID).Contains(x.ID) {
		return
	}
	p.busy = true
	ask(p, x, GetState{}, func(st State, err error) {
		if old := p.successor(); err == nil && ring.Open(p.self.ID, old.ID).Contains(x.ID) {
			p.event(Event{Kind: EvAdopted, Peer: x, Old: old})
			p.setSuccessors(x, st.Successors, CauseAdopt)
			p.notify(x)
		}
		p.operationOver()
	})
}
