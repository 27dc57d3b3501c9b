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
	"chordscope/node/store"
	"chordscope/node/truth"
)

// Whatever state a ring is in, the Picture made of what its peers say judges
// it as package truth judges the peers themselves, and shows the keys that they
// hold.
func TestHealthAgreesWithTruth(t *testing.T) {
	seen := make(map[string]int)
	for seed := range uint64(8) {
		agree(t, seed, seen)
	}
	t.Log(seen)
	for what, least := range map[string]int{"unstable": 100, "stable": 20, "stable with keys": 10, "keys": 1000, "lost": 50} {
		if seen[what] < least {
			t.Errorf("only %d times %s: that shows little", seen[what], what)
		}
	}
}

// agree follows a random ring and counts what was to be seen.
func agree(t *testing.T, seed uint64, seen map[string]int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	space, r := ring.MustSpace([]int{6, 8, 33}[seed%3]), 2+int(seed%3)
	cfg := sim.Default(space, seed)
	k := 1 + int(seed%2)
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Replicas, c.Original = r, k, seed%4 == 3 }
	s := sim.New(cfg)
	view := NewStore(Config{Space: space, Successors: r, Replicas: k, Clock: s.Now})
	acked := make(map[store.Key]store.Version)
	s.OnEffects = func(h *sim.Host, fx *chord.Effects) {
		view.Apply(updateOf(h, fx))
		for _, e := range fx.Events { // who asked may have crashed: what the owner promised counts
			key := store.Key{ID: e.Key, Name: e.Name}
			if e.Kind == chord.EvPut && (e.Version.Compare(acked[key]) > 0 || !kept(s, key, acked[key])) {
				acked[key] = e.Version // a key that was lost begins anew
			}
		}
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
	for moment := range 120 {
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
			view.Gone(h.Ref, StateDead)
			dead = append(dead, h)
		case x < 8 && len(dead) > 0:
			i := rng.IntN(len(dead))
			h := s.Restart(dead[i])
			s.Do(h, chord.Join{Seeds: []chord.Ref{live[rng.IntN(len(live))].Ref}})
			live, dead = append(live, h), slices.Delete(dead, i, i+1)
		}
		for range rng.IntN(4) {
			key := store.Named(space, fmt.Sprint("key ", rng.IntN(12)))
			s.Do(live[rng.IntN(len(live))], chord.Put{Key: key, Value: fmt.Append(nil, "value ", moment)})
		}
		s.RunFor(time.Duration(rng.Int64N(int64(300 * time.Millisecond))))
		if rng.IntN(20) == 0 {
			s.RunFor(20 * time.Second)
		}
		pic, members := view.Picture(), truth.NewMembers(space, s.Snapshots())
		right, err := compareKeys(pic, s, members, k, acked)
		if err == nil {
			err = compare(pic, members.Check(r), right)
		}
		if err != nil {
			t.Fatalf("seed %d at %v: %v", seed, s.Now(), err)
		}
		seen[map[bool]string{true: "stable", false: "unstable"}[pic.Health.Stable]]++
		if pic.Health.Stable && len(pic.Keys) > 0 {
			seen["stable with keys"]++
		}
		seen["keys"] += pic.Data.Keys
		seen["lost"] += pic.Data.Lost
	}
}

func kept(s *sim.Sim, key store.Key, v store.Version) bool {
	return slices.ContainsFunc(s.Hosts(), func(h *sim.Host) bool {
		e, _ := h.Peer.Entry(key)
		return h.Live() && e.Version.Compare(v) >= 0
	})
}

// updateOf is what a step has changed, as a driver tells it.
func updateOf(h *sim.Host, fx *chord.Effects) Update {
	u := Update{Self: h.Ref, Events: slices.Clone(fx.Events)}
	if fx.Changes.Any() {
		snap := h.Peer.Snapshot()
		u.Snapshot = &snap
	}
	for _, key := range fx.Changes.Keys {
		if e, held := h.Peer.Entry(key); held {
			u.Keys = append(u.Keys, e)
		} else {
			u.Gone = append(u.Gone, key)
		}
	}
	return u
}

func compare(pic *Picture, rep truth.Report, keysRight bool) error {
	h := pic.Health
	if h.Live != rep.Members || h.Valid != rep.Valid || h.Rings != rep.Rings || h.Windings != rep.Windings ||
		h.Appendages != rep.Appendages || h.Principals != rep.Principals || h.WrongSuccessors != rep.WrongSuccessors ||
		h.WrongPredecessors != rep.WrongPredecessors || h.WrongLists != rep.WrongLists || h.WrongFingers != rep.WrongFingers {
		return fmt.Errorf("the picture says %+v, the truth is %+v", h, rep)
	}
	passing := slices.ContainsFunc(pic.Peers, func(p Peer) bool { return p.State == StateJoining || p.State == StateLeaving })
	if h.Stable != (rep.Stable() && !passing && rep.Members > 0 && keysRight) || h.Stable != (h.Why == "" && rep.Members > 0) {
		return fmt.Errorf("stable is %v (%s), with %+v, somebody passing: %v, keys right: %v", h.Stable, h.Why, rep, passing, keysRight)
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
