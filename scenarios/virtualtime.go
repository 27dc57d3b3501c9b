package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
)

// This file has how virtual peers are stopped, stepped and traced.

func (v *virtual) Pause(_ context.Context, on bool) error {
	v.paused = on
	for _, h := range v.live() {
		v.keepPause(h)
	}
	return nil
}

func (v *virtual) keepPause(h *sim.Host) {
	if v.paused {
		v.sim.Do(h, chord.Pause{})
	} else {
		v.sim.Do(h, chord.Resume{})
	}
}

func (v *virtual) Speed(_ context.Context, factor float64) error {
	v.pace = factor
	for _, h := range v.live() {
		v.sim.Do(h, chord.Pace{Factor: factor})
	}
	return nil
}

// keepTempo has a newcomer keep the tempo of the others.
func (v *virtual) keepTempo(h *sim.Host) {
	v.keepPause(h)
	v.sim.Do(h, chord.Pace{Factor: v.pace}) // 0 changes nothing
}

func (v *virtual) live() []*sim.Host {
	return slices.DeleteFunc(slices.Clone(v.sim.Hosts()), func(h *sim.Host) bool { return !h.Live() })
}

func (v *virtual) Trace(_ context.Context, ids []ring.ID, on bool) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		v.sim.Do(h, chord.Trace{On: on})
	}
	return nil
}

func (v *virtual) Step(ctx context.Context, ids []ring.ID, tasks []string) error {
	hosts, err := v.find(ids)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		for _, task := range coreTasks(tasks) {
			if err := v.runTask(ctx, h, task); err != nil {
				return err
			}
		}
	}
	return nil
}

// runTask has a peer do one run and waits for its end.
func (v *virtual) runTask(ctx context.Context, h *sim.Host, task chord.Task) error {
	if h.Peer.Status() != chord.StatusMember {
		return v.errorf(h.Ref.ID, errors.New("is not a member of the ring"))
	}
	before := h.Peer.Snapshot().Ran
	v.sim.Do(h, chord.Run{Task: task})
	over, err := v.wait(ctx, virtualPatience, func() bool { return !h.Live() || h.Peer.Snapshot().Ran > before })
	switch {
	case err != nil:
		return err
	case !h.Live():
		return v.errorf(h.Ref.ID, cluster.ErrAbsent)
	case !over:
		return v.errorf(h.Ref.ID, fmt.Errorf("has not come to the end of %s within %v", task, virtualPatience))
	}
	return nil
}

// ways tells of a peer's ways to others and of its fingers, as far as something
// has happened since this was called last.
func (v *virtual) ways(h *sim.Host, u *observe.Update) {
	since := v.told[h]
	u.Ways, u.Fixed = h.Peer.Ways(since), h.Peer.Fixed(since)
	v.told[h] = v.sim.Now()
}
