package chord

import (
	"fmt"

	"chordscope/node/ring"
)

// Poison overwrites a pointer with a wrong one, as a bug would. Nothing hurries
// to mend it: the peer does not know, and its ordinary maintenance finds out.
// It is ignored by a peer that is not a member, and if Check has an error.
type Poison struct {
	Index int // the finger, 2 to m; 0 and 1: the successor list, which becomes just Peer
	Peer  Ref // anybody but the peer itself, also someone who is not there
}

func (Poison) input() {}

// Check reports what is wrong with a poison that is meant for self.
func (in Poison) Check(self Ref, space ring.Space) error {
	switch {
	case in.Index < 0 || in.Index > space.Bits():
		return fmt.Errorf("finger %d of a table with %d", in.Index, space.Bits())
	case in.Peer.IsZero() || !space.Contains(in.Peer.ID):
		return fmt.Errorf("a pointer to a peer of the ring is needed")
	case in.Peer.Addr == self.Addr || in.Peer.ID == self.ID:
		return fmt.Errorf("a peer cannot be poisoned with itself")
	}
	return nil
}

func (p *Peer) poison(in Poison) {
	if p.status != StatusMember || in.Check(p.self, p.space) != nil {
		return
	}
	i := max(in.Index, 1)
	old := p.finger(i)
	if i == 1 {
		p.succs, p.round = []Ref{in.Peer}, false
		p.fx.Changes.Successors = true
	} else {
		p.fingers[i-1] = in.Peer
	}
	p.fx.Changes.Fingers = append(p.fx.Changes.Fingers, i)
	p.event(Event{Kind: EvPoisoned, Index: i, Peer: in.Peer, Old: old})
}
