package observe

import "chordscope/node/chord"

// originalTexts are the procedures as published in 2003.
var originalTexts = map[chord.Proc]*procedure{
	chord.ProcOriginalJoin: {Procedure{Name: "join (2003)", Source: "ToN figure 6"}, []step{
		{text: "n.join(n')", peer: "n'"},
		{text: "  s := n'.find_successor(n)", peer: "n'", key: "n"},
		{text: "  predecessor := nil; successor := s", peer: "s", why: func(w words) string {
			return "nobody is asked whether " + w.who() + " is alive"
		}},
	}},
	chord.ProcOriginalStabilize: {Procedure{Name: "stabilize (2003)", Source: "ToN figure 6"}, []step{
		{text: "n.stabilize()"},
		{text: "  x := successor.predecessor", peer: "successor", why: asks},
		{text: "  if x in (n, successor):", peer: "successor", other: "x", why: between},
		{text: "    successor := x", peer: "x"},
		{text: "  successor.notify(n)", peer: "successor", why: func(w words) string {
			return "tells " + w.who() + " that we stand before it"
		}},
	}},
	chord.ProcOriginalNotify: {Procedure{Name: "notify (2003)", Source: "ToN figure 6"}, []step{
		{text: "n.notify(x)", peer: "x"},
		{text: "  if nil or x in (predecessor, n):", peer: "x", other: "predecessor", why: func(w words) string {
			if w.Old.IsZero() {
				return w.verdict("predecessor is nil", "any is better than none", w.who()+" is ourselves")
			}
			return w.verdict(w.within(w.Peer), w.who()+" is nearer than "+w.them(), w.them()+" stays")
		}},
		{text: "    predecessor := x", peer: "x"},
	}},
	chord.ProcOriginalFixFingers: {Procedure{Name: "fix fingers (2003)", Source: "ToN figure 6"}, []step{
		{text: "n.fix_fingers()"},
		{text: "  i := next finger (after m: 2)", number: "i"},
		{text: "  start := n + 2^(i-1)", number: "i", key: "start"},
		{text: "  finger[i] := find_successor(start)", number: "i", peer: "finger[i]"},
	}},
	chord.ProcOriginalCheckPredecessor: {Procedure{Name: "check predecessor (2003)", Source: "ToN figure 6"}, []step{
		{text: "n.check_predecessor()"},
		{text: "  if predecessor does not answer:", peer: "predecessor", why: answered},
		{text: "    predecessor := nil", peer: "former"},
	}},
	chord.ProcOriginalReconcile: {Procedure{Name: "reconcile (2003)", Source: "ToN IV-E3; Zave 2012"}, []step{
		{text: "n.reconcile()"},
		{text: "  s, list := successor, its list", peer: "s", why: asks},
		{text: "  successors := [s]+list, cut to r", peer: "s", refs: "successors"},
	}},
	chord.ProcOriginalUpdate: {Procedure{Name: "update (2003)", Source: "ToN IV-E3; Zave 2012"}, []step{
		{text: "n.update()"},
		{text: "  if successor does not answer:", peer: "successor", why: answered},
		{text: "    successor := next of successors", peer: "successor"},
	}},
}
