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
	p.joined()
}

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

// originalStabilize: x := successor.predecessor; if x in (n, successor) then
// successor := x; successor.notify(n).
func (p *Peer) originalStabilize(then func()) {
	s := p.successor()
	adopt := func(x Ref) {
		if p.another(x) && ring.Open(p.self.ID, s.ID).Contains(x.ID) {
			p.replaceList(append([]Ref{x}, p.succs[min(1, len(p.succs)):]...), CauseStabilize)
		}
		if h := p.successor(); h.ID != p.self.ID {
			p.notify(h)
		}
		then()
	}
	if s.ID == p.self.ID {
		adopt(p.pred)
		return
	}
	ask(p, s, GetState{}, func(st State, err error) {
		if err != nil {
			then()
			return
		}
		adopt(st.Predecessor)
	})
}

// originalNotify: if predecessor is nil or n' in (predecessor, n) then
// predecessor := n'.
func (p *Peer) originalNotify(x Ref) {
	if x.ID != p.self.ID && (p.pred.IsZero() || ring.Open(p.pred.ID, p.self.ID).Contains(x.ID)) {
		p.setPredecessor(x, CauseNotify)
	}
}

// originalReconcile copies the successor's list, without its last entry.
func (p *Peer) originalReconcile(then func()) {
	s := p.successor()
	if s.ID == p.self.ID {
		then()
		return
	}
	ask(p, s, GetState{}, func(st State, err error) {
		if err == nil && p.successor() == s {
			list := []Ref{s}
			for _, r := range st.Successors {
				if len(list) < p.cfg.Successors && r != list[len(list)-1] && (r == p.self || p.another(r)) {
					list = append(list, r)
				}
			}
			p.replaceList(list, CauseReconcile)
		}
		then()
	})
}

// originalUpdate replaces a dead successor by the next entry of the list.
func (p *Peer) originalUpdate(then func()) {
	s := p.successor()
	if s.ID == p.self.ID {
		then()
		return
	}
	ask(p, s, Ping{}, func(_ Ack, err error) {
		if err != nil && p.successor() == s && len(p.succs) > 1 {
			p.replaceList(slices.Clone(p.succs[1:]), CauseUpdate)
		}
		then()
	})
}

// originalCheckPredecessor: if predecessor has failed then predecessor := nil.
func (p *Peer) originalCheckPredecessor() {
	was := p.pred
	if was.IsZero() || was.ID == p.self.ID {
		return
	}
	p.checking = true
	ask(p, was, Ping{}, func(_ Ack, err error) {
		p.checking = false
		if err != nil && p.pred == was {
			p.setPredecessor(Ref{}, CauseCheck)
		}
	})
}

// originalFixFingers: next := next + 1; finger[next] := find_successor(n + 2^(next-1)).
func (p *Peer) originalFixFingers() {
	i := max(2, p.nextFinger)
	p.startSearch(&search{key: p.space.FingerStart(p.self.ID, i), quiet: true, then: func(l Lookup) {
		if l.Failed == "" {
			p.setFingers(i, i, l.Owner)
		}
		p.advance(i + 1)
		p.fixing = false
	}})
}
