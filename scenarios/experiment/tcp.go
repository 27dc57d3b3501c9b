package experiment

import (
	"context"
	"errors"
	"sync"
	"time"

	"chordscope/node/cluster"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// realLab is the lab of real peers on loopback TCP, all in this process.
type realLab struct {
	*cluster.Cluster
	keys    keyring.Keys
	started time.Time
	cancel  context.CancelFunc // ends what was begun and not waited for
	ctx     context.Context
	wg      sync.WaitGroup

	mu    sync.Mutex
	going map[ring.ID]bool
	busy  int
	ended []answer
	news  chan struct{} // has room for one: something has ended
}

func newReal(ctx context.Context, s setup) (*realLab, error) {
	keys := keyring.Random()
	c, err := cluster.Start(ctx, cluster.Config{Network: wire.TCP{}, Space: space, Core: s.core, Seed: s.seed, Keys: keys, VirtualNodes: s.vnodes})
	if err != nil {
		return nil, err
	}
	r := &realLab{Cluster: c, keys: keys, started: time.Now(), going: make(map[ring.ID]bool), news: make(chan struct{}, 1)}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return r, nil
}

func (r *realLab) Join(ctx context.Context, ids []ring.ID) error {
	return r.Cluster.Join(ctx, ids, nil)
}

func (r *realLab) JoinSoon(_ context.Context, id ring.ID) {
	// Who does not come in is missing, which the numbers of members show.
	r.wg.Go(func() { _ = r.Cluster.Join(r.ctx, []ring.ID{id}, nil) })
}

func (r *realLab) LeaveSoon(_ context.Context, id ring.ID) {
	r.mu.Lock()
	r.going[id] = true
	r.mu.Unlock()
	r.wg.Go(func() { _ = r.Cluster.Leave(r.ctx, []ring.ID{id}) })
}

func (r *realLab) Stop(ctx context.Context, ids []ring.ID, silent bool) error {
	switch {
	case len(ids) == 0:
		return nil
	case silent:
		return r.Freeze(ctx, ids)
	}
	return r.Kill(ctx, ids)
}

func (r *realLab) Members() []ring.ID {
	var out []ring.ID
	pic := r.Store().Picture()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.State.Live() && !r.going[p.ID] {
			out = append(out, p.ID)
		}
	}
	return out
}

func (r *realLab) Find(_ context.Context, q query) {
	r.mu.Lock()
	r.busy++
	r.mu.Unlock()
	r.wg.Go(func() {
		began := time.Now()
		l, err := r.Lookup(r.ctx, q.from, q.key, false)
		a := answer{query: q, owner: l.Owner, hops: l.Hops, failed: l.Failed, lost: err != nil, took: time.Since(began)}
		for _, s := range l.Steps {
			if s.Timeout {
				a.missed++
			}
		}
		r.mu.Lock()
		r.busy--
		r.ended = append(r.ended, a)
		r.mu.Unlock()
		select {
		case r.news <- struct{}{}:
		default:
		}
	})
}

func (r *realLab) Ended() []answer {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.ended
	r.ended = nil
	return out
}

func (r *realLab) Busy() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy
}

// realPatience is longer than any lookup of a real peer takes.
const realPatience = time.Minute

func (r *realLab) WaitEnded(ctx context.Context) error {
	timeout := time.NewTimer(realPatience)
	defer timeout.Stop()
	for {
		r.mu.Lock()
		ready := len(r.ended) > 0 || r.busy == 0
		r.mu.Unlock()
		if ready {
			return ctx.Err()
		}
		select {
		case <-r.news:
		case <-timeout.C:
			return errors.New("no lookup has ended for a minute")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *realLab) Await(ctx context.Context, within time.Duration, cond func(health) bool) (bool, error) {
	return r.WaitFor(ctx, within, func(p *observe.Picture) bool {
		h := &p.Health
		return cond(health{
			members: h.Live,
			ring:    h.Valid && h.WrongSuccessors == 0 && h.WrongPredecessors == 0,
			stable:  h.Stable,
		})
	})
}

func (r *realLab) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *realLab) Now() time.Duration { return time.Since(r.started) }
func (r *realLab) Messages() uint64   { return r.Store().Picture().Messages }

func (r *realLab) Close() {
	r.cancel()
	r.wg.Wait()
	r.Cluster.Close()
}
