package codec

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
)

// EncodeSnapshot returns a peer's routing state for the wire. What is not the
// core's to know (sequence number, ring, counters, clock, protocol), and how
// many items there are, is left to the caller to fill in.
func EncodeSnapshot(s *chord.Snapshot) *pb.PeerState {
	return &pb.PeerState{
		Self: EncodeRef(s.Self), Status: statuses.encode(s.Status), Paused: s.Paused,
		Predecessor: EncodeRef(s.Predecessor), Successors: encodeRefs(s.Successors), Fingers: encodeRefs(s.Fingers),
		Syncing: s.Syncing, Tracing: s.Tracing, Pace: s.Pace, Ran: s.Ran,
	}
}

// DecodeSnapshot is the inverse of EncodeSnapshot. The snapshot shares nothing
// with st. The error wraps wire.ErrMalformed.
func DecodeSnapshot(space ring.Space, st *pb.PeerState) (chord.Snapshot, error) {
	d := decoder{space: space}
	s := chord.Snapshot{
		Self: d.someRef(st.GetSelf()), Status: known(&d, "status", statuses, st.GetStatus()), Paused: st.GetPaused(),
		Predecessor: d.ref(st.GetPredecessor()), Successors: d.refs(st.GetSuccessors(), maxList),
		Fingers: list(&d, "fingers", st.GetFingers(), space.Bits(), d.entry), Syncing: st.GetSyncing(),
		Tracing: st.GetTracing(), Pace: 1, Ran: st.GetRan(),
	}
	if st.GetPace() != 0 {
		s.Pace = d.pace(st.GetPace())
	}
	return s, d.err
}

// EncodeDelta returns what changed in the routing state, s being the state after
// it. The sequence number, events, keys, counters and clock are left to the
// caller to fill in.
func EncodeDelta(s *chord.Snapshot, c *chord.Changes) *pb.PeerDelta {
	delta := &pb.PeerDelta{}
	if c.Status {
		delta.Status = statuses.encode(s.Status)
	}
	if c.Paused {
		delta.Paused = proto.Bool(s.Paused)
	}
	if c.Syncing {
		delta.Syncing = proto.Bool(s.Syncing)
	}
	if c.Tracing {
		delta.Tracing = proto.Bool(s.Tracing)
	}
	if c.Pace {
		delta.Pace = proto.Float64(s.Pace)
	}
	if c.Ran {
		delta.Ran = proto.Uint64(s.Ran)
	}
	if c.Predecessor {
		delta.Predecessor = encodeEntry(s.Predecessor)
	}
	if c.Successors {
		delta.Successors = &pb.SuccessorList{Refs: encodeRefs(s.Successors)}
	}
	for _, i := range c.Fingers {
		delta.Fingers = append(delta.Fingers, &pb.Finger{Index: uint32(i), Ref: EncodeRef(s.Fingers[i-1])})
	}
	return delta
}

// ApplyDelta brings s up to date with what delta says about routing state. It
// replaces slices instead of writing into them, so that copies of s stay as
// they are. After an error, which wraps wire.ErrMalformed, s is unchanged.
func ApplyDelta(space ring.Space, s *chord.Snapshot, delta *pb.PeerDelta) error {
	d := decoder{space: space}
	next := *s
	if delta.GetStatus() != pb.Status_STATUS_UNSPECIFIED {
		next.Status = known(&d, "status", statuses, delta.GetStatus())
	}
	if delta.Paused != nil {
		next.Paused = delta.GetPaused()
	}
	if delta.Syncing != nil {
		next.Syncing = delta.GetSyncing()
	}
	if delta.Tracing != nil {
		next.Tracing = delta.GetTracing()
	}
	if delta.Pace != nil {
		next.Pace = d.pace(delta.GetPace())
	}
	if delta.Ran != nil {
		next.Ran = delta.GetRan()
	}
	if delta.GetPredecessor() != nil {
		next.Predecessor = d.entry(delta.GetPredecessor())
	}
	if delta.GetSuccessors() != nil {
		next.Successors = d.refs(delta.GetSuccessors().GetRefs(), maxList)
	}
	if len(delta.GetFingers()) > 0 {
		next.Fingers = slices.Clone(s.Fingers)
	}
	for _, f := range delta.GetFingers() {
		i := f.GetIndex()
		if i < 1 || int64(i) > int64(len(next.Fingers)) {
			d.failf("finger %d of a table of %d", i, len(next.Fingers))
			break
		}
		next.Fingers[i-1] = d.ref(f.GetRef())
	}
	if d.err != nil {
		return d.err
	}
	*s = next
	return nil
}
