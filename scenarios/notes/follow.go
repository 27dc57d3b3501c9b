package notes

import (
	"context"
	"errors"
	"fmt"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// The time before another attempt to reach a server, which grows while nobody
// is there.
const soonest, latest = 200 * time.Millisecond, 2 * time.Second

// Follow watches the server at addr until ctx ends, and comes back to it when it
// has been away. It calls on with each state, or with the reason why there is
// none now, from its own goroutine. Each attempt asks keys for the key, since a
// presenter who has started anew has another one.
func Follow(ctx context.Context, network wire.Network, addr string, keys func() ([]byte, error), on func(*State, error)) {
	pause := soonest
	for ctx.Err() == nil {
		err := watch(ctx, network, addr, keys, func(s *State) {
			pause = soonest
			on(s, nil)
		})
		if ctx.Err() != nil {
			return
		}
		on(nil, explain(err))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, latest)
	}
}

// explain says in fewer words what everybody meets.
func explain(err error) error {
	switch {
	case errors.Is(err, wire.ErrRefused):
		return fmt.Errorf("%w: nobody plays there now", wire.ErrRefused)
	case errors.Is(err, wire.ErrBroken):
		return fmt.Errorf("%w: the play has ended", wire.ErrBroken)
	}
	return err
}

// watch receives states until something is wrong.
func watch(ctx context.Context, network wire.Network, addr string, keys func() ([]byte, error), on func(*State)) error {
	key, err := keys()
	if err != nil {
		return err
	}
	client, err := wire.DialWithKey(ctx, network, addr, wire.ClientHello(), key)
	if err != nil {
		return err
	}
	defer client.Close()
	stream, err := client.Stream(&pb.Envelope_WatchNotes{WatchNotes: &pb.WatchNotes{}})
	if err != nil {
		return err
	}
	for {
		env, err := stream.Recv(ctx)
		switch {
		case errors.Is(err, wire.ErrUnimplemented):
			return fmt.Errorf("at %s are no notes, but a part of the ring: %w", addr, err)
		case err != nil:
			return err
		case env.GetNotes() == nil:
			return fmt.Errorf("%w: an answer that is no notes", wire.ErrMalformed)
		}
		s := stateOf(env.GetNotes())
		on(&s)
	}
}
