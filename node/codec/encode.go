// Package codec translates between the plain values of package chord and the
// messages of the wire. Encoding never fails. Decoding trusts nothing: what it
// lets through, the core can take, whoever sent it. All functions are pure and
// safe for concurrent use.
package codec

import (
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Bounds on what is decoded. Encoding cuts what grows with a lookup's length
// to them; all else is far below them by the core's own limits.
const (
	maxList    = 64  // successors, addresses to avoid
	maxFingers = 160 // one for each bit
	maxHops    = 256 // steps of one lookup
	maxTTL     = 255
	maxParts   = 64   // of a range that is compared
	maxKeys    = 512  // asked for, or to be forgotten, at once
	maxItems   = 4096 // in one message; their bytes are bounded by the frame
	maxCopies  = 64   // of a key
)

// Encode returns a message between peers as the body of an envelope.
func Encode(body chord.Body) pb.Body {
	switch b := body.(type) {
	case chord.Ping:
		return &pb.Envelope_Ping{Ping: &pb.Ping{}}
	case chord.Ack:
		return &pb.Envelope_Ack{Ack: &pb.Ack{}}
	case chord.GetState:
		return &pb.Envelope_GetState{GetState: &pb.GetState{Fingers: b.Fingers}}
	case chord.State:
		return &pb.Envelope_RoutingState{RoutingState: &pb.State{
			Predecessor: EncodeRef(b.Predecessor), Successors: encodeRefs(b.Successors), Fingers: encodeRefs(b.Fingers)}}
	case chord.NextHop:
		return &pb.Envelope_NextHop{NextHop: &pb.NextHop{Key: encodeID(b.Key), Avoid: tail(b.Avoid, maxList)}}
	case chord.Hop:
		return &pb.Envelope_Hop{Hop: &pb.Hop{Rule: encodeRule(b.Rule)}}
	case chord.Owns:
		return &pb.Envelope_Owns{Owns: &pb.Owns{Key: encodeID(b.Key), Avoid: tail(b.Avoid, maxList)}}
	case chord.Ownership:
		return &pb.Envelope_Ownership{Ownership: &pb.Ownership{Yes: b.Yes, Predecessor: EncodeRef(b.Predecessor)}}
	case chord.FindOwner:
		return &pb.Envelope_FindOwner{FindOwner: &pb.FindOwner{
			Key: encodeID(b.Key), Avoid: tail(b.Avoid, maxList), Ttl: uint32(min(max(b.TTL, 0), maxTTL))}}
	case chord.Found:
		return &pb.Envelope_Found{Found: &pb.Found{
			Owner: EncodeRef(b.Owner), Predecessor: EncodeRef(b.Predecessor), Hops: encodeHops(b.Hops)}}
	case chord.Notify:
		return &pb.Envelope_Notify{Notify: &pb.Notify{}}
	case chord.Hint:
		return &pb.Envelope_Hint{Hint: &pb.Hint{Candidate: EncodeRef(b.Candidate)}}
	case chord.Leaving:
		return &pb.Envelope_Leaving{Leaving: &pb.Leaving{
			Predecessor: EncodeRef(b.Predecessor), Successors: encodeRefs(b.Successors), Whole: b.Whole}}
	case chord.Refusal:
		return &pb.Envelope_Error{Error: &pb.Error{Code: codes.encode(b.Code), Detail: wire.CleanText(b.Detail)}}
	}
	return encodeData(body)
}

// EncodeRef returns r for the wire, nil if it points at nobody.
func EncodeRef(r chord.Ref) *pb.PeerRef {
	if r.IsZero() {
		return nil
	}
	return &pb.PeerRef{Id: encodeID(r.ID), Address: r.Addr, Incarnation: r.Inc, Host: r.Host}
}

// encodeEntry is EncodeRef for where nobody has to be said, not left out.
func encodeEntry(r chord.Ref) *pb.PeerRef {
	if r.IsZero() {
		return &pb.PeerRef{}
	}
	return EncodeRef(r)
}

func encodeRefs(refs []chord.Ref) []*pb.PeerRef { return each(refs, encodeEntry) }

func encodeID(id ring.ID) []byte { return id.AppendBytes(nil) }

// encodeRule returns nil for the zero rule, which says nothing.
func encodeRule(r chord.Rule) *pb.Rule {
	if r == (chord.Rule{}) {
		return nil
	}
	return &pb.Rule{Kind: ruleKinds.encode(r.Kind), Index: uint32(r.Index), Next: EncodeRef(r.Next), Interval: encodeInterval(r.Interval)}
}

// encodeInterval returns nil for the zero interval, which says nothing.
func encodeInterval(iv ring.Interval) *pb.Interval {
	if iv == (ring.Interval{}) {
		return nil
	}
	return &pb.Interval{From: encodeID(iv.From), To: encodeID(iv.To), ClosedFrom: iv.ClosedFrom, ClosedTo: iv.ClosedTo}
}

func encodeHops(hops []chord.HopTaken) []*pb.HopTaken {
	return each(tail(hops, maxHops), func(h chord.HopTaken) *pb.HopTaken {
		return &pb.HopTaken{At: EncodeRef(h.At), Rule: encodeRule(h.Rule), Failed: failures.encode(h.Failed)}
	})
}

// tail returns the last n entries of s: of a lookup the newest tell most.
func tail[T any](s []T, n int) []T { return s[max(0, len(s)-n):] }

func encodeDuration(d time.Duration) uint64 { return uint64(max(d, 0)) }
