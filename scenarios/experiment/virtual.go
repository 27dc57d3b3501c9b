package experiment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/truth"
)

// virtualLab is the lab in virtual time. It does everything in the goroutine that
// calls it.
type virtualLab struct {
	setup
	sim    *sim.Sim
	hosts  map[ring.ID]*sim.Host // that are live, frozen ones too
	going  map[ring.ID]bool      // told to leave
	failed map[*sim.Host]string  // of joins
	token  uint64
	finds  map[uint64]find // under way
	ended  []answer

	judged  health // when it was last looked at
	changed bool   // since then
}

type find struct {
	query
	at    *sim.Host
	right ring.ID // the owner when it began
}

func newVirtual(s setup) *virtualLab {
	cfg := sim.Default(space, s.seed)
	cfg.Peer = s.core
	if s.latency > 0 {
		cfg.MinLatency, cfg.MaxLatency = s.latency/2, 3*s.latency/2
	}
	// The registry tells as often as the ring is maintained.
	cfg.Sample = max(cfg.Sample, 4*s.interval)
	v := &virtualLab{
		setup: s, sim: sim.New(cfg), hosts: make(map[ring.ID]*sim.Host), going: make(map[ring.ID]bool),
		failed: make(map[*sim.Host]string), finds: make(map[uint64]find),
	}
	v.sim.OnEffects = v.effects
	return v
}

func (v *virtualLab) effects(h *sim.Host, fx *chord.Effects) {
	v.changed = v.changed || fx.Changes.Any()
	for i := range fx.Lookups {
		v.lookupEnded(&fx.Lookups[i])
	}
	if fx.Failed != "" {
		v.failed[h] = fx.Failed
	}
	if fx.Failed != "" || fx.Left {
		v.gone(h)
	}
}

// gone forgets a host, and what it was asked.
func (v *virtualLab) gone(h *sim.Host) {
	v.changed = true
	if v.hosts[h.Ref.ID] == h {
		delete(v.hosts, h.Ref.ID)
		delete(v.going, h.Ref.ID)
	}
	for token, f := range v.finds {
		if f.at == h {
			delete(v.finds, token)
			v.ended = append(v.ended, answer{query: f.query, lost: true})
		}
	}
}

// enter lets a host that was just started enter the ring through one that is
// there.
func (v *virtualLab) enter(h, through *sim.Host) *sim.Host {
	v.hosts[h.Ref.ID] = h
	v.changed = true
	if through == nil {
		v.sim.Do(h, chord.Create{})
	} else {
		v.sim.Do(h, chord.Join{Seeds: []chord.Ref{through.Ref}})
	}
	return h
}

// joinTime is how long a wave may take on the virtual clock.
const joinTime = 5 * time.Minute

func (v *virtualLab) Join(ctx context.Context, ids []ring.ID) error {
	if err := v.join(ctx, ids, func(i int) *sim.Host { return v.sim.Start(ids[i]) }); err != nil {
		return err
	}
	beside, err := besides(ids, v.vnodes)
	if err != nil {
		return err
	}
	return v.join(ctx, beside, func(i int) *sim.Host {
		return v.sim.StartBeside(v.hosts[ids[i/(v.vnodes-1)]], beside[i])
	})
}

// join adds peers in waves. start starts the i-th one.
func (v *virtualLab) join(ctx context.Context, ids []ring.ID, start func(i int) *sim.Host) error {
	for next := 0; len(ids) > 0; {
		members := v.members()
		wave := ids[:min(len(ids), max(1, len(members)))]
		ids = ids[len(wave):]
		var hosts []*sim.Host
		for i := range wave {
			var through *sim.Host
			if len(members) > 0 {
				through = members[i%len(members)]
			}
			hosts = append(hosts, v.enter(start(next), through))
			next++
		}
		pending := func(h *sim.Host) bool { return h.Live() && h.Peer.Status() != chord.StatusMember }
		ok, err := v.pass(ctx, joinTime, slice, func() bool {
			hosts = slices.DeleteFunc(hosts, func(h *sim.Host) bool { return !pending(h) && v.failed[h] == "" })
			return !slices.ContainsFunc(hosts, pending)
		})
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("%d peers are still no members after %v", len(hosts), joinTime)
		case len(hosts) > 0:
			return fmt.Errorf("a peer could not join: %s", v.failed[hosts[0]])
		}
	}
	return nil
}

func (v *virtualLab) JoinSoon(_ context.Context, id ring.ID) {
	members := v.members()
	if v.hosts[id] == nil && len(members) > 0 {
		v.enter(v.sim.Start(id), members[int(v.token)%len(members)])
	}
}

func (v *virtualLab) LeaveSoon(_ context.Context, id ring.ID) {
	if h := v.hosts[id]; h != nil {
		v.going[id] = true
		v.sim.Do(h, chord.Leave{})
	}
}

