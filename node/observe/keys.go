package observe

import (
	"fmt"
	"slices"
	"strings"
)

// sumUp completes Data by what is counted by peers.
func (p *Picture) sumUp(known []*subject) {
	d := &p.Data
	d.Keys = d.Healthy + d.UnderReplicated + d.Surplus
	for _, sub := range known {
		if !sub.state.Live() {
			continue
		}
		d.Copies += sub.totals.copies
		d.Bytes += sub.totals.bytes
		d.Tombstones += sub.totals.tombstones
		if sub.snap.Syncing {
			d.Syncing++
		}
	}
}

// repair says in a sentence what is to be repaired about the keys, of which the
// more urgent first; empty: nothing.
func (p *Picture) repair() string {
	d := &p.Data
	switch {
	case d.Syncing > 0:
		i := slices.IndexFunc(p.Peers, func(peer Peer) bool { return peer.Syncing && peer.State.Live() })
		return p.Peers[i].Name + " is still fetching its keys"
	case d.UnderReplicated == 1:
		bad := p.inState(UnderReplicated)[0]
		return clip(bad.Name) + " lacks a copy on " + strings.Join(bad.lacking(), " and ")
	case d.UnderReplicated > 1:
		return fmt.Sprintf("%d keys are under-replicated: %s", d.UnderReplicated, p.some(UnderReplicated, d.UnderReplicated))
	case d.Surplus == 1:
		bad := p.inState(Surplus)[0]
		return p.keptBy(bad) + " holds a copy of " + clip(bad.Name) + " that is not its to keep"
	case d.Surplus > 1:
		return fmt.Sprintf("%d keys have copies on peers that are not to keep them: %s", d.Surplus, p.some(Surplus, d.Surplus))
	case d.Leftovers > 0:
		return Plural(d.Leftovers, "deleted key") + " not deleted on all peers"
	}
	return ""
}

// lacking names who should hold the newest value and does not.
func (d *Datum) lacking() (names []string) {
	for _, h := range d.Holders {
		if h.Wanted && !h.Has {
			names = append(names, h.Name)
		}
	}
	return names
}

// keptBy names the first member that holds a value though it should not.
func (p *Picture) keptBy(d *Datum) string {
	i := slices.IndexFunc(d.Holders, func(h Holder) bool {
		return !h.Wanted && slices.ContainsFunc(p.Peers, func(peer Peer) bool { return peer.ID == h.ID && peer.State.Live() })
	})
	return d.Holders[i].Name
}

const named = 3 // keys that a sentence names

// inState returns the first keys in a state.
func (p *Picture) inState(state KeyState) (out []*Datum) {
	for _, d := range p.Keys {
		if d.State == state {
			if out = append(out, d); len(out) == named {
				break
			}
		}
	}
	return out
}

// some names the first of all the keys in a state.
func (p *Picture) some(state KeyState, all int) string {
	var names []string
	for _, d := range p.inState(state) {
		names = append(names, clip(d.Name))
	}
	text := strings.Join(names, ", ")
	if all > len(names) {
		text += " and more"
	}
	return text
}
