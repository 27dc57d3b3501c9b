package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// Every access through the cluster shows in the Picture.
func TestAccess(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	n8, n42 := ring.FromUint64(8), ring.FromUint64(42)
	apple := store.Named(c.cfg.Space, "apple")
	access := func(from ring.ID, op chord.Op, value []byte) observe.Access {
		t.Helper()
		a, err := c.Access(t.Context(), from, op, apple, value)
		if err != nil || a.Failed != "" || a.Op != op.String() || a.KeyName != `"apple"` {
			t.Fatalf("%v: %+v, %v", op, a, err)
		}
		return a
	}
	if a := access(n42, chord.OpGet, nil); a.Found {
		t.Errorf("found before it was put: %+v", a)
	}
	put := access(n8, chord.OpPut, []byte("red"))
	if put.Copies != 2 || put.Lookup.OwnerName == "" {
		t.Errorf("put: %+v", put)
	}
	if a := access(n42, chord.OpGet, nil); !a.Found || !bytes.Equal(a.Value, []byte("red")) || a.Version != put.Version {
		t.Errorf("get: %+v", a)
	}
	awaitPicture(t, c, "it is seen with both its copies", func(pic *observe.Picture) bool {
		d := pic.Datum(apple)
		return d != nil && d.State == observe.Healthy && d.Version == put.Version && d.Head == "red" && len(d.Holders) == 2
	})
	if a := access(n8, chord.OpDelete, nil); !a.Found {
		t.Errorf("delete: %+v", a)
	}
	awaitPicture(t, c, "the delete is seen", func(pic *observe.Picture) bool { return pic.Datum(apple) == nil && pic.Data.Lost == 0 })
}

func TestAccessRefused(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	n8, absent := ring.FromUint64(8), ring.FromUint64(9)
	k := store.Key{ID: ring.FromUint64(54)}
	if _, err := c.Access(t.Context(), absent, chord.OpGet, k, nil); !errors.Is(err, ErrAbsent) {
		t.Errorf("access through nobody: %v", err)
	}
	if err := c.Load(t.Context(), []Put{{n8, k, nil}, {absent, k, nil}}); !errors.Is(err, ErrAbsent) {
		t.Errorf("load through nobody: %v", err)
	}
	if _, err := c.Access(t.Context(), n8, chord.OpPut, k, make([]byte, store.MaxValue+1)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("a value that is too long: %v", err)
	}
	if err := c.Load(t.Context(), []Put{{n8, k, make([]byte, store.MaxValue+1)}}); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("load of a value that is too long: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Load(ctx, []Put{{n8, k, nil}}); !errors.Is(err, context.Canceled) {
		t.Errorf("load that was cancelled: %v", err)
	}
	if err := c.Load(t.Context(), nil); err != nil {
		t.Errorf("load of nothing: %v", err)
	}
}

// What was loaded is there, on the peers where it should be, also after one of
// them has crashed.
func TestLoadSurvivesACrash(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	var puts []Put
	from := ids(1, 8, 14, 21)
	for i := range 200 {
		name := fmt.Sprint("key-", i)
		puts = append(puts, Put{from[i%len(from)], store.Named(c.cfg.Space, name), []byte(name)})
	}
	if err := c.Load(t.Context(), puts); err != nil {
		t.Fatal(err)
	}
	awaitHealthy := func() {
		t.Helper()
		awaitPicture(t, c, "all keys are where they should be", func(pic *observe.Picture) bool {
			return pic.Health.Stable && pic.Data.Healthy == len(puts) && pic.Data.Copies == 2*len(puts)
		})
	}
	awaitHealthy()
	if err := c.Kill(t.Context(), ids(38)); err != nil {
		t.Fatal(err)
	}
	awaitHealthy()
	for _, p := range puts {
		a, err := c.Access(t.Context(), ring.FromUint64(56), chord.OpGet, p.Key, nil)
		if err != nil || a.Failed != "" || !bytes.Equal(a.Value, p.Value) {
			t.Fatalf("get %s: %+v, %v", a.KeyName, a, err)
		}
	}
}

// Keys survive what the promise covers: fewer than k peers crash before repair
// has had its time, and any number leave and join.
func TestKeysSurvive(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), Config{
		Network: wire.TCP{}, Space: ring.MustSpace(32), Seed: 1,
		Core: func(c *chord.Config) { c.Successors, c.Replicas = 6, 3 },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	members, err := c.JoinHashed(t.Context(), 12)
	if err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	var puts []Put
	for i := range 300 {
		name := fmt.Sprint("key-", i)
		puts = append(puts, Put{members[i%len(members)], store.Named(c.cfg.Space, name), []byte(name)})
	}
	if err := c.Load(t.Context(), puts); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	slices.SortFunc(members, ring.ID.Compare)
	for round := range 3 {
		if err := c.Kill(t.Context(), members[:2]); err != nil { // neighbours, of three holders
			t.Fatal(err)
		}
		members = members[2:]
		joined, err := c.JoinHashed(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		awaitStable(t, c)
		if err := c.Leave(t.Context(), members[:2]); err != nil {
			t.Fatal(err)
		}
		members = append(members[2:], joined...)
		awaitPicture(t, c, "all keys are where they should be", func(pic *observe.Picture) bool {
			return pic.Health.Stable && pic.Data.Healthy == len(puts) && pic.Data.Copies == 3*len(puts)
		})
		if d := c.Store().Picture().Data; d.Lost > 0 {
			t.Fatalf("round %d: %+v", round, d)
		}
	}
	for _, p := range puts {
		a, err := c.Access(t.Context(), members[0], chord.OpGet, p.Key, nil)
		if err != nil || a.Failed != "" || !bytes.Equal(a.Value, p.Value) {
			t.Fatalf("get %s: %+v, %v", a.KeyName, a, err)
		}
	}
}
