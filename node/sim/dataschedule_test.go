package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// dataSchedule is a random run of a ring that holds data and of clients that
// use it.
type dataSchedule struct {
	schedule
	k       int
	ledger  *ledger
	keys    []store.Key
	grace   time.Duration
	crashes int // since all copies were last in place

	// tamper, if set, may change what a step sends, to see that the ledger
	// notices.
	tamper func(s *dataSchedule, h *Host, fx *chord.Effects)
}

// dataShape is what a schedule does not leave to chance.
type dataShape struct {
	bits, r, k int
	latency    time.Duration // the longest of a message
	keys       int
	grace      time.Duration // of tombstones; 0: dataGrace
}

// randomShape draws the shape of a proof schedule.
func randomShape(rng *rand.Rand) dataShape {
	k := 1 + rng.IntN(4)
	return dataShape{
		bits: 6 + rng.IntN(11), k: k, r: max(2, k+rng.IntN(3)),
		latency: time.Duration(2+rng.IntN(60)) * time.Millisecond, keys: 20 + rng.IntN(40),
	}
}

// dataGrace is how long tombstones stay in these tests.
const dataGrace = 10 * time.Second

func newDataSchedule(seed uint64, rng *rand.Rand, shape dataShape, trace func(string, ...any)) *dataSchedule {
	s := &dataSchedule{k: shape.k}
	s.schedule = schedule{rng: rng, r: shape.r, trace: trace, space: ring.MustSpace(shape.bits), going: make(map[*Host]bool)}
	s.grace = cmp.Or(shape.grace, dataGrace)
	cfg := Default(s.space, seed)
	cfg.MinLatency, cfg.MaxLatency = min(time.Millisecond, shape.latency), shape.latency
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Replicas, c.Grace = s.r, s.k, s.grace }
	s.sim = New(cfg)
	s.ledger = newLedger(&s.schedule, s.k)
	s.keys = dataKeys(s.space, rng, shape.keys)
	s.sim.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, e := range fx.Events {
			s.trace("%v N%s %s", s.sim.now, s.space.Format(h.Ref.ID), s.describeData(e))
		}
		if s.tamper != nil {
			s.tamper(s, h, fx)
		}
		s.ledger.observe(h, fx)
	}
	return s
}

