package scenarios

import (
	"context"
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
)

// This file has how things break in virtual time, and how they are mended.

func (v *virtual) Freeze(_ context.Context, ids []ring.ID) error { return v.setFrozen(ids, true) }

func (v *virtual) Thaw(_ context.Context, ids []ring.ID) error { return v.setFrozen(ids, false) }

func (v *virtual) setFrozen(ids []ring.ID, on bool) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if on {
			v.sim.Freeze(h)
		} else {
			v.sim.Thaw(h)
		}
		v.store().SetFrozen(h.Ref, on)
	}
	return nil
}

func (v *virtual) Restart(ctx context.Context, ids []ring.ID) error {
	old := make([]*sim.Host, len(ids))
	for i, id := range ids {
		if v.host(id) != nil {
			return v.errorf(id, cluster.ErrPresent)
		}
		if old[i] = v.latest(id); old[i] == nil {
			return v.errorf(id, cluster.ErrForeign)
		}
	}
	return v.waves(ctx, len(ids), nil, func(i int) (*sim.Host, error) { return v.sim.Restart(old[i]), nil })
}

// latest returns the host on which the peer with the identifier ran last, or
// nil.
func (v *virtual) latest(id ring.ID) *sim.Host {
	hosts := v.sim.Hosts()
	for i := len(hosts) - 1; i >= 0; i-- {
		if hosts[i].Ref.ID == id {
			return hosts[i]
		}
	}
	return nil
}

func (v *virtual) SetFaults(_ context.Context, faults []observe.Fault) error {
	var ends []ring.ID
	for _, f := range faults {
		ends = append(ends, f.From, f.To)
	}
	hosts, err := v.find(ends)
	if err != nil {
		return err
	}
	told := make(map[*sim.Host][]observe.PeerFault)
	for i, f := range faults {
		from, to := hosts[2*i], hosts[2*i+1]
		v.sim.SetFault(from, to, sim.Fault(f.LinkFault))
		told[from] = append(told[from], observe.PeerFault{Addr: to.Ref.Addr, LinkFault: f.LinkFault})
	}
	for _, h := range v.sim.Hosts() { // in the same order every time
		if len(told[h]) > 0 {
			v.store().Apply(observe.Update{Self: h.Ref, Faults: told[h]})
		}
	}
	return nil
}

func (v *virtual) Heal(context.Context) error {
	if v.sim == nil {
		return nil
	}
	v.sim.HealAll()
	for _, h := range v.sim.Hosts() {
		if h.Live() {
			v.store().Apply(observe.Update{Self: h.Ref, AllFaults: true})
		}
	}
	return nil
}

func (v *virtual) Reset(_ context.Context, a, b ring.ID) error {
	hosts, err := v.find([]ring.ID{a, b})
	if err == nil {
		v.sim.ResetLink(hosts[0], hosts[1])
	}
	return err
}

func (v *virtual) Poison(_ context.Context, id ring.ID, finger int, to ring.ID) error {
	hosts, err := v.find([]ring.ID{id, to})
	if err != nil {
		return err
	}
	poison := chord.Poison{Index: finger, Peer: hosts[1].Ref}
	if err := poison.Check(hosts[0].Ref, v.space); err != nil {
		return v.errorf(id, err)
	}
	v.sim.Do(hosts[0], poison)
	return nil
}

// How long Merge goes on, and how long each of its rounds waits.
const (
	mergeTime  = 5 * time.Second
	mergeRound = 200 * time.Millisecond
	// mergeSample is how many peers each one meets in a round.
	mergeSample = 8
)

func (v *virtual) Merge(ctx context.Context) error {
	for end := v.sim.Now() + mergeTime; v.sim.Now() < end; {
		members := v.members()
		for i, h := range members {
			var met []chord.Ref
			for j := range min(mergeSample, len(members)-1) { // spread evenly over the circle of those there are
				met = append(met, members[(i+1+j*max(1, (len(members)-1)/mergeSample))%len(members)].Ref)
			}
			v.sim.Do(h, chord.Known{Peers: met})
			v.sim.Do(h, chord.Run{Task: chord.TaskPlacement})
		}
		if ok, err := v.wait(ctx, mergeRound, func() bool { return oneRing(v.store().Picture()) }); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("the peers have met for %v, and still %s", mergeTime, v.store().Picture().Health.Why)
}

// oneRing reports whether all members are on one ring in the right order.
func oneRing(pic *observe.Picture) bool {
	h := pic.Health
	return h.Valid && h.WrongSuccessors == 0 && h.WrongPredecessors == 0
}

func (v *virtual) SetRegistry(_ context.Context, up bool) error {
	if v.store().Picture().Registry.Up == up {
		return fmt.Errorf("the registry is %s already", upOrDown(up))
	}
	v.sim.SetRegistry(up)
	v.tellRegistry(up)
	return nil
}

// tellRegistry shows the registry in the picture. It has no address in virtual
// time.
func (v *virtual) tellRegistry(up bool) {
	v.store().SetRegistry(observe.RegistryState{Up: up})
}
