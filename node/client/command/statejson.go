package command

import (
	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// peer is the JSON of one peer. Peers are named by their whole identifier.
type peer struct {
	Name        string `json:"name"`
	ID          string `json:"id"` // decimal up to 32 bits, hexadecimal beyond
	Address     string `json:"address"`
	Incarnation uint64 `json:"incarnation"`
	Host        string `json:"host,omitempty"` // the address of the peer whose host it shares, as a virtual node
	State       string `json:"state"`          // joining, member, leaving, silent, dead or left
	Error       string `json:"error,omitempty"`
	*belief            // not of a peer that did not answer
}

// belief is what a peer says of itself.
type belief struct {
	Predecessor string   `json:"predecessor"` // empty: none known
	Successors  []string `json:"successors"`  // nearest first; empty: alone
	Fingers     []string `json:"fingers"`     // finger[1] to finger[m]; empty strings are not known
	Items       int      `json:"items"`       // what it holds, copies and tombstones included
	Bytes       int      `json:"bytes"`       // of the values
	Syncing     bool     `json:"syncing"`     // it does not have all keys of its range yet
	Paused      bool     `json:"paused"`
	Protocol    string   `json:"protocol"`
	Sent        uint64   `json:"sent"` // protocol messages since its start
	Received    uint64   `json:"received"`
	Links       int      `json:"links"`
	UptimeMS    int64    `json:"uptime_ms"`
	Held        []item   `json:"held,omitempty"` // with keys asked for
}

// item is one key that a peer holds.
type item struct {
	Key     string `json:"key"`
	Size    int    `json:"size"`
	Version uint64 `json:"version"`
	Deleted bool   `json:"deleted,omitempty"` // a tombstone
}

// datum is the JSON of one key, wherever it is held.
type datum struct {
	Key     string   `json:"key"`
	ID      string   `json:"id"`
	Size    int      `json:"size"`
	Version uint64   `json:"version"`
	Owner   string   `json:"owner"`
	Holders []string `json:"holders"` // of the newest value
	State   string   `json:"state"`   // healthy, under-replicated or surplus
}

// summary is the last JSON object: the ring as a whole.
type summary struct {
	Peers      int    `json:"peers"` // members
	Items      int    `json:"items"` // over all peers
	Bytes      int    `json:"bytes"`
	Ideal      bool   `json:"ideal"`         // nothing is left to repair
	Valid      bool   `json:"valid"`         // one ring, in order, that everyone leads to
	Why        string `json:"why,omitempty"` // if not ideal: the first thing found
	Rings      int    `json:"rings"`
	Bits       int    `json:"bits"`
	Successors int    `json:"successors"` // length of lists
	Replicas   int    `json:"replicas"`
}

func peerOf(space ring.Space, p *observe.Peer, st *client.State) peer {
	out := peer{
		Name: fullName(space, p.ID), ID: space.Format(p.ID), Address: p.Addr, Incarnation: p.Incarnation, Host: p.Host, State: p.State.String(),
	}
	if st.Err != nil {
		out.Error = st.Err.Error()
		return out
	}
	out.belief = &belief{
		Predecessor: refName(space, st.Predecessor),
		Successors:  refNames(space, st.Successors), Fingers: refNames(space, st.Fingers),
		Items: st.Items, Bytes: st.Bytes, Syncing: st.Syncing, Paused: st.Paused, Protocol: st.Protocol,
		Sent: st.Sent, Received: st.Received, Links: st.Links, UptimeMS: st.Clock.Milliseconds(),
	}
	for _, e := range st.Keys {
		out.Held = append(out.Held, item{e.Key.Text(space), e.Size, e.Version.Counter, e.Deleted})
	}
	return out
}

func datumOf(space ring.Space, d *observe.Datum) datum {
	out := datum{
		Key: d.Name, ID: space.Format(d.Key.ID), Size: d.Size, Version: d.Version.Counter,
		Owner: fullName(space, d.Owner), Holders: []string{}, State: d.State.String(),
	}
	for _, h := range d.Holders {
		if h.Has {
			out.Holders = append(out.Holders, fullName(space, h.ID))
		}
	}
	return out
}
