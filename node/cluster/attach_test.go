package cluster

import (
	"errors"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// keyedRing starts a ring of three that others attach to.
func keyedRing(t *testing.T) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{
		Network: wire.TCP{}, Space: ring.MustSpace(6), Seed: 1, Keys: keyring.Random(), Core: paperCore,
	})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

func attach(t *testing.T, to *Cluster, keys keyring.Keys) *Cluster {
	t.Helper()
	c, err := Attach(t.Context(), Config{Network: wire.TCP{}, Registry: to.Registry(), Keys: keys, Seed: 2})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

// Who attaches sees the ring as it is, works with it, and commands its peers.
// Peers that it starts are of the ring, and leave with it.
func TestAttach(t *testing.T) {
	t.Parallel()
	owner := keyedRing(t)
	must(t, owner.Join(t.Context(), ids(8, 21, 42), nil))
	awaitStable(t, owner)
	c := attach(t, owner, owner.cfg.Keys)
	if core := c.Core(); core.Space.Bits() != 6 || core.Successors != 3 || core.Replicas != 2 || core.Original {
		t.Errorf("it has learned %+v", core)
	}
	awaitPicture(t, c, "it sees three", func(pic *observe.Picture) bool { return pic.Health.Stable && pic.Health.Live == 3 })
	k54 := store.Key{ID: ring.FromUint64(54)}
	a, err := c.Access(t.Context(), ids(8)[0], chord.OpPut, k54, []byte("value"))
	if err != nil || a.Copies != 2 {
		t.Errorf("put: %+v, %v", a, err)
	}
	must(t, c.Join(t.Context(), ids(30), nil), c.Kill(t.Context(), ids(21)))
	awaitPicture(t, owner, "the owner sees what was done", func(pic *observe.Picture) bool {
		return pic.Health.Stable && peerIn(pic, 30) != nil && peerIn(pic, 21) == nil
	})
	for what, err := range map[string]error{
		"stop the registry":   c.StopRegistry(),
		"start the registry":  c.StartRegistry(t.Context()),
		"restart of a former": c.Restart(t.Context(), ids(21)),
	} {
		if !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	c.Close()
	awaitPicture(t, owner, "its peer has left with it", func(pic *observe.Picture) bool {
		p := stateOf(owner, ids(30)[0])
		return pic.Health.Stable && (p == nil || p.State == observe.StateLeft)
	})
	must(t, owner.Restart(t.Context(), ids(21)))
	awaitStable(t, owner)
}

// A key that is not the ring's lets nobody in, and without the control key one
// may look but not command.
func TestAttachKeys(t *testing.T) {
	t.Parallel()
	owner := keyedRing(t)
	_, err := Attach(t.Context(), Config{Network: wire.TCP{}, Registry: owner.Registry(), Keys: owner.cfg.Keys})
	if !errors.Is(err, client.ErrNoPeer) {
		t.Errorf("attached to a ring of nobody: %v", err)
	}
	must(t, owner.Join(t.Context(), ids(8, 21), nil))
	awaitStable(t, owner)
	for name, keys := range map[string]keyring.Keys{"none": {}, "another": keyring.Random()} {
		if _, err := Attach(t.Context(), Config{Network: wire.TCP{}, Registry: owner.Registry(), Keys: keys}); !errors.Is(err, wire.ErrUnauthorized) {
			t.Errorf("attached with the key %s: %v", name, err)
		}
	}
	for name, control := range map[string][]byte{"none": nil, "another": keyring.Random().Control} {
		c := attach(t, owner, keyring.Keys{Ring: owner.cfg.Keys.Ring, Control: control})
		awaitPicture(t, c, "it sees two", func(pic *observe.Picture) bool { return pic.Health.Live == 2 })
		for what, err := range map[string]error{
			"kill": c.Kill(t.Context(), ids(8)), "freeze": c.Freeze(t.Context(), ids(8)),
			"cut": setFault(t, c, ids(8)[0], ids(21)[0], observe.LinkFault{Cut: true}),
		} {
			if !errors.Is(err, wire.ErrUnauthorized) {
				t.Errorf("%s with the control key %s: %v", what, name, err)
			}
		}
		if l, err := c.Lookup(t.Context(), ids(8)[0], ring.FromUint64(20), false); err != nil || l.OwnerName != "N21" {
			t.Errorf("lookup: %q, %v", l.OwnerName, err)
		}
	}
	awaitStable(t, owner)
}
