package scenarios

import (
	"context"
	"fmt"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
)

// This file has how peers come and go in virtual time.

// Join adds the peers in waves that at most double the ring, each wave through
// random members, so that many at once do not all queue at one place.
func (v *virtual) Join(ctx context.Context, ids []ring.ID, via *ring.ID) error {
	var through *sim.Host
	if via != nil {
		if through = v.host(*via); through == nil {
			return v.errorf(*via, cluster.ErrAbsent)
		}
	}
	for i, id := range ids {
		if v.host(id) != nil || slices.Contains(ids[:i], id) {
			return v.errorf(id, cluster.ErrPresent)
		}
	}
	if err := v.waves(ctx, len(ids), through, func(i int) (*sim.Host, error) { return v.sim.Start(ids[i]), nil }); err != nil {
		return err
	}
	return v.joinBeside(ctx, ids)
}

// joinBeside adds the other virtual nodes of hosts whose first one is there.
func (v *virtual) joinBeside(ctx context.Context, firsts []ring.ID) error {
	taken := v.taken()
	var ids []ring.ID
	var beside []*sim.Host
	for _, first := range firsts {
		more, err := cluster.VirtualNodes(v.space, first, v.settings.VNodes, taken)
		if err != nil {
			return err
		}
		for _, id := range more {
			ids, beside = append(ids, id), append(beside, v.host(first))
		}
	}
	return v.waves(ctx, len(ids), nil, func(i int) (*sim.Host, error) { return v.sim.StartBeside(beside[i], ids[i]), nil })
}

// taken returns the identifiers of all that are there.
func (v *virtual) taken() map[ring.ID]bool {
	taken := make(map[ring.ID]bool)
	for _, h := range v.sim.Hosts() {
		taken[h.Ref.ID] = taken[h.Ref.ID] || h.Live()
	}
	return taken
}

// waves adds n peers. start starts the next one; after an error of it those
// that it started before do join.
func (v *virtual) waves(ctx context.Context, n int, through *sim.Host, start func(i int) (*sim.Host, error)) error {
	var wrong error
	for i := 0; i < n && wrong == nil; {
		members := v.members()
		if len(members) == 0 { // a ring that is frozen is no empty ring
			members = slices.DeleteFunc(slices.Clone(v.sim.Hosts()), func(h *sim.Host) bool { return !h.Live() })
		}
		var hosts []*sim.Host
		for range min(n-i, max(1, len(members))) {
			var h *sim.Host
			if h, wrong = start(i); wrong != nil {
				break
			}
			hosts = append(hosts, h)
			v.keepTempo(h)
			i++
		}
		for j, h := range hosts {
			switch {
			case through != nil:
				v.sim.Do(h, chord.Join{Seeds: []chord.Ref{through.Ref}})
			case len(members) > 0:
				v.sim.Do(h, chord.Join{Seeds: []chord.Ref{members[j%len(members)].Ref}})
			default:
				v.sim.Do(h, chord.Create{})
			}
		}
		if err := v.awaitJoined(ctx, hosts); err != nil {
			return err
		}
	}
	return wrong
}

func (v *virtual) awaitJoined(ctx context.Context, hosts []*sim.Host) error {
	ok, err := v.wait(ctx, virtualPatience, func() bool {
		for _, h := range hosts {
			if h.Live() && h.Peer.Status() != chord.StatusMember {
				return false
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, h := range hosts {
		switch why, failed := v.failures[h]; {
		case failed:
			return fmt.Errorf("N%s could not join: %s", v.space.Format(h.Ref.ID), why)
		case !ok && h.Peer.Status() != chord.StatusMember:
			return fmt.Errorf("N%s is still not a member after %v", v.space.Format(h.Ref.ID), virtualPatience)
		}
	}
	return nil
}

func (v *virtual) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	var ids []ring.ID
	taken := v.taken()
	err := v.waves(ctx, n, nil, func(int) (*sim.Host, error) {
		id, err := v.nextHashed(taken)
		if err != nil {
			return nil, err
		}
		taken[id] = true
		ids = append(ids, id)
		return v.sim.Start(id), nil
	})
	if err != nil {
		return ids, err
	}
	return ids, v.joinBeside(ctx, ids)
}

// nextHashed passes over ports whose hash is taken.
func (v *virtual) nextHashed(taken map[ring.ID]bool) (ring.ID, error) {
	for range 1 << 16 {
		if id := v.space.Hash([]byte(v.sim.NextAddr())); !taken[id] {
			return id, nil
		}
		v.sim.SkipAddr()
	}
	return ring.ID{}, fmt.Errorf("no free identifier left among %d bits", v.space.Bits())
}

func (v *virtual) Leave(ctx context.Context, ids []ring.ID) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		v.sim.Do(h, chord.Leave{})
	}
	ok, err := v.wait(ctx, virtualPatience, func() bool {
		for _, h := range hosts {
			if h.Live() {
				return false
			}
		}
		return true
	})
	if err == nil && !ok {
		err = fmt.Errorf("the leavers are still there after %v", virtualPatience)
	}
	return err
}

func (v *virtual) Kill(_ context.Context, ids []ring.ID) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		v.sim.Crash(h)
		v.store().Gone(h.Ref, observe.StateDead)
	}
	return nil
}

// members returns the members that are not frozen.
func (v *virtual) members() []*sim.Host {
	var out []*sim.Host
	for _, h := range v.sim.Hosts() {
		if h.Live() && !h.Frozen() && h.Peer.Status() == chord.StatusMember {
			out = append(out, h)
		}
	}
	return out
}

// host returns the live host with the identifier, or nil.
func (v *virtual) host(id ring.ID) *sim.Host {
	for _, h := range v.sim.Hosts() {
		if h.Live() && h.Ref.ID == id {
			return h
		}
	}
	return nil
}

func (v *virtual) find(ids []ring.ID) ([]*sim.Host, error) {
	var out []*sim.Host
	for _, id := range ids {
		h := v.host(id)
		if h == nil {
			return nil, v.errorf(id, cluster.ErrAbsent)
		}
		out = append(out, h)
	}
	return out, nil
}
