package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// awaitPicture waits for what a picture shows.
func awaitPicture(t testing.TB, c *Cluster, what string, cond func(*observe.Picture) bool) {
	t.Helper()
	ok, err := c.WaitFor(context.Background(), hang, cond)
	if err != nil || !ok {
		pic := c.Store().Picture()
		t.Fatalf("after %v still not: %s (%v); %s, faults %+v", hang, what, err, pic.Health.Why, pic.Faults)
	}
}

// peerIn returns the present peer with the identifier.
func peerIn(pic *observe.Picture, id uint64) *observe.Peer {
	i := slices.IndexFunc(pic.Peers, func(p observe.Peer) bool {
		return p.ID == ring.FromUint64(id) && p.State != observe.StateDead && p.State != observe.StateLeft
	})
	if i < 0 {
		return nil
	}
	return &pic.Peers[i]
}

// stateOf returns the newest life of a peer in the Picture.
func stateOf(c *Cluster, id ring.ID) *observe.Peer {
	var found *observe.Peer
	pic := c.Store().Picture()
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.ID == id && (found == nil || p.Incarnation > found.Incarnation) {
			found = p
		}
	}
	return found
}

// setFault puts one fault on the way from one peer to another.
func setFault(t *testing.T, c *Cluster, from, to ring.ID, f observe.LinkFault) error {
	return c.SetFaults(t.Context(), []observe.Fault{{From: from, To: to, LinkFault: f}})
}

// must fails the test at the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// A frozen peer is routed around and obeys nothing; thawed, it is taken in
// again, as the same incarnation.
func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	inc := peerIn(c.Store().Picture(), 42).Incarnation
	must(t, c.Freeze(t.Context(), ids(42, 8)))
	if p := peerIn(c.Store().Picture(), 42); !p.Frozen {
		t.Errorf("it does not look frozen: %+v", p)
	}
	if err := c.Freeze(t.Context(), ids(42)); err == nil {
		t.Error("it was frozen twice")
	}
	for what, err := range map[string]error{
		"leave": c.Leave(t.Context(), ids(42)),
		"cut":   setFault(t, c, ids(42)[0], ids(1)[0], observe.LinkFault{Cut: true}),
	} {
		if !errors.Is(err, ErrFrozen) {
			t.Errorf("%s of a frozen peer: %v", what, err)
		}
	}
	awaitPicture(t, c, "those that are not frozen have routed around", func(pic *observe.Picture) bool {
		return peerIn(pic, 38).Successors[0].ID == ring.FromUint64(48)
	})
	if l, err := c.Lookup(t.Context(), ids(14)[0], ring.FromUint64(40), false); err != nil || l.Failed != "" {
		t.Errorf("lookup while its owner is frozen: %+v, %v", l, err)
	}
	must(t, c.Kill(t.Context(), ids(8)), c.Thaw(t.Context(), ids(42)))
	awaitStable(t, c)
	switch p := peerIn(c.Store().Picture(), 42); {
	case p == nil || p.State != observe.StateMember || p.Frozen || p.Incarnation != inc:
		t.Errorf("after the thaw: %+v", p)
	case c.Store().Picture().Health.Live != 9:
		t.Errorf("%d live peers, want 9", c.Store().Picture().Health.Live)
	}
}

// A killed peer comes back on its port with its identifier, as another
// incarnation, and takes over what is its own.
func TestRestart(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	before := *peerIn(c.Store().Picture(), 42)
	if err := c.Restart(t.Context(), ids(42)); !errors.Is(err, ErrPresent) {
		t.Errorf("restart of a live peer: %v", err)
	}
	if err := c.Restart(t.Context(), ids(43)); !errors.Is(err, ErrForeign) {
		t.Errorf("restart of nobody: %v", err)
	}
	for range 3 { // at once, while others do not know that it was gone
		must(t, c.Kill(t.Context(), ids(42, 48)), c.Restart(t.Context(), ids(42, 48)))
		after := peerIn(c.Store().Picture(), 42)
		if after.Addr != before.Addr || after.Incarnation <= before.Incarnation {
			t.Errorf("before %s %d, after %s %d", before.Addr, before.Incarnation, after.Addr, after.Incarnation)
		}
		before = *after
	}
	awaitStable(t, c)
	if l, err := c.Lookup(t.Context(), ids(8)[0], ring.FromUint64(40), false); err != nil || l.OwnerName != "N42" {
		t.Errorf("the owner of K40 is %q (%v), want N42", l.OwnerName, err)
	}
}

// A cut is one-way unless it is made both ways, hurts nobody else, and heals.
// The ring comes together again by itself.
func TestPartitionAndHeal(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	left, right := ids(1, 8, 14, 21, 32), ids(38, 42, 48, 51, 56)
	var faults []observe.Fault
	for _, a := range left {
		for _, b := range right {
			cut := observe.LinkFault{Cut: true}
			faults = append(faults, observe.Fault{From: a, To: b, LinkFault: cut}, observe.Fault{From: b, To: a, LinkFault: cut})
		}
	}
	must(t, c.SetFaults(t.Context(), faults))
	if n := len(c.Store().Picture().Faults); n != len(faults) {
		t.Errorf("%d faults are seen, want %d", n, len(faults))
	}
	awaitPicture(t, c, "there are two rings", func(pic *observe.Picture) bool { return pic.Health.Rings == 2 })
	for _, p := range c.Store().Picture().Peers {
		if !p.State.Live() {
			t.Errorf("%s is taken for %v by those who see it", p.Name, p.State)
		}
	}
	// A peer that is frozen while the links are healed is healed when it thaws.
	must(t, c.Freeze(t.Context(), ids(14)), c.Heal(t.Context()))
	if f := c.Store().Picture().Faults; slices.ContainsFunc(f, func(f observe.Fault) bool { return f.From != ids(14)[0] }) {
		t.Errorf("faults after the links were healed: %+v", f)
	}
	must(t, c.Thaw(t.Context(), ids(14)))
	awaitStable(t, c)
	awaitPicture(t, c, "no faults are left", func(pic *observe.Picture) bool { return len(pic.Faults) == 0 })
}

