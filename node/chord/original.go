package chord

import (
	"slices"

	"chordscope/node/ring"
)

// The protocol of 2003, as published: ToN figure 6 and section IV-E3, with the
// recovery steps in Zave's separation of them ("Using lightweight modeling to
// understand Chord", CCR 2012). Nothing is checked before it is adopted, lists
// mix old and new entries, and only the timers repair. It loses its invariants;
// the tests of package sim show how.

// originalJoin: predecessor := nil; successor := n'.find_successor(n).
func (p *Peer) originalJoin(successor Ref) {
	p.become(StatusMember)
	p.replaceList([]Ref{successor}, CauseJoin)
	p.line(ProcOriginalJoin, 3, with{peer: successor})
	p.joined()
}

// originalStabilize: x := successor.predecessor; if x in (n, successor) then
// successor := x; successor.notify(n).
func (p *Peer) originalStabilize(then func()) {
	p.line(ProcOriginalStabilize, 1, with{})
	s := p.successor()
	p.line(ProcOriginalStabilize, 2, with{peer: s})
	adopt := func(x Ref) {
		gap := ring.Open(p.self.ID, s.ID)
		yes := p.another(x) && gap.Contains(x.ID)
		p.line(ProcOriginalStabilize, 3, with{peer: s, other: x, in: gap, test: tested(yes)})
		if yes {
			p.line(ProcOriginalStabilize, 4, with{peer: x})
			p.replaceList(append([]Ref{x}, p.succs[min(1, len(p.succs)):]...), CauseStabilize)
		}
		if h := p.successor(); h.ID != p.self.ID {
			p.line(ProcOriginalStabilize, 5, with{peer: h})
			p.notify(h)
		}
		p.endRun(ProcOriginalStabilize)
		then()
	}
	if s.ID == p.self.ID {
		adopt(p.pred)
		return
	}
	ask(p, s, GetState{}, func(st State, err error) {
		if err != nil {
			p.endRun(ProcOriginalStabilize)
			then()
			return
		}
		adopt(st.Predecessor)
	})
}

// originalNotify: if predecessor is nil or n' in (predecessor, n) then
// predecessor := n'.
func (p *Peer) originalNotify(x Ref) {
	p.line(ProcOriginalNotify, 1, with{peer: x})
	own := ring.Open(p.pred.ID, p.self.ID)
	yes := x.ID != p.self.ID && (p.pred.IsZero() || own.Contains(x.ID))
	p.line(ProcOriginalNotify, 2, with{peer: x, other: p.pred, in: own, test: tested(yes)})
	if yes {
		p.line(ProcOriginalNotify, 3, with{peer: x})
		p.setPredecessor(x, CauseNotify)
	}
	p.endRun(ProcOriginalNotify)
}

// originalFixFingers: next := next + 1; finger[next] := find_successor(n + 2^(next-1)).
func (p *Peer) originalFixFingers() {
	i := max(2, p.nextFinger)
	start := p.space.FingerStart(p.self.ID, i)
	p.line(ProcOriginalFixFingers, 1, with{})
	p.line(ProcOriginalFixFingers, 2, with{index: i})
	p.line(ProcOriginalFixFingers, 3, with{index: i, key: start})
	p.startSearch(&search{key: start, quiet: true, then: func(l Lookup) {
		if l.Failed == "" {
			p.line(ProcOriginalFixFingers, 4, with{index: i, peer: l.Owner})
			p.setFingers(i, i, l.Owner)
			p.fixed[i-1] = p.now
		}
		p.advance(i + 1)
		p.fixOver()
	}})
}

// originalCheckPredecessor: if predecessor has failed then predecessor := nil.
func (p *Peer) originalCheckPredecessor() {
	was := p.pred
	if was.IsZero() || was.ID == p.self.ID {
		return
	}
	p.checking = true
	p.line(ProcOriginalCheckPredecessor, 1, with{})
	ask(p, was, Ping{}, func(_ Ack, err error) {
		p.checking = false
		p.line(ProcOriginalCheckPredecessor, 2, with{peer: was, test: tested(err != nil)})
		if err != nil && p.pred == was {
			p.line(ProcOriginalCheckPredecessor, 3, with{peer: was})
			p.setPredecessor(Ref{}, CauseCheck)
		}
		p.endRun(ProcOriginalCheckPredecessor)
	})
}

// originalReconcile copies the successor's list, without its last entry (ToN
// IV-E3).
func (p *Peer) originalReconcile(then func()) {
	s := p.successor()
	if s.ID == p.self.ID {
		then()
		return
	}
	p.line(ProcOriginalReconcile, 1, with{})
	p.line(ProcOriginalReconcile, 2, with{peer: s})
	ask(p, s, GetState{}, func(st State, err error) {
		if err == nil && p.successor() == s {
			p.fixed[0] = p.now
			list := []Ref{s}
			for _, r := range st.Successors {
				if len(list) < p.cfg.Successors && r != list[len(list)-1] && (r == p.self || p.another(r)) {
					list = append(list, r)
				}
			}
			p.line(ProcOriginalReconcile, 3, with{peer: s, refs: list})
			p.replaceList(list, CauseReconcile)
		}
		p.endRun(ProcOriginalReconcile)
		then()
	})
}

// originalUpdate replaces a dead successor by the next entry of the list (ToN
// IV-E3).
func (p *Peer) originalUpdate(then func()) {
	s := p.successor()
	if s.ID == p.self.ID {
		then()
		return
	}
	p.line(ProcOriginalUpdate, 1, with{})
	ask(p, s, Ping{}, func(_ Ack, err error) {
		p.line(ProcOriginalUpdate, 2, with{peer: s, test: tested(err != nil)})
		if err != nil && p.successor() == s && len(p.succs) > 1 {
			p.line(ProcOriginalUpdate, 3, with{peer: p.succs[1]})
			p.replaceList(slices.Clone(p.succs[1:]), CauseUpdate)
		}
		p.endRun(ProcOriginalUpdate)
		then()
	})
}

// startOriginal runs a task. By the clock, stabilize has all three of its parts.
func (p *Peer) startOriginal(t Task) {
	switch t {
	case TaskStabilize:
		p.busy = true
		if p.paused { // a single step is only the paper's own procedure
			p.originalStabilize(p.operationOver)
			return
		}
		p.originalUpdate(func() {
			p.originalStabilize(func() { p.originalReconcile(p.operationOver) })
		})
	case TaskReconcile:
		p.busy = true
		p.originalReconcile(p.operationOver)
	case TaskUpdate:
		p.busy = true
		p.originalUpdate(p.operationOver)
	case TaskCheck:
		p.originalCheckPredecessor()
	case TaskFix:
		p.fixing = true
		p.originalFixFingers()
	}
}
