package codec

import (
	"fmt"
	"math"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Decode returns the message between peers that env carries. An error wraps
// wire.ErrMalformed, wire.ErrTooLarge for a value or a key's name beyond the
// limits, or wire.ErrUnimplemented if env carries no message between peers.
func Decode(space ring.Space, env *pb.Envelope) (chord.Body, error) {
	d := decoder{space: space}
	body := d.body(env)
	if d.err != nil {
		return nil, d.err
	}
	return body, nil
}

// DecodeRef returns the peer that r points at, the zero Ref if r is nil. The
// error wraps wire.ErrMalformed.
func DecodeRef(space ring.Space, r *pb.PeerRef) (chord.Ref, error) {
	d := decoder{space: space}
	ref := d.ref(r)
	return ref, d.err
}

// decoder keeps the first error, so that a message is read in one expression.
// Values that are read after an error are not to be used.
type decoder struct {
	space ring.Space
	err   error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) failf(format string, args ...any) {
	d.fail(&wire.Error{Kind: wire.ErrMalformed, Detail: fmt.Sprintf(format, args...)})
}

func (d *decoder) body(env *pb.Envelope) chord.Body {
	switch b := env.GetBody().(type) {
	case *pb.Envelope_Ping:
		return chord.Ping{}
	case *pb.Envelope_Ack:
		return chord.Ack{}
	case *pb.Envelope_GetState:
		return chord.GetState{Fingers: b.GetState.GetFingers()}
	case *pb.Envelope_RoutingState:
		m := b.RoutingState
		return chord.State{Predecessor: d.ref(m.GetPredecessor()),
			Successors: d.refs(m.GetSuccessors(), maxList), Fingers: d.refs(m.GetFingers(), maxFingers)}
	case *pb.Envelope_NextHop:
		return chord.NextHop{Key: d.id(b.NextHop.GetKey()), Avoid: d.addresses(b.NextHop.GetAvoid())}
	case *pb.Envelope_Hop:
		return chord.Hop{Rule: d.someRule(b.Hop.GetRule())}
	case *pb.Envelope_Owns:
		return chord.Owns{Key: d.id(b.Owns.GetKey()), Avoid: d.addresses(b.Owns.GetAvoid())}
	case *pb.Envelope_Ownership:
		return chord.Ownership{Yes: b.Ownership.GetYes(), Predecessor: d.ref(b.Ownership.GetPredecessor())}
	case *pb.Envelope_FindOwner:
		m := b.FindOwner
		return chord.FindOwner{Key: d.id(m.GetKey()), Avoid: d.addresses(m.GetAvoid()), TTL: d.number("ttl", m.GetTtl(), maxTTL)}
	case *pb.Envelope_Found:
		m := b.Found
		return chord.Found{Owner: d.someRef(m.GetOwner()), Predecessor: d.ref(m.GetPredecessor()), Hops: d.hops(m.GetHops())}
	case *pb.Envelope_Notify:
		return chord.Notify{}
	case *pb.Envelope_Hint:
		return chord.Hint{Candidate: d.ref(b.Hint.GetCandidate())}
	case *pb.Envelope_Leaving:
		m := b.Leaving
		return chord.Leaving{Predecessor: d.ref(m.GetPredecessor()), Successors: d.refs(m.GetSuccessors(), maxList), Whole: m.GetWhole()}
	case *pb.Envelope_Error:
		// A code that the core has no use for stays readable in the detail.
		code, _ := codes.decode(b.Error.GetCode())
		refusal := chord.Refusal{Code: code, Detail: wire.CleanText(b.Error.GetDetail())}
		if code == chord.CodeUnknown && refusal.Detail == "" {
			refusal.Detail = wire.FromProto(b.Error).Error()
		}
		return refusal
	}
	if body := d.dataBody(env); body != nil {
		return body
	}
	d.fail(&wire.Error{Kind: wire.ErrUnimplemented, Detail: "not a message between peers"})
	return nil
}

func (d *decoder) id(b []byte) ring.ID {
	id, err := wire.ReadID(d.space, b)
	if err != nil {
		d.fail(err)
	}
	return id
}

// ref reads a reference that may point at nobody by not being set.
func (d *decoder) ref(r *pb.PeerRef) chord.Ref {
	if r == nil {
		return chord.Ref{}
	}
	return d.someRef(r)
}

// someRef reads a reference that has to point at a peer.
func (d *decoder) someRef(r *pb.PeerRef) chord.Ref {
	if r == nil {
		d.failf("a peer is missing")
		return chord.Ref{}
	}
	if err := wire.CheckAddress(r.GetAddress()); err != nil {
		d.fail(err)
	}
	if host := r.GetHost(); host != "" {
		if err := wire.CheckAddress(host); err != nil {
			d.fail(err)
		}
	}
	return chord.Ref{ID: d.id(r.GetId()), Addr: r.GetAddress(), Inc: r.GetIncarnation(), Host: r.GetHost()}
}

// entry reads a reference that may point at nobody by having no address.
func (d *decoder) entry(r *pb.PeerRef) chord.Ref {
	if r.GetAddress() == "" && len(r.GetId()) == 0 && r.GetIncarnation() == 0 && r.GetHost() == "" {
		return chord.Ref{}
	}
	return d.someRef(r)
}

func (d *decoder) refs(refs []*pb.PeerRef, limit int) []chord.Ref {
	return list(d, "peers", refs, limit, d.someRef)
}

func (d *decoder) addresses(addrs []string) []string {
	return list(d, "addresses", addrs, maxList, func(a string) string {
		if err := wire.CheckAddress(a); err != nil {
			d.fail(err)
		}
		return a
	})
}

func (d *decoder) hops(hops []*pb.HopTaken) []chord.HopTaken {
	return list(d, "hops", hops, maxHops, func(h *pb.HopTaken) chord.HopTaken {
		return chord.HopTaken{At: d.someRef(h.GetAt()), Rule: d.someRule(h.GetRule()), Failed: known(d, "failure", failures, h.GetFailed())}
	})
}

// someRule reads a rule that has to be there.
func (d *decoder) someRule(r *pb.Rule) chord.Rule {
	if r.GetKind() == pb.RuleKind_RULE_KIND_UNSPECIFIED {
		d.failf("a routing rule is missing")
	}
	return d.rule(r)
}

func (d *decoder) rule(r *pb.Rule) chord.Rule {
	if r == nil {
		return chord.Rule{}
	}
	return chord.Rule{
		Kind: known(d, "rule", ruleKinds, r.GetKind()), Index: d.number("index of a rule", r.GetIndex(), maxFingers),
		Next: d.ref(r.GetNext()), Interval: d.interval(r.GetInterval()),
	}
}

func (d *decoder) interval(iv *pb.Interval) ring.Interval {
	if iv == nil {
		return ring.Interval{}
	}
	return ring.Interval{From: d.id(iv.GetFrom()), To: d.id(iv.GetTo()), ClosedFrom: iv.GetClosedFrom(), ClosedTo: iv.GetClosedTo()}
}

func (d *decoder) number(what string, v uint32, limit int) int {
	if int64(v) > int64(limit) {
		d.failf("%s: %d is more than %d", what, v, limit)
		return 0
	}
	return int(v)
}

func (d *decoder) duration(nanos uint64) time.Duration {
	if nanos > math.MaxInt64 {
		d.failf("a time of %d ns", nanos)
		return 0
	}
	return time.Duration(nanos)
}

// list reads a list of bounded length; an empty one becomes nil.
func list[T, U any](d *decoder, what string, in []T, limit int, read func(T) U) []U {
	if len(in) > limit {
		d.failf("%d %s: at most %d are allowed", len(in), what, limit)
		return nil
	}
	if len(in) == 0 {
		return nil
	}
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = read(v)
	}
	return out
}

// known reads an enumeration that has to have a value this side knows.
func known[G, P ~uint8 | ~int32](d *decoder, what string, e enum[G, P], p P) G {
	g, ok := e.decode(p)
	if !ok {
		d.failf("%s %d is unknown", what, p)
	}
	return g
}