// Without the placement check, what has split stays split, until it is merged.
func TestMerge(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), Config{
		Network: wire.TCP{}, Space: ring.MustSpace(6), Seed: 1,
		Core: func(c *chord.Config) { c.Successors, c.Replicas, c.Merge = 2, 2, false },
	})
	must(t, err)
	t.Cleanup(c.Close)
	must(t, c.Join(t.Context(), ids(1, 8, 14, 38, 42, 48), nil))
	awaitStable(t, c)
	var faults []observe.Fault
	for _, a := range ids(1, 8, 14) {
		for _, b := range ids(38, 42, 48) {
			cut := observe.LinkFault{Cut: true}
			faults = append(faults, observe.Fault{From: a, To: b, LinkFault: cut}, observe.Fault{From: b, To: a, LinkFault: cut})
		}
	}
	must(t, c.SetFaults(t.Context(), faults))
	awaitPicture(t, c, "there are two rings, which know nothing of each other", func(pic *observe.Picture) bool {
		return pic.Health.Rings == 2 && !slices.ContainsFunc(pic.Peers, func(p observe.Peer) bool {
			return slices.ContainsFunc(p.Fingers, func(f observe.Finger) bool { return f.Name != "" && (f.ID.Less(ids(20)[0]) != p.ID.Less(ids(20)[0])) })
		})
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := c.Merge(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("merge although nothing gets through: %v", err)
	}
	must(t, c.Heal(t.Context()))
	ctx, cancel = context.WithTimeout(t.Context(), hang)
	defer cancel()
	for err := c.Merge(ctx); err != nil; err = c.Merge(ctx) { // it gives up in a time that is short for a busy machine
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	awaitStable(t, c)
}

// A delay and a reset change nothing but time, and a poisoned finger is mended.
func TestSmallFaults(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	n8, n42, n14 := ids(8)[0], ids(42)[0], ids(14)[0]
	slow := observe.LinkFault{Delay: 40 * time.Millisecond, Jitter: 10 * time.Millisecond, Stall: 0.1}
	must(t, setFault(t, c, n8, n42, slow))
	if f := c.Store().Picture().Faults; len(f) != 1 || f[0].From != n8 || f[0].To != n42 || f[0].LinkFault != slow {
		t.Errorf("faults: %+v", f)
	}
	began := time.Now()
	if l, err := c.Lookup(t.Context(), n8, ring.FromUint64(54), false); err != nil || l.OwnerName != "N56" || time.Since(began) < slow.Delay {
		t.Errorf("lookup through a slow link: %q, %v, after %v", l.OwnerName, err, time.Since(began))
	}
	must(t, setFault(t, c, n8, n42, observe.LinkFault{}))
	if f := c.Store().Picture().Faults; len(f) != 0 {
		t.Errorf("faults after the link was healed: %+v", f)
	}
	must(t, c.ResetLink(t.Context(), n8, n42), c.Poison(t.Context(), n8, 6, n14), c.Poison(t.Context(), n42, 1, n8))
	awaitPicture(t, c, "two pointers were poisoned", func(pic *observe.Picture) bool {
		n := 0
		for _, e := range pic.Events {
			if e.Kind == "poisoned" {
				n++
			}
		}
		return n == 2
	})
	awaitStable(t, c)
	if live := c.Store().Picture().Health.Live; live != 10 {
		t.Errorf("%d live peers, want 10", live)
	}
}

// Faults of those who are not there are refused.
func TestFaultsRefused(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	n8, n9 := ids(8)[0], ids(9)[0]
	for what, err := range map[string]error{
		"freeze":        c.Freeze(t.Context(), ids(8, 9)),
		"thaw":          c.Thaw(t.Context(), ids(9)),
		"cut from":      setFault(t, c, n9, n8, observe.LinkFault{Cut: true}),
		"cut to":        setFault(t, c, n8, n9, observe.LinkFault{Cut: true}),
		"reset":         c.ResetLink(t.Context(), n8, n9),
		"poison":        c.Poison(t.Context(), n9, 2, n8),
		"poison with":   c.Poison(t.Context(), n8, 2, n9),
		"kill one of 2": c.Kill(t.Context(), ids(8, 9)),
	} {
		if !errors.Is(err, ErrAbsent) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, err := range []error{c.Poison(t.Context(), n8, 7, ids(14)[0]), c.Poison(t.Context(), n8, 2, n8)} {
		if !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("poison that is none: %v", err)
		}
	}
	if h := c.Store().Picture().Health; h.Live != 10 || !h.Stable {
		t.Errorf("something has happened all the same: %s", h.Why)
	}
}
