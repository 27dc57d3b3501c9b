package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// patience is how long a command may take to show in the Picture.
const patience = 30 * time.Second

// Kill crashes peers at one moment and returns when that is seen: sockets
// reset, nothing said.
func (c *Cluster) Kill(ctx context.Context, ids []ring.ID) error {
	return c.end(ctx, ids, &pb.ControlRequest{Action: &pb.ControlRequest_Crash{Crash: &pb.Crash{}}})
}

// Leave lets peers leave gracefully, all at the same time, and returns when
// they are gone.
func (c *Cluster) Leave(ctx context.Context, ids []ring.ID) error {
	return c.end(ctx, ids, &pb.ControlRequest{Action: &pb.ControlRequest_Leave{Leave: &pb.Leave{}}})
}

func (c *Cluster) end(ctx context.Context, ids []ring.ID, req *pb.ControlRequest) error {
	peers, err := c.find(ids)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	errs := make([]error, len(peers))
	var wg sync.WaitGroup
	for i, p := range peers {
		wg.Go(func() {
			own := &pb.ControlRequest{Action: req.Action}
			// A crash breaks the connection instead of answering.
			if err := c.control(ctx, p, own); err != nil && !errors.Is(err, wire.ErrBroken) {
				errs[i] = c.errorf(p.Ref().ID, err)
				return
			}
			select {
			case <-p.Done():
				c.drop(p)
			case <-ctx.Done():
				errs[i] = ctx.Err()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.await(ctx, func(pic *observe.Picture) bool {
		for _, p := range peers {
			if s, ok := stateIn(pic, p.Ref()); ok && s != observe.StateDead && s != observe.StateLeft {
				return false
			}
		}
		return true
	})
}

// Lookup asks a peer for the owner of a key.
func (c *Cluster) Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error) {
	p := c.peer(from)
	if p == nil {
		return observe.Lookup{}, c.errorf(from, ErrAbsent)
	}
	req := &pb.LookupRequest{Key: key.AppendBytes(nil), Recursive: recursive}
	env, err := c.observer.Call(ctx, p.Ref(), &pb.Envelope_LookupRequest{LookupRequest: req})
	if err != nil {
		return observe.Lookup{}, fmt.Errorf("lookup from N%s: %w", c.cfg.Space.Format(from), err)
	}
	l, err := codec.DecodeLookup(c.cfg.Space, env.GetLookupResult())
	if err != nil {
		return observe.Lookup{}, err
	}
	return c.store.Describe(p.Ref(), l), nil
}

// WaitFor waits until cond holds for the Picture, at most for the time within.
func (c *Cluster) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	for {
		changed := c.store.Changed()
		if cond(c.store.Picture()) {
			return true, nil
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
