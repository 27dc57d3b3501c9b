package command

import (
	"errors"
	"time"

	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// picture sets what the peers of a ring say of themselves beside the truth.
// They do not answer at the same moment, so the picture of a ring that is just
// changing is a little out of joint.
func picture(space ring.Space, successors, replicas int, states []client.State) *observe.Picture {
	s := observe.NewStore(observe.Config{
		Space: space, Successors: successors, Replicas: replicas,
		Clock: func() time.Duration { return 0 },
	})
	for i := range states {
		st := &states[i]
		u := observe.Update{Self: st.Peer}
		if st.Err != nil {
			s.Apply(u)
			s.Gone(st.Peer, absence(st.Err))
			continue
		}
		u.Snapshot, u.AllKeys, u.Keys = &st.Snapshot, st.Keys != nil, st.Keys
		s.Apply(u)
	}
	return s.Picture()
}

// absence says what it means that a peer does not tell its state.
func absence(err error) observe.State {
	if errors.Is(err, wire.ErrRefused) || errors.Is(err, client.ErrReplaced) {
		return observe.StateDead
	}
	return observe.StateSilent
}

// verdict sums up how the ring is.
func verdict(h *observe.Health) string {
	switch {
	case h.Live == 0:
		return "no peer is a member of the ring"
	case h.Stable:
		return "ideal ring: every pointer is right"
	case h.Valid:
		return "valid, repairing: " + h.Why
	}
	return "not valid: " + h.Why
}
