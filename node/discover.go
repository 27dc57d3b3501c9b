package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

const (
	// sampleSize is how many peers the registry is asked for.
	sampleSize = 4
	// goodbyeTime is how long an ending peer waits for the registry.
	goodbyeTime = time.Second
	// reseed is how often a peer that is still joining asks for other seeds:
	// those it has may be gone, or joining themselves.
	reseed = 300 * time.Millisecond
	// sampleEvery is how often a member asks for some peers, which it compares
	// its place with (the placement check).
	sampleEvery = 2 * time.Second
)

// Enter registers the peer, if there is a registry, and lets it enter the
// ring: through the seeds, or through peers that the registry names. With
// nobody to enter through it creates a ring. It returns when the peer is a
// member. An error that wraps wire.ErrTaken says that the identifier belongs
// to another peer; after any error the peer is of no use and must be closed.
// It may be called once.
func (p *Peer) Enter(ctx context.Context, seeds []chord.Ref) error {
	if p.cfg.Registry != "" {
		known, err := p.register(ctx)
		if err != nil {
			return err
		}
		if len(seeds) == 0 {
			seeds = known
		}
	}
	outcome := make(chan error, 1)
	first := chord.Input(chord.Join{Seeds: seeds})
	if len(seeds) == 0 {
		first = chord.Create{}
	}
	ok := p.inbox.put(item{do: func() {
		p.joining = append(p.joining, func(err error) { outcome <- err })
		p.step(first)
		if _, created := first.(chord.Create); created {
			p.joinOver(nil)
		}
	}})
	if !ok {
		return ErrEnded
	}
	again := time.NewTicker(reseed)
	defer again.Stop()
	for {
		select {
		case err := <-outcome:
			return err
		case <-again.C:
			if refs, err := p.sample(ctx, reseed); err == nil {
				p.inbox.put(item{in: chord.Join{Seeds: refs}}) // more seeds for a join under way
			}
		case <-p.done:
			return ErrEnded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// register begins the session with the registry, which goes on by itself.
func (p *Peer) register(ctx context.Context) ([]chord.Ref, error) {
	session, known, err := registry.Join(ctx, registry.SessionConfig{
		Network: p.cfg.Network, Addr: p.cfg.Registry, Key: p.cfg.RingKey, Self: codec.EncodeRef(p.ref), Ring: p.cfg.ring(),
	})
	if err != nil {
		return nil, err
	}
	p.session.Store(session)
	select {
	case <-p.quit: // it has ended meanwhile, and may have looked before we stored
		p.endSession()
		return nil, ErrEnded
	default:
	}
	// Started by the owner, which therefore cannot be waiting for it already.
	p.inbox.put(item{do: func() { p.wg.Go(p.sampling) }})
	return p.refs(known), nil
}

// sample asks the registry for a few live peers and waits at most for the time
// within: a registry that has fallen silent must not hold anything up.
func (p *Peer) sample(ctx context.Context, within time.Duration) ([]chord.Ref, error) {
	session := p.session.Load()
	if session == nil {
		return nil, wire.ErrUnavailable
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	refs, err := session.Sample(ctx, sampleSize)
	return p.refs(refs), err
}

// refs decodes what the registry named; what cannot be a peer of this ring is
// left out.
func (p *Peer) refs(list []*pb.PeerRef) []chord.Ref {
	var out []chord.Ref
	for _, r := range list {
		if ref, err := codec.DecodeRef(p.cfg.Chord.Space, r); err == nil && ref.Addr != p.ref.Addr {
			out = append(out, ref)
		}
	}
	return out
}

// sampling tells the core of peers that the registry names, as long as the
// peer lives. Without a registry for a while there are simply none.
func (p *Peer) sampling() {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-tick.C:
		}
		if refs, err := p.sample(context.Background(), sampleEvery); err == nil && len(refs) > 0 {
			p.inbox.put(item{in: chord.Known{Peers: refs}})
		}
	}
}

// endSession deregisters, or after a crash only drops the connection.
func (p *Peer) endSession() {
	session := p.session.Swap(nil)
	switch {
	case session == nil:
	case p.crashed:
		session.Reset()
	default:
		ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
		defer cancel()
		_ = session.Deregister(ctx) // a registry that is away finds out by itself
	}
}

// joinOver tells those who wait for the join how it ended.
func (p *Peer) joinOver(err error) {
	for _, tell := range p.joining {
		tell(err)
	}
	p.joining = nil
}

func (p *Peer) joinFailed(fx *chord.Effects) {
	err := errors.New(fx.Failed)
	switch {
	case fx.Taken:
		err = &wire.Error{Kind: wire.ErrTaken, Detail: fx.Failed}
	case p.misfit != nil:
		err = fmt.Errorf("%s: %w", fx.Failed, p.misfit)
	}
	p.joinOver(fmt.Errorf("join: %w", err))
}
