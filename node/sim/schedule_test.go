package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// schedule is one random run.
type schedule struct {
	rng   *rand.Rand
	sim   *Sim
	space ring.Space
	r     int
	guard bool // check the invariant after every step that changed something
	err   error
	trace func(string, ...any)
	ended []*Host        // crashed or left, may be restarted
	going map[*Host]bool // told to leave: members still, but not to be counted on
}

func newSchedule(seed uint64, original, merge bool, trace func(string, ...any)) *schedule {
	rng := rand.New(rand.NewPCG(seed, 7))
	s := &schedule{rng: rng, r: 2 + rng.IntN(3), trace: trace, space: ring.MustSpace(5 + rng.IntN(4)), going: make(map[*Host]bool)}
	cfg := Default(s.space, seed)
	cfg.MinLatency = time.Millisecond
	cfg.MaxLatency = time.Duration(2+rng.IntN(60)) * time.Millisecond
	cfg.Peer = func(c *chord.Config) {
		c.Successors, c.Replicas, c.Original, c.Merge = s.r, min(3, s.r), original, merge
	}
	s.sim = New(cfg)
	s.sim.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, e := range fx.Events {
			s.trace("%v N%s %s", s.sim.now, s.space.Format(h.Ref.ID), describe(s.space, e))
		}
		if s.guard && s.err == nil && fx.Changes.Any() {
			s.err = s.check()
		}
	}
	return s
}

func describe(space ring.Space, e chord.Event) string {
	return fmt.Sprintf("kind=%d cause=%q peer=%s old=%s index=%d %s", e.Kind, e.Cause, space.Format(e.Peer.ID), space.Format(e.Old.ID), e.Index, e.Reason)
}

// check tests the inductive invariant and all it implies.
func (s *schedule) check() error {
	rep := truth.NewMembers(s.space, s.sim.Snapshots()).Check(s.r)
	if !rep.Valid || rep.Principals < s.r+1 {
		return fmt.Errorf("at %v: %s, %d principals with r = %d: %+v\n%s", s.sim.Now(), rep.Why, rep.Principals, s.r, rep, s.dump())
	}
	return nil
}