func (v *virtualLab) Stop(_ context.Context, ids []ring.ID, silent bool) error {
	for _, id := range ids {
		h := v.hosts[id]
		switch {
		case h == nil:
			return fmt.Errorf("N%s is not in the ring", space.Format(id))
		case silent:
			v.sim.Freeze(h)
			v.changed = true
		default:
			v.sim.Crash(h)
			v.gone(h)
		}
	}
	return nil
}

// members returns who is a member and not leaving, by identifier.
func (v *virtualLab) members() []*sim.Host {
	var out []*sim.Host
	for id, h := range v.hosts {
		if !h.Frozen() && !v.going[id] && h.Peer.Status() == chord.StatusMember {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b *sim.Host) int { return a.Ref.ID.Compare(b.Ref.ID) })
	return out
}

func (v *virtualLab) Members() []ring.ID {
	var out []ring.ID
	for _, h := range v.members() {
		out = append(out, h.Ref.ID)
	}
	return out
}

func (v *virtualLab) Find(_ context.Context, q query) {
	h := v.hosts[q.from]
	if h == nil {
		v.ended = append(v.ended, answer{query: q, lost: true})
		return
	}
	v.token++
	v.finds[v.token] = find{q, h, v.owner(q.key)}
	v.sim.Do(h, chord.Find{Token: v.token, Key: q.key})
}

func (v *virtualLab) lookupEnded(l *chord.Lookup) {
	f, known := v.finds[l.Token]
	if !known {
		return
	}
	delete(v.finds, l.Token)
	a := answer{query: f.query, owner: l.Owner.ID, hops: len(l.Path) - 1, failed: l.Failed, took: l.Took}
	for _, s := range l.Steps {
		if s.Failed == chord.TimedOut || s.Failed == chord.Refused {
			a.missed++
		}
	}
	a.wrong = v.judge && l.Failed == "" && a.owner != f.right && a.owner != v.owner(f.key)
	v.ended = append(v.ended, a)
}

// owner returns who owns a key now, if lookups are judged.
func (v *virtualLab) owner(key ring.ID) ring.ID {
	var best, nearest ring.ID
	found := false
	if !v.judge {
		return best
	}
	for id, h := range v.hosts {
		if h.Frozen() || h.Peer.Status() != chord.StatusMember {
			continue
		}
		if d := space.Distance(key, id); !found || d.Less(nearest) {
			best, nearest, found = id, d, true
		}
	}
	return best
}

func (v *virtualLab) Ended() []answer {
	out := v.ended
	v.ended = nil
	return out
}

func (v *virtualLab) Busy() int { return len(v.finds) }

// answerTime is longer than any lookup takes.
const answerTime = 10 * time.Minute

func (v *virtualLab) WaitEnded(ctx context.Context) error {
	ok, err := v.pass(ctx, answerTime, 100*time.Microsecond, func() bool { return len(v.ended) > 0 || len(v.finds) == 0 })
	if err == nil && !ok {
		err = fmt.Errorf("%d lookups have not ended after %v", len(v.finds), answerTime)
	}
	return err
}

// slice is how often a condition is tested, and whether to stop, on the virtual
// clock.
const slice = 10 * time.Millisecond

func (v *virtualLab) Await(ctx context.Context, within time.Duration, cond func(health) bool) (bool, error) {
	// A look at a ring takes as long as it is large, and a slow ring needs few.
	often := max(slice*time.Duration(max(1, len(v.hosts)/256)), v.interval/50)
	return v.pass(ctx, within, often, func() bool { return cond(v.health()) })
}

func (v *virtualLab) Sleep(ctx context.Context, d time.Duration) error {
	_, err := v.pass(ctx, d, time.Second, func() bool { return false })
	return err
}

// pass lets time pass until cond holds, which is tested so often.
func (v *virtualLab) pass(ctx context.Context, within, often time.Duration, cond func() bool) (bool, error) {
	for end := v.sim.Now() + within; ; {
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
		for next := v.sim.Now() + min(left, often); v.sim.Now() < next && ctx.Err() == nil; {
			v.sim.RunFor(min(next-v.sim.Now(), slice))
		}
	}
}

func (v *virtualLab) health() health {
	if !v.changed {
		return v.judged
	}
	v.changed = false
	var snaps []*chord.Snapshot
	moving := false
	for _, h := range v.hosts {
		if h.Frozen() {
			continue
		}
		if h.Peer.Status() != chord.StatusMember {
			moving = true
			continue
		}
		s := h.Peer.Snapshot()
		snaps = append(snaps, &s)
	}
	rep := truth.NewMembers(space, snaps).Check(v.successors)
	v.judged = health{
		members: rep.Members,
		ring:    rep.Valid && rep.WrongSuccessors == 0 && rep.WrongPredecessors == 0,
		stable:  rep.Stable() && !moving,
	}
	return v.judged
}

func (v *virtualLab) Now() time.Duration { return v.sim.Now() }
func (v *virtualLab) Messages() uint64   { return v.sim.Sent }
func (v *virtualLab) Close()             {}
