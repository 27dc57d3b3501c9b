package registry

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// SessionConfig is what a peer says of itself and where.
type SessionConfig struct {
	Network wire.Network // nil: TCP
	Addr    string       // of the registry
	Key     []byte       // of the ring; empty if it has none
	Self    *pb.PeerRef
	Ring    *pb.Ring

	// OnChange hears, from one goroutine, that the connection was lost (up is
	// false, why says how), that coming back was refused (the same, why wraps
	// a sentinel of package wire such as ErrTaken; it is tried again), and that
	// the peer is registered again. It must not call Close, Deregister or
	// Reset. May be nil.
	OnChange func(up bool, why error)
}

// Session keeps a peer registered. When the connection breaks, it registers
// again as soon as the registry is back. All methods are safe for concurrent
// use. It has one goroutine beside that of its connection.
type Session struct {
	cfg    SessionConfig
	cancel context.CancelFunc // ends the goroutine
	done   chan struct{}      // closed when it has ended

	mu     sync.Mutex
	client *wire.Client // the last one, which may have ended
}

// sessionSample is how many others a registering peer is told of.
const sessionSample = 8

// Join registers a peer and returns the session that keeps it registered, and
// some other live peers. It tries once; the error wraps wire.ErrRefused and
// the like if there is no registry, and wire.ErrTaken, wire.ErrRingMismatch
// and the like if it does not want the peer.
func Join(ctx context.Context, cfg SessionConfig) (*Session, []*pb.PeerRef, error) {
	s := &Session{cfg: cfg, done: make(chan struct{})}
	client, sample, err := s.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.client = client
	background, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go s.run(background, client)
	return s, sample, nil
}

// connect makes a connection and registers on it.
func (s *Session) connect(ctx context.Context) (*wire.Client, []*pb.PeerRef, error) {
	limits := wire.DefaultLimits()
	ctx, cancel := context.WithTimeout(ctx, limits.DialTimeout)
	defer cancel()
	client, err := wire.DialWithKey(ctx, s.cfg.Network, s.cfg.Addr, wire.PeerHello(s.cfg.Self, s.cfg.Ring), s.cfg.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("registry: %w", err)
	}
	env, err := client.Call(ctx, &pb.Envelope_Register{Register: &pb.Register{Peer: s.cfg.Self, Ring: s.cfg.Ring, Sample: sessionSample}})
	if err != nil {
		client.Close()
		return nil, nil, fmt.Errorf("register at %s: %w", s.cfg.Addr, err)
	}
	return client, env.GetRegistered().GetSample(), nil
}

// run replaces a broken connection by a new one until ctx is done.
func (s *Session) run(ctx context.Context, client *wire.Client) {
	defer close(s.done)
	for {
		select {
		case <-client.Done():
		case <-ctx.Done():
			return
		}
		s.changed(ctx, false, client.Err())
		var ok bool
		if client, ok = s.reconnect(ctx); !ok {
			return
		}
		s.changed(ctx, true, nil)
	}
}

// reconnect tries until it succeeds or ctx is done.
func (s *Session) reconnect(ctx context.Context) (*wire.Client, bool) {
	limits := wire.DefaultLimits()
	for failures := 0; wait(ctx, limits.Backoff(failures)); failures++ {
		client, _, err := s.connect(ctx)
		if err != nil {
			if _, refused := errors.AsType[*wire.Error](err); refused {
				s.changed(ctx, false, err)
			}
			continue
		}
		s.mu.Lock()
		s.client = client
		s.mu.Unlock()
		return client, true
	}
	return nil, false
}

func (s *Session) changed(ctx context.Context, up bool, why error) {
	if s.cfg.OnChange != nil && ctx.Err() == nil {
		s.cfg.OnChange(up, why)
	}
}

// Sample asks for at most n other live peers, 1 to 64. While the registry is
// away it fails at once, with an error that wraps wire.ErrClosed.
func (s *Session) Sample(ctx context.Context, n int) ([]*pb.PeerRef, error) {
	env, err := s.current().Call(ctx, &pb.Envelope_Sample{Sample: &pb.Sample{Count: uint32(max(n, 0))}})
	if err != nil {
		return nil, fmt.Errorf("ask the registry %s for peers: %w", s.cfg.Addr, err)
	}
	var refs []*pb.PeerRef
	for _, m := range env.GetMembers().GetMembers() {
		refs = append(refs, m.GetPeer())
	}
	return refs, nil
}

// Deregister takes the peer out and ends the session. Also after an error,
// which says that the registry could not be told, the session has ended.
func (s *Session) Deregister(ctx context.Context) error {
	s.finish()
	_, err := s.current().Call(ctx, &pb.Envelope_Deregister{Deregister: &pb.Deregister{Peer: s.cfg.Self}})
	s.current().Close()
	if err != nil {
		return fmt.Errorf("deregister at %s: %w", s.cfg.Addr, err)
	}
	return nil
}

// Close ends the session. The registry takes the peer for lost.
func (s *Session) Close() {
	s.finish()
	s.current().Close()
}

// Reset ends the session as a crash does.
func (s *Session) Reset() {
	s.finish()
	s.current().Reset()
}

// finish ends the goroutine, so that the current connection stays the last.
func (s *Session) finish() {
	s.cancel()
	<-s.done
}

func (s *Session) current() *wire.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client
}

// wait lets time pass and reports whether ctx allowed all of it.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
