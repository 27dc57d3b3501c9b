package scenarios

import (
	"context"

	"chordscope/node/cluster"
	"chordscope/proto/wire"
)

// attached is the System of a ring that others have started.
type attached struct{ *tcp }

// Attach returns the System of the ring whose registry is at real.Registry, and
// the settings that its peers have. The error wraps client.ErrNoPeer if nobody
// is there yet. Peers obey if the control key in real.Keys is theirs, those who
// join are this program's, and Close lets these leave.
func Attach(ctx context.Context, real Real) (System, Settings, error) {
	c, err := cluster.Attach(ctx, cluster.Config{
		Network: wire.TCP{}, Registry: real.Registry, Keys: real.Keys, Processes: real.Processes,
	})
	if err != nil {
		return nil, Settings{}, err
	}
	a := attached{&tcp{seen: newSeen(), Cluster: c, real: real}}
	a.show(c.Store())
	core, s := c.Core(), DefaultSettings()
	s.Bits, s.Successors, s.Replicas, s.Original = core.Space.Bits(), core.Successors, core.Replicas, core.Original
	return a, s, nil
}

// Start has nothing to do: the ring runs.
func (attached) Start(context.Context, Settings) error { return nil }
