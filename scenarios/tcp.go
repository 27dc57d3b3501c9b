package scenarios

import (
	"context"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// tcp is the System of real peers on loopback.
type tcp struct {
	seen
	*cluster.Cluster // nil before Start
	real             Real
}

// Real says how a System of real peers is started, beside its settings.
type Real struct {
	Registry  string       // where the registry listens; empty: on a free port
	Keys      keyring.Keys // of the ring
	Share     bool         // leave them for the user's other programs
	Processes bool         // each peer is a process of its own, whatever the settings say
	OnPanic   func()       // called when a peer of this process panics, before that ends the program; may be nil
}

// NewTCP returns a System of real peers, each with its own port on loopback,
// in a ring that only this program can take part in.
func NewTCP() System { return NewReal(Real{Keys: keyring.Random()}) }

// NewReal is NewTCP with more said about it.
func NewReal(real Real) System { return &tcp{seen: newSeen(), real: real} }

func (t *tcp) Driver() string { return DriverTCP }

func (t *tcp) Start(ctx context.Context, s Settings) error {
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return err
	}
	if err := s.CheckVNodes(); err != nil {
		return err
	}
	t.Cluster, err = cluster.Start(ctx, cluster.Config{
		Network: wire.TCP{}, Space: space, Core: s.core, Seed: s.Seed, Registry: t.real.Registry, VirtualNodes: s.VNodes,
		Keys: t.real.Keys, Share: t.real.Share, Processes: s.Processes || t.real.Processes, OnPanic: t.real.OnPanic,
	})
	if err == nil {
		t.show(t.Store())
	}
	return err
}

// shownWithin is how long a command that was carried out waits to be seen in the
// Picture. What it did may have been undone meanwhile, so that it never is.
const shownWithin = 5 * time.Second

var ops = map[string]chord.Op{opPut: chord.OpPut, opGet: chord.OpGet, opDelete: chord.OpDelete}

func (t *tcp) Access(ctx context.Context, from ring.ID, a Access) (observe.Access, error) {
	done, err := t.Cluster.Access(ctx, from, ops[a.Op], a.Key, a.Value)
	if err != nil || done.Failed != "" || a.Op == opGet {
		return done, err
	}
	_, err = t.WaitFor(ctx, shownWithin, func(pic *observe.Picture) bool { return shows(pic, &done) })
	return done, err
}

// shows reports whether a Picture has what a put or delete did, or something
// newer.
func shows(pic *observe.Picture, done *observe.Access) bool {
	d := pic.Datum(done.Key)
	switch {
	case d == nil:
		return done.Op == opDelete
	case d.Version != done.Version:
		return d.Version.Compare(done.Version) > 0
	}
	return len(holderNames(d)) >= done.Copies
}

func (t *tcp) Load(ctx context.Context, puts []LoadPut) error {
	loads := make([]cluster.Put, len(puts))
	for i, p := range puts {
		loads[i] = cluster.Put(p)
	}
	if err := t.Cluster.Load(ctx, loads); err != nil {
		return err
	}
	seen := 0
	_, err := t.WaitFor(ctx, shownWithin, func(pic *observe.Picture) bool {
		for seen < len(puts) && showsPut(pic, &puts[seen]) {
			seen++
		}
		return seen == len(puts)
	})
	return err
}

// showsPut reports whether a Picture has a put with all its copies.
func showsPut(pic *observe.Picture, p *LoadPut) bool {
	d := pic.Datum(p.Key)
	return d != nil && d.Size == len(p.Value) && d.Sum == store.Sum(p.Value) && (d.State == observe.Healthy || d.State == observe.Surplus)
}

// The methods for faults that are not here are the cluster's own.

// Merge goes on until no peer is beside the ring: with merge=off nothing would
// bring those in later.
func (t *tcp) Merge(ctx context.Context) error {
	for end := t.Now() + mergeTime; ; {
		if err := t.Cluster.Merge(ctx); err != nil {
			return err
		}
		if ok, err := t.WaitFor(ctx, mergeRound, oneRing); ok || err != nil || t.Now() > end {
			return err
		}
	}
}

func (t *tcp) Reset(ctx context.Context, a, b ring.ID) error { return t.ResetLink(ctx, a, b) }

func (t *tcp) Poison(ctx context.Context, id ring.ID, finger int, to ring.ID) error {
	began := t.Now()
	if err := t.Cluster.Poison(ctx, id, finger, to); err != nil {
		return err
	}
	_, err := t.WaitFor(ctx, shownWithin, func(pic *observe.Picture) bool {
		return slices.ContainsFunc(pic.Events, func(e observe.Event) bool { return e.ID == id && e.Kind == "poisoned" && e.At >= began })
	})
	return err
}

func (t *tcp) SetRegistry(ctx context.Context, up bool) error {
	change := t.StopRegistry
	if up {
		change = func() error { return t.StartRegistry(ctx) }
	}
	if err := change(); err != nil {
		return err
	}
	_, err := t.WaitFor(ctx, shownWithin, func(pic *observe.Picture) bool {
		// A newcomer that comes before the others are known again would make a ring of its own.
		known := !up || pic.Registry.Peers >= len(liveIDs(pic))
		return pic.Registry.Up == up && known
	})
	return err
}

func (t *tcp) Sleep(ctx context.Context, d time.Duration) error {
	_, err := t.WaitFor(ctx, d, func(*observe.Picture) bool { return false })
	return err
}

func (t *tcp) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	if t.Cluster == nil { // nothing can change before Start
		return cond(t.Picture()), nil
	}
	return t.Cluster.WaitFor(ctx, within, cond)
}

func (t *tcp) Close() error {
	if t.Cluster != nil {
		t.Cluster.Close()
	}
	return nil
}
