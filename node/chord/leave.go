package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

// longestGoodbye bounds how long a leaver stays to redirect lookups.
const longestGoodbye = time.Second

// leave says goodbye to both neighbours, each with what it needs to close the
// gap (ToN IV-E, voluntary departures), goes on redirecting lookups for one
// stabilize interval (longestGoodbye at most), and ends. A crash in the middle of it is only a crash.
func (p *Peer) leave() {
	switch p.status {
	case StatusLeaving, StatusGone:
		return
	case StatusMember:
	default:
		p.left()
		return
	}
	p.become(StatusLeaving)
	p.event(Event{Kind: EvLeaving, Peer: p.successor(), Old: p.pred})
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
		ask(p, to, Leaving{Predecessor: p.pred, Successors: p.succs}, func(Ack, error) {
			if waiting--; waiting == 0 {
				p.after(min(p.cfg.Stabilize, longestGoodbye), p.left)
			}
		})
	}
}

func (p *Peer) left() {
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
	heirs := slices.DeleteFunc(slices.Clone(m.Successors), func(r Ref) bool { return !p.usable(r) })
	p.replaceLeaver(from, heirs)
	if p.pred == from {
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
