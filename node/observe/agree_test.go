package observe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/truth"
)

// Whatever state a ring is in, the Picture made of what its peers say judges
// it as package truth judges the peers themselves.
func TestHealthAgreesWithTruth(t *testing.T) {
	unstable := 0
	for seed := range uint64(12) {
		unstable += agree(t, seed)
	}
	if unstable < 100 {
		t.Errorf("only %d of the states were wrong in some way: that shows little", unstable)
	}
}

// agree follows a random ring and returns how many of its moments were not
// stable.
func agree(t *testing.T, seed uint64) (unstable int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	space, r := ring.MustSpace([]int{6, 8, 33}[seed%3]), 2+int(seed%3)
	cfg := sim.Default(space, seed)
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Original = r, seed%4 == 3 }
	s := sim.New(cfg)
	store := NewStore(Config{Space: space, Successors: r, Clock: s.Now})
	s.OnEffects = func(h *sim.Host, fx *chord.Effects) {
		u := Update{Self: h.Ref, Events: slices.Clone(fx.Events)}
		if fx.Changes.Any() {
			snap := h.Peer.Snapshot()
			u.Snapshot = &snap
		}
		store.Apply(u)
	}
	var live, dead []*sim.Host
	taken := make(map[ring.ID]bool)
	start := func() *sim.Host {
		id := space.At(rng.Float64())
		for taken[id] { // the protocol of 2003 would let it in twice
			id = space.At(rng.Float64())
		}
		taken[id] = true
		return s.Start(id)
	}
	for range 120 {
		live = slices.DeleteFunc(live, func(h *sim.Host) bool { return !h.Live() })
		switch x := rng.IntN(10); {
		case len(live) == 0:
			h := start()
			s.Do(h, chord.Create{})
			live = append(live, h)
		case x < 4 && len(live) < 14 && len(taken) < 50:
			h := start()
			s.Do(h, chord.Join{Seeds: []chord.Ref{live[rng.IntN(len(live))].Ref}})
			live = append(live, h)
		case x < 5:
			s.Do(live[rng.IntN(len(live))], chord.Leave{})
		case x < 7 && len(live) > 3:
			h := live[rng.IntN(len(live))]
			s.Crash(h)
			store.Gone(h.Ref, StateDead)
			dead = append(dead, h)
		case x < 8 && len(dead) > 0:
			i := rng.IntN(len(dead))
			h := s.Restart(dead[i])
			s.Do(h, chord.Join{Seeds: []chord.Ref{live[rng.IntN(len(live))].Ref}})
			live, dead = append(live, h), slices.Delete(dead, i, i+1)
		}
		s.RunFor(time.Duration(rng.Int64N(int64(300 * time.Millisecond))))
		if err := compare(store.Picture(), truth.NewMembers(space, s.Snapshots()).Check(r)); err != nil {
			t.Fatalf("seed %d at %v: %v", seed, s.Now(), err)
		}
		if !store.Picture().Health.Stable {
			unstable++
		}
	}
	return unstable
}

func compare(pic *Picture, rep truth.Report) error {
	h := pic.Health
	if h.Live != rep.Members || h.Valid != rep.Valid || h.Rings != rep.Rings || h.Windings != rep.Windings ||
		h.Appendages != rep.Appendages || h.Principals != rep.Principals || h.WrongSuccessors != rep.WrongSuccessors ||
		h.WrongPredecessors != rep.WrongPredecessors || h.WrongLists != rep.WrongLists || h.WrongFingers != rep.WrongFingers {
		return fmt.Errorf("the picture says %+v, the truth is %+v", h, rep)
	}
	passing := slices.ContainsFunc(pic.Peers, func(p Peer) bool { return p.State == StateJoining || p.State == StateLeaving })
	if h.Stable != (rep.Stable() && !passing && rep.Members > 0) {
		return fmt.Errorf("stable is %v, with %+v, somebody passing: %v", h.Stable, rep, passing)
	}
	var successors, predecessors, fingers int
	for _, p := range pic.Peers {
		if !p.State.Live() {
			continue
		}
		if p.Predecessor.Verdict != Right && h.Live > 1 || p.Predecessor.Verdict > Right && h.Live == 1 {
			predecessors++
		}
		for _, f := range p.Fingers {
			switch {
			case f.Verdict == Right:
			case f.Index == 1:
				successors++
			default:
				fingers++
			}
		}
	}
	if successors != h.WrongSuccessors || predecessors != h.WrongPredecessors || fingers != h.WrongFingers {
		return fmt.Errorf("verdicts: %d successors, %d predecessors and %d fingers wrong, health %+v", successors, predecessors, fingers, h)
	}
	return nil
}
