package cluster

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

var (
	soakTime = flag.Duration("soak", 2*time.Second, "how long each soak test runs")
	soakSize = flag.Int("soak.peers", 12, "how many peers a soak test has, more or less, 12 or more")
)

// soak is a ring with clients, and somebody who breaks it.
type soak struct {
	*testing.T
	c       *Cluster
	rng     *rand.Rand
	clients []*soakClient
}

// spell is one way of breaking a ring for a while. It never takes more than k-1
// of k copies away.
type spell struct {
	name   string
	strict bool // the ring is not split, so what is read is what was written last
	run    func(*soak) error
}

// TestSoakChurn: peers join, leave, crash and are started again while clients
// put, get and delete. No get ever returns what was overwritten, and nothing
// that was acknowledged is lost. For longer, with the race detector:
//
//	go test -race ./node/cluster -run Soak -soak 3m -soak.peers 32 -timeout 20m
func TestSoakChurn(t *testing.T) {
	runSoak(t, []spell{{"churn", true, (*soak).churn}})
}

// TestSoakFaults: the same, and everything else that can be broken by hand.
func TestSoakFaults(t *testing.T) {
	runSoak(t, []spell{
		{"churn", true, (*soak).churn},
		{"silence", false, (*soak).silence},
		{"split", false, (*soak).split},
		{"trouble", false, (*soak).trouble},
	})
}

func runSoak(t *testing.T, spells []spell) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	t.Parallel()
	c, err := Start(t.Context(), Config{
		Network: wire.TCP{}, Space: ring.MustSpace(32), Seed: 1,
		Core: func(c *chord.Config) { c.Successors, c.Replicas = 6, 3 },
	})
	must(t, err)
	t.Cleanup(c.Close)
	_, err = c.JoinHashed(t.Context(), *soakSize)
	must(t, err)
	awaitStable(t, c)
	clients, done := newSoakClients(t, c)
	seed := uint64(time.Now().UnixNano())
	s := &soak{T: t, c: c, rng: rand.New(rand.NewPCG(seed, 0)), clients: clients}
	rounds := 0
	for end := time.Now().Add(*soakTime); !t.Failed() && (rounds < len(spells) || time.Now().Before(end)); rounds++ {
		s.round(spells[rounds%len(spells)])
	}
	t.Logf("seed %d: %d spells, %d accesses, %d of them failed meanwhile", seed, rounds, done.asked.Load(), done.failed.Load())
	if done.failed.Load()*2 > done.asked.Load() {
		t.Error("most accesses failed")
	}
}

// round breaks the ring while clients work, mends it, and judges what is left.
func (s *soak) round(sp spell) {
	s.Helper()
	ctx, calm := context.WithCancel(s.Context())
	defer calm()
	var wg sync.WaitGroup
	wg.Go(func() { together(s.clients, func(cl *soakClient) { cl.run(ctx, sp.strict) }) })
	err := sp.run(s)
	calm()
	err = errors.Join(err, s.mend())
	wg.Wait() // for what frozen peers were asked, they answer only now
	if err != nil {
		s.Fatalf("%s: %v", sp.name, err)
	}
	ok, err := s.c.WaitFor(s.Context(), hang, func(p *observe.Picture) bool { return p.Health.Stable })
	if pic := s.c.Store().Picture(); err != nil || !ok || pic.Data.Lost > 0 {
		s.Fatalf("%s: %v later %s; %d keys are lost (%v)", sp.name, hang, pic.Health.Why, pic.Data.Lost, err)
	}
	together(s.clients, func(cl *soakClient) { cl.settle(sp.strict) })
	if s.Failed() {
		s.Fatalf("after %s", sp.name)
	}
}

// mend undoes all faults.
func (s *soak) mend() error {
	var frozen []ring.ID
	for _, p := range s.c.Store().Picture().Peers {
		if p.Frozen {
			frozen = append(frozen, p.ID)
		}
	}
	return errors.Join(s.c.Thaw(s.Context(), frozen), s.c.Heal(s.Context()))
}

// some returns n members at random.
func (s *soak) some(n int) []ring.ID {
	live := members(s.c)
	s.rng.Shuffle(len(live), func(i, j int) { live[i], live[j] = live[j], live[i] })
	return live[:min(n, len(live))]
}

// pause lets time pass, in which the ring notices things and clients work.
func (s *soak) pause() {
	_, _ = s.c.WaitFor(s.Context(), time.Duration(200+s.rng.IntN(800))*time.Millisecond, func(*observe.Picture) bool { return false })
}

// churn is peers that come and go, two of them by a crash.
func (s *soak) churn() error {
	who := s.some(2 + s.rng.IntN(3))
	victims, leavers := who[:2], who[2:]
	errs := make([]error, 4)
	var wg sync.WaitGroup
	wg.Go(func() { errs[0] = s.c.Kill(s.Context(), victims[:s.rng.IntN(3)]) })
	wg.Go(func() { errs[1] = s.c.Leave(s.Context(), leavers) })
	n := max(1, *soakSize+len(leavers)-s.c.size())
	wg.Go(func() { _, errs[2] = s.c.JoinHashed(s.Context(), n) })
	wg.Wait()
	s.pause()
	for _, id := range victims {
		if s.c.host(id) == nil && s.rng.IntN(2) == 0 {
			errs[3] = s.c.Restart(s.Context(), []ring.ID{id})
		}
	}
	s.pause()
	return errors.Join(errs...)
}

// silence is peers that stop for a while.
func (s *soak) silence() error {
	for range 2 {
		who := s.some(2)
		if err := s.c.Freeze(s.Context(), who); err != nil {
			return err
		}
		s.pause()
		s.pause()
		if err := s.c.Thaw(s.Context(), who); err != nil {
			return err
		}
	}
	return nil
}

// split is a partition into two or three groups, or some links that are cut.
func (s *soak) split() error {
	who := s.some(*soakSize)
	groups := 2 + s.rng.IntN(2)
	var faults []observe.Fault
	for i, a := range who {
		for j, b := range who {
			if i != j && i%groups != j%groups {
				faults = append(faults, observe.Fault{From: a, To: b, LinkFault: observe.LinkFault{Cut: true}})
			}
		}
	}
	if s.rng.IntN(3) == 0 {
		s.rng.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
		faults = faults[:len(faults)/4]
	}
	err := s.c.SetFaults(s.Context(), faults)
	s.pause()
	s.pause()
	return err
}

// trouble is slow links, broken connections, wrong pointers and no registry,
// while peers join and leave.
func (s *soak) trouble() error {
	who := s.some(12)
	var faults []observe.Fault
	for i := range who {
		slow := observe.LinkFault{Delay: time.Duration(s.rng.IntN(150)) * time.Millisecond, Jitter: 30 * time.Millisecond, Stall: 0.2 * s.rng.Float64()}
		faults = append(faults, observe.Fault{From: who[i], To: who[(i+1)%len(who)], LinkFault: slow})
	}
	errs := []error{s.c.SetFaults(s.Context(), faults)}
	for i := range 4 {
		errs = append(errs,
			s.c.ResetLink(s.Context(), who[i], who[i+4]),
			s.c.Poison(s.Context(), who[i+4], 1+s.rng.IntN(32), who[i]))
	}
	_, err := s.c.JoinHashed(s.Context(), 1)
	errs = append(errs, err, s.c.StopRegistry())
	s.pause()
	errs = append(errs, s.c.Leave(s.Context(), s.some(1)), s.c.StartRegistry(s.Context()))
	s.pause()
	return errors.Join(errs...)
}
