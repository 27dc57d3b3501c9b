package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/cluster/process"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// loopback is where everything listens that has no address of its own: this
// machine only, ports from the system.
const loopback = "127.0.0.1:0"

// Join adds peers with these identifiers, and returns when all are members and
// seen. Never do more join at the same time than the ring has, so that not all
// queue at one place. via names the peer to join through; nil: the registry tells.
// Nobody joins if one of them is in the ring already. With virtual nodes these
// are the first ones of as many hosts; the others join when they have.
func (c *Cluster) Join(ctx context.Context, ids []ring.ID, via *ring.ID) error {
	var seeds []chord.Ref
	if via != nil {
		through, err := c.target(*via)
		if err != nil {
			return err
		}
		seeds = []chord.Ref{through.ref}
	}
	for i, id := range ids {
		if c.host(id) != nil || slices.Contains(ids[:i], id) {
			return c.errorf(id, ErrPresent)
		}
	}
	err := c.bulk(ctx, len(ids), func(i int) (host, error) {
		return c.start(ctx, &chord.Ref{ID: ids[i], Addr: loopback}, seeds)
	})
	if err != nil {
		return err
	}
	return c.joinBeside(ctx, ids)
}

// JoinHashed adds n peers whose identifiers are the hash of their addresses.
// If one is taken the peer tries another port.
func (c *Cluster) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	var mu sync.Mutex
	var ids []ring.ID
	err := c.bulk(ctx, n, func(int) (host, error) {
		for range 1000 {
			h, err := c.start(ctx, nil, nil)
			if errors.Is(err, wire.ErrTaken) || errors.Is(err, ErrPresent) {
				continue
			}
			if err == nil {
				mu.Lock()
				ids = append(ids, h.Ref().ID)
				mu.Unlock()
			}
			return h, err
		}
		return nil, fmt.Errorf("no free identifier found on a ring of %d bits with %d peers", c.cfg.Space.Bits(), c.size())
	})
	if err != nil {
		return ids, err
	}
	return ids, c.joinBeside(ctx, ids)
}

// Restart starts peers again that were started here and have ended since, all
// at the same time: each on its old port and with its old identifier, as a new
// incarnation that remembers nothing.
func (c *Cluster) Restart(ctx context.Context, ids []ring.ID) error {
	olds := make([]chord.Ref, len(ids))
	for i, id := range ids {
		if c.host(id) != nil || slices.Contains(ids[:i], id) {
			return c.errorf(id, ErrPresent)
		}
		c.mu.Lock()
		old, known := c.former[id]
		c.mu.Unlock()
		if !known {
			return c.errorf(id, ErrForeign)
		}
		olds[i] = old
	}
	return c.bulk(ctx, len(ids), func(i int) (host, error) { return c.start(ctx, &olds[i], nil) })
}

const (
	// portTime is how long a peer that starts again waits for its old port.
	// Connections from there to elsewhere, which the system may have given it,
	// do not last.
	portTime = 3 * time.Second
	// portRound is how often it tries.
	portRound = 50 * time.Millisecond
)

// relaunch is launch on a port that a former peer had.
func (c *Cluster) relaunch(ctx context.Context, cfg node.Config) (host, error) {
	for end := time.Now().Add(portTime); ; {
		h, err := c.launch(ctx, cfg)
		if err == nil || time.Now().After(end) {
			return h, err
		}
		select {
		case <-time.After(portRound):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// bulk starts n peers, as many at a time as the ring has, and waits for them.
func (c *Cluster) bulk(ctx context.Context, n int, start func(i int) (host, error)) error {
	have := c.size()
	if !c.cfg.Processes {
		if err := checkDescriptors(have + n); err != nil {
			return err
		}
	}
	type outcome struct {
		h    host
		err  error
		took time.Duration
	}
	over := make(chan outcome)
	var refs []chord.Ref
	var errs []error
	width := mostJoining
	for started, ended := 0, 0; ended < n; ended++ {
		for ; started < n && started-ended < min(max(1, have+len(refs)), width); started++ {
			i := started
			go func() {
				began := time.Now()
				h, err := start(i)
				for tries := 1; tries < joinTries && errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil; tries++ {
					h, err = start(i)
				}
				over <- outcome{h, err, time.Since(began)}
			}()
		}
		o := <-over
		if o.took > slowJoin {
			width = max(leastJoining, width*3/4)
		} else {
			width = min(width+1, mostJoining)
		}
		if o.err == nil {
			refs = append(refs, o.h.Ref())
			continue
		}
		errs = append(errs, o.err)
		n = started // the others do not begin
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return c.awaitSeen(ctx, refs)
}

const (
	// mostJoining bounds how many peers join at the same time, where the machine
	// does not have too much to do: then joins are slow, and fewer begin, but
	// still leastJoining at a time.
	mostJoining, leastJoining = 32, 8
	slowJoin                  = time.Second
	// joinTries is how often a peer is started that did not get an answer in
	// time, even from the registry.
	joinTries = 4
)

// start starts one peer and lets it enter the ring. self has its identifier and
// where it listens, and its former incarnation, if it had one; nil: a free port,
// and the hash of that. It is in c.hosts from before it is a member, so that no
// other takes its identifier.
func (c *Cluster) start(ctx context.Context, self *chord.Ref, seeds []chord.Ref) (host, error) {
	launch := c.launch
	if self != nil && self.Inc > 0 {
		launch = c.relaunch
	}
	h, err := launch(ctx, c.configOf(self))
	if err != nil {
		return nil, err
	}
	if err := c.keep(h); err != nil {
		h.Close()
		return nil, err
	}
	if err := h.Enter(ctx, seeds); err != nil {
		c.drop(h)
		h.Close()
		return nil, c.errorf(h.Ref().ID, err)
	}
	return h, nil
}

// launch starts a peer where the cluster's peers run.
func (c *Cluster) launch(ctx context.Context, cfg node.Config) (host, error) {
	if c.cfg.Processes {
		p, err := process.Start(ctx, cfg)
		if err != nil { // else it would be a host that is not nil
			return nil, err
		}
		return p, nil
	}
	p, err := node.Start(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (c *Cluster) configOf(self *chord.Ref) node.Config {
	cfg := node.Config{
		Chord: c.core, HashID: self == nil, Network: c.cfg.Network, Listen: loopback,
		Registry: c.Registry(), ControlKey: c.cfg.Keys.Control, RingKey: c.cfg.Keys.Ring,
		OnPanic: c.cfg.OnPanic, Budget: c.budget,
	}
	if self != nil {
		cfg.Chord.Self.ID, cfg.Chord.Self.Host, cfg.Listen = self.ID, self.Host, self.Addr
		if self.Inc > 0 { // the clock may stand still, or go back
			cfg.Chord.Self.Inc = max(self.Inc+1, uint64(time.Now().UnixMilli()))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	cfg.Paused, cfg.Pace = c.tempo.paused, c.tempo.pace
	c.seeds++
	cfg.Chord.Seed = c.cfg.Seed<<20 + c.seeds
	return cfg
}
