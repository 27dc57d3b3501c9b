package codec

import (
	"fmt"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// EncodeAccessRequest returns what a client asks of a peer.
func EncodeAccessRequest(op chord.Op, key store.Key, value []byte) *pb.AccessRequest {
	return &pb.AccessRequest{Op: ops.encode(op), Key: EncodeKey(key), Value: value}
}

// DecodeAccessRequest is the inverse of EncodeAccessRequest. The error wraps
// wire.ErrMalformed, wire.ErrTooLarge, or wire.ErrUnimplemented if the
// operation is unknown.
func DecodeAccessRequest(space ring.Space, m *pb.AccessRequest) (op chord.Op, key store.Key, value []byte, err error) {
	d := decoder{space: space}
	op, ok := ops.decode(m.GetOp())
	if !ok || op == 0 {
		d.fail(&wire.Error{Kind: wire.ErrUnimplemented, Detail: fmt.Sprintf("operation %d", m.GetOp())})
	}
	key, value = d.key(m.GetKey()), d.value(m.GetValue())
	if op != chord.OpPut && len(value) > 0 {
		d.failf("a %v with a value", op)
	}
	return op, key, value, d.err
}

// EncodeAccess returns the outcome of a put, get or delete for the client that
// asked.
func EncodeAccess(a *chord.Access) *pb.AccessResult {
	out := &pb.AccessResult{
		Op: ops.encode(a.Op), Key: EncodeKey(a.Key), Found: a.Found, Value: a.Value, Version: encodeVersion(a.Version),
		Copies: uint32(a.Copies), Code: codes.encode(a.Code), Failed: wire.CleanText(a.Failed), TookNanos: encodeDuration(a.Took),
	}
	if l := &a.Lookup; l.Number != 0 || len(l.Path) > 0 || !l.Owner.IsZero() || l.Failed != "" {
		out.Lookup = EncodeLookup(l)
	}
	return out
}

// AccessError returns why an access failed, as an error of package wire; nil if
// it did not.
func AccessError(a *chord.Access) error {
	if a.Failed == "" {
		return nil
	}
	return wire.FromProto(&pb.Error{Code: codes.encode(a.Code), Detail: a.Failed})
}

// DecodeAccess is the inverse of EncodeAccess, without the tokens, which are
// the origin's own affair. A code that is unknown here becomes CodeUnknown. The
// error wraps wire.ErrMalformed or wire.ErrTooLarge.
func DecodeAccess(space ring.Space, m *pb.AccessResult) (chord.Access, error) {
	d := decoder{space: space}
	code, _ := codes.decode(m.GetCode())
	out := chord.Access{
		Op: known(&d, "operation", ops, m.GetOp()), Key: d.key(m.GetKey()), Found: m.GetFound(), Value: d.value(m.GetValue()),
		Version: d.version(m.GetVersion()), Copies: d.number("copies", m.GetCopies(), maxCopies),
		Code: code, Failed: wire.CleanText(m.GetFailed()), Took: d.duration(m.GetTookNanos()),
	}
	if m.GetLookup() != nil {
		out.Lookup = d.lookup(m.GetLookup())
	}
	if d.err == nil && out.Op == 0 {
		d.failf("an access without an operation")
	}
	return out, d.err
}
