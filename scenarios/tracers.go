package scenarios

import (
	"context"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// tracers are those who want a peer traced: nil stands for the lines of a
// scenario and those typed by a person, anything else for who was given to DoFor.
type tracers map[life]map[any]bool

// life is a peer from its start to its end.
type life struct {
	id  ring.ID
	inc uint64
}

// traceFor has peers traced for somebody, or not any more. A peer is as long as
// anybody wants it.
func (r *Runner) traceFor(ctx context.Context, who any, ids []ring.ID, on bool) error {
	lives := make(map[ring.ID]life)
	for _, p := range r.sys.Picture().Peers {
		if present(&p) {
			lives[p.ID] = life{p.ID, p.Incarnation}
		}
	}
	var change []ring.ID
	for _, id := range ids {
		others := len(r.tracers[lives[id]])
		if r.tracers[lives[id]][who] {
			others--
		}
		if others == 0 {
			change = append(change, id)
		}
	}
	if len(change) > 0 {
		if err := r.sys.Trace(ctx, change, on); err != nil {
			return err
		}
	}
	for _, id := range ids {
		r.tracers.note(lives[id], who, on)
	}
	return nil
}

func (t tracers) note(l life, who any, on bool) {
	switch {
	case !on:
		if delete(t[l], who); len(t[l]) == 0 {
			delete(t, l)
		}
	case t[l] == nil:
		t[l] = map[any]bool{who: true}
	default:
		t[l][who] = true
	}
}

// Forget ends the traces of somebody who was given to DoFor. What else is known
// of peers that are gone is forgotten with that.
func (r *Runner) Forget(ctx context.Context, who any) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.turn }()
	var ids []ring.ID
	pic := r.sys.Picture()
	for l, wanted := range r.tracers {
		i := slices.IndexFunc(pic.Peers, func(p observe.Peer) bool { return p.ID == l.id && p.Incarnation == l.inc && present(&p) })
		switch {
		case i < 0:
			delete(r.tracers, l)
		case wanted[who] && !pic.Peers[i].Frozen:
			ids = append(ids, l.id)
		}
	}
	return r.traceFor(ctx, who, ids, false)
}
