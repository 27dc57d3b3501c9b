package chord

import "chordscope/node/ring"

// stabilize asks the successor for its predecessor and list, takes the list
// over, and lets a peer that has come between become the successor. It is
// Zave's StabilizeFromSuccessor and StabilizeFromPredecessor, which correct
// ToN figure 6: a pointer is adopted only from a peer that has just answered,
// and list and predecessor come in one answer.
func (p *Peer) stabilize() {
	p.line(ProcStabilize, 1, with{})
	s := p.successor()
	if p.alone() {
		p.stabilizeAlone()
		return
	}
	p.line(ProcStabilize, 2, with{peer: s})
	p.line(ProcStabilize, 4, with{peer: s})
	ask(p, s, GetState{}, func(st State, err error) {
		x := st.Predecessor
		p.line(ProcStabilize, 5, with{peer: s, other: x, refs: st.Successors, test: tested(err != nil)})
		if err != nil {
			p.successorFailed(s, err)
			return
		}
		p.setSuccessors(s, st.Successors, CauseStabilize)
		p.line(ProcStabilize, 6, with{peer: s, refs: p.succs})
		if p.between(x, s) {
			p.stabilizeFromPredecessor(x, s)
			return
		}
		p.line(ProcStabilize, 12, with{peer: s, other: x, test: tested(x != p.self)})
		if x != p.self {
			p.doubt(x)
			p.notify(s)
		}
		p.operationOver()
	})
}

// between is the test of stabilize: whether x, which s names as its predecessor,
// stands between us and s.
func (p *Peer) between(x, s Ref) bool {
	gap := ring.Open(p.self.ID, s.ID)
	yes := p.usable(x) && gap.Contains(x.ID)
	p.line(ProcStabilize, 7, with{peer: s, other: x, in: gap, test: tested(yes)})
	return yes
}