func (s *schedule) dump() string {
	var b strings.Builder
	for _, h := range s.sim.Hosts() {
		sn := h.Peer.Snapshot()
		fmt.Fprintf(&b, "  N%s live=%v frozen=%v %v pred=%s list=", s.space.Format(h.Ref.ID), h.Live(), h.frozen, sn.Status, s.space.Format(sn.Predecessor.ID))
		for _, e := range sn.Successors {
			fmt.Fprintf(&b, " %s/%d", s.space.Format(e.ID), e.Inc)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// buildBase makes an ideal ring of at least r+1 peers, where the proof starts.
func (s *schedule) buildBase() error {
	for want := s.r + 1 + s.rng.IntN(4); len(s.members()) < want; {
		s.join()
		s.sim.RunFor(300 * time.Millisecond)
	}
	return s.settle(20 * time.Second)
}

// settle waits until the ring is ideal, fingers included.
func (s *schedule) settle(within time.Duration) error {
	for end := s.sim.Now() + within; s.sim.Now() < end; {
		s.sim.RunFor(200 * time.Millisecond)
		if s.err != nil {
			return s.err
		}
		if rep := truth.NewMembers(s.space, s.sim.Snapshots()).Check(s.r); rep.Stable() && s.idle() {
			return nil
		}
	}
	rep := truth.NewMembers(s.space, s.sim.Snapshots()).Check(s.r)
	return fmt.Errorf("not ideal %v after the trouble ended: %s: %+v\n%s", within, rep.Why, rep, s.dump())
}

// idle reports whether nobody is joining or leaving.
func (s *schedule) idle() bool {
	for _, h := range s.sim.Hosts() {
		if h.Live() && h.Peer.Status() != chord.StatusMember {
			return false
		}
	}
	return true
}

func (s *schedule) members() []*Host {
	var out []*Host
	for _, h := range s.sim.Hosts() {
		if h.Live() && h.Peer.Status() == chord.StatusMember {
			out = append(out, h)
		}
	}
	return out
}

func (s *schedule) pick(hs []*Host) *Host {
	if len(hs) == 0 {
		return nil
	}
	return hs[s.rng.IntN(len(hs))]
}

func (s *schedule) join() {
	id := s.space.Hash([]byte(fmt.Sprint(s.rng.Uint64())))
	for _, h := range s.sim.Hosts() {
		if h.Ref.ID == id {
			return // an identifier of somebody else: that is tested apart
		}
	}
	s.enter(s.sim.Start(id))
}

func (s *schedule) restart() {
	if i := len(s.ended); i > 0 {
		h := s.ended[i-1]
		s.ended = s.ended[:i-1]
		if !h.Live() {
			s.enter(s.sim.Restart(h))
		}
	}
}

func (s *schedule) enter(h *Host) {
	seed := s.pick(s.members())
	s.trace("%v enter N%s", s.sim.Now(), s.space.Format(h.Ref.ID))
	if seed == nil {
		s.sim.Do(h, chord.Create{})
		return
	}
	s.sim.Do(h, chord.Join{Seeds: []chord.Ref{seed.Ref}})
}

// remove ends a member, if the failure limit allows.
func (s *schedule) remove(how func(*Host), what string) {
	h := s.pick(s.members())
	if h == nil || !s.mayFail(h) {
		return
	}
	s.trace("%v %s N%s", s.sim.Now(), what, s.space.Format(h.Ref.ID))
	how(h)
	s.ended = append(s.ended, h)
	if s.guard && s.err == nil {
		s.err = s.check()
	}
}

// mayFail is the failure limit: everyone keeps a live entry, and r+1 members
// are skipped by no list, those that travel in answers included.
func (s *schedule) mayFail(victim *Host) bool {
	live := make(map[chord.Ref]bool)
	for _, h := range s.members() {
		live[h.Ref] = h != victim && !s.going[h]
	}
	ok := true
	var lists []*chord.Snapshot
	consider := func(self chord.Ref, list []chord.Ref) {
		lists = append(lists, &chord.Snapshot{Self: self, Successors: list})
		kept := s.installed(self, list)
		ok = ok && (len(kept) == 0 || slices.ContainsFunc(kept, func(e chord.Ref) bool { return live[e] }))
	}
	for _, sn := range s.sim.Snapshots() {
		if sn.Self != victim.Ref {
			consider(sn.Self, sn.Successors)
		}
	}
	s.sim.InFlight(func(to *Host, m chord.Receive) {
		st, isState := m.Body.(chord.State)
		switch {
		case !isState || to == victim:
		case to.Peer.Status() == chord.StatusMember:
			consider(to.Ref, append([]chord.Ref{m.From}, st.Successors...))
		default: // a joiner takes the list as it is
			consider(to.Ref, st.Successors)
		}
	})
	return ok && s.principals(live, lists) >= s.r+1
}

// installed is what the receiver would keep of a list.
func (s *schedule) installed(self chord.Ref, list []chord.Ref) []chord.Ref {
	if i := slices.IndexFunc(list, func(e chord.Ref) bool { return e.ID == self.ID }); i >= 0 {
		list = list[:i]
	}
	return list[:min(len(list), s.r)]
}

func (s *schedule) principals(live map[chord.Ref]bool, lists []*chord.Snapshot) int {
	n := 0
	for p, ok := range live {
		for _, sn := range lists {
			a := sn.Self.ID
			for _, e := range sn.Successors {
				ok = ok && !ring.Open(a, e.ID).Contains(p.ID)
				a = e.ID
			}
		}
		if ok {
			n++
		}
	}
	return n
}

// trouble is one random misfortune, without any limit but that somebody lives.
func (s *schedule) trouble() {
	members := slices.DeleteFunc(s.members(), func(h *Host) bool { return s.going[h] })
	h, o := s.pick(members), s.pick(members)
	if h == nil {
		return
	}
	switch x := s.rng.IntN(12); {
	case x < 3:
		s.join()
	case x < 4:
		s.restart()
	case x < 6 && len(members) > 1:
		s.trace("%v crash N%s", s.sim.Now(), s.space.Format(h.Ref.ID))
		s.sim.Crash(h)
		s.ended = append(s.ended, h)
	case x < 7 && len(members) > 1:
		s.trace("%v leave N%s", s.sim.Now(), s.space.Format(h.Ref.ID))
		s.going[h] = true
		s.sim.Do(h, chord.Leave{})
	case x < 9:
		s.trace("%v freeze N%s", s.sim.Now(), s.space.Format(h.Ref.ID))
		s.sim.Freeze(h)
	case x < 10:
		s.trace("%v thaw N%s", s.sim.Now(), s.space.Format(h.Ref.ID))
		s.sim.Thaw(h)
	case x < 11 && h != o:
		s.trace("%v cut N%s->N%s", s.sim.Now(), s.space.Format(h.Ref.ID), s.space.Format(o.Ref.ID))
		s.sim.SetFault(h, o, Fault{Cut: true})
	default:
		s.sim.SetDrop(float64(s.rng.IntN(4)) * 0.1)
	}
}

func (s *schedule) endTrouble() {
	s.sim.SetDrop(0)
	s.sim.HealAll()
	for _, h := range s.sim.Hosts() {
		if h.Live() {
			s.sim.Thaw(h)
		}
	}
	s.trace("%v the trouble ends", s.sim.Now())
}
