package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Bounds of asking a whole ring.
const (
	statesWidth   = 16               // peers asked at the same time
	maxStates     = 10000            // peers asked at all
	statePatience = 5 * time.Second  // how long a peer may take to tell its state
	keysPatience  = 30 * time.Second // and its keys
)

// State is what one peer says of itself.
type State struct {
	Peer chord.Ref
	// Err says why the peer did not answer; then nothing else is set. Others
	// may still point at it.
	Err error

	chord.Snapshot
	Items, Bytes   int           // it holds: items, tombstones included, and bytes of their values
	Keys           []store.Entry // what it holds, in the order of the keys, if that was asked for
	Protocol       string        // "corrected" or "original"
	Clock          time.Duration // since its start
	Sent, Received uint64        // protocol messages
	Links          int           // open connections
}

// States asks all peers how they are, with their keys if keys is set, and
// returns them in the order of their identifiers: the client's peer, those that
// the registry names, if there is one, and those that any of them points at.
func (c *Client) States(ctx context.Context, keys bool) ([]State, error) {
	answers := make(chan State)
	asked := make(map[chord.Ref]bool)
	var waiting []chord.Ref
	want := func(r chord.Ref) {
		if !r.IsZero() && !asked[r] && len(asked) < maxStates {
			asked[r] = true
			waiting = append(waiting, r)
		}
	}
	want(c.ref)
	if c.target.Registry != "" {
		members, err := list(ctx, c.network, c.target)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if ref, err := codec.DecodeRef(c.space, m.GetPeer()); err == nil {
				want(ref)
			}
		}
	}
	var out []State
	for under := 0; under > 0 || len(waiting) > 0; under-- {
		for ; under < statesWidth && len(waiting) > 0; under++ {
			ref := waiting[0]
			waiting = waiting[1:]
			go func() { answers <- c.state(ctx, ref, keys) }()
		}
		s := <-answers
		out = append(out, s)
		want(s.Predecessor)
		for _, r := range slices.Concat(s.Successors, s.Fingers) {
			want(r)
		}
	}
	slices.SortFunc(out, func(a, b State) int { return a.Peer.ID.Compare(b.Peer.ID) })
	return out, ctx.Err()
}

// state asks one peer.
func (c *Client) state(ctx context.Context, ref chord.Ref, keys bool) State {
	within := statePatience
	if keys {
		within = keysPatience
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	s, err := c.ask(ctx, ref, keys)
	if err != nil {
		return State{Peer: ref, Err: err}
	}
	return s
}

func (c *Client) ask(ctx context.Context, ref chord.Ref, keys bool) (State, error) {
	limited, cancel := context.WithTimeout(ctx, statePatience)
	defer cancel()
	peer, err := wire.DialWithKey(limited, c.network, ref.Addr, wire.ClientHello(), c.target.Key)
	if err != nil {
		return State{}, err
	}
	defer peer.Close()
	stream, err := peer.Stream(stateRequest(keys))
	if err != nil {
		return State{}, err
	}
	env, err := stream.Recv(limited)
	if err != nil {
		return State{}, err
	}
	s, err := decodeState(c.space, ref, env.GetPeerState())
	if err == nil && keys {
		s.Keys, err = readKeys(ctx, c.space, stream)
	}
	return s, err
}

// stateRequest asks for the state, or for a watch of the keys, which begins with
// it.
func stateRequest(keys bool) pb.Body {
	if !keys {
		return &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}
	}
	return &pb.Envelope_WatchRequest{WatchRequest: &pb.WatchRequest{Mask: uint32(pb.WatchPart_WATCH_PART_KEYS)}}
}

func decodeState(space ring.Space, ref chord.Ref, st *pb.PeerState) (State, error) {
	snap, err := codec.DecodeSnapshot(space, st)
	switch {
	case err != nil:
		return State{}, err
	case snap.Self != ref:
		return State{}, fmt.Errorf("%w: N%s at %s", ErrReplaced, space.Format(snap.Self.ID), ref.Addr)
	case len(snap.Fingers) != space.Bits():
		return State{}, &wire.Error{Kind: wire.ErrMalformed, Detail: fmt.Sprintf("%d fingers on a ring of %d bits", len(snap.Fingers), space.Bits())}
	}
	n := st.GetCounters()
	return State{
		Peer: ref, Snapshot: snap, Items: int(st.GetItems()), Bytes: int(st.GetItemBytes()),
		Protocol: wire.CleanText(st.GetProtocol()), Clock: time.Duration(st.GetClockNanos()),
		Sent: n.GetSent(), Received: n.GetReceived(), Links: int(n.GetLinks()),
	}, nil
}

// readKeys follows a watch until all keys are told.
func readKeys(ctx context.Context, space ring.Space, watch *wire.Stream) ([]store.Entry, error) {
	var held codec.Holdings
	for !held.Complete() {
		env, err := watch.Recv(ctx)
		if err != nil {
			return nil, err
		}
		switch b := env.GetBody().(type) {
		case *pb.Envelope_HeldKeys:
			err = held.Page(space, b.HeldKeys)
		case *pb.Envelope_PeerDelta:
			_, _, err = held.Delta(space, b.PeerDelta)
		case *pb.Envelope_WatchLost: // all begins anew
			held = codec.Holdings{}
		}
		if err != nil {
			return nil, err
		}
	}
	entries := held.Entries()
	slices.SortFunc(entries, func(a, b store.Entry) int { return a.Key.Compare(b.Key) })
	return entries, nil
}
