package observe

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
	"chordscope/node/truth"
)

// What is judged step by step is what a judgement of everything says: after
// every word of every peer of a random ring.
func TestSoundnessAgreesWithTruth(t *testing.T) {
	seen := make(map[string]int)
	for seed := range uint64(6) {
		soundIn(t, seed, seen)
	}
	t.Log(seen)
	for _, what := range []string{"ring", "tables", "keys"} {
		if seen[what] < 500 || seen["no "+what] < 500 {
			t.Errorf("%d times right %s and %d times not: that shows little", seen[what], what, seen["no "+what])
		}
	}
}

// soundIn follows one random ring.
func soundIn(t *testing.T, seed uint64, seen map[string]int) {
	rng := rand.New(rand.NewPCG(seed, 5))
	space, r, k := ring.MustSpace(6), 1+int(seed%3), 1+int(seed%2)
	cfg := sim.Default(space, seed)
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Replicas, c.Original = r, min(k, r), seed == 5 }
	s := sim.New(cfg)
	config := Config{Space: space, Successors: r, Replicas: min(k, r), Clock: s.Now}
	view, whole := NewStore(config), NewStore(config)
	compare := func() {
		if view.healing.now == nil {
			view.Disturbed("something")
		}
		since := view.healing.now.At
		ring, tables, keys := view.check(nobody(view), since)
		pic := whole.Picture()
		h := pic.Health
		wantRing := h.Valid && h.WrongSuccessors+h.WrongPredecessors == 0
		wantTables := wantRing && h.WrongLists+h.WrongFingers == 0
		if ring != wantRing || tables != wantTables {
			t.Fatalf("seed %d at %v: ring %v, tables %v, health %+v", seed, s.Now(), ring, tables, h)
		}
		wantKeys := true
		for _, d := range pic.Keys {
			at := whole.keys.records[d.Key].written
			fresh := at > since && s.Now()-at < settling
			wantKeys = wantKeys && (d.State == Healthy || d.State == Lost || fresh)
		}
		if keys != wantKeys {
			t.Fatalf("seed %d at %v: keys right is %v, the picture has %+v", seed, s.Now(), keys, pic.Data)
		}
		for what, right := range map[string]bool{"ring": ring, "tables": tables, "keys": keys} {
			seen[map[bool]string{true: "", false: "no "}[right]+what]++
		}
	}
	s.OnEffects = func(h *sim.Host, fx *chord.Effects) {
		if !fx.Changes.Any() && len(fx.Events) == 0 {
			return
		}
		view.Apply(updateOf(h, fx))
		whole.Apply(updateOf(h, fx))
		compare()
	}
	gone := func(h *sim.Host) {
		s.Crash(h)
		view.Gone(h.Ref, StateDead)
		whole.Gone(h.Ref, StateDead)
		compare()
	}
	randomLife(s, rng, gone)
}

// nobody is a peer that is not known, and so has told nothing.
func nobody(s *Store) *subject {
	return &subject{snap: chord.Snapshot{Self: chord.Ref{Addr: "nobody"}}}
}

// randomLife lets peers come and go, and puts keys.
func randomLife(s *sim.Sim, rng *rand.Rand, crash func(*sim.Host)) {
	space := ring.MustSpace(6)
	first := s.Start(ring.FromUint64(0))
	s.Do(first, chord.Create{})
	taken := map[ring.ID]bool{first.Ref.ID: true}
	for range 50 {
		var live []*sim.Host
		for _, h := range s.Hosts() {
			if h.Live() {
				live = append(live, h)
			}
		}
		some := func() *sim.Host { return live[rng.IntN(len(live))] }
		switch x := rng.IntN(8); {
		case x < 4:
			if id := ring.FromUint64(rng.Uint64N(64)); !taken[id] && len(live) < 10 {
				taken[id] = true
				s.Do(s.Start(id), chord.Join{Seeds: []chord.Ref{some().Ref}})
			}
		case x < 5 && len(live) > 3:
			s.Do(some(), chord.Leave{})
		case x < 7 && len(live) > 3:
			crash(some())
		}
		for range rng.IntN(4) {
			s.Do(some(), chord.Put{Key: store.Named(space, fmt.Sprint("key ", rng.IntN(12))), Value: []byte("value")})
		}
		s.RunFor(time.Duration(rng.Int64N(int64(600 * time.Millisecond))))
		if rng.IntN(10) == 0 {
			s.RunFor(10 * time.Second)
		}
	}
}

// The order of lists is part of the ring being valid, wherever the list is.
func TestRingRightImpliesValid(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	space := ring.MustSpace(4)
	seen := make(map[bool]int)
	for range 20_000 {
		peers := refs(1, 4, 9, 11, 14)[:1+rng.IntN(5)]
		snaps := ideal(space, 3, peers)
		for range rng.IntN(3) {
			p := snaps[rng.IntN(len(snaps))]
			bend := ref(uint64(rng.IntN(16)))
			if rng.IntN(2) == 0 {
				bend = peers[rng.IntN(len(peers))]
			}
			switch x := rng.IntN(4); {
			case x == 0:
				p.Predecessor = bend
			case x == 1 && len(p.Successors) > 0:
				p.Successors = p.Successors[:rng.IntN(len(p.Successors)+1)]
			case x == 2:
				p.Successors = append(p.Successors, bend)
			case len(p.Successors) > 0:
				p.Successors[rng.IntN(len(p.Successors))] = bend
			}
		}
		m := truth.NewMembers(space, snaps)
		rep := m.Check(3)
		ring, tables := true, true
		for i := range m.Len() {
			ring, tables = ring && ringRight(m, i), tables && tablesRight(m, i, 3)
		}
		if want := rep.Valid && rep.WrongSuccessors+rep.WrongPredecessors == 0; ring != want {
			t.Fatalf("ring right is %v, report %+v", ring, rep)
		}
		if want := rep.Stable(); (ring && tables) != want {
			t.Fatalf("tables right is %v, report %+v", tables, rep)
		}
		seen[ring]++
	}
	if seen[true] < 1000 || seen[false] < 1000 {
		t.Errorf("%v: that shows little", seen)
	}
}
