package scenarios

import (
	"context"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// NewSystem returns the System of a driver, "tcp" or "virtual".
func NewSystem(driver string) System {
	if driver == "virtual" {
		return NewVirtual()
	}
	return NewTCP()
}

// tcp is the System of real peers on loopback.
type tcp struct {
	seen
	*cluster.Cluster // nil before Start
	registry         string
}

// NewTCP returns a System of real peers, each with its own port on loopback.
func NewTCP() System { return NewTCPAt("") }

// NewTCPAt is NewTCP with the registry at an address that others know, instead
// of on a free port.
func NewTCPAt(registry string) System {
	return &tcp{seen: newSeen(), registry: registry}
}

func (t *tcp) Driver() string { return "tcp" }

func (t *tcp) Start(ctx context.Context, s Settings) error {
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return err
	}
	t.Cluster, err = cluster.Start(ctx, cluster.Config{
		Network: wire.TCP{}, Space: space, Core: s.core, Seed: s.Seed, Registry: t.registry,
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
