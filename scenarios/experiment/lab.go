package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/ring"
)

// space is the circle of all experiments with peers: wide enough that
// identifiers hardly ever collide, and that the first fingers of each peer are
// its successor.
var space = ring.MustSpace(32)

// lab is one ring under measurement. Both drivers have it, so that an experiment
// is written once. Its methods are called by one goroutine.
type lab interface {
	// Join adds peers, in waves that at most double the ring, and then their
	// other virtual nodes. It returns when all are members.
	Join(ctx context.Context, ids []ring.ID) error
	// JoinSoon and LeaveSoon begin to add a peer, or to let it leave, and return
	// at once. One that does not succeed is no error.
	JoinSoon(ctx context.Context, id ring.ID)
	LeaveSoon(ctx context.Context, id ring.ID)
	// Stop ends peers at one moment: they crash, so that their connections break
	// and their ports refuse; or, silently, they only answer nothing any more.
	Stop(ctx context.Context, ids []ring.ID, silent bool) error
	// Members returns who is a member and not leaving, in order.
	Members() []ring.ID

	// Find begins a lookup. Ended returns those that have ended since it was
	// last called, and Busy how many have not. WaitEnded lets time pass until
	// there is one that has ended, or none is under way.
	Find(ctx context.Context, q query)
	Ended() []answer
	Busy() int
	WaitEnded(ctx context.Context) error

	// Await lets time pass until cond holds, at most so long, and returns
	// whether it does.
	Await(ctx context.Context, within time.Duration, cond func(health) bool) (bool, error)
	Sleep(ctx context.Context, d time.Duration) error
	// Now returns the time since the lab was made, by its own clock.
	Now() time.Duration
	// Messages returns how many messages peers have sent each other until now.
	// Real peers tell of theirs now and then.
	Messages() uint64
	Close()
}

// setup says what a ring is like.
type setup struct {
	driver     string
	seed       uint64
	successors int
	interval   time.Duration // of stabilize and fix fingers; that of the check is twice as long
	timeout    time.Duration
	copies     int           // of a key; 0: three. Without keys one is enough, and nothing is compared
	vnodes     int           // virtual nodes of a peer; 0 is 1
	latency    time.Duration // mean time of a message in virtual time; 0: as on a fast local network
	original   bool
	judge      bool // compare the owner that a lookup finds with the right one, if the driver can
}

// ring is the setup of an experiment's rings, as far as its parameters say.
func (b *bench) ring() setup {
	return setup{driver: b.Driver, seed: b.Seed, successors: b.Successors, interval: b.Interval, timeout: 500 * time.Millisecond}
}

// open makes the lab.
func (s setup) open(ctx context.Context) (lab, error) {
	if s.driver == DriverTCP {
		return newReal(ctx, s)
	}
	return newVirtual(s), nil
}

// core sets what the setup says about a peer.
func (s setup) core(c *chord.Config) {
	c.Successors, c.Replicas = s.successors, min(3, s.successors)
	if s.copies > 0 {
		c.Replicas = s.copies
	}
	c.Stabilize, c.Fix, c.Check, c.Repair = s.interval, s.interval, 2*s.interval, 4*s.interval
	c.Timeout, c.Original = s.timeout, s.original
}

// health is what is right about a ring.
type health struct {
	members int
	ring    bool // every successor and predecessor is right, all lists are in order
	stable  bool // every pointer is right, fingers too, and nobody is joining or leaving
}

func ringRight(h health) bool { return h.ring }
func allRight(h health) bool  { return h.stable }

// query is a lookup to be made.
type query struct{ from, key ring.ID }

// answer is one that has ended.
type answer struct {
	query
	owner  ring.ID
	hops   int    // peers on the path without the origin, the owner among them
	missed int    // peers that were asked and did not answer
	failed string // why; empty if an owner was found
	wrong  bool   // it was neither the right one when the lookup began nor when it ended
	lost   bool   // its origin ended before it could tell
	took   time.Duration
}

// distinct returns n different random identifiers.
func distinct(rng *rand.Rand, n int) []ring.ID {
	seen := make(map[ring.ID]bool, n)
	out := make([]ring.ID, 0, n)
	for len(out) < n {
		if id := ring.FromUint64(uint64(rng.Uint32())); !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// besides returns the identifiers of peers' other virtual nodes, v-1 for each
// in turn.
func besides(firsts []ring.ID, v int) ([]ring.ID, error) {
	taken := make(map[ring.ID]bool)
	for _, id := range firsts {
		taken[id] = true
	}
	var out []ring.ID
	for _, id := range firsts {
		more, err := cluster.VirtualNodes(space, id, v, taken)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// queries returns n lookups of random keys from random ones of these peers.
func queries(rng *rand.Rand, from []ring.ID, n int) []query {
	out := make([]query, n)
	for i := range out {
		out[i] = query{from[rng.IntN(len(from))], ring.FromUint64(uint64(rng.Uint32()))}
	}
	return out
}

// settleTime is how long a ring may take until every pointer in it is right.
func (s setup) settleTime(n int) time.Duration {
	return time.Minute + 100*s.interval + time.Duration(n)*50*time.Millisecond
}

// grow lets peers join and waits until every pointer is right.
func grow(ctx context.Context, l lab, s setup, ids []ring.ID) error {
	if err := l.Join(ctx, ids); err != nil {
		return err
	}
	within := s.settleTime(len(ids))
	ok, err := l.Await(ctx, within, allRight)
	if err == nil && !ok {
		err = fmt.Errorf("the ring of %d peers is not ideal %v after the last join", len(ids), within)
	}
	return err
}

// lookups makes lookups, so many at a time, and tells how far it is.
func lookups(ctx context.Context, l lab, qs []query, width int, progress func(done float64)) ([]answer, error) {
	var out []answer
	for next := 0; next < len(qs) || l.Busy() > 0; {
		for ; next < len(qs) && l.Busy() < width; next++ {
			l.Find(ctx, qs[next])
		}
		if err := l.WaitEnded(ctx); err != nil {
			return out, err
		}
		out = append(out, l.Ended()...)
		progress(float64(len(out)) / float64(len(qs)))
	}
	return out, nil
}

// width is how many lookups are under way at a time where that is not what is
// measured.
const width = 32
