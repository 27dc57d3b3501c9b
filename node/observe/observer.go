package observe

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// ObserverConfig says what to observe.
type ObserverConfig struct {
	Network  wire.Network
	Registry string // its address: who is there is learned from it
	Key      []byte // of the ring; empty if it has none
	Store    *Store
	Space    ring.Space
}

// Observer follows a ring over the wire into a Store: the registry's
// membership, and each peer's Watch stream over a connection of its own.
//
// Goroutines: one for the registry, one for each peer that is followed, and
// the readers of their connections.
type Observer struct {
	cfg  ObserverConfig
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu        sync.Mutex
	watched   map[chord.Ref]bool
	clients   map[chord.Ref]*wire.Client // connected ones, also used for calls
	connected chan struct{}              // closed at the next connection
	listed    map[chord.Ref]bool         // by the registry
	seen      map[chord.Ref]uint64       // the last change that was taken of each connected one
	waiting   []catchUp
}

// catchUp is somebody who waits for a change to be taken.
type catchUp struct {
	ref  chord.Ref
	seq  uint64
	done chan struct{} // closed then
}

// NewObserver begins to observe. End it with Close.
func NewObserver(cfg ObserverConfig) *Observer {
	o := &Observer{
		cfg: cfg, watched: make(map[chord.Ref]bool),
		clients: make(map[chord.Ref]*wire.Client), connected: make(chan struct{}), listed: make(map[chord.Ref]bool),
		seen: make(map[chord.Ref]uint64),
	}
	ctx, stop := context.WithCancel(context.Background())
	o.stop = stop
	cfg.Store.SetRegistry(RegistryState{Addr: cfg.Registry})
	o.wg.Go(func() {
		// It ends only with ctx, so its error says nothing.
		_ = registry.Watch(ctx, cfg.Network, cfg.Registry, cfg.Key, func(u registry.Update) {
			switch {
			case u.Members != nil:
				o.members(ctx, u.Members.GetMembers())
			case u.Event != nil:
				o.membership(ctx, u.Event)
			default:
				o.registryDown()
			}
		})
	})
	return o
}

// Close ends it and returns when all goroutines and connections are gone.
func (o *Observer) Close() {
	o.stop()
	o.wg.Wait()
}

// callPatience is how long a call waits for a connection that is being made.
const callPatience = 3 * time.Second

// Call asks an observed peer something, over the connection it is watched by.
// An error wraps wire.ErrUnavailable if there is none and none comes soon.
func (o *Observer) Call(ctx context.Context, ref chord.Ref, body pb.Body) (*pb.Envelope, error) {
	late := time.NewTimer(callPatience)
	defer late.Stop()
	for {
		o.mu.Lock()
		client, news := o.clients[ref], o.connected
		o.mu.Unlock()
		if client != nil {
			return client.Call(ctx, body)
		}
		select {
		case <-news:
		case <-late.C:
			return nil, fmt.Errorf("no connection to %s: %w", ref.Addr, wire.ErrUnavailable)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// CatchUp returns when the Store has everything that had happened at an observed
// peer when it was called. The error is that of Call, or of ctx.
func (o *Observer) CatchUp(ctx context.Context, ref chord.Ref) error {
	env, err := o.Call(ctx, ref, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
	if err != nil {
		return err
	}
	w := catchUp{ref, env.GetPeerState().GetSeq(), make(chan struct{})}
	o.mu.Lock()
	if o.seen[ref] >= w.seq {
		o.mu.Unlock()
		return nil
	}
	o.waiting = append(o.waiting, w)
	o.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		o.mu.Lock()
		defer o.mu.Unlock()
		o.waiting = slices.DeleteFunc(o.waiting, func(c catchUp) bool { return c.done == w.done })
		return ctx.Err()
	}
}

// took notes that the Store has what a peer has told until its change seq.
func (o *Observer) took(ref chord.Ref, seq uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen[ref] = seq
	o.waiting = slices.DeleteFunc(o.waiting, func(c catchUp) bool {
		caught := c.ref == ref && c.seq <= seq
		if caught {
			close(c.done)
		}
		return caught
	})
}

func (o *Observer) use(ref chord.Ref, c *wire.Client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clients[ref] = c
	close(o.connected)
	o.connected = make(chan struct{})
}

func (o *Observer) unuse(ref chord.Ref, c *wire.Client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.clients[ref] == c {
		delete(o.clients, ref)
		delete(o.seen, ref)
	}
}

// members is the registry's whole list, at the beginning and after it was
// away. Peers that are no longer listed are followed on: they may only not
// have registered again yet.
func (o *Observer) members(ctx context.Context, members []*pb.Member) {
	o.mu.Lock()
	clear(o.listed)
	o.mu.Unlock()
	for _, m := range members {
		o.follow(ctx, m.GetPeer(), true)
	}
	o.tellRegistry(true)
}

func (o *Observer) membership(ctx context.Context, e *pb.MembershipEvent) {
	switch e.GetKind() {
	case pb.MembershipKind_MEMBERSHIP_KIND_REGISTERED, pb.MembershipKind_MEMBERSHIP_KIND_BACK:
		o.follow(ctx, e.GetPeer(), true)
	case pb.MembershipKind_MEMBERSHIP_KIND_DEREGISTERED, pb.MembershipKind_MEMBERSHIP_KIND_EXPIRED:
		o.follow(ctx, e.GetPeer(), false)
	}
	o.tellRegistry(true)
}

func (o *Observer) registryDown() {
	o.mu.Lock()
	clear(o.listed)
	o.mu.Unlock()
	o.tellRegistry(false)
}

func (o *Observer) tellRegistry(up bool) {
	o.mu.Lock()
	n := len(o.listed)
	o.mu.Unlock()
	o.cfg.Store.SetRegistry(RegistryState{Addr: o.cfg.Registry, Up: up, Peers: n})
}

// follow notes a peer that is listed, or not any more, and watches it if it is
// not watched already. A peer that is not listed any more is watched until its
// connection ends.
func (o *Observer) follow(ctx context.Context, p *pb.PeerRef, listed bool) {
	ref, err := codec.DecodeRef(o.cfg.Space, p)
	if err != nil || ref.IsZero() {
		return // not a peer of this ring
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !listed {
		delete(o.listed, ref)
		return
	}
	o.listed[ref] = true
	if o.watched[ref] {
		return
	}
	o.watched[ref] = true
	o.wg.Go(func() {
		o.watch(ctx, ref)
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.watched, ref)
	})
}
