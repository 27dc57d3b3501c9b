package codec

import (
	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
)

// maxWays is of how many other peers one tells that it counts messages.
const maxWays = 64

// EncodeWays returns what a peer counts of the messages between it and others.
func EncodeWays(ways []chord.Way) []*pb.Way {
	return each(ways[:min(len(ways), maxWays)], func(w chord.Way) *pb.Way {
		return &pb.Way{Peer: EncodeRef(w.Peer), RttNanos: encodeDuration(w.RTT), Sent: w.Sent, Received: w.Received}
	})
}

// DecodeWays is the inverse of EncodeWays. The error wraps wire.ErrMalformed.
func DecodeWays(space ring.Space, ways []*pb.Way) ([]chord.Way, error) {
	d := decoder{space: space}
	out := list(&d, "ways", ways, maxWays, func(w *pb.Way) chord.Way {
		return chord.Way{Peer: d.someRef(w.GetPeer()), RTT: d.duration(w.GetRttNanos()), Sent: w.GetSent(), Received: w.GetReceived()}
	})
	return out, d.err
}

// EncodeFixed returns when fingers were checked or changed.
func EncodeFixed(fixed []chord.Fixed) []*pb.FingersFixed {
	return each(fixed, func(f chord.Fixed) *pb.FingersFixed {
		return &pb.FingersFixed{First: uint32(f.First), Last: uint32(f.Last), AtNanos: encodeDuration(f.At)}
	})
}

// DecodeFixed is the inverse of EncodeFixed. All fingers named exist on the
// ring. The error wraps wire.ErrMalformed.
func DecodeFixed(space ring.Space, fixed []*pb.FingersFixed) ([]chord.Fixed, error) {
	d := decoder{space: space}
	out := list(&d, "runs of fingers", fixed, space.Bits(), func(f *pb.FingersFixed) chord.Fixed {
		if f.GetFirst() < 1 || f.GetFirst() > f.GetLast() || int64(f.GetLast()) > int64(space.Bits()) {
			d.failf("fingers %d to %d of a ring with %d bits", f.GetFirst(), f.GetLast(), space.Bits())
		}
		return chord.Fixed{First: int(f.GetFirst()), Last: int(f.GetLast()), At: d.duration(f.GetAtNanos())}
	})
	return out, d.err
}
