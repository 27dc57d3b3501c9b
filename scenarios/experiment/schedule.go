package experiment

import (
	"context"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/truth"
)

// schedule disturbs one ring at random and watches whether it keeps what Chord
// promises.
type schedule struct {
	ctx    context.Context // ends it early
	rng    *rand.Rand
	sim    *sim.Sim
	r      int
	watch  bool // judge the ring after every step that changed something
	broken bool // it was not valid once while it was watched
	used   map[ring.ID]bool
	ended  []*sim.Host // crashed or left, may be started again
}

func newSchedule(ctx context.Context, b *bench, n int, number uint64, originalProtocol bool) *schedule {
	rng := b.random(uint64(n), number) // the same for both protocols
	cfg := sim.Default(space, rng.Uint64())
	cfg.MinLatency, cfg.MaxLatency = time.Millisecond, 50*time.Millisecond
	setup := b.ring()
	setup.original = originalProtocol
	cfg.Peer = func(c *chord.Config) {
		setup.core(c)
		c.Merge = false
	}
	s := &schedule{ctx: ctx, rng: rng, sim: sim.New(cfg), r: b.Successors, used: make(map[ring.ID]bool)}
	s.sim.OnEffects = func(_ *sim.Host, fx *chord.Effects) {
		if s.watch && !s.broken && fx.Changes.Any() {
			s.broken = !s.keepsPromises()
		}
	}
	return s
}

// keepsPromises tests the invariant of the proof and what it implies.
func (s *schedule) keepsPromises() bool {
	rep := s.judge()
	return rep.Valid && rep.Principals >= s.r+1
}

func (s *schedule) judge() truth.Report {
	return truth.NewMembers(space, s.sim.Snapshots()).Check(s.r)
}

// build makes an ideal ring of n peers and reports whether that worked.
func (s *schedule) build(n int) bool {
	for range n {
		s.join()
		s.sim.RunFor(300 * time.Millisecond)
	}
	return s.settle(time.Minute) && len(s.members()) >= s.r+1
}

// settle lets the ring rest and reports whether it becomes ideal.
func (s *schedule) settle(within time.Duration) bool {
	for end := s.sim.Now() + within; s.sim.Now() < end && s.ctx.Err() == nil; {
		s.sim.RunFor(200 * time.Millisecond)
		if rep := s.judge(); rep.Ideal && len(s.members()) == s.live() {
			return true
		}
	}
	return false
}

// disturb makes random disturbances at random times.
func (s *schedule) disturb(events int) {
	s.watch = true
	for range events {
		if s.ctx.Err() != nil {
			break
		}
		switch x := s.rng.IntN(8); {
		case x < 3:
			s.join()
		case x < 4:
			s.restart()
		case x < 7:
			s.end(s.sim.Crash)
		default:
			s.end(func(h *sim.Host) { s.sim.Do(h, chord.Leave{}) })
		}
		if s.watch && !s.broken {
			s.broken = !s.keepsPromises()
		}
		s.sim.RunFor(time.Duration(s.rng.Int64N(int64(200 * time.Millisecond))))
	}
	s.watch = false
}

func (s *schedule) members() []*sim.Host {
	var out []*sim.Host
	for _, h := range s.sim.Hosts() {
		if h.Live() && h.Peer.Status() == chord.StatusMember {
			out = append(out, h)
		}
	}
	return out
}

func (s *schedule) live() int {
	n := 0
	for _, h := range s.sim.Hosts() {
		if h.Live() {
			n++
		}
	}
	return n
}

func (s *schedule) join() {
	id := distinct(s.rng, 1)[0]
	if s.used[id] {
		return
	}
	s.used[id] = true
	s.enter(func() *sim.Host { return s.sim.Start(id) })
}

// restart starts one again that has ended: same place, nothing remembered.
func (s *schedule) restart() {
	last := len(s.ended) - 1
	if last < 0 {
		return
	}
	h := s.ended[last]
	s.ended = s.ended[:last]
	if !h.Live() {
		s.enter(func() *sim.Host { return s.sim.Restart(h) })
	}
}

func (s *schedule) enter(start func() *sim.Host) {
	members := s.members()
	if len(members) == 0 {
		s.sim.Do(start(), chord.Create{})
		return
	}
	through := members[s.rng.IntN(len(members))].Ref
	s.sim.Do(start(), chord.Join{Seeds: []chord.Ref{through}})
}

// end ends a random member, if the limit of the proof allows it.
func (s *schedule) end(how func(*sim.Host)) {
	members := s.members()
	if len(members) == 0 {
		return
	}
	victim := members[s.rng.IntN(len(members))]
	if mayFail(s.sim, victim, s.r) {
		how(victim)
		s.ended = append(s.ended, victim)
	}
}
