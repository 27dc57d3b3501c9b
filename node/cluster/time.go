package cluster

import (
	"context"
	"errors"
	"fmt"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// tempo is what was said about the maintenance of all peers.
type tempo struct {
	said   bool // whether it is paused
	paused bool
	pace   float64 // 0: nothing was said
}

func (t tempo) requests() []*pb.ControlRequest {
	var out []*pb.ControlRequest
	switch {
	case t.said && t.paused:
		out = append(out, &pb.ControlRequest{Action: &pb.ControlRequest_Pause{Pause: &pb.Pause{}}})
	case t.said:
		out = append(out, &pb.ControlRequest{Action: &pb.ControlRequest_Resume{Resume: &pb.Resume{}}})
	}
	if t.pace > 0 {
		out = append(out, &pb.ControlRequest{Action: &pb.ControlRequest_SetPace{SetPace: &pb.SetPace{Factor: t.pace}}})
	}
	return out
}

func (t tempo) shown(p *observe.Peer) bool {
	return (!t.said || p.Paused == t.paused) && (t.pace == 0 || p.Pace == t.pace)
}

// SetPaused stops all maintenance of every peer, or lets it go on, and returns
// when that is seen. It holds for peers that are started here later, too, and
// for frozen ones when they are thawed.
func (c *Cluster) SetPaused(ctx context.Context, on bool) error {
	c.mu.Lock()
	c.tempo.said, c.tempo.paused = true, on
	c.mu.Unlock()
	return c.setTempo(ctx, tempo{said: true, paused: on})
}

// SetPace divides the intervals of the maintenance of every peer by factor,
// which is within chord.MinPace and chord.MaxPace; else as SetPaused.
func (c *Cluster) SetPace(ctx context.Context, factor float64) error {
	c.mu.Lock()
	c.tempo.pace = factor
	c.mu.Unlock()
	return c.setTempo(ctx, tempo{pace: factor})
}

func (c *Cluster) setTempo(ctx context.Context, tempo tempo) error {
	targets, err := c.each(ctx, c.awake(), func(ctx context.Context, t target) error { return c.keepTempo(ctx, t, tempo) })
	if err != nil {
		return err
	}
	return c.await(ctx, seenAt(targets, tempo.shown))
}

// keepTempo has one peer keep a tempo, unless it is gone.
func (c *Cluster) keepTempo(ctx context.Context, t target, tempo tempo) error {
	for _, req := range tempo.requests() {
		if err := c.command(ctx, t, req); err != nil && !errors.Is(err, wire.ErrBroken) {
			return err
		}
	}
	return nil
}

// tempoNow returns how maintenance is to run.
func (c *Cluster) tempoNow() tempo {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tempo
}

// awake returns the identifiers of all peers that are there and not frozen.
func (c *Cluster) awake() []ring.ID {
	var ids []ring.ID
	for _, p := range c.store.Picture().Peers {
		if t, err := c.target(p.ID); err == nil && !c.isFrozen(t.ref) && p.State < observe.StateSilent && (len(ids) == 0 || ids[len(ids)-1] != p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// seenAt makes a condition of one on all of these peers that are still there.
func seenAt(targets []target, shown func(*observe.Peer) bool) func(*observe.Picture) bool {
	meant := make(map[chord.Ref]bool, len(targets))
	for _, t := range targets {
		meant[t.ref] = true
	}
	return func(pic *observe.Picture) bool {
		for i := range pic.Peers {
			p := &pic.Peers[i]
			if p.State < observe.StateSilent && !shown(p) && meant[chord.Ref{ID: p.ID, Addr: p.Addr, Inc: p.Incarnation, Host: p.Host}] {
				return false
			}
		}
		return true
	}
}

// SetTracing makes peers tell of every message and every line of their
// procedures, or ends that, unless another program wants it.
func (c *Cluster) SetTracing(ctx context.Context, ids []ring.ID, on bool) error {
	targets, err := c.each(ctx, ids, func(ctx context.Context, t target) error {
		return c.command(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_SetTrace{SetTrace: &pb.SetTrace{On: on}}})
	})
	if err != nil {
		return err
	}
	if !on {
		return c.catchUp(ctx, ids)
	}
	return c.await(ctx, seenAt(targets, func(p *observe.Peer) bool { return p.Tracing }))
}

// Step lets one peer after the other do one run of each task, and returns when
// everything that this has changed anywhere is seen.
func (c *Cluster) Step(ctx context.Context, ids []ring.ID, tasks []chord.Task) error {
	targets, err := c.targets(ids)
	if err != nil {
		return err
	}
	for _, t := range targets {
		for _, task := range tasks {
			if err := c.runTask(ctx, t, task); err != nil {
				return err
			}
		}
	}
	return c.catchUp(ctx, c.awake())
}

// runTask has a peer do one run and waits for its end.
func (c *Cluster) runTask(ctx context.Context, t target, task chord.Task) error {
	ran := func(pic *observe.Picture) (uint64, bool) {
		for i := range pic.Peers {
			if p := &pic.Peers[i]; p.Addr == t.ref.Addr && p.Incarnation == t.ref.Inc {
				return p.Ran, p.State < observe.StateSilent
			}
		}
		return 0, false
	}
	before, _ := ran(c.store.Picture())
	run := &pb.ControlRequest{Action: &pb.ControlRequest_RunTask{RunTask: &pb.RunTask{Task: codec.EncodeTask(task)}}}
	if err := c.command(ctx, t, run); err != nil {
		return err
	}
	gone := false
	over, err := c.WaitFor(ctx, patience, func(pic *observe.Picture) bool {
		n, there := ran(pic)
		gone = !there
		return gone || n > before
	})
	switch {
	case err != nil:
		return err
	case gone:
		return c.errorf(t.ref.ID, ErrAbsent)
	case !over:
		return c.errorf(t.ref.ID, fmt.Errorf("has not come to the end of %s within %v", task, patience))
	}
	return nil
}

// catchUp returns when all that has happened at these peers until now is seen.
func (c *Cluster) catchUp(ctx context.Context, ids []ring.ID) error {
	_, err := c.each(ctx, ids, func(ctx context.Context, t target) error {
		limited, cancel := context.WithTimeout(ctx, obeyTime)
		defer cancel()
		if c.observer.CatchUp(limited, t.ref) != nil {
			return ctx.Err() // it is gone, or hears nothing: that is seen in time
		}
		return nil
	})
	return err
}
