package observe

import "chordscope/node/chord"

// keyTexts are the procedures that see to the keys.
var keyTexts = map[chord.Proc]*procedure{
	chord.ProcLeave: {Procedure{Name: "leave", Source: "ToN IV-E"}, []step{
		{text: "n.leave()"},
		{text: "  copy own keys to k successors", why: func(w words) string {
			return "the keys of " + w.span(w.Range)
		}},
		{text: "  no more writes; copy those since", refs: "heirs"},
		{text: "  wait till no owner counts on us", number: "owners"},
		{text: "  tell successor and predecessor", peer: "successor", other: "predecessor"},
		{text: "  redirect lookups a moment; end", peer: "successor"},
	}},
	chord.ProcRepair: {Procedure{Name: "repair", Source: "DHash (CFS); range-based comparison"}, []step{
		{text: "n.repair()"},
		{text: "  if own keys are missing: fetch them", why: func(w words) string {
			return w.verdict("the keys of "+w.span(w.Range)+" may be missing", "others are asked for them", "all are here")
		}},
		{text: "  for the next k-1 successors s:", refs: "successors"},
		{text: "    compare keys, exchange the rest", peer: "s", why: func(w words) string {
			return "compares " + w.span(w.Range) + " with " + w.who()
		}},
		{text: "  offer needless copies to the owner"},
	}},
}
