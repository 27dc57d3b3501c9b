package cluster

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
)

// loadWidth is how many puts of a Load are under way at the same time.
const loadWidth = 32

// Put is one put of a Load.
type Put struct {
	From  ring.ID // the peer it goes through
	Key   store.Key
	Value []byte
}

// Access carries out a put, get or delete through the peer from; value is that
// of a put. One that failed is a result with Failed set; an error says that it
// could not be asked for, or that the peer ended meanwhile.
func (c *Cluster) Access(ctx context.Context, from ring.ID, op chord.Op, key store.Key, value []byte) (observe.Access, error) {
	t, err := c.target(from)
	if err != nil {
		return observe.Access{}, err
	}
	a, err := c.access(ctx, t, op, key, value)
	if err != nil {
		return observe.Access{}, err
	}
	return c.store.DescribeAccess(t.ref, a), nil
}

// Load puts many keys, many of them at the same time. The first one that fails
// is the error, and ends it.
func (c *Cluster) Load(ctx context.Context, puts []Put) error {
	through := make([]target, len(puts))
	for i, put := range puts {
		var err error
		if through[i], err = c.target(put.From); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(loadWidth, len(puts)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(puts) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				a, err := c.access(ctx, through[i], chord.OpPut, puts[i].Key, puts[i].Value)
				if err == nil && a.Failed != "" {
					err = fmt.Errorf("put %s from N%s: %s", a.Key.Text(c.cfg.Space), c.cfg.Space.Format(puts[i].From), a.Failed)
				}
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// access asks a peer over the wire, and tells the store what the peer has
// promised: should it crash at once, nobody else could.
func (c *Cluster) access(ctx context.Context, t target, op chord.Op, key store.Key, value []byte) (chord.Access, error) {
	req := codec.EncodeAccessRequest(op, key, value)
	env, err := c.observer.Call(ctx, t.ref, &pb.Envelope_AccessRequest{AccessRequest: req})
	if err != nil {
		return chord.Access{}, fmt.Errorf("%v %s from N%s: %w", op, key.Text(c.cfg.Space), c.cfg.Space.Format(t.ref.ID), err)
	}
	a, err := codec.DecodeAccess(c.cfg.Space, env.GetAccessResult())
	if err == nil && op != chord.OpGet && a.Failed == "" && !a.Version.IsZero() {
		c.store.Acknowledged(a.Key, a.Version, op == chord.OpDelete)
	}
	return a, err
}
