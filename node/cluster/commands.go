package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster/process"
	"chordscope/node/codec"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// patience is how long a command may take to show in the Picture.
const patience = 30 * time.Second

// Kill crashes peers at one moment and returns when that is seen: sockets
// reset, nothing said. A process of its own is killed by its system.
func (c *Cluster) Kill(ctx context.Context, ids []ring.ID) error {
	var frozen sync.WaitGroup
	frozen.Add(len(ids))
	return c.end(ctx, ids, func(ctx context.Context, t target) error {
		if len(ids) > 1 {
			// The machine may be busy between two crashes. None must save meanwhile
			// what the other had.
			_ = c.setFrozen(ctx, t, true) // it may be frozen already
			frozen.Done()
			frozen.Wait()
		}
		if p, ok := t.host.(*process.Peer); ok {
			p.Kill()
			return nil
		}
		// A crash breaks the connection instead of answering.
		err := c.control(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_Crash{Crash: &pb.Crash{}}})
		if errors.Is(err, wire.ErrBroken) {
			err = nil
		}
		return err
	})
}

// Leave lets peers leave gracefully, all at the same time, and returns when
// they are gone.
func (c *Cluster) Leave(ctx context.Context, ids []ring.ID) error {
	return c.end(ctx, ids, func(ctx context.Context, t target) error {
		err := c.command(ctx, t, &pb.ControlRequest{Action: &pb.ControlRequest_Leave{Leave: &pb.Leave{}}})
		if errors.Is(err, wire.ErrBroken) { // it was gone before it could say so
			err = nil
		}
		return err
	})
}

// end ends peers, each in its own goroutine, and waits until that is seen.
func (c *Cluster) end(ctx context.Context, ids []ring.ID, how func(context.Context, target) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	targets, err := c.each(ctx, ids, func(ctx context.Context, t target) error {
		if err := how(ctx, t); err != nil || t.host == nil {
			return err
		}
		select {
		case <-t.host.Done():
			c.drop(t.host)
			return nil
		case <-ctx.Done():
			return c.errorf(t.ref.ID, ctx.Err())
		}
	})
	if err != nil {
		return err
	}
	return c.await(ctx, func(pic *observe.Picture) bool {
		for _, t := range targets {
			if s, ok := stateIn(pic, t.ref); ok && s.Present() {
				return false
			}
		}
		return true
	})
}

// each does something to several peers at the same time. Nothing is done if one
// of them is not there.
func (c *Cluster) each(ctx context.Context, ids []ring.ID, do func(context.Context, target) error) ([]target, error) {
	targets, err := c.targets(ids)
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(targets))
	var wg sync.WaitGroup
	for i, t := range targets {
		wg.Go(func() { errs[i] = do(ctx, t) })
	}
	wg.Wait()
	return targets, errors.Join(errs...)
}

// Lookup asks a peer for the owner of a key.
func (c *Cluster) Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error) {
	t, err := c.target(from)
	if err != nil {
		return observe.Lookup{}, err
	}
	req := &pb.LookupRequest{Key: key.AppendBytes(nil), Recursive: recursive}
	env, err := c.observer.Call(ctx, t.ref, &pb.Envelope_LookupRequest{LookupRequest: req})
	if err != nil {
		return observe.Lookup{}, fmt.Errorf("lookup from N%s: %w", c.cfg.Space.Format(from), err)
	}
	l, err := codec.DecodeLookup(c.cfg.Space, env.GetLookupResult())
	if err != nil {
		return observe.Lookup{}, err
	}
	return c.store.Describe(t.ref, l), nil
}

// lookShare bounds what WaitFor takes of a processor: the pause between two
// looks is this many times as long as a look took.
const lookShare = 4

// WaitFor waits until cond holds for the Picture, at most for the time within.
// The larger the ring, the less often it looks.
func (c *Cluster) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	for {
		changed, began := c.store.Changed(), time.Now()
		if cond(c.store.Picture()) {
			return true, nil
		}
		pause := time.NewTimer(lookShare * time.Since(began))
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		select {
		case <-changed:
		case <-timeout.C:
			return cond(c.store.Picture()), nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

func (c *Cluster) await(ctx context.Context, cond func(*observe.Picture) bool) error {
	ok, err := c.WaitFor(ctx, patience, cond)
	if err == nil && !ok {
		err = fmt.Errorf("the effect was not seen within %v", patience)
	}
	return err
}

// awaitSeen waits until peers that have joined are members in the Picture, or
// have ended since.
func (c *Cluster) awaitSeen(ctx context.Context, refs []chord.Ref) error {
	return c.await(ctx, func(pic *observe.Picture) bool {
		for _, r := range refs {
			if s, ok := stateIn(pic, r); !ok || s == observe.StateJoining {
				return false
			}
		}
		return true
	})
}

func stateIn(pic *observe.Picture, r chord.Ref) (observe.State, bool) {
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.Addr == r.Addr && p.Incarnation == r.Inc {
			return p.State, true
		}
	}
	return 0, false
}
