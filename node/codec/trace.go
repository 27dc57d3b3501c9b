package codec

import (
	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// maxIndex bounds numbers in events that are neither fingers nor entries, such
// as counts of items and bytes.
const maxIndex = 1 << 30

// maxLine bounds the numbers of lines of procedures.
const maxLine = 64

// EncodeEvent returns a trace event for the wire.
func EncodeEvent(e *chord.Event) *pb.TraceEvent {
	out := &pb.TraceEvent{
		AtNanos: encodeDuration(e.At), Kind: eventKinds.encode(e.Kind), Cause: causes.encode(e.Cause),
		Peer: EncodeRef(e.Peer), Old: EncodeRef(e.Old), Refs: encodeRefs(tail(e.Refs, maxList)),
		Index: uint32(e.Index), Last: uint32(e.Last), Key: encodeID(e.Key), Lookup: e.Lookup,
		Rule: encodeRule(e.Rule), Failed: failures.encode(e.Failed), Reason: wire.CleanText(e.Reason),
		Version: encodeVersion(e.Version),
		Proc:    procs.encode(e.Proc), Run: e.Run, Line: uint32(e.Line), Test: tests.encode(e.Test), Request: e.Request, Answer: e.Answer,
	}
	if e.Kind == chord.EvLine {
		out.Interval = encodeInterval(e.Range)
	} else {
		out.Range = encodeRange(e.Range)
	}
	if e.Name != "" {
		out.Name = []byte(e.Name)
	}
	return out
}

// DecodeEvent is the inverse of EncodeEvent. Fingers that an EvFinger names
// exist on the ring. The error wraps wire.ErrMalformed or wire.ErrTooLarge.
func DecodeEvent(space ring.Space, e *pb.TraceEvent) (chord.Event, error) {
	d := decoder{space: space}
	out := chord.Event{
		At: d.duration(e.GetAtNanos()), Kind: known(&d, "kind of event", eventKinds, e.GetKind()), Cause: known(&d, "cause", causes, e.GetCause()),
		Peer: d.ref(e.GetPeer()), Old: d.ref(e.GetOld()), Refs: d.refs(e.GetRefs(), maxList),
		Index: d.number("index", e.GetIndex(), maxIndex), Last: d.number("last", e.GetLast(), maxIndex),
		Key: d.id(e.GetKey()), Lookup: e.GetLookup(),
		Rule: d.rule(e.GetRule()), Failed: known(&d, "failure", failures, e.GetFailed()), Reason: wire.CleanText(e.GetReason()),
		Version: d.version(e.GetVersion()),
		Proc:    known(&d, "procedure", procs, e.GetProc()), Run: e.GetRun(), Line: d.number("line", e.GetLine(), maxLine),
		Test: known(&d, "test", tests, e.GetTest()), Request: e.GetRequest(), Answer: e.GetAnswer(),
	}
	if out.Kind == chord.EvLine {
		out.Range = d.interval(e.GetInterval())
	} else {
		out.Range = d.rangeOrNone(e.GetRange())
	}
	if len(e.GetName()) > 0 {
		out.Name = d.key(&pb.Key{Id: e.GetKey(), Name: e.GetName()}).Name
	}
	if m := space.Bits(); out.Kind == chord.EvFinger && (out.Index < 1 || out.Index > m || out.Last > m) {
		d.failf("fingers %d to %d of a ring with %d bits", out.Index, out.Last, m)
	}
	return out, d.err
}

// EncodeLookup returns the outcome of a lookup for the client that asked.
func EncodeLookup(l *chord.Lookup) *pb.LookupResult {
	return &pb.LookupResult{
		Lookup: l.Number, Key: encodeID(l.Key), Recursive: l.Recursive,
		Owner: EncodeRef(l.Owner), Predecessor: EncodeRef(l.Predecessor), Confirmed: l.Confirmed,
		Path: encodeRefs(tail(l.Path, maxHops)), Steps: encodeHops(l.Steps),
		Failed: wire.CleanText(l.Failed), TookNanos: encodeDuration(l.Took),
	}
}

// DecodeLookup is the inverse of EncodeLookup, without the token, which is the
// origin's own affair. The error wraps wire.ErrMalformed.
func DecodeLookup(space ring.Space, l *pb.LookupResult) (chord.Lookup, error) {
	d := decoder{space: space}
	out := d.lookup(l)
	if d.err == nil && out.Owner.IsZero() == (out.Failed == "") {
		d.failf("a lookup has either an owner or a reason why not")
	}
	return out, d.err
}

// lookup reads a lookup that may not have come to its end.
func (d *decoder) lookup(l *pb.LookupResult) chord.Lookup {
	return chord.Lookup{
		Number: l.GetLookup(), Key: d.id(l.GetKey()), Recursive: l.GetRecursive(),
		Owner: d.ref(l.GetOwner()), Predecessor: d.ref(l.GetPredecessor()), Confirmed: l.GetConfirmed(),
		Path: d.refs(l.GetPath(), maxHops), Steps: d.hops(l.GetSteps()),
		Failed: wire.CleanText(l.GetFailed()), Took: d.duration(l.GetTookNanos()),
	}
}

// EncodeTask returns the task for a RunTask.
func EncodeTask(t chord.Task) pb.Task { return tasks.encode(t) }

// DecodeTask is the inverse of EncodeTask. The error wraps wire.ErrMalformed.
func DecodeTask(t pb.Task) (chord.Task, error) {
	d := decoder{}
	task := known(&d, "task", tasks, t)
	return task, d.err
}
