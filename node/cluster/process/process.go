// Package process runs a real peer in a process of its own: the same binary,
// called with Args. The parent holds the child's standard input and tells it
// there what to be, keys included, so that no command line or environment shows
// them; the child answers on its standard output. Both are JSON, one object a
// line.
//
// A child never outlives its parent. The end of its input says that the parent
// is gone, however it died, and the child exits at once. A child that is stopped
// cannot read that; the kernel ends it, on Linux because that was asked for, and
// elsewhere because each child is a process group, which gets a hangup signal
// when it is stopped and orphaned.
package process

import (
	"slices"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Args are the arguments that make the program serve a parent: it has to call
// Serve and exit with what that returns.
func Args() []string { return []string{"peer", "--supervised"} }

// IsChild reports whether the program was called with Args.
func IsChild(args []string) bool { return len(args) > 0 && slices.Equal(args[1:], Args()) }

// order is what the parent says. Exactly one field is set.
type order struct {
	Start *setup    `json:"start,omitempty"`
	Enter *entrance `json:"enter,omitempty"`
}

// setup is a node.Config as it goes to a child, over TCP in any case.
type setup struct {
	Bits       int           `json:"bits"`
	ID         []byte        `json:"id,omitempty"`
	HashID     bool          `json:"hash_id,omitempty"`
	Inc        uint64        `json:"inc,omitempty"`
	Listen     string        `json:"listen"`
	Registry   string        `json:"registry,omitempty"`
	ControlKey []byte        `json:"control_key,omitempty"`
	RingKey    []byte        `json:"ring_key,omitempty"`
	Successors int           `json:"successors"`
	Replicas   int           `json:"replicas"`
	Stabilize  time.Duration `json:"stabilize"`
	Fix        time.Duration `json:"fix"`
	Check      time.Duration `json:"check"`
	Timeout    time.Duration `json:"timeout"`
	Repair     time.Duration `json:"repair"`
	Grace      time.Duration `json:"grace"`
	Original   bool          `json:"original,omitempty"`
	Merge      bool          `json:"merge,omitempty"`
	Seed       uint64        `json:"seed"`
	Paused     bool          `json:"paused,omitempty"`
	Pace       float64       `json:"pace,omitempty"`
}

func newSetup(cfg *node.Config) *setup {
	c := &cfg.Chord
	return &setup{
		Bits: c.Space.Bits(), ID: c.Self.ID.AppendBytes(nil), HashID: cfg.HashID, Inc: c.Self.Inc,
		Listen: cfg.Listen, Registry: cfg.Registry, ControlKey: cfg.ControlKey, RingKey: cfg.RingKey,
		Successors: c.Successors, Replicas: c.Replicas,
		Stabilize: c.Stabilize, Fix: c.Fix, Check: c.Check, Timeout: c.Timeout, Repair: c.Repair, Grace: c.Grace,
		Original: c.Original, Merge: c.Merge, Seed: c.Seed,
		Paused: cfg.Paused, Pace: cfg.Pace,
	}
}

func (s *setup) config() (node.Config, error) {
	space, err := ring.NewSpace(s.Bits)
	if err != nil {
		return node.Config{}, err
	}
	id, err := ring.FromBytes(s.ID)
	if err != nil {
		return node.Config{}, err
	}
	return node.Config{
		Chord: chord.Config{
			Self: chord.Ref{ID: id, Inc: s.Inc}, Space: space, Successors: s.Successors, Replicas: s.Replicas,
			Stabilize: s.Stabilize, Fix: s.Fix, Check: s.Check, Timeout: s.Timeout, Repair: s.Repair, Grace: s.Grace,
			Original: s.Original, Merge: s.Merge, Seed: s.Seed,
		},
		HashID: s.HashID, Network: wire.TCP{}, Listen: s.Listen, Registry: s.Registry,
		ControlKey: s.ControlKey, RingKey: s.RingKey, Paused: s.Paused, Pace: s.Pace,
	}, nil
}

type entrance struct {
	Seeds []peer `json:"seeds,omitempty"`
}

// answer is what the child says to each order, in turn.
type answer struct {
	Ref *peer `json:"ref,omitempty"` // to a start that went well: who it is
	// What went wrong, as on the wire, which keeps the kind of the error.
	Error *pb.Error `json:"error,omitempty"`
}

// peer is a chord.Ref.
type peer struct {
	ID   []byte `json:"id"`
	Addr string `json:"addr"`
	Inc  uint64 `json:"inc"`
}

func encodeRef(r chord.Ref) peer { return peer{r.ID.AppendBytes(nil), r.Addr, r.Inc} }

func (p peer) decode() (chord.Ref, error) {
	id, err := ring.FromBytes(p.ID)
	return chord.Ref{ID: id, Addr: p.Addr, Inc: p.Inc}, err
}
