package command

import (
	"bytes"
	"context"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// State writes what every peer says of itself, with the keys that it holds if
// keys is set, and how the ring as a whole is.
func (r *Ring) State(ctx context.Context, keys bool) error {
	return r.ask(ctx, "state", func(ctx context.Context, c *client.Client) error {
		states, err := c.States(ctx, keys)
		if err != nil {
			return err
		}
		write := stateText
		if r.JSON {
			write = stateJSON
		}
		_, err = r.Stdout.Write(write(newOverview(c.Space(), c.Successors(), c.Replicas(), states)))
		return err
	})
}

// overview is a whole ring: what its peers say, and the truth beside it.
type overview struct {
	pic                  *observe.Picture
	states               map[chord.Ref]*client.State
	successors, replicas int // r and k
	items, bytes         int // over all peers
}

func newOverview(space ring.Space, successors, replicas int, states []client.State) *overview {
	all := &overview{
		pic: picture(space, successors, replicas, states), states: make(map[chord.Ref]*client.State, len(states)),
		successors: successors, replicas: replicas,
	}
	for i := range states {
		st := &states[i]
		all.states[st.Peer] = st
		all.items += st.Items
		all.bytes += st.Bytes
	}
	return all
}

// told returns what peer i of the picture says of itself.
func (all *overview) told(i int) *client.State {
	p := &all.pic.Peers[i]
	return all.states[chord.Ref{ID: p.ID, Addr: p.Addr, Inc: p.Incarnation, Host: p.Host}]
}

// stateJSON writes an object for each peer, one for each key if keys were asked
// for, and one for the ring.
func stateJSON(all *overview) []byte {
	var out bytes.Buffer
	line := func(v any) { _ = writeJSON(&out, v) } // a buffer takes everything
	for i := range all.pic.Peers {
		line(peerOf(all.pic.Space, &all.pic.Peers[i], all.told(i)))
	}
	for _, d := range all.pic.Keys {
		line(datumOf(all.pic.Space, d))
	}
	h := &all.pic.Health
	line(summary{
		Peers: h.Live, Items: all.items, Bytes: all.bytes, Ideal: h.Stable, Valid: h.Valid, Why: h.Why, Rings: h.Rings,
		Bits: all.pic.Space.Bits(), Successors: all.successors, Replicas: all.replicas,
	})
	return out.Bytes()
}
