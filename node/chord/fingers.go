package chord

import (
	"time"

	"chordscope/node/ring"
)

// fixFingers looks after one distinct finger (ToN figure 6, fix_fingers): all
// entries whose start lies between the finger's start and the peer found are
// that peer, so that a round takes about log2 N steps, not m. A finger that is
// there is only asked to confirm; a lookup follows if it does not.
func (p *Peer) fixFingers() {
	p.line(ProcFixFingers, 1, with{})
	i := p.nextRemoteFinger()
	p.line(ProcFixFingers, 2, with{index: i})
	if i == 0 {
		p.fixOver()
		return
	}
	start := p.space.FingerStart(p.self.ID, i)
	p.line(ProcFixFingers, 3, with{index: i, key: start})
	f := p.finger(i)
	if f.IsZero() || f.ID == p.self.ID || p.suspected(f) {
		p.searchFinger(i, start)
		return
	}
	p.line(ProcFixFingers, 4, with{index: i, peer: f, key: start})
	ask(p, f, Owns{Key: start}, func(o Ownership, err error) {
		if err == nil && o.Yes {
			p.line(ProcFixFingers, 5, with{index: i, peer: f, key: start, test: TestYes})
			p.foundFinger(i, f)
			return
		}
		p.searchFinger(i, start)
	})
}

func (p *Peer) searchFinger(i int, start ring.ID) {
	p.line(ProcFixFingers, 6, with{index: i, key: start})
	p.startSearch(&search{key: start, quiet: true, then: func(l Lookup) {
		if l.Failed == "" {
			p.foundFinger(i, l.Owner)
			return
		}
		p.unsettle()
		p.advance(i + 1)
		p.fixOver()
	}})
}

// foundFinger ends a step of fixFingers: f is the owner of the start of
// finger i.
func (p *Peer) foundFinger(i int, f Ref) {
	if p.usable(f) || f == p.self {
		last := p.fixFrom(i, f)
		p.line(ProcFixFingers, 7, with{index: i, last: last, peer: f})
		p.line(ProcFixFingers, 8, with{index: p.nextFinger})
	}
	p.fixOver()
}

func (p *Peer) fixOver() {
	p.fixing = false
	p.endRun(ProcFixFingers)
	p.endRun(ProcOriginalFixFingers)
}

// fixFrom sets finger i to f, and those after it that f serves as well, up to
// last.
func (p *Peer) fixFrom(i int, f Ref) (last int) {
	last = p.servesTo(i, f)
	if p.setFingers(i, last, f) {
		p.unsettle()
	}
	for j := max(i, 2); j <= last; j++ {
		p.fixed[j-1] = p.now
	}
	p.advance(last + 1)
	return last
}

// servesTo returns the last finger that f serves if it serves finger i: the
// one with the last start that is not beyond f.
func (p *Peer) servesTo(i int, f Ref) int {
	start := p.space.FingerStart(p.self.ID, i)
	reach := p.space.Distance(start, f.ID)
	for i < p.space.Bits() && !reach.Less(p.space.Distance(start, p.space.FingerStart(p.self.ID, i+1))) {
		i++
	}
	return i
}

// nextRemoteFinger returns the next finger that needs a message, at most one
// round further on. Those that we or our successor serve are known without
// asking, and are set on the way. It returns 0 if there is none.
func (p *Peer) nextRemoteFinger() int {
	n, s := p.self.ID, p.successor()
	for range p.space.Bits() {
		if p.nextFinger < 2 {
			p.nextFinger = 2
		}
		i := p.nextFinger
		start := p.space.FingerStart(n, i)
		switch {
		case ring.OpenClosed(n, s.ID).Contains(start): // or everything, when alone
			p.fixFrom(i, s)
		case !p.pred.IsZero() && ring.OpenClosed(p.pred.ID, n).Contains(start):
			p.fixFrom(i, p.self)
		default:
			return i
		}
	}
	return 0
}

// advance goes on to finger i; past the last one a round is over.
func (p *Peer) advance(i int) {
	p.nextFinger = i
	if i > p.space.Bits() {
		p.nextFinger = 2
		p.unsettled = max(0, p.unsettled-1)
	}
}

// guessFingers fills the table of a joiner with the best of some known peers,
// among them those in the table of its neighbour, which differs from its own
// in few entries. Fix fingers verifies them.
func (p *Peer) guessFingers(known []Ref) {
	for i := 2; i <= p.space.Bits(); {
		start := p.space.FingerStart(p.self.ID, i)
		best := p.self
		for _, r := range known {
			if p.usable(r) && p.space.Distance(start, r.ID).Less(p.space.Distance(start, best.ID)) {
				best = r
			}
		}
		last := p.servesTo(i, best)
		p.setFingers(i, last, best)
		i = last + 1
	}
}

// Fixed says when the fingers First to Last were last checked or changed, all
// at one time.
type Fixed struct {
	First, Last int // from 1
	At          time.Duration
}

// Fixed returns which fingers were checked or changed at the time since or
// later, in their order.
func (p *Peer) Fixed(since time.Duration) []Fixed {
	var out []Fixed
	for i, at := range p.fixed {
		last := len(out) - 1
		switch {
		case at == 0 || at < since:
		case last >= 0 && out[last].At == at && out[last].Last == i:
			out[last].Last++
		default:
			out = append(out, Fixed{First: i + 1, Last: i + 1, At: at})
		}
	}
	return out
}
