package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// TestStress: peers of a ring over TCP come, leave and crash at random while
// lookups run. Most of them find somebody meanwhile; afterwards the ring is
// ideal again and every lookup is right.
func TestStress(t *testing.T) {
	t.Parallel()
	const size, rounds = 32, 12
	c := startRing(t, size)
	rng := rand.New(rand.NewPCG(5, 6))
	stop, load := context.WithCancel(t.Context())
	defer load()
	var wg sync.WaitGroup
	var asked, failed atomic.Int64
	for w := range uint64(3) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(w, 7))
			for stop.Err() == nil {
				asked.Add(1)
				if err := lookupAnything(stop, c, rng); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	for round := 0; round < rounds || asked.Load() < 100; round++ {
		if err := disturb(t.Context(), c, rng); err != nil {
			t.Fatal(err)
		}
	}
	load()
	wg.Wait()
	t.Logf("%d of %d lookups failed", failed.Load(), asked.Load())
	if failed.Load()*10 > asked.Load() {
		t.Error("too many lookups failed")
	}
	awaitStable(t, c)
	live := members(c)
	for range 100 {
		from, key := live[rng.IntN(len(live))], c.cfg.Space.At(rng.Float64())
		l, err := c.Lookup(t.Context(), from, key, rng.IntN(2) == 0)
		if want := ownerOf(live, key); err != nil || l.Owner != want {
			t.Errorf("the owner of %s is %s for %s (%v), want N%s", l.KeyName, l.OwnerName, c.cfg.Space.Format(from), err, c.cfg.Space.Format(want))
		}
	}
}

// disturb lets a few peers come, leave and crash, all at the same time.
func disturb(ctx context.Context, c *Cluster, rng *rand.Rand) error {
	live := members(c)
	rng.Shuffle(len(live), func(i, j int) { live[i], live[j] = live[j], live[i] })
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() { errs[0] = c.Kill(ctx, live[:2]) })
	wg.Go(func() { errs[1] = c.Leave(ctx, live[2:3]) })
	wg.Go(func() { _, errs[2] = c.JoinHashed(ctx, 3) })
	wg.Wait()
	return errors.Join(errs...)
}

// lookupAnything looks up a random key from a random peer. That the origin has
// gone meanwhile is no failure.
func lookupAnything(ctx context.Context, c *Cluster, rng *rand.Rand) error {
	live := members(c)
	l, err := c.Lookup(ctx, live[rng.IntN(len(live))], c.cfg.Space.At(rng.Float64()), rng.IntN(2) == 0)
	switch {
	case errors.Is(err, ErrAbsent), errors.Is(err, wire.ErrBroken), errors.Is(err, wire.ErrUnavailable), errors.Is(err, wire.ErrClosed), ctx.Err() != nil:
		return nil
	case err == nil && l.Failed != "":
		return errors.New(l.Failed)
	}
	return err
}

// members returns the live ones in identifier order.
func members(c *Cluster) []ring.ID {
	var out []ring.ID
	for _, p := range c.Store().Picture().Peers {
		if p.State.Live() {
			out = append(out, p.ID)
		}
	}
	return out
}

func ownerOf(live []ring.ID, key ring.ID) ring.ID {
	for _, id := range live {
		if !id.Less(key) {
			return id
		}
	}
	return live[0]
}

// Commands of several callers at the same time do not get into each other's
// way, and a command that cannot be carried out leaves the rest alone.
func TestCommandsAtTheSameTime(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	var wg sync.WaitGroup
	results := make(chan error, 8)
	for range 4 { // one of them gets the place
		wg.Go(func() { results <- c.Join(t.Context(), ids(26), nil) })
		wg.Go(func() { results <- c.Join(t.Context(), ids(8), nil) })
	}
	wg.Wait()
	close(results)
	good := 0
	for err := range results {
		switch {
		case err == nil:
			good++
		case !errors.Is(err, ErrPresent) && !errors.Is(err, wire.ErrTaken):
			t.Errorf("join: %v", err)
		}
	}
	if good != 1 {
		t.Errorf("%d of the joins succeeded, want 1", good)
	}
	awaitStable(t, c)
	if n := c.Store().Picture().Health.Live; n != 11 {
		t.Errorf("%d live peers, want 11", n)
	}
}

// A registry that is down stops nobody but those who want to join.
func TestJoinWithoutRegistry(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	if err := errors.Join(c.StopRegistry(), c.Kill(t.Context(), ids(32))); err != nil {
		t.Fatal(err)
	}
	if err := c.StopRegistry(); err == nil {
		t.Error("the registry was stopped twice")
	}
	if err := c.Join(t.Context(), ids(26), nil); !errors.Is(err, wire.ErrRefused) {
		t.Errorf("join while the registry is away: %v", err)
	}
	awaitStable(t, c)
	restartRegistry(t, c)
	if err := c.StartRegistry(t.Context()); err == nil {
		t.Error("the registry was started twice")
	}
	if err := c.Join(t.Context(), ids(26), nil); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
}

// The settings of the core reach the peers, and bad ones are refused in words.
func TestSettingsReachThePeers(t *testing.T) {
	t.Parallel()
	start := func(edit func(*chord.Config)) (*Cluster, error) {
		c, err := Start(t.Context(), Config{Network: wire.TCP{}, Space: ring.MustSpace(6), Core: edit})
		if err != nil {
			return nil, err
		}
		t.Cleanup(c.Close)
		return c, c.Join(t.Context(), ids(8, 21, 42), nil)
	}
	c, err := start(func(c *chord.Config) { c.Successors, c.Replicas, c.Original = 2, 2, true })
	if err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	if pic := c.Store().Picture(); pic.Protocol != "original" || pic.ListLen != 2 || len(pic.Peers[0].Successors) != 2 {
		t.Errorf("protocol %s, lists of %d, %+v", pic.Protocol, pic.ListLen, pic.Peers[0].Successors)
	}
	if _, err := start(func(c *chord.Config) { c.Timeout = 0 }); err == nil {
		t.Error("a time-out of nothing was taken")
	}
}

// WaitFor ends when it has to, and not before.
func TestWaitFor(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	never := func(*observe.Picture) bool { return false }
	began := time.Now()
	if ok, err := c.WaitFor(t.Context(), 50*time.Millisecond, never); ok || err != nil || time.Since(began) < 50*time.Millisecond {
		t.Errorf("WaitFor: %v, %v after %v", ok, err, time.Since(began))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ok, err := c.WaitFor(ctx, time.Hour, never); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("WaitFor given up: %v, %v", ok, err)
	}
	if ok, err := c.WaitFor(ctx, 0, func(*observe.Picture) bool { return true }); !ok || err != nil {
		t.Errorf("WaitFor what holds: %v, %v", ok, err)
	}
	if err := c.Join(ctx, ids(26), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Join given up: %v", err)
	}
	if got := fmt.Sprint(len(members(c))); got != "10" {
		t.Errorf("%s members after a join that was given up", got)
	}
}
