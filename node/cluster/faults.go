package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// SetFaults puts faults on the ways from peers to others, all at the same time,
// in place of those that are there, and returns when they are seen. The zero
// fault heals a way. Each is one-way: the way back needs another one.
func (c *Cluster) SetFaults(ctx context.Context, faults []observe.Fault) error {
	bySender := make(map[ring.ID][]*pb.ControlRequest)
	want := make(map[[2]ring.ID]observe.LinkFault, len(faults))
	for _, f := range faults {
		to, err := c.target(f.To)
		if err != nil {
			return err
		}
		fault := codec.EncodeFault(to.ref.Addr, wire.Fault(f.LinkFault))
		bySender[f.From] = append(bySender[f.From], &pb.ControlRequest{Action: &pb.ControlRequest_SetFault{SetFault: &pb.SetFault{Fault: fault}}})
		want[[2]ring.ID{f.From, f.To}] = f.LinkFault
	}
	_, err := c.each(ctx, slices.Collect(maps.Keys(bySender)), func(ctx context.Context, t target) error {
		for _, req := range bySender[t.ref.ID] {
			if err := c.command(ctx, t, req); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.await(ctx, func(pic *observe.Picture) bool { return showsFaults(pic, want) })
}

// showsFaults reports whether the ways between live peers are as they should be.
func showsFaults(pic *observe.Picture, want map[[2]ring.ID]observe.LinkFault) bool {
	now := make(map[[2]ring.ID]observe.LinkFault)
	for _, f := range pic.Faults {
		now[[2]ring.ID{f.From, f.To}] = f.LinkFault
	}
	for way, f := range want {
		if now[way] != f && presentIn(pic, way[0]) && presentIn(pic, way[1]) {
			return false
		}
	}
	return true
}

// presentIn reports whether a peer is there that neither crashed nor left.
func presentIn(pic *observe.Picture, id ring.ID) bool {
	return slices.ContainsFunc(pic.Peers, func(p observe.Peer) bool {
		return p.ID == id && p.State.Present()
	})
}

// Heal ends the faults of all ways of all peers. Those of a frozen peer end when
// it is thawed.
func (c *Cluster) Heal(ctx context.Context) error {
	var faulty []ring.ID
	for _, f := range c.store.Picture().Faults {
		t, err := c.target(f.From)
		switch {
		case err != nil: // it has ended meanwhile
		case c.healAtThaw(t.ref):
		case !slices.Contains(faulty, f.From):
			faulty = append(faulty, f.From)
		}
	}
	_, err := c.each(ctx, faulty, c.heal)
	if err != nil {
		return err
	}
	return c.await(ctx, func(pic *observe.Picture) bool {
		return !slices.ContainsFunc(pic.Faults, func(f observe.Fault) bool {
			return slices.Contains(faulty, f.From) && presentIn(pic, f.From)
		})
	})
}

// heal ends the faults of one peer's ways, unless it is gone.
func (c *Cluster) heal(ctx context.Context, t target) error {
	err := c.command(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_Heal{Heal: &pb.Heal{}}})
	if errors.Is(err, wire.ErrBroken) {
		return nil
	}
	return err
}

// healAtThaw makes the thaw of a peer heal its ways, and returns false if it is
// not frozen.
func (c *Cluster) healAtThaw(ref chord.Ref) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, frozen := c.frozen[ref]
	if frozen {
		c.frozen[ref] = true
	}
	return frozen
}

// ResetLink breaks the connection between two peers, if there is one, as if
// something between them had reset it.
func (c *Cluster) ResetLink(ctx context.Context, a, b ring.ID) error {
	ends, err := c.targets([]ring.ID{a, b})
	if err != nil {
		return err
	}
	return c.command(ctx, ends[0], &pb.ControlRequest{Action: &pb.ControlRequest_ResetLink{ResetLink: &pb.ResetLink{Address: ends[1].ref.Addr}}})
}

// Poison overwrites a finger of a peer, counted from 1, with another peer;
// finger 1 is its whole successor list.
func (c *Cluster) Poison(ctx context.Context, id ring.ID, finger int, to ring.ID) error {
	ends, err := c.targets([]ring.ID{id, to})
	if err != nil {
		return err
	}
	poison := codec.EncodePoison(chord.Poison{Index: finger, Peer: ends[1].ref})
	return c.command(ctx, ends[0], &pb.ControlRequest{Action: &pb.ControlRequest_Poison{Poison: poison}})
}
