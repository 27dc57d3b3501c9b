package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
)

// ideal is a System without a network: whatever is asked of it has happened
// and been repaired when the call returns.
type ideal struct {
	mu         sync.Mutex
	world      *world // nil before Start
	lookups    []observe.Lookup
	names      []string // of the keys that were put
	pic        *observe.Picture
	changed    chan struct{}
	faults     []observe.Fault
	recoveries []observe.Recovery
	joined     int           // peers that joined with a hashed identifier
	sleeping   chan struct{} // closed when Sleep, which may be called once, begins
	release    chan struct{}
}

func newIdeal() *ideal {
	return &ideal{pic: new(observe.Picture), changed: make(chan struct{}), sleeping: make(chan struct{}), release: make(chan struct{})}
}

// act changes the world and publishes the picture of it.
func (d *ideal) act(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
	version := d.pic.Version
	d.pic = d.world.picture()
	if len(d.names) > 0 {
		var keys []*observe.Datum
		for _, name := range d.names {
			keys = append(keys, named(d.world.space, name, "a value"))
		}
		d.pic = d.world.withKeys(keys)
	}
	d.pic.Version, d.pic.Lookups, d.pic.Faults, d.pic.Recoveries = version+1, d.lookups, d.faults, d.recoveries
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *ideal) NumberFingers(bool) {}

func (d *ideal) Driver() string { return "ideal" }

func (d *ideal) Start(_ context.Context, s scenarios.Settings) error {
	d.act(func() { d.world = newWorld(s.Bits, s.Successors) })
	return nil
}

func (d *ideal) Join(_ context.Context, ids []ring.ID, _ *ring.ID) error {
	d.act(func() {
		for _, id := range ids {
			d.world.add(id)
		}
	})
	return nil
}

func (d *ideal) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	var ids []ring.ID
	for range n {
		d.joined++
		ids = append(ids, d.world.space.Hash(fmt.Appendf(nil, "127.0.0.1:%d", 5000+d.joined)))
	}
	return ids, d.Join(ctx, ids, nil)
}

func (d *ideal) Leave(ctx context.Context, ids []ring.ID) error { return d.Kill(ctx, ids) }

func (d *ideal) Kill(_ context.Context, ids []ring.ID) error {
	d.act(func() {
		d.world.peers = slices.DeleteFunc(d.world.peers, func(p observe.Peer) bool { return slices.Contains(ids, p.ID) })
	})
	return nil
}

func (d *ideal) Lookup(_ context.Context, from, key ring.ID, _ bool) (observe.Lookup, error) {
	var l observe.Lookup
	d.act(func() {
		origin, owner := d.world.after(from, member), d.world.after(key, member)
		l = observe.Lookup{
			Number: uint64(len(d.lookups) + 1), Key: key, KeyName: "K" + d.world.space.Format(key), Origin: from, Done: true,
			Owner: owner.ID, OwnerName: owner.Name, Hops: 1,
			Path: []ring.ID{origin.ID, owner.ID}, PathNames: []string{origin.Name, owner.Name},
		}
		d.lookups = append(d.lookups, l)
	})
	return l, nil
}

// Access knows puts only.
func (d *ideal) Access(ctx context.Context, from ring.ID, a scenarios.Access) (observe.Access, error) {
	if a.Op != "put" {
		return observe.Access{}, errors.ErrUnsupported
	}
	way, err := d.Lookup(ctx, from, a.Key.ID, false)
	d.act(func() { d.names = append(d.names, a.Key.Name) })
	return observe.Access{Op: a.Op, Key: a.Key, KeyName: way.KeyName, Lookup: way, Copies: replicas}, err
}

// Load is not needed: a screen with many keys is made of a picture.
func (d *ideal) Load(context.Context, []scenarios.LoadPut) error { return errors.ErrUnsupported }

func (d *ideal) WaitFor(_ context.Context, _ time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	return cond(d.Picture()), nil
}

// Sleep takes as long as it may, and then until it is released.
func (d *ideal) Sleep(ctx context.Context, _ time.Duration) error {
	close(d.sleeping)
	<-ctx.Done()
	<-d.release
	return ctx.Err()
}

func (d *ideal) Picture() *observe.Picture {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pic
}

func (d *ideal) Now() time.Duration { return d.Picture().At }

func (d *ideal) Changed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

func (d *ideal) Close() error { return nil }
