package scenarios

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
)

// How long, on the virtual clock, an operation may take before it has failed,
// and how often a condition is tested meanwhile.
const (
	virtualPatience = 60 * time.Second
	virtualSlice    = 5 * time.Millisecond
	// virtualCount is how often peers tell their counters, as real ones do
	// though nothing else changes.
	virtualCount = 500 * time.Millisecond
)

// virtual is the System on virtual time: instant and repeatable. It does
// everything in the goroutine that calls it.
type virtual struct {
	seen
	now      atomic.Int64 // the simulation's time, for those who look from outside
	settings Settings
	space    ring.Space
	sim      *sim.Sim                // nil before Start
	results  map[uint64]chord.Lookup // of finished lookups, by token
	failures map[*sim.Host]string    // of joins
	token    uint64
}

// NewVirtual returns a System that runs in virtual time.
func NewVirtual() System {
	return &virtual{seen: newSeen()}
}

func (v *virtual) Driver() string { return "virtual" }

func (v *virtual) Start(_ context.Context, s Settings) error {
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return err
	}
	v.settings, v.space = s, space
	v.results, v.failures = make(map[uint64]chord.Lookup), make(map[*sim.Host]string)
	cfg := sim.Default(space, s.Seed)
	cfg.Peer = s.core
	if !s.Merge {
		cfg.Sample = 0
	}
	v.sim = sim.New(cfg)
	v.sim.OnEffects = v.observe
	v.sim.At(virtualCount, v.count)
	v.show(observe.NewStore(observe.Config{
		Space: space, Successors: s.Successors, Protocol: s.protocol(),
		Clock: func() time.Duration { return time.Duration(v.now.Load()) },
	}))
	return nil
}

// core sets what the settings say about a peer's core.
func (s Settings) core(c *chord.Config) {
	c.Successors, c.Stabilize, c.Fix, c.Check = s.Successors, s.Stabilize, s.Fix, s.Check
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
		v.results[l.Token] = l
	}
	if fx.Failed != "" {
		v.failures[h] = fx.Failed
	}
	if !fx.Changes.Any() && len(fx.Events) == 0 {
		return
	}
	u := observe.Update{Self: h.Ref, Events: slices.Clone(fx.Events), Counters: counters(h)}
	if fx.Changes.Any() {
		snap := h.Peer.Snapshot()
		u.Snapshot = &snap
	}
	v.store().Apply(u)
}

// count tells the counters of all peers, again and again.
func (v *virtual) count() {
	v.now.Store(int64(v.sim.Now()))
	for _, h := range v.sim.Hosts() {
		if h.Live() {
			v.store().Apply(observe.Update{Self: h.Ref, Counters: counters(h)})
		}
	}
	v.sim.At(virtualCount, v.count)
}

func counters(h *sim.Host) *observe.Counters {
	return &observe.Counters{Sent: h.Sent(), Received: h.Received()}
}