// dataKeys returns n keys: names, identifiers, and identifiers on which a name
// stands as well.
func dataKeys(space ring.Space, rng *rand.Rand, n int) []store.Key {
	var keys []store.Key
	add := func(k store.Key) {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for i := 0; len(keys) < n; i++ {
		k := store.Named(space, fmt.Sprintf("key %d", i))
		switch rng.IntN(4) {
		case 0:
			add(store.Key{ID: space.Hash([]byte(fmt.Sprint(rng.Uint64())))})
		case 1:
			add(store.Key{ID: k.ID})
			add(k)
		default:
			add(k)
		}
	}
	return keys
}

func (s *dataSchedule) describeData(e chord.Event) string {
	text := describe(s.space, e)
	if e.Name != "" || !e.Version.IsZero() {
		text += fmt.Sprintf(" key=%s version=%s", s.ledger.name(store.Key{ID: e.Key, Name: e.Name}), s.ledger.version(e.Version))
	}
	if e.Range != (ring.Interval{}) {
		text += fmt.Sprintf(" range=%s last=%d", s.space.FormatInterval(e.Range), e.Last)
	}
	return text
}

// build makes an ideal ring of n peers.
func (s *dataSchedule) build(n int) error {
	for tries := 0; len(s.members()) < n; tries++ {
		if tries > 20*n {
			return fmt.Errorf("%d of %d peers have joined", len(s.members()), n)
		}
		s.join()
		s.sim.RunFor(300 * time.Millisecond)
	}
	return s.untilPlaced(30*time.Second, false)
}

// load puts each key once and waits until all are acknowledged.
func (s *dataSchedule) load() error {
	for _, k := range s.keys {
		s.ledger.ask(s.pick(s.members()), chord.OpPut, k)
	}
	if !s.sim.RunUntil(accessDeadline, func() bool { return s.ledger.quiet() || s.ledger.err != nil }) {
		return fmt.Errorf("%d of %d puts are not acknowledged after %v", len(s.keys)-s.ledger.tally.acked, len(s.keys), accessDeadline)
	}
	if n := s.ledger.tally.acked; s.ledger.err == nil && n != len(s.keys) {
		return fmt.Errorf("%d of %d puts failed on a ring at rest", len(s.keys)-n, len(s.keys))
	}
	return s.ledger.err
}

// quiet reports whether no live client waits for anything.
func (l *ledger) quiet() bool {
	return !slices.ContainsFunc(l.tokens, func(a *access) bool { return a.ended == 0 && !a.host.dead })
}

// client does one access, as random as can be.
func (s *dataSchedule) client() {
	h := s.pick(s.members())
	if h == nil || h.frozen {
		return
	}
	key := s.keys[s.rng.IntN(len(s.keys))]
	if s.rng.IntN(3) == 0 {
		key = s.keys[s.rng.IntN(4)] // a few are wanted by everybody
	}
	switch x := s.rng.IntN(20); {
	case x < 9:
		s.ledger.ask(h, chord.OpGet, key)
	case x < 18 || slices.Index(s.keys, key)%2 == 0: // half of them are never deleted
		s.ledger.ask(h, chord.OpPut, key)
	default:
		s.ledger.ask(h, chord.OpDelete, key)
	}
}

// crashWithin ends a peer, or several at once, as long as fewer than k end
// between two moments at which all copies are in place, and the ring holds.
func (s *dataSchedule) crashWithin() {
	if s.crashes > 0 && s.ledger.placed(s.r, false) == nil {
		s.crashes = 0
	}
	for n := s.rng.IntN(s.k); n > 0 && s.crashes < s.k-1; n-- {
		if h := s.pick(s.running()); h != nil && s.mayLose(h) {
			s.crashes++
			s.crash(h)
		}
	}
}

// mayLose is the failure limit for peers that take their time to leave. Until
// they are gone others copy their lists, so that it does not do that every list
// keeps somebody now: of any r neighbours one has to stay.
func (s *dataSchedule) mayLose(victim *Host) bool {
	all := s.members()
	slices.SortFunc(all, func(a, b *Host) int { return a.Ref.ID.Compare(b.Ref.ID) })
	inRow := 0
	for _, h := range append(all, all...) {
		if inRow++; h != victim && !s.going[h] {
			inRow = 0
		}
		if inRow >= s.r {
			return false
		}
	}
	return s.mayFail(victim)
}

// running returns all live hosts, those included that join or leave just now.
func (s *dataSchedule) running() []*Host {
	return slices.DeleteFunc(slices.Clone(s.sim.hosts), func(h *Host) bool { return h.dead })
}

// crash ends a host. What it sent last may be lost with it: its machine had
// not put it on the wire yet.
func (s *dataSchedule) crash(h *Host) {
	s.trace("%v crash N%s", s.sim.now, s.space.Format(h.Ref.ID))
	since := s.sim.now - time.Duration(s.rng.Int64N(int64(s.sim.cfg.MaxLatency)+1))
	s.sim.Crash(h)
	for _, slot := range s.sim.queue.slots {
		e := slot.e
		if _, message := e.in.(chord.Receive); message && e.from == h && e.sent >= since {
			e.to, e.f = nil, func() {}
		}
	}
	s.ended = append(s.ended, h)
	s.ledger.gone(h)
}

// leaveWithin lets a peer leave, if the ring holds without it.
func (s *dataSchedule) leaveWithin() {
	if h := s.pick(s.members()); h != nil && !s.going[h] && s.mayLose(h) {
		s.leave(h)
		s.ended = append(s.ended, h)
	}
}

func (s *dataSchedule) leave(h *Host) {
	s.trace("%v leave N%s", s.sim.now, s.space.Format(h.Ref.ID))
	s.going[h] = true
	s.sim.Do(h, chord.Leave{})
}

// restartEnded starts again what has ended: restart alone would forget those
// that are still leaving.
func (s *dataSchedule) restartEnded() {
	for i, h := range s.ended {
		if h.dead {
			s.ended = slices.Delete(s.ended, i, i+1)
			if s.sim.host(h.Ref) == h { // a leaver that crashed stands here twice
				s.enter(s.sim.Restart(h))
			}
			return
		}
	}
}

// untilPlaced waits until everything is where it belongs.
func (s *dataSchedule) untilPlaced(within time.Duration, exactly bool) error {
	var last error
	for end := s.sim.now + within; s.sim.now < end; {
		s.sim.RunFor(200 * time.Millisecond)
		if s.ledger.overdue(); s.ledger.err != nil {
			return s.ledger.err
		}
		if last = s.ledger.placed(s.r, exactly); last == nil {
			return nil
		}
	}
	return fmt.Errorf("at %v, %v after the trouble ended: %w\n%s", s.sim.now, within, last, s.dump())
}

// settleData waits until all is at rest, tombstones gone, and reads every key
// from somewhere.
func (s *dataSchedule) settleData() error {
	if err := s.untilPlaced(60*time.Second+s.grace, true); err != nil {
		return err
	}
	if !s.sim.RunUntil(2*accessDeadline, s.ledger.quiet) {
		s.ledger.overdue()
		return fmt.Errorf("accesses never end: %w", s.ledger.err)
	}
	before := s.ledger.tally.getFailed
	for _, k := range s.keys {
		s.ledger.ask(s.pick(s.members()), chord.OpGet, k)
	}
	s.sim.RunUntil(accessDeadline, s.ledger.quiet)
	s.ledger.overdue()
	if n := s.ledger.tally.getFailed - before; n > 0 && s.ledger.err == nil {
		s.ledger.fail("%d of %d gets fail on a ring at rest", n, len(s.keys))
	}
	return s.ledger.err
}
