package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
)

// How long, on the virtual clock, an operation may take before it has failed,
// and how often a condition is tested meanwhile.
const (
	virtualPatience = 60 * time.Second
	virtualSlice    = 5 * time.Millisecond
	// virtualCount is how often peers tell their counters, as real ones do
	// though nothing else changes.
	virtualCount = 500 * time.Millisecond
	// virtualWays is how often they tell their ways to others.
	virtualWays = time.Second
)

// virtual is the System on virtual time: instant and repeatable. It does
// everything in the goroutine that calls it.
type virtual struct {
	seen
	now      atomic.Int64 // the simulation's time, for those who look from outside
	settings Settings
	space    ring.Space
	sim      *sim.Sim                    // nil before Start
	lookups  map[uint64]chord.Lookup     // that have ended, by token
	accesses map[uint64]chord.Access     // that have ended, by token
	failures map[*sim.Host]string        // of joins
	told     map[*sim.Host]time.Duration // when their ways were told last
	token    uint64
	paused   bool    // also those who join
	pace     float64 // likewise; 0: nobody has said
}

// NewVirtual returns a System that runs in virtual time.
func NewVirtual() System {
	return &virtual{seen: newSeen()}
}

func (v *virtual) Driver() string { return DriverVirtual }

func (v *virtual) Start(_ context.Context, s Settings) error {
	if s.Processes {
		return errors.New("processes=on needs real peers: run it without virtual time")
	}
	if err := s.CheckVNodes(); err != nil {
		return err
	}
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return err
	}
	v.settings, v.space = s, space
	v.lookups, v.accesses = make(map[uint64]chord.Lookup), make(map[uint64]chord.Access)
	v.failures, v.told = make(map[*sim.Host]string), make(map[*sim.Host]time.Duration)
	cfg := sim.Default(space, s.Seed)
	cfg.Peer = s.core
	if !s.Merge {
		cfg.Sample = 0
	}
	v.sim = sim.New(cfg)
	v.sim.OnEffects = v.observe
	v.sim.At(virtualCount, v.count)
	v.show(observe.NewStore(observe.Config{
		Space: space, Successors: s.listLength(), Replicas: s.Replicas, Protocol: s.protocol(),
		Stabilize: s.Stabilize, Clock: func() time.Duration { return time.Duration(v.now.Load()) },
	}))
	v.tellRegistry(true)
	return nil
}

// core sets what the settings say about a peer's core.
func (s Settings) core(c *chord.Config) {
	c.Successors, c.Stabilize, c.Fix, c.Check = s.listLength(), s.Stabilize, s.Fix, s.Check
	c.Replicas, c.Repair = s.Replicas, s.Repair
	c.Timeout, c.Original, c.Merge = s.Timeout, s.Original, s.Merge
}

func (s Settings) protocol() string {
	if s.Original {
		return "original"
	}
	return "corrected"
}

// observe is told of every step of every peer.
func (v *virtual) observe(h *sim.Host, fx *chord.Effects) {
	v.now.Store(int64(v.sim.Now()))
	for _, l := range fx.Lookups {
		v.lookups[l.Token] = l
	}
	if fx.Failed != "" {
		v.failures[h] = fx.Failed
	}
	if fx.Changes.Any() || len(fx.Events) > 0 {
		u := update(h, fx)
		if fx.Changes.Ran {
			v.ways(h, &u)
		}
		v.store().Apply(u)
	}
	for _, a := range fx.Accesses { // once the copies can be seen
		v.accesses[a.Token] = a
		if a.Op != chord.OpGet && a.Failed == "" {
			v.store().Acknowledged(a.Key, a.Version, a.Op == chord.OpDelete)
		}
	}
}

// update is what a step has changed, for those who watch.
func update(h *sim.Host, fx *chord.Effects) observe.Update {
	u := observe.Update{Self: h.Ref, Events: slices.Clone(fx.Events), Counters: counters(h)}
	tables := fx.Changes
	tables.Keys = nil
	if tables.Any() {
		snap := h.Peer.Snapshot()
		u.Snapshot = &snap
	}
	told := make(map[store.Key]bool)
	for _, k := range fx.Changes.Keys {
		switch e, held := h.Peer.Entry(k); {
		case told[k]:
		case held:
			u.Keys = append(u.Keys, e)
		default:
			u.Gone = append(u.Gone, k)
		}
		told[k] = true
	}
	return u
}

// count tells the counters of all peers, again and again.
func (v *virtual) count() {
	v.now.Store(int64(v.sim.Now()))
	for _, h := range v.sim.Hosts() {
		if h.Live() && !h.Frozen() {
			u := observe.Update{Self: h.Ref, Counters: counters(h)}
			if v.sim.Now()-v.told[h] >= virtualWays {
				v.ways(h, &u)
			}
			v.store().Apply(u)
		}
	}
	v.sim.At(virtualCount, v.count)
}

func counters(h *sim.Host) *observe.Counters {
	return &observe.Counters{Sent: h.Sent(), Received: h.Received()}
}

func (v *virtual) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	return v.wait(ctx, within, func() bool { return cond(v.store().Picture()) })
}

func (v *virtual) Sleep(ctx context.Context, d time.Duration) error {
	_, err := v.wait(ctx, d, func() bool { return false })
	return err
}

// wait runs the simulation until cond holds.
func (v *virtual) wait(ctx context.Context, within time.Duration, cond func() bool) (bool, error) {
	if v.sim == nil {
		return cond(), nil
	}
	end := v.sim.Now() + within
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if cond() {
			return true, nil
		}
		left := end - v.sim.Now()
		if left <= 0 {
			return false, nil
		}
		v.sim.RunFor(min(left, virtualSlice))
		v.now.Store(int64(v.sim.Now()))
	}
}

func (v *virtual) errorf(id ring.ID, err error) error {
	return fmt.Errorf("N%s %w", v.space.Format(id), err)
}

func (v *virtual) Close() error { return nil }