// Join adds the peers in waves that at most double the ring, each wave through
// random members, so that many at once do not all queue at one place.
func (v *virtual) Join(ctx context.Context, ids []ring.ID, via *ring.ID) error {
	var through *sim.Host
	if via != nil {
		if through = v.host(*via); through == nil {
			return v.errorf(*via, cluster.ErrAbsent)
		}
	}
	for i, id := range ids {
		if v.host(id) != nil || slices.Contains(ids[:i], id) {
			return v.errorf(id, cluster.ErrPresent)
		}
	}
	for len(ids) > 0 {
		members := v.members()
		n := min(len(ids), max(1, len(members)))
		var hosts []*sim.Host
		for _, id := range ids[:n] {
			hosts = append(hosts, v.sim.Start(id))
		}
		for i, h := range hosts {
			switch {
			case through != nil:
				v.sim.Do(h, chord.Join{Seeds: []chord.Ref{through.Ref}})
			case len(members) > 0:
				v.sim.Do(h, chord.Join{Seeds: []chord.Ref{members[i%len(members)].Ref}})
			default:
				v.sim.Do(h, chord.Create{})
			}
		}
		if err := v.awaitJoined(ctx, hosts); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (v *virtual) awaitJoined(ctx context.Context, hosts []*sim.Host) error {
	ok, err := v.wait(ctx, virtualPatience, func() bool {
		for _, h := range hosts {
			if h.Live() && h.Peer.Status() != chord.StatusMember {
				return false
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, h := range hosts {
		switch why, failed := v.failures[h]; {
		case failed:
			return fmt.Errorf("N%s could not join: %s", v.space.Format(h.Ref.ID), why)
		case !ok && h.Peer.Status() != chord.StatusMember:
			return fmt.Errorf("N%s is still not a member after %v", v.space.Format(h.Ref.ID), virtualPatience)
		}
	}
	return nil
}

func (v *virtual) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	var ids []ring.ID
	taken := make(map[ring.ID]bool)
	for _, h := range v.sim.Hosts() {
		taken[h.Ref.ID] = taken[h.Ref.ID] || h.Live()
	}
	for range n {
		id, err := v.nextHashed(taken)
		if err != nil {
			return ids, err
		}
		if err := v.Join(ctx, []ring.ID{id}, nil); err != nil {
			return ids, err
		}
		taken[id] = true
		ids = append(ids, id)
	}
	return ids, nil
}

// nextHashed passes over ports whose hash is taken.
func (v *virtual) nextHashed(taken map[ring.ID]bool) (ring.ID, error) {
	for range 1 << 16 {
		if id := v.space.Hash([]byte(v.sim.NextAddr())); !taken[id] {
			return id, nil
		}
		v.sim.SkipAddr()
	}
	return ring.ID{}, fmt.Errorf("no free identifier left among %d bits", v.space.Bits())
}

func (v *virtual) Leave(ctx context.Context, ids []ring.ID) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		v.sim.Do(h, chord.Leave{})
	}
	ok, err := v.wait(ctx, virtualPatience, func() bool {
		for _, h := range hosts {
			if h.Live() {
				return false
			}
		}
		return true
	})
	if err == nil && !ok {
		err = fmt.Errorf("the leavers are still there after %v", virtualPatience)
	}
	return err
}

func (v *virtual) Kill(_ context.Context, ids []ring.ID) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		v.sim.Crash(h)
		v.store().Gone(h.Ref, observe.StateDead)
	}
	return nil
}

func (v *virtual) Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error) {
	h := v.host(from)
	if h == nil {
		return observe.Lookup{}, v.errorf(from, cluster.ErrAbsent)
	}
	v.token++
	token := v.token
	v.sim.Do(h, chord.Find{Token: token, Key: key, Recursive: recursive})
	ok, err := v.wait(ctx, virtualPatience, func() bool { _, done := v.results[token]; return done || !h.Live() })
	if err != nil {
		return observe.Lookup{}, err
	}
	l, done := v.results[token]
	if !ok || !done {
		return observe.Lookup{}, fmt.Errorf("the lookup from N%s did not end", v.space.Format(from))
	}
	delete(v.results, token)
	return v.store().Describe(h.Ref, l), nil
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

func (v *virtual) members() []*sim.Host {
	var out []*sim.Host
	for _, h := range v.sim.Hosts() {
		if h.Live() && h.Peer.Status() == chord.StatusMember {
			out = append(out, h)
		}
	}
	return out
}

// host returns the live host with the identifier, or nil.
func (v *virtual) host(id ring.ID) *sim.Host {
	for _, h := range v.sim.Hosts() {
		if h.Live() && h.Ref.ID == id {
			return h
		}
	}
	return nil
}

func (v *virtual) find(ids []ring.ID) ([]*sim.Host, error) {
	var out []*sim.Host
	for _, id := range ids {
		h := v.host(id)
		if h == nil {
			return nil, v.errorf(id, cluster.ErrAbsent)
		}
		out = append(out, h)
	}
	return out, nil
}

func (v *virtual) errorf(id ring.ID, err error) error {
	return fmt.Errorf("N%s %w", v.space.Format(id), err)
}

func (v *virtual) Close() error { return nil }
