package experiment

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// loopback is a free port of this machine.
const loopback = "127.0.0.1:0"

// town is a ring of real peers that nobody watches, so that nothing but the
// peers themselves is measured.
type town struct {
	registry *registry.Server
	key      []byte
	peers    []*node.Peer
}

// openTown starts peers and returns when every pointer in the ring is right.
func openTown(ctx context.Context, s setup, ids []ring.ID) (*town, error) {
	listener, err := wire.TCP{}.Listen(ctx, loopback)
	if err != nil {
		return nil, err
	}
	t := &town{key: keyring.Random().Ring}
	rc := registry.Default()
	rc.Key = t.key
	if t.registry, err = registry.Serve(listener, rc); err != nil {
		return nil, err
	}
	if err = t.settle(ctx, s, ids); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *town) settle(ctx context.Context, s setup, ids []ring.ID) error {
	began := time.Now()
	store := observe.NewStore(observe.Config{
		Space: space, Successors: s.successors, Replicas: min(3, s.successors), Protocol: "corrected", Stabilize: s.interval,
		Clock: func() time.Duration { return time.Since(began) },
	})
	observer := observe.NewObserver(observe.ObserverConfig{Network: wire.TCP{}, Registry: t.registry.Addr(), Key: t.key, Store: store, Space: space})
	defer observer.Close()
	for len(ids) > 0 {
		wave := ids[:min(len(ids), max(1, len(t.peers)))]
		ids = ids[len(wave):]
		if err := t.join(ctx, s, wave); err != nil {
			return err
		}
	}
	within := time.NewTimer(s.settleTime(len(t.peers)))
	defer within.Stop()
	for {
		changed := store.Changed()
		if h := store.Picture().Health; h.Stable && h.Live == len(t.peers) {
			return nil
		}
		select {
		case <-changed:
		case <-within.C:
			return fmt.Errorf("the ring of %d peers is not ideal after %v", len(t.peers), s.settleTime(len(t.peers)))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// join starts a wave of peers.
func (t *town) join(ctx context.Context, s setup, ids []ring.ID) error {
	peers, errs := make([]*node.Peer, len(ids)), make([]error, len(ids))
	first := len(t.peers)
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			core := chord.Default(chord.Ref{ID: id}, space)
			s.core(&core)
			core.Seed = s.seed<<20 + uint64(first+i) + 1
			peers[i], errs[i] = node.Start(ctx, node.Config{
				Chord: core, Network: wire.TCP{}, Listen: loopback, Registry: t.registry.Addr(), RingKey: t.key,
			})
			if errs[i] == nil {
				errs[i] = peers[i].Enter(ctx, nil)
			}
		})
	}
	wg.Wait()
	for _, p := range peers {
		if p != nil {
			t.peers = append(t.peers, p)
		}
	}
	return errors.Join(errs...)
}

// Close ends the peers and the registry.
func (t *town) Close() {
	var wg sync.WaitGroup
	for _, p := range t.peers {
		wg.Go(p.Close)
	}
	wg.Wait()
	t.registry.Close()
}
