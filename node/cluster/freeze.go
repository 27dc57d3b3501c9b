package cluster

import (
	"context"
	"errors"

	"chordscope/node/chord"
	"chordscope/node/cluster/process"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
)

// Freeze makes peers silent with their sockets open, as if their processes were
// stopped; those in processes of their own are.
func (c *Cluster) Freeze(ctx context.Context, ids []ring.ID) error {
	_, err := c.each(ctx, ids, func(ctx context.Context, t target) error {
		if c.isFrozen(t.ref) {
			return c.errorf(t.ref.ID, errors.New("is frozen already"))
		}
		if err := c.setFrozen(ctx, t, true); err != nil {
			return err
		}
		c.mu.Lock()
		c.frozen[t.ref] = false
		c.mu.Unlock()
		c.store.SetFrozen(t.ref, true)
		return nil
	})
	return err
}

// Thaw lets frozen peers go on, and returns when they are seen to. Also one that
// somebody else has stopped is let go on.
func (c *Cluster) Thaw(ctx context.Context, ids []ring.ID) error {
	targets, err := c.each(ctx, ids, func(ctx context.Context, t target) error {
		if err := c.setFrozen(ctx, t, false); err != nil {
			return err
		}
		c.mu.Lock()
		heal := c.frozen[t.ref]
		delete(c.frozen, t.ref)
		c.mu.Unlock()
		c.store.SetFrozen(t.ref, false)
		if err := c.keepTempo(ctx, t, c.tempoNow()); err != nil {
			return err
		}
		if heal {
			return c.heal(ctx, t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.await(ctx, func(pic *observe.Picture) bool {
		for _, t := range targets {
			if s, ok := stateIn(pic, t.ref); ok && s == observe.StateSilent {
				return false
			}
		}
		return true
	})
}

func (c *Cluster) setFrozen(ctx context.Context, t target, on bool) error {
	if p, ok := t.host.(*process.Peer); ok {
		if err := p.Freeze(on); err != nil {
			return c.errorf(t.ref.ID, err)
		}
		return nil
	}
	if on {
		return c.control(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_Freeze{Freeze: &pb.Freeze{}}})
	}
	return c.control(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_Thaw{Thaw: &pb.Thaw{}}})
}

func (c *Cluster) isFrozen(ref chord.Ref) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, frozen := c.frozen[ref]
	return frozen
}

// command is control for all that a frozen peer does not obey.
func (c *Cluster) command(ctx context.Context, t target, req *pb.ControlRequest) error {
	if c.isFrozen(t.ref) {
		return c.errorf(t.ref.ID, ErrFrozen)
	}
	return c.control(ctx, t, req)
}
