// Package node is one real Chord peer: the core of package chord on one
// goroutine, over the links of package wire, with its own listening port, its
// registration and its watchers.
package node

import (
	"errors"
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Config of a peer.
type Config struct {
	// Chord configures the core. Self.ID is used if HashID is not set; the
	// address is where the peer turns out to listen. A zero Self.Inc is
	// replaced by the time of the start, so that a later start is always a
	// newer incarnation.
	Chord chord.Config
	// HashID makes the identifier the hash of the peer's address, as in the
	// papers.
	HashID bool

	Network wire.Network
	// Listen is the address to listen at; port 0 lets the system choose. One
	// that other machines reach is refused without a RingKey.
	Listen string
	// Registry is the registry's address; empty: none, the peer finds others
	// only by the seeds it is given and by what they tell.
	Registry string
	// RingKey is the secret of the ring, which whoever connects must know; see
	// wire.Config. Empty: the ring has none.
	RingKey []byte
	// Budget bounds the connections of all peers of one program. nil: nothing
	// does.
	Budget *wire.Budget
	// ControlKey allows whoever knows it to crash, pause or step the peer.
	// Empty: nobody can.
	ControlKey []byte

	// Paused lets the peer begin with its maintenance at a standstill, and Pace
	// at another pace than the configured one; see chord.Pause and chord.Pace.
	// 0: the configured one.
	Paused bool
	Pace   float64

	// OnPanic, if set, is called when the core or a handler of messages panics,
	// and then the panic goes on and ends the program: a bug should be seen. A
	// program that has changed its terminal restores it here, so that the
	// message can be read. It is called from a goroutine of the peer, and must
	// not call the peer.
	OnPanic func()
}

// Validate reports all that is wrong, by field.
func (c *Config) Validate() error {
	var errs []error
	if c.Network == nil {
		errs = append(errs, errors.New("Network: not set"))
	}
	if err := wire.CheckKey(c.RingKey); err != nil {
		errs = append(errs, fmt.Errorf("RingKey: %w", err))
	}
	core := c.Chord
	core.Self.Addr = "to be known" // filled in at the start
	if c.HashID {
		core.Self.ID = ring.ID{}
	}
	return errors.Join(append(errs, core.Validate())...)
}

// ring returns the parameters on which all peers have to agree.
func (c *Config) ring() *pb.Ring {
	return &pb.Ring{Bits: uint32(c.Chord.Space.Bits()), Successors: uint32(c.Chord.Successors), Replicas: uint32(c.Chord.Replicas)}
}

// Intervals that have nothing to do with the protocol.
const (
	// watchEvery is how long changes are gathered before watchers are told.
	watchEvery = 10 * time.Millisecond
	// countEvery is how often watchers are told the counters, which also says
	// that the peer is there.
	countEvery = time.Second
	// maxInbox is how many inputs may wait for the core before the links that
	// bring more are held up.
	maxInbox = 4096
)
