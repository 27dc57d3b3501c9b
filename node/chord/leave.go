package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

// longestGoodbye bounds how long a leaver stays to redirect lookups.
const longestGoodbye = time.Second

// handOverPatience is how long, in time-outs, a leaver looks for somebody to
// take its keys, or waits for owners to do without it. What is under way is
// finished in any case.
const handOverPatience = 4

// leave hands the keys over, says goodbye to both neighbours, each with what it
// needs to close the gap (ToN IV-E, voluntary departures), goes on redirecting
// lookups for one stabilize interval (longestGoodbye at most), and ends. A crash
// in the middle of it is only a crash: nothing is dropped.
func (p *Peer) leave() {
	switch {
	case p.status == StatusLeaving, p.status == StatusGone, p.data.departing != staying:
	case p.status == StatusMember:
		p.handOver()
	default:
		p.left()
	}
}

// handOver sees to it that every copy we hold is held by one more peer. Our own
// range is copied while we go on owning it, and once more, with what was written
// meanwhile, after we have stopped to take writes. Owners who count on us for
// copies are asked not to, and tell us when they have found another. In case an
// owner is gone or does not know yet that it is one, our heirs get all we hold.
func (p *Peer) handOver() {
	if p.data.items.Len() == 0 {
		p.data.heirs = p.others()
		p.line(ProcLeave, 1, with{})
		p.sayGoodbye()
		return
	}
	p.data.departing = handing
	p.line(ProcLeave, 1, with{})
	p.line(ProcLeave, 2, with{in: ring.OpenClosed(p.pred.ID, p.self.ID)})
	until := p.now + handOverPatience*p.cfg.Timeout
	p.dropClaims(func(c claim) bool { return p.data.items.Digest(c.rng).Count == 0 })
	for _, c := range p.data.claims {
		p.send(c.owner, Departing{})
	}
	p.handOwn(until, func() {
		p.data.departing = handingLast
		p.line(ProcLeave, 3, with{refs: p.data.heirs})
		p.handOwn(until, func() {
			p.handRest(func() { p.awaitRelease(until) })
		})
	})
}

func (p *Peer) handOwn(until time.Duration, then func()) {
	own, ok := p.own()
	if !ok || p.alone() || !p.ownSettled(own) { // what we hold of it goes with the rest
		then()
		return
	}
	p.stepTargets(own, true, func(holders []Ref, _ bool) {
		if len(holders) > 0 || p.now > until {
			p.data.heirs = holders
			then()
			return
		}
		p.after(holderRetry, func() { p.handOwn(until, then) })
	})
}

// handRest gives everything that we hold to those who have got our own range.
func (p *Peer) handRest(then func()) {
	first, ok := p.firstIn(ring.OpenClosed(p.self.ID, p.self.ID))
	if !ok || p.alone() {
		then()
		return
	}
	all := ring.OpenClosed(p.point(first).From, p.self.ID)
	p.stepTargets(all, false, func([]Ref, bool) { then() })
}

// awaitRelease says goodbye when no owner counts on us any more.
func (p *Peer) awaitRelease(until time.Duration) {
	p.dropClaims(func(c claim) bool { return c.until <= p.now || p.over(c.owner) })
	p.line(ProcLeave, 4, with{index: len(p.data.claims)})
	if len(p.data.claims) == 0 || p.now > until {
		p.sayGoodbye()
		return
	}
	p.after(holderRetry, func() { p.awaitRelease(until) })
}

func (p *Peer) sayGoodbye() {
	own, ok := p.own()
	whole := ok && p.ownSettled(own)
	p.become(StatusLeaving)
	p.event(Event{Kind: EvLeaving, Peer: p.successor(), Old: p.pred})
	p.line(ProcLeave, 5, with{peer: p.successor(), other: p.pred})
	if p.alone() {
		p.left()
		return
	}
	told := []Ref{p.successor()}
	if !p.pred.IsZero() && p.pred != told[0] {
		told = append(told, p.pred)
	}
	waiting := len(told)
	for _, to := range told {
		goodbye := Leaving{Predecessor: p.pred, Successors: p.succs, Whole: whole && slices.Contains(p.data.heirs, to)}
		ask(p, to, goodbye, func(Ack, error) {
			if waiting--; waiting == 0 {
				p.line(ProcLeave, 6, with{peer: p.successor()})
				p.after(min(p.cfg.Stabilize, longestGoodbye), p.left)
			}
		})
	}
}

func (p *Peer) left() {
	p.endRun(ProcLeave)
	p.become(StatusGone)
	p.event(Event{Kind: EvLeft})
	p.fx.Left = true
}

// peerLeaves is the handler of Leaving.
func (p *Peer) peerLeaves(from Ref, m Leaving) {
	p.event(Event{Kind: EvPeerLeft, Peer: from})
	if e := p.book.add(from); e != nil {
		e.dead, e.left, e.failed = true, true, p.now // not to be taken over from lists that still name it
	}
	p.ownerGone(from)
	heirs := slices.DeleteFunc(slices.Clone(m.Successors), func(r Ref) bool { return !p.usable(r) })
	p.replaceLeaver(from, heirs)
	if p.pred == from {
		if m.Whole && p.another(m.Predecessor) {
			p.addClaim(claim{owner: from, rng: ring.OpenClosed(m.Predecessor.ID, from.ID), whole: true})
		}
		p.predecessorLeft(from, m.Predecessor)
	}
	for i := 2; i <= len(p.fingers); i++ {
		if p.fingers[i-1] == from { // its successor takes over its range
			heir := p.self
			if len(heirs) > 0 && ring.Open(from.ID, p.self.ID).Contains(heirs[0].ID) {
				heir = heirs[0]
			}
			p.setFingers(i, i, heir)
		}
	}
}

// replaceLeaver drops a leaver from the successor list. Only if nobody is left
// in it are those taken in that the leaver named; stabilize checks them.
func (p *Peer) replaceLeaver(from Ref, heirs []Ref) {
	i := slices.Index(p.succs, from)
	if i < 0 {
		return
	}
	rest := slices.Delete(slices.Clone(p.succs), i, i+1)
	if len(rest) > 0 || len(heirs) == 0 {
		p.replaceList(rest, CauseLeave)
		if len(heirs) > 0 {
			p.proposeAdoption(heirs[0]) // somebody that we do not know yet
		}
	} else {
		p.setSuccessors(heirs[0], heirs[1:], CauseLeave)
	}
	p.soon(TaskStabilize)
}

// predecessorLeft takes the leaver's predecessor once it has answered.
func (p *Peer) predecessorLeft(from, heir Ref) {
	if !p.usable(heir) {
		p.setPredecessor(Ref{}, CauseLeave)
		return
	}
	ask(p, heir, Ping{}, func(_ Ack, err error) {
		switch {
		case p.pred != from && !p.pred.IsZero():
		case err == nil:
			p.setPredecessor(heir, CauseLeave)
		default:
			p.setPredecessor(Ref{}, CauseLeave)
		}
	})
}
