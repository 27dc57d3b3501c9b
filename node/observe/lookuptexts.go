package observe

import "chordscope/node/chord"

// lookupTexts are the procedures that look for something.
var lookupTexts = map[chord.Proc]*procedure{
	chord.ProcFindSuccessor: {Procedure{Name: "find successor", Source: "ToN figure 5"}, []step{
		{text: "n.find_successor(id)", key: "id"},
		{text: "  q := n; let each q choose the next", key: "id", peer: "q"},
		{text: "  id in (q.predecessor, q]: return q", key: "id", peer: "q", why: rule},
		{text: "  id in (q, c = q.successor]: go to 7", key: "id", peer: "q", other: "c", why: rule},
		{text: "  q := q.closest_preceding(id); to 2", key: "id", peer: "q", other: "next", why: rule},
		{text: "  no answer: choose again, without it", key: "id", peer: "silent", why: func(w words) string {
			return w.who() + " does not answer: another way"
		}},
		{text: "  ask c: id yours? (2003: return c)", key: "id", peer: "c", why: asks},
		{text: "  id in (c.predecessor, c]: return c", key: "id", peer: "c", other: "c.predecessor", why: func(w words) string {
			switch own := w.short(w.Key) + " in (" + w.orShort(w.Old) + ", " + w.short(w.Peer.ID) + "]"; {
			case w.yes() && w.Old.IsZero():
				return "yes, " + w.who() + " says that it owns it"
			case w.Old.IsZero():
				return "no, " + w.who() + " knows no predecessor at the moment"
			default:
				return w.verdict(own, w.who()+" says that it owns it", "somebody has come before it")
			}
		}},
		{text: "  c := c.predecessor; go to 7", key: "id", peer: "c"},
	}},
	chord.ProcClosestPreceding: {Procedure{Name: "closest preceding", Source: "ToN figure 5, IV-E3"}, []step{
		{text: "n.closest_preceding(id)", key: "id"},
		{text: "  for i = m..2: finger[i] in (n, id)?", key: "id", number: "i", peer: "finger[i]", why: precedes},
		{text: "  for i = 1..r: list[i] in (n, id)?", key: "id", number: "i", peer: "list[i]", why: precedes},
		{text: "  return the closest to id of these", key: "id", peer: "closest", why: func(w words) string {
			if w.Peer.IsZero() {
				return "nobody is left to name"
			}
			return w.namer.rule(w.short(w.Key), w.Rule)
		}},
	}},
	chord.ProcFixFingers: {Procedure{Name: "fix fingers", Source: "ToN figure 6, by distinct fingers"}, []step{
		{text: "n.fix_fingers()"},
		{text: "  i := next finger beyond successor", number: "i", why: func(w words) string {
			if w.Index == 0 {
				return "our successor serves all fingers: nothing to ask"
			}
			return ""
		}},
		{text: "  start := n + 2^(i-1)", number: "i", key: "start"},
		{text: "  if finger[i] still owns start:", number: "i", key: "start", peer: "finger[i]", why: asks},
		{text: "    f := finger[i]", number: "i", key: "start", peer: "f", why: func(w words) string {
			return w.short(w.Key) + " is still owned by " + w.who()
		}},
		{text: "  else f := find_successor(start)", number: "i", key: "start"},
		{text: "  finger[i..] := f if start in (n, f]", number: "i", peer: "f", why: func(w words) string {
			if w.Last > w.Index {
				return "finger[" + itoa(w.Index) + "] to finger[" + itoa(w.Last) + "] are " + w.who()
			}
			return "finger[" + itoa(w.Index) + "] is " + w.who()
		}},
		{text: "  next := the one after these", number: "next"},
	}},
}

// rule is why for a step of a lookup.
func rule(w words) string { return w.namer.rule(w.short(w.Key), w.Rule) }

// precedes is why for the search of the closest preceding peer.
func precedes(w words) string {
	if w.Peer.IsZero() {
		return "nobody is known here"
	}
	if !w.yes() && w.Range.Contains(w.Peer.ID) {
		return w.within(w.Peer) + ", but " + w.who() + " is to be left out"
	}
	return w.verdict(w.within(w.Peer), "a candidate", "it would go too far")
}

func (w words) orShort(r chord.Ref) string {
	if r.IsZero() {
		return "?"
	}
	return w.short(r.ID)
}
