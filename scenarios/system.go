package scenarios

import (
	"context"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Settings are the ring's settings as a scenario may set them. They hold for
// both drivers. Zero is never a default here: start from DefaultSettings.
type Settings struct {
	Bits       int           // m, 3 to 160
	Successors int           // r, length of the successor list, 1 to 32
	Replicas   int           // k, 1 to Successors
	VNodes     int           // virtual nodes of a host, 1 to 20
	Stabilize  time.Duration // interval of stabilize, 10ms to 1h
	Fix        time.Duration // interval of fix fingers
	Check      time.Duration // interval of check predecessor
	Repair     time.Duration // interval of repair: owner and replicas compare what they hold
	Timeout    time.Duration // how long a peer waits for an answer
	Recursive  bool          // lookup=recursive
	Original   bool          // protocol=original, the 2003 protocol
	Merge      bool          // merge=on: split rings come together again
	Processes  bool          // processes=on: each peer is a process of its own
	Seed       uint64        // of everything random
	ZeroBased  bool          // fingers=0-based, only how they are numbered
}

// firstFinger is the number of the first row of a finger table.
func (s Settings) firstFinger() int {
	if s.ZeroBased {
		return 0
	}
	return 1
}

// DefaultSettings returns the product's defaults.
func DefaultSettings() Settings {
	return Settings{
		Bits: 16, Successors: 4, Replicas: 3, VNodes: 1,
		Stabilize: 500 * time.Millisecond, Fix: 500 * time.Millisecond, Check: time.Second, Repair: 2 * time.Second,
		Timeout: 500 * time.Millisecond, Merge: true, Seed: 1,
	}
}

// System is a ring that scenario commands act on. Two drivers implement it:
// real peers over TCP, and virtual time. Its methods are called by one
// goroutine at a time, except Picture and Changed, which anyone may call.
//
// A method returns when its effect can be seen in Picture: after Kill the peer
// is dead there, after Join the new peers are members there.
type System interface {
	// Driver names it in reports: "tcp" or "virtual".
	Driver() string
	// Start makes the registry and an empty ring. It is called once, before
	// the first join; settings cannot change afterwards.
	Start(ctx context.Context, s Settings) error
	// Join adds peers with these identifiers at the same time. The first
	// peer of an empty ring creates it. via, if set, names the live peer to
	// join through.
	Join(ctx context.Context, ids []ring.ID, via *ring.ID) error
	// JoinHashed adds n peers whose identifiers are the hash of their
	// address, and returns them; on a collision the next port is tried.
	JoinHashed(ctx context.Context, n int) ([]ring.ID, error)
	// Leave lets live peers leave gracefully, all at the same time.
	Leave(ctx context.Context, ids []ring.ID) error
	// Kill crashes live peers at one moment: nothing is said, sockets reset.
	Kill(ctx context.Context, ids []ring.ID) error
	// Freeze stops live peers without closing anything, as a debugger does;
	// Thaw lets them go on. Frozen ones answer nothing and obey nothing but
	// Thaw and Kill.
	Freeze(ctx context.Context, ids []ring.ID) error
	Thaw(ctx context.Context, ids []ring.ID) error
	// Restart starts peers that Kill has crashed on their old port and
	// identifier, as new incarnations that remember nothing.
	Restart(ctx context.Context, ids []ring.ID) error
	// SetFaults puts faults on links between live peers, at one moment, each
	// in place of what was wrong with that link. Names are not looked at.
	SetFaults(ctx context.Context, faults []observe.Fault) error
	// Heal ends the faults of all links.
	Heal(ctx context.Context) error
	// Reset breaks the connection between two live peers, if there is one.
	Reset(ctx context.Context, a, b ring.ID) error
	// Poison makes a finger of a live peer point at another one, counted from
	// 1; finger 1 stands for the whole successor list.
	Poison(ctx context.Context, id ring.ID, finger int, to ring.ID) error
	// Merge lets every member compare its place with others until there is one
	// ring in order. It is an error if there is none after 5 s.
	Merge(ctx context.Context) error
	// SetRegistry stops the registry as a crash does, or starts it again.
	SetRegistry(ctx context.Context, up bool) error
	// Pause stops the maintenance of all peers, those that join later included,
	// or lets it go on.
	Pause(ctx context.Context, on bool) error
	// Speed divides the intervals of the maintenance of all peers, those that
	// join later included, by factor, 1/64 to 64.
	Speed(ctx context.Context, factor float64) error
	// Step lets live peers, one after the other, do one run of each of these
	// tasks, in turn, and waits for its end.
	Step(ctx context.Context, ids []ring.ID, tasks []string) error
	// Trace makes live peers tell of every message and every line of their
	// procedures, or ends that.
	Trace(ctx context.Context, ids []ring.ID, on bool) error
	// NumberFingers says whether fingers are numbered from 0, not from 1, in
	// what the Picture has in words from now on. It may be called before Start.
	NumberFingers(fromZero bool)
	// Disturbed says what is about to be broken or mended, as "kill N8": the
	// next Recovery of the Picture measures what follows.
	Disturbed(what string)
	// Lookup asks the peer from for the owner of key. A lookup that ended
	// without an owner is a result with Failed set, not an error.
	Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error)
	// Access carries out a put, get or delete through the peer from. One that
	// failed is a result with Failed set, not an error.
	Access(ctx context.Context, from ring.ID, a Access) (observe.Access, error)
	// Load puts many keys, many of them at the same time, each through its
	// peer. The first one that fails ends it and is the error.
	Load(ctx context.Context, puts []LoadPut) error
	// WaitFor waits until cond holds for the Picture, at most for the time
	// within, measured by the system's own clock. It returns whether cond held.
	// cond may be called from another goroutine, never after WaitFor returned.
	WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error)
	// Sleep lets the system's time pass.
	Sleep(ctx context.Context, d time.Duration) error
	// Now returns the time since Start by the system's own clock, 0 before.
	Now() time.Duration
	// Picture returns the newest picture. Before Start it is an empty one,
	// never nil.
	Picture() *observe.Picture
	// Changed returns a channel that is closed at the next change of Picture.
	// Ask for it before Picture, so that no change is missed.
	Changed() <-chan struct{}
	// Close heals faults and ends every peer, the registry and every socket
	// and goroutine. It may be called more than once.
	Close() error
}

// Access is a put, get or delete.
type Access struct {
	Op    string // put, get or delete
	Key   store.Key
	Value []byte // of a put
}

// LoadPut is one put of a Load.
type LoadPut struct {
	From  ring.ID
	Key   store.Key
	Value []byte
}
