package scenarios

import (
	"fmt"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// pool is among whom the selectors of a line look.
type pool struct {
	// word says what the peers of the pool are; empty for the live ones.
	word string
	// of returns them in identifier order.
	of func(r *Runner, pic *observe.Picture) []ring.ID
}

var (
	livePool    = pool{of: func(_ *Runner, pic *observe.Picture) []ring.ID { return liveIDs(pic) }}
	presentPool = pool{of: func(_ *Runner, pic *observe.Picture) []ring.ID { return idsOf(pic, present) }}
	frozenPool  = pool{word: "frozen", of: func(_ *Runner, pic *observe.Picture) []ring.ID { return frozenIDs(pic) }}
	crashedPool = pool{word: "crashed", of: (*Runner).crashedIDs}
)

// liveIDs are the peers that commands find with all, any and random: members
// that hear what they are told.
func liveIDs(pic *observe.Picture) []ring.ID {
	return idsOf(pic, func(p *observe.Peer) bool { return p.State.Live() && !p.Frozen })
}

func frozenIDs(pic *observe.Picture) []ring.ID {
	return idsOf(pic, func(p *observe.Peer) bool { return p.Frozen && present(p) })
}

// crashedIDs are the peers that have crashed, and of which no next life is
// there. A Picture forgets them after a while, the runner does not.
func (r *Runner) crashedIDs(pic *observe.Picture) []ring.ID {
	ids := idsOf(pic, func(p *observe.Peer) bool { return p.State == observe.StateDead })
	there := idsOf(pic, present)
	for id := range r.killed {
		ids = append(ids, id)
	}
	ids = slices.DeleteFunc(ids, func(id ring.ID) bool { return slices.Contains(there, id) })
	slices.SortFunc(ids, ring.ID.Compare)
	return slices.Compact(ids)
}

func idsOf(pic *observe.Picture, wanted func(*observe.Peer) bool) []ring.ID {
	var ids []ring.ID
	for i := range pic.Peers {
		if p := &pic.Peers[i]; wanted(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// named returns the one of the pool that f means.
func (from pool) named(r *Runner, pic *observe.Picture, f peerRef) (ring.ID, error) {
	if from.word == "" {
		peer, err := f.find(pic)
		if err != nil {
			return ring.ID{}, err
		}
		return peer.ID, nil
	}
	all := from.of(r, pic)
	var found []ring.ID
	for _, id := range all {
		if f.is(id, pic.Space) {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return ring.ID{}, fmt.Errorf("%s may be any of %s: give more digits", f, listWords(namesOf(found, pic)))
	case len(all) == 0:
		return ring.ID{}, fmt.Errorf("%s is not %s; nobody is", f, from.word)
	}
	return ring.ID{}, fmt.Errorf("%s is not %s; %s: %s", f, from.word, from.word, listWords(namesOf(all, pic)))
}

// enough returns the peers of the pool that are not taken, if there are n or
// more.
func (from pool) enough(r *Runner, pic *observe.Picture, taken []ring.ID, n int) ([]ring.ID, error) {
	left := slices.DeleteFunc(from.of(r, pic), func(id ring.ID) bool { return slices.Contains(taken, id) })
	switch {
	case len(left) == 0 && len(taken) == 0 && from.word != "":
		return nil, fmt.Errorf("no peer is %s", from.word)
	case len(left) == 0 && len(taken) == 0:
		return nil, errEmpty
	case len(left) < n:
		return nil, fmt.Errorf("%s wanted, but only %s left to select from", observe.Plural(n, "peer"), observe.Plural(len(left), "peer"))
	}
	return left, nil
}

// requireAwake refuses a peer that hears nothing.
func requireAwake(ids []ring.ID, pic *observe.Picture) error {
	frozen := frozenIDs(pic)
	for _, id := range ids {
		if slices.Contains(frozen, id) {
			name := nameOf(id, pic)
			return fmt.Errorf("%s is frozen and hears nothing: expected after thaw %[1]s", name)
		}
	}
	return nil
}
