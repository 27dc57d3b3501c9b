package observe

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
	"chordscope/node/truth"
)

// clinic is a simulated ring with keys, whose recovery is measured twice: by a
// Store, and by looking at the peers themselves after every step.
type clinic struct {
	*sim.Sim
	t     *testing.T
	view  *Store
	hosts []*sim.Host
	keys  []store.Key

	began               time.Duration // when something was broken; 0: not yet
	hit                 map[chord.Ref]bool
	suspected           Moment
	ring, tables, whole Moment
	sent, needed        uint64
}

const clinicPeers, clinicReplicas, clinicList = 20, 3, 4

func newClinic(t *testing.T, seed uint64) *clinic {
	space := ring.MustSpace(16)
	cfg := sim.Default(space, seed)
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Replicas = clinicList, clinicReplicas }
	c := &clinic{Sim: sim.New(cfg), t: t, hit: make(map[chord.Ref]bool)}
	c.view = NewStore(Config{Space: space, Successors: clinicList, Replicas: clinicReplicas, Clock: c.Now, Stabilize: 500 * time.Millisecond})
	c.OnEffects = func(h *sim.Host, fx *chord.Effects) {
		u := updateOf(h, fx)
		u.Counters = &Counters{Sent: h.Sent()}
		c.view.Apply(u)
		if fx.Changes.Any() || len(fx.Events) > 0 {
			c.look(fx)
		}
	}
	for i := range uint64(clinicPeers) {
		h := c.Start(space.Hash(fmt.Append(nil, seed, i)))
		if i == 0 {
			c.Do(h, chord.Create{})
		} else {
			c.Do(h, chord.Join{Seeds: []chord.Ref{c.hosts[0].Ref}})
		}
		c.hosts = append(c.hosts, h)
		c.RunFor(100 * time.Millisecond)
	}
	for i := range 40 {
		c.keys = append(c.keys, store.Named(space, fmt.Sprint("key ", i)))
		c.Do(c.hosts[i%clinicPeers], chord.Put{Key: c.keys[i], Value: []byte("value")})
	}
	slices.SortFunc(c.hosts, func(a, b *sim.Host) int { return a.Ref.ID.Compare(b.Ref.ID) })
	for end := c.Now() + time.Minute; c.Now() < end && !c.view.Picture().Health.Stable; {
		c.RunFor(200 * time.Millisecond)
	}
	if !c.view.Picture().Health.Stable || len(c.view.Picture().Keys) != len(c.keys) {
		t.Fatalf("no ideal ring to begin with: %s", c.view.Picture().Health.Why)
	}
	if n := len(c.view.Picture().Recoveries); n != 0 {
		t.Fatalf("%d recoveries before anything was broken", n)
	}
	return c
}

// disturb announces what is broken from now on, and whom it hits.
func (c *clinic) disturb(what string, hosts ...*sim.Host) {
	c.view.Disturbed(what)
	c.began = c.Now()
	c.sent = c.Sent
	for _, h := range hosts {
		c.hit[h.Ref] = true
	}
}

func (c *clinic) kill(hosts ...*sim.Host) {
	for _, h := range hosts {
		c.Crash(h)
		c.view.Gone(h.Ref, StateDead)
	}
	c.look(&chord.Effects{})
}

// look measures.
func (c *clinic) look(fx *chord.Effects) {
	if c.began == 0 {
		return
	}
	after := c.Now() - c.began
	for _, e := range fx.Events {
		if (e.Kind == chord.EvSuspected || e.Kind == chord.EvDead) && c.hit[e.Peer] && !c.suspected.Reached {
			c.suspected = Moment{true, after}
		}
	}
	m := truth.NewMembers(c.view.cfg.Space, c.Snapshots())
	rep := m.Check(clinicList)
	ring := rep.Valid && rep.WrongSuccessors+rep.WrongPredecessors == 0
	c.ring.set(ring, after)
	c.tables.set(rep.Stable(), after)
	c.whole.set(c.keysInPlace(m), after)
	if c.ring.Reached && c.tables.Reached && c.whole.Reached {
		if c.needed == 0 {
			c.needed = c.Sent - c.sent
		}
	} else {
		c.needed = 0
	}
}

