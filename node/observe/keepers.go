package observe

import (
	"slices"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// keepers says whose copies count, and who should hold what.
type keepers struct {
	standing []standing // those whose copies count
	members  []*subject // in identifier order
	wanted   [][]*subject
}

// standing is all that matters for keys about a peer whose copies count.
type standing struct {
	by    *subject
	state State
	name  string
}

// counts reports whether what the peer holds is not lost: it is there, may be
// handed over, or may come back.
func (p *subject) counts() bool {
	return p.state == StateMember || p.state == StateLeaving || p.state == StateSilent
}

// differing returns those whose standing is not the same in both.
func differing(a, b []standing) []*subject {
	if slices.Equal(a, b) {
		return nil
	}
	in := make(map[standing]int)
	for _, s := range a {
		in[s]++
	}
	for _, s := range b {
		in[s]--
	}
	var out []*subject
	for s, n := range in {
		if n != 0 {
			out = append(out, s.by)
		}
	}
	return out
}

// newKeepers takes all peers, and the members among them.
func newKeepers(all []*subject, members *truth.Members, k int) keepers {
	var ks keepers
	subjects := make(map[chord.Ref]*subject)
	for _, p := range all {
		if p.counts() {
			ks.standing = append(ks.standing, standing{p, p.state, p.name})
			subjects[p.snap.Self] = p
		}
	}
	for i := range members.Len() {
		var wanted []*subject
		for _, r := range members.Holders(members.At(i).Self.ID, k) {
			wanted = append(wanted, subjects[r])
		}
		ks.members = append(ks.members, wanted[0])
		ks.wanted = append(ks.wanted, wanted)
	}
	return ks
}

// of returns who should hold a key, the owner first.
func (ks *keepers) of(id ring.ID) []*subject {
	if len(ks.members) == 0 {
		return nil
	}
	i, _ := slices.BinarySearchFunc(ks.members, id, func(p *subject, id ring.ID) int { return p.snap.Self.ID.Compare(id) })
	return ks.wanted[i%len(ks.wanted)]
}
