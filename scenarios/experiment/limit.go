package experiment

import (
	"slices"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
)

// mayFail is the failure limit of the proof (Zave 2017, operation Fail): without
// the victim everyone keeps a live entry in its list, and r+1 members remain that
// no list skips. Lists in answers that are under way count too, since they may be
// installed on arrival.
func mayFail(s *sim.Sim, victim *sim.Host, r int) bool {
	live := make(map[chord.Ref]bool)
	for _, h := range s.Hosts() {
		if h.Live() && h != victim && h.Peer.Status() == chord.StatusMember {
			live[h.Ref] = true
		}
	}
	lists := listsOf(s, victim)
	for _, l := range lists {
		kept := l.kept(r)
		if len(kept) > 0 && !slices.ContainsFunc(kept, func(e chord.Ref) bool { return live[e] }) {
			return false
		}
	}
	principals := 0
	for m := range live {
		if !slices.ContainsFunc(lists, func(l list) bool { return l.skips(m.ID) }) {
			principals++
		}
	}
	return principals >= r+1
}

// list is a successor list that a peer has, or will have.
type list struct {
	of      ring.ID
	entries []chord.Ref
}

// listsOf returns the lists of all but the victim.
func listsOf(s *sim.Sim, victim *sim.Host) []list {
	var out []list
	for _, sn := range s.Snapshots() {
		if sn.Self != victim.Ref {
			out = append(out, list{sn.Self.ID, sn.Successors})
		}
	}
	s.InFlight(func(to *sim.Host, m chord.Receive) {
		st, isState := m.Body.(chord.State)
		switch {
		case !isState || to == victim:
		case to.Peer.Status() == chord.StatusMember:
			out = append(out, list{to.Ref.ID, append([]chord.Ref{m.From}, st.Successors...)})
		default: // a joiner takes the list as it is
			out = append(out, list{to.Ref.ID, st.Successors})
		}
	})
	return out
}

// kept is what a peer would keep of the list: not itself, nor what follows, and
// r entries at most.
func (l list) kept(r int) []chord.Ref {
	out := l.entries
	if i := slices.IndexFunc(out, func(e chord.Ref) bool { return e.ID == l.of }); i >= 0 {
		out = out[:i]
	}
	return out[:min(len(out), r)]
}

// skips reports whether an identifier lies strictly between two neighbours of
// the list, the peer itself being its first.
func (l list) skips(id ring.ID) bool {
	a := l.of
	for _, e := range l.entries {
		if ring.Open(a, e.ID).Contains(id) {
			return true
		}
		a = e.ID
	}
	return false
}
