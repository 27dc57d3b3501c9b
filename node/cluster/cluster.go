// Package cluster starts a registry and many real peers, in this process or
// each in one of its own, and controls them. It sees them as anybody would,
// through their Watch streams, and commands them by messages. It can also attach
// to a ring that others started.
package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// Errors that callers branch on; those of peers come wrapped as package wire
// has them.
var (
	// ErrAbsent: no live peer of the ring has this identifier.
	ErrAbsent = errors.New("is not in the ring")
	// ErrPresent: the identifier belongs to a live peer already.
	ErrPresent = errors.New("is already in the ring")
	// ErrFrozen: the peer was frozen, and obeys nothing until it is thawed.
	ErrFrozen = errors.New("is frozen: thaw it first")
	// ErrForeign: it was not started here.
	ErrForeign = errors.New("was not started by this program")
)

// Config of a cluster.
type Config struct {
	Network wire.Network
	Space   ring.Space
	// Core makes the configuration of each peer's core; Self, Space and Seed
	// are set by the cluster.
	Core func(*chord.Config)
	Seed uint64
	// VirtualNodes is how many virtual nodes a host has that joins; 0 is 1.
	// What is done to one of them has to be done to all, by the caller.
	VirtualNodes int
	// Registry is where the registry listens; empty: on a free port.
	Registry string
	// Keys of the ring. Without a ring key none is needed to take part; without
	// a control key a random one is made.
	Keys keyring.Keys
	// Share leaves the keys for the user's other programs, if that is possible.
	Share bool
	// Processes starts each peer in a process of its own. The network is then
	// TCP.
	Processes bool
	// OnPanic, if set, is called when a peer of this process panics, before the
	// panic ends the program.
	OnPanic func()
}

// Cluster is a registry and its peers. Its methods are safe for concurrent
// use, except that Close must not overlap with the others.
type Cluster struct {
	cfg      Config
	core     chord.Config // a template
	attached bool         // the registry is another program's
	budget   *wire.Budget // of the peers in this process; nil: nothing limits them
	observer *observe.Observer
	store    *observe.Store

	mu           sync.Mutex
	registry     *registry.Server // nil while it is down, or attached
	registryAddr string
	hosts        map[ring.ID]host      // live peers that were started here
	former       map[ring.ID]chord.Ref // the latest life of each peer that was started here
	frozen       map[chord.Ref]bool    // by Freeze; true: heal its links when it is thawed
	tempo        tempo
	seeds        uint64 // how many peers were started: makes each one's seed
}

// Start starts the registry and the observer; there are no peers yet.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if len(cfg.Keys.Control) == 0 {
		cfg.Keys.Control = keyring.Random().Control
	}
	core := chord.Default(chord.Ref{}, cfg.Space)
	if cfg.Core != nil {
		cfg.Core(&core)
	}
	c := newCluster(cfg, core)
	c.registryAddr = cmp.Or(cfg.Registry, loopback)
	if err := c.StartRegistry(ctx); err != nil {
		return nil, err
	}
	if cfg.Share {
		// The ring is of use without it: then the keys have to be given.
		_, _ = keyring.Share(c.registryAddr, cfg.Keys)
	}
	c.observe()
	return c, nil
}

func (c *Config) check() error {
	if _, tcp := c.Network.(wire.TCP); c.Processes && !tcp {
		return errors.New("peers in processes of their own need the network TCP")
	}
	if c.Processes && c.VirtualNodes > 1 {
		return errors.New("virtual nodes of one host share a process: not with a process for each peer")
	}
	return nil
}

func newCluster(cfg Config, core chord.Config) *Cluster {
	c := &Cluster{
		cfg: cfg, core: core,
		budget: newBudget(), hosts: make(map[ring.ID]host), former: make(map[ring.ID]chord.Ref), frozen: make(map[chord.Ref]bool),
	}
	protocol := "corrected"
	if core.Original {
		protocol = "original"
	}
	started := time.Now()
	c.store = observe.NewStore(observe.Config{
		Space: cfg.Space, Successors: core.Successors, Replicas: core.Replicas, Protocol: protocol,
		Stabilize: core.Stabilize,
		Clock:     func() time.Duration { return time.Since(started) },
	})
	return c
}

// observe begins to follow the ring that the registry knows.
func (c *Cluster) observe() {
	c.observer = observe.NewObserver(observe.ObserverConfig{
		Network: c.cfg.Network, Registry: c.registryAddr, Store: c.store, Space: c.cfg.Space, Key: c.cfg.Keys.Ring,
	})
}

// StartRegistry starts the registry, after StopRegistry on its former port.
func (c *Cluster) StartRegistry(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.attached:
		return fmt.Errorf("the registry %s %w", c.registryAddr, ErrForeign)
	case c.registry != nil:
		return errors.New("the registry is up already")
	}
	listener, err := c.cfg.Network.Listen(ctx, c.registryAddr)
	if err != nil {
		return fmt.Errorf("start the registry: %w", err)
	}
	rc := registry.Default()
	rc.Key = c.cfg.Keys.Ring
	server, err := registry.Serve(listener, rc)
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
	switch {
	case c.attached:
		return fmt.Errorf("the registry %s %w", c.Registry(), ErrForeign)
	case server == nil:
		return errors.New("the registry is down already")
	}
	server.Reset()
	return nil
}

// Store returns what is seen of the ring.
func (c *Cluster) Store() *observe.Store { return c.store }

// Core returns the configuration that peers started here get, without what
// differs from one to the next.
func (c *Cluster) Core() chord.Config { return c.core }

// Registry returns the registry's address, also while it is down.
func (c *Cluster) Registry() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.registryAddr
}

// Close ends every peer that was started here, the observer and the registry.
// Peers in a ring that others started leave it first. It returns when all
// sockets, goroutines and processes are gone. It may be called more than once.
func (c *Cluster) Close() {
	c.mu.Lock()
	hosts := c.hosts
	c.hosts = make(map[ring.ID]host)
	c.mu.Unlock()
	if c.attached {
		c.sayGoodbye(hosts)
	}
	c.observer.Close()
	var wg sync.WaitGroup
	for _, h := range hosts {
		wg.Go(h.Close)
	}
	wg.Wait()
	_ = c.StopRegistry() // it may be down, or closed before
	if c.cfg.Share && !c.attached {
		keyring.Forget(c.Registry())
	}
}
