// Package chord is one peer of a Chord ring as a pure state machine: its
// routing state, ring maintenance, lookups, and a trace of all it does. It has
// no sockets, no clock, no goroutines and no global randomness: what happened
// goes into Step, what is to be done comes out. The same core therefore runs
// over TCP (package node) and in virtual time (package node/sim).
//
// Ring maintenance follows Zave, "Reasoning about identifier spaces: how to
// make Chord correct" (IEEE TSE 2017), in the variant that ARCHITECTURE.md
// describes. Config.Original selects the protocol of Stoica et al.,
// "Chord: A Scalable Peer-to-peer Lookup Protocol for Internet Applications"
// (IEEE/ACM ToN 2003, "ToN" in comments), kept to show what goes wrong in it.
package chord

import (
	"errors"
	"fmt"
	"time"

	"chordscope/node/ring"
)

// Config is fixed for the life of a peer. Start from Default.
type Config struct {
	Self  Ref        // who we are; must be set
	Space ring.Space // must be set, the same on every peer of the ring

	Successors int // r, the length of the successor list, 1 to MaxSuccessors

	// Mean intervals of the periodic operations. Each one is varied by +-50 %
	// so that peers do not fall into step. What is noticed at once (a lost
	// connection, a new predecessor) does not wait for them.
	Stabilize time.Duration
	Fix       time.Duration // one distinct finger each; eight times as often while the table is changing
	Check     time.Duration // check predecessor

	// Timeout is how long an answer is waited for. A peer that misses it is
	// suspected and routed around; the second miss in a row drops it.
	Timeout time.Duration

	// Replicas is k: a key is kept by its owner and the next k-1 live
	// successors. 1 to Successors, the same on every peer. Where hosts have v
	// virtual nodes the k-1 are on hosts of their own: then Successors has to
	// be at least (k-1)*v + 1, so that every list names that many, or all.
	Replicas int
	// Repair is the mean interval in which an owner compares its range with its
	// replicas. What is noticed at once does not wait for it.
	Repair time.Duration
	// Grace is how old a tombstone has to be before it may go, far above the
	// time in which a copy that nobody keeps any more is dropped.
	Grace time.Duration

	Original bool // the protocol of 2003
	Merge    bool // placement check: split rings find together again

	Seed uint64 // of everything random in this peer
}

// MaxSuccessors bounds the length of successor lists.
const MaxSuccessors = 64

// Default returns the product's defaults for a peer. The intervals are short
// because the ring is watched by people; they cost about ten messages a second
// a peer at rest. What matters most, a crash or a join next door, is noticed
// without them.
func Default(self Ref, space ring.Space) Config {
	return Config{
		Self: self, Space: space, Successors: 4,
		Stabilize: 500 * time.Millisecond,
		Fix:       500 * time.Millisecond,
		Check:     time.Second,
		Timeout:   500 * time.Millisecond,
		Replicas:  3,
		Repair:    2 * time.Second,
		Grace:     time.Minute,
		Merge:     true,
		Seed:      1,
	}
}

// Validate reports all that is wrong with the configuration, by field.
func (c *Config) Validate() error {
	var errs []error
	if c.Self.IsZero() {
		errs = append(errs, errors.New("Self: an address is needed"))
	}
	if c.Space.Bits() == 0 {
		errs = append(errs, errors.New("Space: not set"))
	} else if !c.Space.Contains(c.Self.ID) {
		errs = append(errs, fmt.Errorf("Self: the identifier does not fit into %d bits", c.Space.Bits()))
	}
	if c.Successors < 1 || c.Successors > MaxSuccessors {
		errs = append(errs, fmt.Errorf("Successors: %d is not within 1 to %d", c.Successors, MaxSuccessors))
	}
	if c.Replicas < 1 || c.Replicas > c.Successors {
		errs = append(errs, fmt.Errorf("Replicas: %d is not within 1 and Successors (%d)", c.Replicas, c.Successors))
	}
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"Stabilize", c.Stabilize}, {"Fix", c.Fix}, {"Check", c.Check}, {"Timeout", c.Timeout}, {"Repair", c.Repair}, {"Grace", c.Grace}} {
		if f.d < time.Millisecond || f.d > time.Hour {
			errs = append(errs, fmt.Errorf("%s: %v is not within 1ms to 1h", f.name, f.d))
		}
	}
	return errors.Join(errs...)
}
