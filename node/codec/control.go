package codec

import (
	"maps"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

const (
	// maxHold bounds both parts of the delay of a link.
	maxHold = time.Minute
	// maxFaults is how many faults of its links one peer tells of.
	maxFaults = 4096
)

// EncodeFault returns a fault of the way to addr for the wire.
func EncodeFault(addr string, f wire.Fault) *pb.LinkFault {
	return &pb.LinkFault{Address: addr, Cut: f.Cut, DelayNanos: encodeDuration(f.Delay), JitterNanos: encodeDuration(f.Jitter), Stall: f.Stall}
}

// DecodeFault is the inverse of EncodeFault. The error wraps wire.ErrMalformed.
func DecodeFault(f *pb.LinkFault) (addr string, fault wire.Fault, err error) {
	d := decoder{}
	if err := wire.CheckAddress(f.GetAddress()); err != nil {
		d.fail(err)
	}
	fault = wire.Fault{Cut: f.GetCut(), Delay: d.duration(f.GetDelayNanos()), Jitter: d.duration(f.GetJitterNanos()), Stall: f.GetStall()}
	if fault.Delay > maxHold || fault.Jitter > maxHold {
		d.failf("a delay of %v with %v jitter: each is at most %v", fault.Delay, fault.Jitter, maxHold)
	}
	if !(fault.Stall >= 0 && fault.Stall <= 1) { // NaN too
		d.failf("a probability of %v", fault.Stall)
	}
	return f.GetAddress(), fault, d.err
}

// EncodeFaults returns all faults of a peer's links, by address.
func EncodeFaults(faults map[string]wire.Fault) []*pb.LinkFault {
	var out []*pb.LinkFault
	for _, addr := range slices.Sorted(maps.Keys(faults)) {
		out = append(out, EncodeFault(addr, faults[addr]))
	}
	return out[:min(len(out), maxFaults)]
}

// DecodeFaults is the inverse of EncodeFaults. The error wraps
// wire.ErrMalformed.
func DecodeFaults(faults []*pb.LinkFault) (map[string]wire.Fault, error) {
	if len(faults) > maxFaults {
		d := decoder{}
		d.failf("%d link faults: at most %d are allowed", len(faults), maxFaults)
		return nil, d.err
	}
	out := make(map[string]wire.Fault, len(faults))
	for _, f := range faults {
		addr, fault, err := DecodeFault(f)
		if err != nil {
			return nil, err
		}
		out[addr] = fault
	}
	return out, nil
}

// EncodePoison returns a poison for the wire.
func EncodePoison(p chord.Poison) *pb.Poison {
	return &pb.Poison{Index: uint32(p.Index), Peer: EncodeRef(p.Peer)}
}

// DecodePoison is the inverse of EncodePoison, for the peer self, which can be
// poisoned with it. The error wraps wire.ErrMalformed.
func DecodePoison(space ring.Space, self chord.Ref, p *pb.Poison) (chord.Poison, error) {
	d := decoder{space: space}
	out := chord.Poison{Index: d.number("finger", p.GetIndex(), space.Bits()), Peer: d.someRef(p.GetPeer())}
	if d.err == nil {
		if err := out.Check(self, space); err != nil {
			d.failf("%v", err)
		}
	}
	return out, d.err
}

// DecodePace reads the factor of a SetPace. The error wraps wire.ErrMalformed.
func DecodePace(m *pb.SetPace) (factor float64, err error) {
	d := decoder{}
	factor = d.pace(m.GetFactor())
	return factor, d.err
}

func (d *decoder) pace(factor float64) float64 {
	if !(factor >= chord.MinPace && factor <= chord.MaxPace) { // NaN too
		d.failf("a pace of %v: expected 1/64 to 64", factor)
	}
	return factor
}

// EncodeMeet returns peers that another peer is told of, at most 64.
func EncodeMeet(peers []chord.Ref) *pb.Meet {
	return &pb.Meet{Peers: encodeRefs(peers[:min(len(peers), maxList)])}
}

// DecodeMeet is the inverse of EncodeMeet. The error wraps wire.ErrMalformed.
func DecodeMeet(space ring.Space, m *pb.Meet) ([]chord.Ref, error) {
	d := decoder{space: space}
	refs := d.refs(m.GetPeers(), maxList)
	return refs, d.err
}
