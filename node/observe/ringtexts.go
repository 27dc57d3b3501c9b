package observe

import "chordscope/node/chord"

// ringTexts are the procedures that keep the ring. Their numbers of lines are
// those that package chord tells.
var ringTexts = map[chord.Proc]*procedure{
	chord.ProcJoin: {Procedure{Name: "join", Source: "Zave 2017; ToN figure 6"}, []step{
		{text: "n.join(n')", peer: "n'"},
		{text: "  s := n'.find_successor(n)", peer: "n'", key: "n"},
		{text: "  if s = n: fail, the place is taken", peer: "s", why: func(w words) string {
			if w.yes() {
				return w.short(w.self) + " is taken by the peer at " + w.Peer.Addr
			}
			return w.who() + " is another one: " + w.short(w.self) + " is free"
		}},
		{text: "  m := s.predecessor (s if alone)", peer: "s", why: asks},
		{text: "  if n not in (m, s): try again", peer: "m", other: "s", why: func(w words) string {
			test := w.short(w.self) + " in " + w.span(w.Range)
			if w.Peer.IsZero() {
				return w.them() + " knows no predecessor at the moment"
			}
			return w.verdict(test, "our place is between "+w.who()+" and "+w.them(), "the ring is moving here")
		}},
		{text: "  list := m.successors", peer: "m", why: asks},
		{text: "  successors := list ([m] if empty)", peer: "m", refs: "successors"},
		{text: "  predecessor := m", peer: "m"},
		{text: "  stabilize()", peer: "successor", why: func(w words) string {
			if w.yes() {
				return "at once: nobody knows of us yet"
			}
			return "maintenance stands still: when it is asked for"
		}},
	}},
	chord.ProcStabilize: {Procedure{Name: "stabilize", Source: "Zave 2017; ToN figure 6"}, []step{
		{text: "n.stabilize()"},
		{text: "  x := successor", peer: "x"},
		{text: "  if x = n: x := somebody we know", peer: "x"},
		{text: "  p, list := x's predecessor, list", peer: "x", why: asks},
		{text: "  no answer: end (twice: drop x)", peer: "x", other: "p", refs: "list", why: answered},
		{text: "  successors := [x]+list, cut to r", peer: "x", refs: "successors"},
		{text: "  if p in (n, x):", peer: "x", other: "p", why: between},
		{text: "    q, list := p's predecessor, list", peer: "p", why: asks},
		{text: "    no answer: go to 12", peer: "p", other: "q", refs: "list", why: answered},
		{text: "    successors := [p]+list, cut to r", peer: "p", refs: "successors"},
		{text: "    x, p := p, q; go to 7", peer: "x", other: "p"},
		{text: "  if p is not n: x.notify(n)", peer: "x", why: func(w words) string {
			if w.yes() {
				return "tells " + w.who() + " that we stand before it"
			}
			return w.who() + " has us for its predecessor already"
		}},
	}},
	chord.ProcRectify: {Procedure{Name: "rectify", Source: "Zave 2017; notify of ToN figure 6"}, []step{
		{text: "n.rectify(x)     // x calls n.notify", peer: "x"},
		{text: "  if x = predecessor: end", peer: "x", other: "predecessor", why: func(w words) string {
			if w.yes() {
				return w.who() + " is known: nothing changes"
			}
			return w.who() + " is not the one that we have"
		}},
		{text: "  if x in (predecessor, n): go to 5", peer: "x", other: "predecessor", why: func(w words) string {
			if w.Old.IsZero() {
				return "we have no predecessor: anybody is nearer"
			}
			return w.verdict(w.within(w.Peer), w.who()+" is nearer than "+w.them(), w.them()+" is nearer")
		}},
		{text: "  if predecessor answers ping(): end", peer: "x", other: "predecessor", why: func(w words) string {
			switch w.Test {
			case chord.TestYes:
				return w.them() + " has answered, and stays"
			case chord.TestNo:
				return w.them() + " has not answered"
			}
			return "asks " + w.them()
		}},
		{text: "  predecessor := x", peer: "x"},
		{text: "  tell the former one of x", peer: "x", other: "former"},
	}},
	chord.ProcCheckPredecessor: {Procedure{Name: "check predecessor", Source: "ToN IV-E1"}, []step{
		{text: "n.check_predecessor()"},
		{text: "  if nil, or it spoke lately: end", peer: "predecessor", why: func(w words) string {
			switch {
			case w.Peer.IsZero():
				return "yes, we have none"
			case w.Peer.ID == w.self:
				return "yes, we are alone"
			}
			return w.verdict(w.who()+" spoke lately", "it is alive", "we have to ask")
		}},
		{text: "  predecessor.ping()", peer: "predecessor", why: asks},
		{text: "  if it is dead: predecessor := nil", peer: "predecessor", why: func(w words) string {
			if w.yes() {
				return "yes, " + w.who() + " is given up"
			}
			return "no, " + w.who() + " is not given up"
		}},
	}},
	chord.ProcAdopt: {Procedure{Name: "adopt", Source: "the papers' open problem of split rings"}, []step{
		{text: "n.adopt(x)", peer: "x"},
		{text: "  list := x.successors", peer: "x", why: asks},
		{text: "  if x answers, in (n, successor):", peer: "x", other: "successor", why: func(w words) string {
			return w.verdict(w.within(w.Peer), w.who()+" stands between us and "+w.them(), w.them()+" stays our successor")
		}},
		{text: "    successors := [x]+list, cut to r", peer: "x", refs: "successors"},
		{text: "    x.notify(n)", peer: "x"},
	}},
	chord.ProcPlacement: {Procedure{Name: "check placement", Source: "the papers' open problem of split rings"}, []step{
		{text: "n.check_placement()"},
		{text: "  x in (n, successor)? adopt(x); end", peer: "x", why: func(w words) string {
			if w.Peer.IsZero() {
				return "nobody whom we know is in " + w.span(w.Range)
			}
			return w.verdict(w.within(w.Peer), "it will be adopted", "it is not")
		}},
		{text: "  x := anybody remembered who answers", peer: "x"},
		{text: "  o := owner of n+1 as x finds it", peer: "x", key: "n+1", why: func(words) string { return "n itself is left out" }},
		{text: "  if o is our successor: end", peer: "o", other: "successor", why: func(w words) string {
			if w.yes() {
				return "yes, there as here: nothing is wrong"
			}
			return "no, there " + w.who() + " follows us, here " + w.them()
		}},
		{text: "  if o in (n, successor): adopt(o)", peer: "o", other: "successor"},
		{text: "  else: o's predecessor shall adopt n", peer: "m", other: "o"},
	}},
}

// between is why for the test of stabilize.
func between(w words) string {
	switch {
	case w.Old.IsZero():
		return w.who() + " knows no predecessor"
	case w.Old.ID == w.self:
		return w.verdict(w.within(w.Old), "", w.who()+" has us for its predecessor")
	case !w.yes() && w.Range.Contains(w.Old.ID):
		return w.within(w.Old) + ", but " + w.them() + " does not answer"
	}
	return w.verdict(w.within(w.Old), w.them()+" stands between us", "nobody stands between us")
}
