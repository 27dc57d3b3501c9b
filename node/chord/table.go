package chord

import (
	"slices"

	"chordscope/node/ring"
)

// setSuccessors makes [head] ++ rest the successor list, where head has just
// answered and rest is its own list. The result is cut to r entries and where
// it comes round to us; the dead and repeats are left out. Zave's padding is
// not used: a list may be shorter.
func (p *Peer) setSuccessors(head Ref, rest []Ref, why Cause) {
	p.fixed[0] = p.now
	list := make([]Ref, 1, p.cfg.Successors)
	list[0] = head
	reach := p.space.Distance(p.self.ID, head.ID)
	p.round = false
	for _, r := range rest {
		if len(list) == p.cfg.Successors {
			break
		}
		if r.IsZero() {
			continue
		}
		d := p.space.Distance(p.self.ID, r.ID)
		if !reach.Less(d) {
			p.round = true
			break
		}
		if !p.usable(r) {
			p.doubt(r)
			continue
		}
		list = append(list, r)
		reach = d
	}
	p.replaceList(list, why)
}

// replaceList installs a list and tells what that changed. The list is not
// changed afterwards, by anyone.
func (p *Peer) replaceList(list []Ref, why Cause) {
	if len(list) == 0 && p.cfg.Original {
		list = []Ref{p.self} // successor := n, as create has it
	}
	old, oldHead := p.succs, p.successor()
	if slices.Equal(old, list) {
		return
	}
	for _, r := range old {
		p.book.hearOf(p, r) // replaced entries stay known as a fallback
	}
	p.succs = list
	p.fx.Changes.Successors = true
	if head := p.successor(); head != oldHead {
		p.fx.Changes.Fingers = append(p.fx.Changes.Fingers, 1)
		p.event(Event{Kind: EvSuccessor, Peer: head, Old: oldHead, Cause: why})
	}
	if !slices.Equal(old[min(1, len(old)):], list[min(1, len(list)):]) {
		p.event(Event{Kind: EvList, Refs: list, Cause: why})
	}
	p.unsettle()
	p.nudge = true
	p.rangeChanged()
}

func (p *Peer) setPredecessor(r Ref, why Cause) {
	if p.pred == r {
		return
	}
	old := p.pred
	p.book.hearOf(p, old)
	p.pred = r
	p.fx.Changes.Predecessor = true
	p.event(Event{Kind: EvPredecessor, Peer: r, Old: old, Cause: why})
	p.unsettle()
	p.rangeChanged()
}

// setFingers makes r the entry of the fingers from to to, both included, and
// reports whether that changed any. finger[1] is the successor, which is kept
// in the list, and not touched.
func (p *Peer) setFingers(from, to int, r Ref) bool {
	e := Event{Kind: EvFinger, Peer: r}
	for i := max(from, 2); i <= to; i++ {
		if p.fingers[i-1] == r {
			continue
		}
		if e.Index == 0 {
			e.Index, e.Old = i, p.fingers[i-1]
		}
		e.Last = i
		p.fingers[i-1], p.fixed[i-1] = r, p.now
		p.fx.Changes.Fingers = append(p.fx.Changes.Fingers, i)
	}
	if e.Index > 0 {
		p.event(e)
	}
	return e.Index > 0
}

// finger returns finger[i], i from 1.
func (p *Peer) finger(i int) Ref {
	if i == 1 {
		return p.successor()
	}
	return p.fingers[i-1]
}

// forget takes r out of the whole routing table. The protocol of 2003 has no
// such thing: there only its own steps change the table.
func (p *Peer) forget(r Ref, why Cause) {
	if p.cfg.Original {
		return
	}
	if i := slices.Index(p.succs, r); i >= 0 {
		p.replaceList(slices.Delete(slices.Clone(p.succs), i, i+1), why)
		p.soon(TaskStabilize)
	}
	if p.pred == r {
		p.setPredecessor(Ref{}, why)
		if x := p.newcomer; p.usable(x) {
			p.newcomer = Ref{}
			p.takePredecessor(x, CauseRectify)
		}
		if p.alone() {
			p.soon(TaskStabilize)
		}
	}
	for i := 2; i <= len(p.fingers); i++ {
		if p.fingers[i-1] == r {
			last := i
			for last < len(p.fingers) && p.fingers[last] == r {
				last++
			}
			p.setFingers(i, last, Ref{})
			p.unsettle()
			i = last
		}
	}
}

// route applies the routing rules to key: the own range first, then the
// successor's, then the closest preceding peer in fingers and successor list
// together (ToN IV-D and IV-E3). Nobody in avoid is named.
func (p *Peer) route(key ring.ID, avoid []string) Rule {
	n := p.self.ID
	if !p.cfg.Original { // the published code never tests the own range
		if p.alone() && p.pred.IsZero() {
			return Rule{Kind: RuleAlone, Next: p.self}
		}
		if own := ring.OpenClosed(p.pred.ID, n); !p.pred.IsZero() && own.Contains(key) {
			if p.status == StatusLeaving { // no longer: our successor takes over
				return Rule{Kind: RuleSuccessor, Interval: own, Next: p.successor()}
			}
			return Rule{Kind: RuleOwn, Interval: own, Next: p.self}
		}
	}
	for _, s := range p.succs {
		if slices.Contains(avoid, s.Addr) {
			continue // dead, as the asker knows: the next one takes its place
		}
		if iv := ring.OpenClosed(n, s.ID); iv.Contains(key) {
			return Rule{Kind: RuleSuccessor, Interval: iv, Next: s}
		}
		break
	}
	return p.closestPreceding(key, avoid)
}

// closestPreceding is closest_preceding_node of ToN figure 5, which searches the
// finger table and the successor list for the peer most immediately before key
// (ToN IV-E3). Suspected peers are taken only if there is nobody else.
func (p *Peer) closestPreceding(key ring.ID, avoid []string) Rule {
	p.line(ProcClosestPreceding, 1, with{key: key})
	between := ring.Open(p.self.ID, key)
	best, bestDoubt := Rule{Kind: RuleStuck, Interval: between}, false
	consider := func(kind RuleKind, i int, r Ref) {
		in := !r.IsZero() && between.Contains(r.ID) && !slices.Contains(avoid, r.Addr)
		if kind == RuleFinger {
			p.line(ProcClosestPreceding, 2, with{key: key, index: i, peer: r, in: between, test: tested(in)})
		} else {
			p.line(ProcClosestPreceding, 3, with{key: key, index: i, peer: r, in: between, test: tested(in)})
		}
		if !in {
			return
		}
		doubt := p.suspected(r)
		if best.Kind == RuleStuck || bestDoubt && !doubt || bestDoubt == doubt && p.nearer(best.Next, r) {
			best.Kind, best.Index, best.Next, bestDoubt = kind, i, r, doubt
		}
	}
	var last Ref
	for i := len(p.fingers); i > 1; i-- {
		if f := p.fingers[i-1]; f != last {
			consider(RuleFinger, i, f)
			last = f
		}
	}
	for i, s := range p.succs {
		consider(RuleList, i+1, s)
	}
	p.line(ProcClosestPreceding, 4, with{key: key, peer: best.Next, rule: best})
	p.endRun(ProcClosestPreceding)
	return best
}
