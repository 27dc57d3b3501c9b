package node

import (
	"context"
	"fmt"
	"net"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/proto/wire"
)

// Start makes a peer that listens but is in no ring yet; Enter comes next. The
// caller must end it with Leave, Crash or Close.
func Start(ctx context.Context, cfg Config) (*Peer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("peer configuration: %w", err)
	}
	p := &Peer{
		cfg: cfg, started: time.Now(), inbox: newInbox(), commands: make(chan command), quit: make(chan struct{}), done: make(chan struct{}),
		asked: newAsked(), tracers: make(map[*wire.Link]bool),
	}
	listener, err := cfg.Network.Listen(ctx, cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", cfg.Listen, err)
	}
	if err := checkListener(listener.Addr(), cfg.RingKey); err != nil {
		listener.Close()
		return nil, err
	}
	self := chord.Ref{ID: cfg.Chord.Self.ID, Addr: listener.Addr().String(), Inc: cfg.Chord.Self.Inc, Host: cfg.Chord.Self.Host}
	if cfg.HashID {
		self.ID = cfg.Chord.Space.Hash([]byte(self.Addr))
	}
	if self.Inc == 0 {
		self.Inc = uint64(p.started.UnixMilli())
	}
	p.ref, p.cfg.Chord.Self = self, self
	if p.core, err = chord.New(p.cfg.Chord); err != nil {
		listener.Close()
		return nil, err
	}
	if cfg.Paused {
		p.core.Step(0, chord.Pause{})
	}
	p.core.Step(0, chord.Pace{Factor: cfg.Pace})
	p.hub, err = wire.NewHub(listener, wire.Config{
		Network: cfg.Network, Limits: wire.DefaultLimits(), Key: cfg.RingKey, Budget: cfg.Budget,
		Hello:      wire.PeerHello(codec.EncodeRef(self), cfg.ring()),
		OnEnvelope: p.receive,
		OnDown:     p.down,
		OnEnd:      p.ended,
	})
	if err != nil {
		return nil, err
	}
	go p.run()
	return p, nil
}

// checkListener reports why a peer may not listen at addr. Others reach it at
// this very address, so it has to be a particular one.
func checkListener(addr net.Addr, ringKey []byte) error {
	if at, ok := addr.(*net.TCPAddr); ok && at.IP.IsUnspecified() {
		return fmt.Errorf("listen at %s: a peer tells others where to reach it: name one address of this machine", addr)
	}
	return wire.CheckExposure(addr, ringKey)
}
