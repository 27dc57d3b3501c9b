package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/observe"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

const (
	// mergeTime is how long Merge tries.
	mergeTime = 5 * time.Second
	// mergeRound is how long it waits before it tries again.
	mergeRound = 300 * time.Millisecond
	// meetings is how many others each peer is told of in a round.
	meetings = 8
)

// Merge brings rings together that have split: every member is told of some
// others, wherever they are, and compares its place with what they see. It
// returns when all are on one ring in order, or with an error after 5 seconds.
func (c *Cluster) Merge(ctx context.Context) error {
	for end := time.Now().Add(mergeTime); ; {
		if err := c.meet(ctx); err != nil {
			return err
		}
		one, err := c.WaitFor(ctx, mergeRound, func(pic *observe.Picture) bool { return inOrder(&pic.Health) })
		if one || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the peers have met for %v, and still %s", mergeTime, c.store.Picture().Health.Why)
		}
	}
}

// inOrder reports whether there is one ring, and nobody beside it: without the
// placement check, nothing needs to bring those in later.
func inOrder(h *observe.Health) bool {
	return h.Valid && h.WrongSuccessors == 0 && h.WrongPredecessors == 0
}

// meet is one round of Merge.
func (c *Cluster) meet(ctx context.Context) error {
	all := c.members()
	var errs []error
	for _, t := range all {
		if c.isFrozen(t.ref) {
			continue
		}
		var others []chord.Ref
		for _, i := range rand.Perm(len(all)) {
			if o := all[i].ref; o != t.ref && len(others) < meetings {
				others = append(others, o)
			}
		}
		for _, req := range []*pb.ControlRequest{
			{Action: &pb.ControlRequest_Meet{Meet: codec.EncodeMeet(others)}},
			{Action: &pb.ControlRequest_RunTask{RunTask: &pb.RunTask{Task: codec.EncodeTask(chord.TaskPlacement)}}},
		} {
			if err := c.command(ctx, t, req); err != nil && !errors.Is(err, wire.ErrBroken) && !errors.Is(err, wire.ErrNotMember) { // it has left meanwhile
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