// stabilizeFromPredecessor considers x, which the successor s believes to be
// its predecessor, as a new successor. After joins in bulk there may be another
// one before x; then the same goes for that one.
func (p *Peer) stabilizeFromPredecessor(x, s Ref) {
	p.line(ProcStabilize, 8, with{peer: x})
	ask(p, x, GetState{}, func(st State, err error) {
		y := st.Predecessor
		p.line(ProcStabilize, 9, with{peer: x, other: y, refs: st.Successors, test: tested(err != nil)})
		if err != nil {
			p.line(ProcStabilize, 12, with{peer: s, test: TestYes})
			p.notify(s)
			p.operationOver()
			return
		}
		p.setSuccessors(x, st.Successors, CauseStabilize)
		p.line(ProcStabilize, 10, with{peer: x, refs: p.succs})
		p.line(ProcStabilize, 11, with{peer: x, other: y})
		if p.between(y, x) {
			p.stabilizeFromPredecessor(y, x)
			return
		}
		p.line(ProcStabilize, 12, with{peer: x, test: TestYes})
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
	p.line(ProcStabilize, 3, with{peer: x})
	if x.IsZero() {
		p.operationOver()
		return
	}
	p.line(ProcStabilize, 4, with{peer: x})
	ask(p, x, GetState{}, func(st State, err error) {
		p.line(ProcStabilize, 5, with{peer: x, other: st.Predecessor, refs: st.Successors, test: tested(err != nil)})
		switch {
		case err == nil:
			why := CauseFallback
			if x == p.pred {
				why = CauseStabilize
			}
			p.setSuccessors(x, st.Successors, why)
			p.round = false // it may not be the next one: that shows when it is asked again
			p.line(ProcStabilize, 6, with{peer: x, refs: p.succs})
			p.soon(TaskStabilize)
			p.line(ProcStabilize, 12, with{peer: x, test: TestYes})
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

// operationOver ends what held busy.
func (p *Peer) operationOver() {
	p.busy = false
	p.endRun(ProcStabilize)
	p.endRun(ProcAdopt)
}

// notify tells s that we believe to be its predecessor. A newcomer can have its
// keys as soon as s agrees.
func (p *Peer) notify(s Ref) {
	p.hand.notifying++
	ask(p, s, Notify{}, func(_ Ack, err error) {
		p.hand.notifying--
		p.noMember(s, err)
		if p.data.syncing {
			p.soon(TaskRepair)
		}
	})
}

// noMember drops a peer that has answered to be no member of the ring, and
// reports that.
func (p *Peer) noMember(r Ref, err error) bool {
	if !refusedWith(err, CodeNotMember) {
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
	p.line(ProcRectify, 1, with{peer: x})
	known := x.ID == p.self.ID || x == p.pred
	p.line(ProcRectify, 2, with{peer: x, other: p.pred, test: tested(known)})
	if known {
		p.endRun(ProcRectify)
		return
	}
	own := ring.Open(p.pred.ID, p.self.ID)
	nearer := p.pred.IsZero() || own.Contains(x.ID)
	p.line(ProcRectify, 3, with{peer: x, other: p.pred, in: own, test: tested(nearer)})
	if nearer {
		p.takePredecessor(x, CauseRectify)
		p.endRun(ProcRectify)
		return
	}
	p.line(ProcRectify, 4, with{peer: x, other: p.pred})
	if p.newcomer.IsZero() || ring.Open(p.newcomer.ID, p.self.ID).Contains(x.ID) {
		p.newcomer = x
	}
	if !p.paused && !p.cfg.Original && p.usable(p.pred) {
		p.send(x, Hint{Candidate: p.pred}) // x may have asked us before this one came
	}
	p.checkPredecessor()
}

// takePredecessor sets the predecessor and tells the former one who has come
// between, so that a join is complete without waiting for its clock.
func (p *Peer) takePredecessor(x Ref, why Cause) {
	old := p.pred
	p.line(ProcRectify, 5, with{peer: x})
	p.setPredecessor(x, why)
	if p.paused || p.cfg.Original {
		return
	}
	if !old.IsZero() && old.ID != p.self.ID && !p.suspected(old) {
		p.line(ProcRectify, 6, with{peer: x, other: old})
		p.send(old, Hint{Candidate: x})
	}
	if p.alone() {
		p.soon(TaskStabilize)
	}
}

// checkPredecessor clears a predecessor that has failed (ToN figure 6). Losing
// its connection is noticed sooner; this is for one that is silent. If a
// newcomer waits (rectify), it takes the place.
func (p *Peer) checkPredecessor() {
	if p.checking {
		return
	}
	was := p.pred
	p.line(ProcCheckPredecessor, 1, with{})
	e := p.book.get(was)
	spoke := e != nil && e.heard > 0 && p.now-e.heard < p.interval(TaskCheck) && p.newcomer.IsZero()
	nothing := was.IsZero() || was.ID == p.self.ID || spoke
	p.line(ProcCheckPredecessor, 2, with{peer: was, test: tested(nothing)})
	if nothing {
		p.endRun(ProcCheckPredecessor)
		return
	}
	p.checking = true
	p.line(ProcCheckPredecessor, 3, with{peer: was})
	ask(p, was, Ping{}, func(_ Ack, err error) { p.checked(was, err) })
}

// checked ends checkPredecessor when was has answered, or has not.
func (p *Peer) checked(was Ref, err error) {
	p.checking = false
	x := p.newcomer
	e := p.book.get(was)
	failed := err != nil && e != nil && e.dead
	if err == nil || failed || p.pred != was {
		p.newcomer = Ref{}
	} // else it is only suspected, and x waits for its second chance
	if !x.IsZero() {
		p.line(ProcRectify, 4, with{peer: x, other: was, test: tested(err == nil)})
	}
	p.line(ProcCheckPredecessor, 4, with{peer: was, test: tested(failed)})
	if failed && p.pred == was {
		p.setPredecessor(Ref{}, CauseCheck)
	}
	if p.pred.IsZero() && p.usable(x) {
		p.takePredecessor(x, CauseRectify)
	}
	p.endRun(ProcCheckPredecessor)
	p.endRun(ProcRectify)
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
		p.adopt, p.adoptAt = x, p.now+p.lag()
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
	p.line(ProcAdopt, 1, with{peer: x})
	p.line(ProcAdopt, 2, with{peer: x})
	ask(p, x, GetState{}, func(st State, err error) {
		old := p.successor()
		gap := ring.Open(p.self.ID, old.ID)
		yes := err == nil && gap.Contains(x.ID)
		p.line(ProcAdopt, 3, with{peer: x, other: old, in: gap, test: tested(yes)})
		if yes {
			p.event(Event{Kind: EvAdopted, Peer: x, Old: old})
			p.setSuccessors(x, st.Successors, CauseAdopt)
			p.line(ProcAdopt, 4, with{peer: x, refs: p.succs})
			p.line(ProcAdopt, 5, with{peer: x})
			p.notify(x)
		}
		p.operationOver()
	})
}
