package observe

import "chordscope/node/chord"

// keyTexts are the procedures that see to the keys.
var keyTexts = map[chord.Proc]*procedure{
	chord.ProcLeave: {Procedure{Name: "leave", Source: "ToN IV-E"}, []step{
		{text: "n.leave()"},
		{text: "  copy the keys of (predecessor, n] to k successors", why: func(w words) string {
			return "the keys of " + w.span(w.Range)
		}},
		{text: "  take no more writes; copy what was written since", refs: "heirs"},
		{text: "  wait until no owner counts on us for a copy", number: "owners"},
		{text: "  say goodbye to successor and predecessor", peer: "successor", other: "predecessor"},
		{text: "  redirect lookups for a moment; end", peer: "successor"},
	}},
	chord.ProcRepair: {Procedure{Name: "repair", Source: "DHash (CFS); range-based comparison"}, []step{
		{text: "n.repair()"},
		{text: "  if keys of (predecessor, n] are missing: fetch them", why: func(w words) string {
			return w.verdict("the keys of "+w.span(w.Range)+" may be missing", "others are asked for them", "all are here")
		}},
		{text: "  for each s of the first k-1 successors:", refs: "successors"},
		{text: "    compare (predecessor, n] with s; both get the rest", peer: "s", why: func(w words) string {
			return "compares " + w.span(w.Range) + " with " + w.who()
		}},
		{text: "  offer copies that nobody needs to their owners"},
	}},
}
