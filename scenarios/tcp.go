package scenarios

import (
	"context"
	"time"

	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
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
}

// NewTCP returns a System of real peers, each with its own port on loopback.
func NewTCP() System {
	return &tcp{seen: newSeen()}
}

func (t *tcp) Driver() string { return "tcp" }

func (t *tcp) Start(ctx context.Context, s Settings) error {
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return err
	}
	t.Cluster, err = cluster.Start(ctx, cluster.Config{
		Network: wire.TCP{}, Space: space, Replicas: s.Replicas, Core: s.core, Seed: s.Seed,
	})
	if err == nil {
		t.show(t.Store())
	}
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
