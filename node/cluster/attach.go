package cluster

import (
	"context"
	"slices"
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// goodbyeTime is how long the peers of an attached cluster may take to leave.
const goodbyeTime = 5 * time.Second

// Attach observes the ring whose registry is at cfg.Registry, which others
// started. What all peers of a ring agree on is learned from it; cfg.Space and
// cfg.Core are not used. Peers obey commands if cfg.Keys.Control is theirs.
// Peers that are started here join that ring.
func Attach(ctx context.Context, cfg Config) (*Cluster, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	core, _, err := Learn(ctx, cfg.Network, client.Target{Registry: cfg.Registry, Key: cfg.Keys.Ring})
	if err != nil {
		return nil, err
	}
	cfg.Space = core.Space
	c := newCluster(cfg, core)
	c.attached, c.registryAddr = true, cfg.Registry
	c.observe()
	return c, nil
}

// Learn asks a running ring for what all its peers agree on. It returns a peer's
// defaults with it, and the peer that was asked. The error wraps
// client.ErrNoPeer if nobody is there who knows.
func Learn(ctx context.Context, network wire.Network, to client.Target) (chord.Config, chord.Ref, error) {
	c, err := client.Dial(ctx, network, to)
	if err != nil {
		return chord.Config{}, chord.Ref{}, err
	}
	defer c.Close()
	states, err := c.States(ctx, false)
	if err != nil {
		return chord.Config{}, chord.Ref{}, err
	}
	core := chord.Default(chord.Ref{}, c.Space())
	core.Successors, core.Replicas = c.Successors(), c.Replicas()
	core.Original = slices.ContainsFunc(states, func(s client.State) bool { return s.Protocol == "original" })
	return core, c.Peer(), nil
}

// sayGoodbye lets peers leave the ring that goes on without them.
func (c *Cluster) sayGoodbye(hosts map[ring.ID]host) {
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	var wg sync.WaitGroup
	for _, h := range hosts {
		wg.Go(func() {
			leave := &pb.ControlRequest{Action: &pb.ControlRequest_Leave{Leave: &pb.Leave{}}}
			if c.command(ctx, target{h.Ref(), h}, leave) != nil {
				return // then it does not leave but ends
			}
			select {
			case <-h.Done():
			case <-ctx.Done():
			}
		})
	}
	wg.Wait()
}
