package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// host is where a peer runs that was started here: node.Peer in this process,
// process.Peer in one of its own.
type host interface {
	Ref() chord.Ref
	Done() <-chan struct{}
	Enter(ctx context.Context, seeds []chord.Ref) error
	Close()
}

// target is a live peer that a command is meant for.
type target struct {
	ref  chord.Ref
	host host // nil: it was not started here
}

// target returns the live peer with the identifier: one that was started here,
// or else one that is seen.
func (c *Cluster) target(id ring.ID) (target, error) {
	if h := c.host(id); h != nil {
		return target{h.Ref(), h}, nil
	}
	pic := c.store.Picture()
	for i := range pic.Peers {
		p := &pic.Peers[i]
		if p.ID != id || !p.State.Present() {
			continue
		}
		ref := chord.Ref{ID: p.ID, Addr: p.Addr, Inc: p.Incarnation, Host: p.Host}
		if !c.started(ref) { // else it has ended, which is not seen yet
			return target{ref: ref}, nil
		}
	}
	return target{}, c.errorf(id, ErrAbsent)
}

func (c *Cluster) targets(ids []ring.ID) ([]target, error) {
	var out []target
	for _, id := range ids {
		t, err := c.target(id)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// members returns all that are members in the Picture.
func (c *Cluster) members() []target {
	var out []target
	pic := c.store.Picture()
	for i := range pic.Peers {
		if pic.Peers[i].State.Live() {
			if t, err := c.target(pic.Peers[i].ID); err == nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// keep enters a peer. One that ends by itself is forgotten when somebody looks
// for it.
func (c *Cluster) keep(h host) error {
	ref := h.Ref()
	if c.host(ref.ID) != nil {
		return c.errorf(ref.ID, ErrPresent)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hosts[ref.ID] != nil { // somebody was faster
		return c.errorf(ref.ID, ErrPresent)
	}
	c.hosts[ref.ID], c.former[ref.ID] = h, ref
	return nil
}

func (c *Cluster) drop(h host) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hosts[h.Ref().ID] == h {
		delete(c.hosts, h.Ref().ID)
	}
	delete(c.frozen, h.Ref())
}

// host returns the live peer with the identifier that was started here, or nil.
func (c *Cluster) host(id ring.ID) host {
	c.mu.Lock()
	h := c.hosts[id]
	c.mu.Unlock()
	if h == nil {
		return nil
	}
	select {
	case <-h.Done():
		c.drop(h)
		return nil
	default:
		return h
	}
}

// started reports whether the peer was started here.
func (c *Cluster) started(ref chord.Ref) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.former[ref.ID] == ref
}

func (c *Cluster) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.hosts)
}

func (c *Cluster) errorf(id ring.ID, err error) error {
	return fmt.Errorf("N%s %w", c.cfg.Space.Format(id), err)
}

// obeyTime is how long a peer may take to obey.
const obeyTime = 5 * time.Second

// control sends a command to a peer over the wire.
func (c *Cluster) control(ctx context.Context, t target, req *pb.ControlRequest) error {
	if req.Key = c.cfg.Keys.Control; len(req.Key) == 0 {
		return fmt.Errorf("commands to peers need the control key of the ring, which is not known here: %w", wire.ErrUnauthorized)
	}
	limited, cancel := context.WithTimeout(ctx, obeyTime)
	defer cancel()
	_, err := c.observer.Call(limited, t.ref, &pb.Envelope_ControlRequest{ControlRequest: req})
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && limited.Err() != nil:
		err = fmt.Errorf("has not obeyed within %v: %w", obeyTime, wire.ErrUnavailable)
	case errors.Is(err, wire.ErrUnauthorized):
		err = fmt.Errorf("obeys another control key: %w", err)
	}
	return c.errorf(t.ref.ID, err)
}