// keysInPlace reports whether every key that anybody holds is where it should
// be, and nowhere else.
func (c *clinic) keysInPlace(m *truth.Members) bool {
	for _, key := range c.keys {
		wanted, has := m.Holders(key.ID, clinicReplicas), 0
		for _, h := range c.hosts {
			if _, held := h.Peer.Entry(key); held && h.Live() {
				has++
				if !slices.Contains(wanted, h.Ref) {
					return false
				}
			}
		}
		if has != 0 && has != len(wanted) {
			return false
		}
	}
	return true
}

// Figures of a recovery are those that one gets by looking at the peers
// themselves.
func TestRecoveryAgreesWithSimulation(t *testing.T) {
	kill := func(which ...int) func(c *clinic) {
		return func(c *clinic) {
			var hosts []*sim.Host
			for _, i := range which {
				hosts = append(hosts, c.hosts[i])
			}
			c.disturb("kill", hosts...)
			c.kill(hosts...)
		}
	}
	for name, act := range map[string]func(c *clinic){
		"one":      kill(3),
		"adjacent": kill(3, 4),
		"a fourth": kill(1, 5, 6, 11, 18),
		"most":     kill(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
		"a finger": func(c *clinic) {
			c.disturb("poison")
			c.Do(c.hosts[0], chord.Poison{Index: 16, Peer: c.hosts[1].Ref})
		},
		"a successor": func(c *clinic) {
			c.disturb("poison")
			c.Do(c.hosts[0], chord.Poison{Peer: c.hosts[9].Ref})
		},
		"a split": func(c *clinic) {
			c.split(func(i int) bool { return i < 8 })
			c.RunFor(5 * time.Second)
			if r := c.last(); r.Ring.Reached || r.Over {
				t.Errorf("two rings: %+v", r)
			}
			c.disturb("heal")
			c.HealAll()
		},
	} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				c := newClinic(t, seed)
				act(c)
				c.compare()
			})
		}
	}
}

// split cuts all ways between two groups.
func (c *clinic) split(first func(i int) bool) {
	c.view.Disturbed("partition")
	for i, a := range c.hosts {
		for j, b := range c.hosts {
			if first(i) != first(j) {
				c.SetFault(a, b, sim.Fault{Cut: true})
			}
		}
	}
}

func (c *clinic) last() Recovery {
	all := c.view.Picture().Recoveries
	return all[len(all)-1]
}

// compare waits for the end and compares the figures.
func (c *clinic) compare() {
	if !c.RunUntil(2*time.Minute, func() bool { return c.view.healing.now == nil }) {
		c.t.Fatalf("not over: %+v; %s", c.last(), c.view.Picture().Health.Why)
	}
	r := c.last()
	if len(c.hit) > 0 && r.Suspected != c.suspected {
		c.t.Errorf("suspected %+v, want %+v", r.Suspected, c.suspected)
	}
	if r.Ring != c.ring || r.Fingers != c.tables || r.Keys != c.whole {
		c.t.Errorf("ring %+v, fingers %+v, keys %+v, want %+v, %+v, %+v", r.Ring, r.Fingers, r.Keys, c.ring, c.tables, c.whole)
	}
	if want := 2 * c.ring.After.Seconds(); r.Rounds < want-1e-9 || r.Rounds > want+1e-9 {
		c.t.Errorf("%v rounds, want %v", r.Rounds, want)
	}
	if float64(r.Messages) > 1.05*float64(c.needed)+25 || float64(r.Messages) < 0.9*float64(c.needed)-25 {
		c.t.Errorf("%d messages, want about %d", r.Messages, c.needed)
	}
	if r.Interrupted || r.Number > 2 {
		c.t.Errorf("%+v", r)
	}
	c.t.Logf("%+v", r)
}
