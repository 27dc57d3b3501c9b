// Package cluster starts a registry and many real peers in this process and
// controls them. It sees them as anybody would, through their Watch streams,
// and commands them by messages.
package cluster

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// Errors that callers branch on; those of peers come wrapped as package wire
// has them.
var (
	// ErrAbsent: no live peer of the cluster has this identifier.
	ErrAbsent = errors.New("is not in the ring")
	// ErrPresent: the identifier belongs to a live peer already.
	ErrPresent = errors.New("is already in the ring")
)

// Config of a cluster.
type Config struct {
	Network wire.Network
	Space   ring.Space
	// Core makes the configuration of each peer's core; Self, Space and Seed
	// are set by the cluster.
	Core func(*chord.Config)
	Seed uint64
	// Registry is where the registry listens; empty: on a free port.
	Registry string
}

// loopback is where everything listens that has no address of its own: this
// machine only, ports from the system.
const loopback = "127.0.0.1:0"

// Cluster is a registry and its peers. Its methods are safe for concurrent
// use, except that Close must not overlap with the others.
type Cluster struct {
	cfg      Config
	core     chord.Config // a template
	key      []byte       // of control
	observer *observe.Observer
	store    *observe.Store

	mu           sync.Mutex
	registry     *registry.Server // nil while it is down
	registryAddr string
	peers        map[ring.ID]*node.Peer // live ones
	seeds        uint64                 // how many peers were started: makes each one's seed
}

// Start starts the registry and the observer; there are no peers yet.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	c := &Cluster{cfg: cfg, key: make([]byte, 16), peers: make(map[ring.ID]*node.Peer)}
	if _, err := rand.Read(c.key); err != nil {
		return nil, err
	}
	c.core = chord.Default(chord.Ref{}, cfg.Space)
	if cfg.Core != nil {
		cfg.Core(&c.core)
	}
	protocol := "corrected"
	if c.core.Original {
		protocol = "original"
	}
	started := time.Now()
	c.store = observe.NewStore(observe.Config{
		Space: cfg.Space, Successors: c.core.Successors, Replicas: c.core.Replicas, Protocol: protocol,
		Clock: func() time.Duration { return time.Since(started) },
	})
	c.registryAddr = cmp.Or(cfg.Registry, loopback)
	if err := c.StartRegistry(ctx); err != nil {
		return nil, err
	}
	c.observer = observe.NewObserver(observe.ObserverConfig{
		Network: cfg.Network, Registry: c.registryAddr, Store: c.store, Space: cfg.Space,
	})
	return c, nil
}

// StartRegistry starts the registry, after StopRegistry on its former port.
func (c *Cluster) StartRegistry(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.registry != nil {
		return errors.New("the registry is up already")
	}
	listener, err := c.cfg.Network.Listen(ctx, c.registryAddr)
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	server, err := registry.Serve(listener, registry.Default())
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	c.registry, c.registryAddr = server, server.Addr()
	return nil
}

// StopRegistry stops the registry as a crash does. The ring goes on.
func (c *Cluster) StopRegistry() error {
	c.mu.Lock()
	server := c.registry
	c.registry = nil
	c.mu.Unlock()
	if server == nil {
		return errors.New("the registry is down already")
	}
	server.Reset()
	return nil
}

// Store returns what is seen of the ring.
func (c *Cluster) Store() *observe.Store { return c.store }

// Registry returns the registry's address, also while it is down.
func (c *Cluster) Registry() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.registryAddr
}

// Join adds peers with these identifiers, and returns when all are members and
// seen. They come in waves that at most double the ring, so that not all queue
// at one place. via names the peer to join through; nil: the registry tells.
// Nobody joins if one of them is in the ring already.
func (c *Cluster) Join(ctx context.Context, ids []ring.ID, via *ring.ID) error {
	seeds, err := c.seedsOf(via)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if c.peer(id) != nil || slices.Contains(ids[:i], id) {
			return c.errorf(id, ErrPresent)
		}
	}
	return c.waves(ctx, len(ids), func(i int) (*node.Peer, error) { return c.start(ctx, &ids[i], seeds) })
}

