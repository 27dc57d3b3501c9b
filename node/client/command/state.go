package command

import (
	"bytes"
	"context"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/observe"
)

// State writes what every peer says of itself, with the keys that it holds if
// keys is set, and how the ring as a whole is.
func (r *Ring) State(ctx context.Context, keys bool) error {
	return r.ask(ctx, "state", func(ctx context.Context, c *client.Client) error {
		states, err := c.States(ctx, keys)
		if err != nil {
			return err
		}
		all := newOverview(c, states)
		text := stateText
		if r.JSON {
			text = stateJSON
		}
		_, err = r.Stdout.Write(text(c, all))
		return err
	})
}

// overview is a whole ring: what its peers say, and the truth beside it.
type overview struct {
	pic          *observe.Picture
	states       map[chord.Ref]*client.State
	items, bytes int // over all peers
}

func newOverview(c *client.Client, states []client.State) *overview {
	all := &overview{pic: picture(c, states), states: make(map[chord.Ref]*client.State, len(states))}
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
	return all.states[chord.Ref{ID: p.ID, Addr: p.Addr, Inc: p.Incarnation}]
}

// stateJSON writes an object for each peer, one for each key if keys were asked
// for, and one for the ring.
func stateJSON(c *client.Client, all *overview) []byte {
	var out bytes.Buffer
	line := func(v any) { _ = writeJSON(&out, v) } // a buffer takes everything
	for i := range all.pic.Peers {
		line(peerOf(c.Space(), &all.pic.Peers[i], all.told(i)))
	}
	for _, d := range all.pic.Keys {
		line(datumOf(c.Space(), d))
	}
	h := &all.pic.Health
	line(summary{
		Peers: h.Live, Items: all.items, Bytes: all.bytes, Ideal: h.Stable, Valid: h.Valid, Why: h.Why, Rings: h.Rings,
		Bits: c.Space().Bits(), Successors: c.Successors(), Replicas: c.Replicas(),
	})
	return out.Bytes()
}