// JoinHashed adds n peers whose identifiers are the hash of their addresses.
// If one is taken the peer tries another port.
func (c *Cluster) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	var mu sync.Mutex
	var ids []ring.ID
	err := c.waves(ctx, n, func(int) (*node.Peer, error) {
		for range 1000 {
			p, err := c.start(ctx, nil, nil)
			if errors.Is(err, wire.ErrTaken) || errors.Is(err, ErrPresent) {
				continue
			}
			if err == nil {
				mu.Lock()
				ids = append(ids, p.Ref().ID)
				mu.Unlock()
			}
			return p, err
		}
		return nil, fmt.Errorf("no free identifier found on a ring of %d bits with %d peers", c.cfg.Space.Bits(), c.size())
	})
	return ids, err
}

// waves starts n peers, as many at a time as the ring has, and waits for them.
func (c *Cluster) waves(ctx context.Context, n int, start func(i int) (*node.Peer, error)) error {
	if err := checkDescriptors(c.size() + n); err != nil {
		return err
	}
	for i := 0; i < n; {
		wave := min(n-i, max(1, c.size()), maxWave)
		errs := make([]error, wave)
		refs := make([]chord.Ref, wave)
		var wg sync.WaitGroup
		for j := range wave {
			wg.Go(func() {
				p, err := start(i + j)
				if errs[j] = err; err == nil {
					refs[j] = p.Ref()
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if err := c.awaitSeen(ctx, refs); err != nil {
			return err
		}
		i += wave
	}
	return nil
}

// maxWave bounds how many peers join at the same time.
const maxWave = 64

// start starts one peer and lets it enter the ring. It is in c.peers from
// before it is a member, so that no other takes its identifier.
func (c *Cluster) start(ctx context.Context, id *ring.ID, seeds []chord.Ref) (*node.Peer, error) {
	cfg := node.Config{
		Chord: c.core, HashID: id == nil, Network: c.cfg.Network, Listen: loopback,
		Registry: c.Registry(), ControlKey: c.key,
	}
	if id != nil {
		cfg.Chord.Self.ID = *id
	}
	c.mu.Lock()
	c.seeds++
	cfg.Chord.Seed = c.cfg.Seed<<20 + c.seeds
	c.mu.Unlock()
	p, err := node.Start(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := c.keep(p); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.Enter(ctx, seeds); err != nil {
		c.drop(p)
		p.Close()
		return nil, c.errorf(p.Ref().ID, err)
	}
	return p, nil
}

// keep enters a peer. One that ends by itself is forgotten when somebody looks
// for it.
func (c *Cluster) keep(p *node.Peer) error {
	id := p.Ref().ID
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.peers[id] != nil {
		return c.errorf(id, ErrPresent)
	}
	c.peers[id] = p
	return nil
}

func (c *Cluster) drop(p *node.Peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.peers[p.Ref().ID] == p {
		delete(c.peers, p.Ref().ID)
	}
}

// peer returns the live peer with the identifier, or nil.
func (c *Cluster) peer(id ring.ID) *node.Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.peers[id]
	if p == nil {
		return nil
	}
	select {
	case <-p.Done():
		delete(c.peers, id)
		return nil
	default:
		return p
	}
}

func (c *Cluster) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.peers)
}

func (c *Cluster) find(ids []ring.ID) ([]*node.Peer, error) {
	var out []*node.Peer
	for _, id := range ids {
		p := c.peer(id)
		if p == nil {
			return nil, c.errorf(id, ErrAbsent)
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *Cluster) seedsOf(via *ring.ID) ([]chord.Ref, error) {
	if via == nil {
		return nil, nil
	}
	p := c.peer(*via)
	if p == nil {
		return nil, c.errorf(*via, ErrAbsent)
	}
	return []chord.Ref{p.Ref()}, nil
}

func (c *Cluster) errorf(id ring.ID, err error) error {
	return fmt.Errorf("N%s %w", c.cfg.Space.Format(id), err)
}

// control sends a command to a peer over the wire.
func (c *Cluster) control(ctx context.Context, p *node.Peer, req *pb.ControlRequest) error {
	req.Key = c.key
	_, err := c.observer.Call(ctx, p.Ref(), &pb.Envelope_ControlRequest{ControlRequest: req})
	return err
}

// Close ends every peer, the observer and the registry. It returns when all
// sockets and goroutines are gone. It may be called more than once.
func (c *Cluster) Close() {
	c.mu.Lock()
	peers := c.peers
	c.peers = make(map[ring.ID]*node.Peer)
	c.mu.Unlock()
	c.observer.Close()
	var wg sync.WaitGroup
	for _, p := range peers {
		wg.Go(p.Close)
	}
	wg.Wait()
	_ = c.StopRegistry() // it may be down, or closed before
}
