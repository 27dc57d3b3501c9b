package codec

import (
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// random makes valid values of the core's types, zero values included often.
type random struct {
	*rand.Rand
	space ring.Space
}

func newRandom(seed uint64, bits int) random {
	return random{rand.New(rand.NewPCG(seed, 0)), ring.MustSpace(bits)}
}

func (r random) yes() bool { return r.IntN(2) == 0 }

// id prefers the edges, where leading zero bytes are.
func (r random) id() ring.ID {
	switch r.IntN(4) {
	case 0:
		return ring.ID{}
	case 1:
		return r.space.Last()
	case 2:
		return ring.FromUint64(uint64(r.IntN(8)))
	}
	return r.space.Hash([]byte{byte(r.Uint32()), byte(r.Uint32())})
}

func (r random) ref() chord.Ref {
	out := chord.Ref{ID: r.id(), Addr: fmt.Sprintf("127.0.0.1:%d", 1+r.IntN(65535)), Inc: r.Uint64() >> r.IntN(64)}
	if r.IntN(3) == 0 {
		out.Host = fmt.Sprintf("127.0.0.1:%d", 1+r.IntN(65535))
	}
	return out
}

func (r random) maybeRef() chord.Ref {
	if r.yes() {
		return chord.Ref{}
	}
	return r.ref()
}

func many[T any](r random, limit int, one func() T) []T {
	n := r.IntN(limit + 1)
	if n == 0 || r.IntN(4) == 0 {
		return nil
	}
	out := make([]T, n)
	for i := range out {
		out[i] = one()
	}
	return out
}

func (r random) rule() chord.Rule {
	return chord.Rule{
		Kind:     chord.RuleKind(1 + r.IntN(int(chord.RuleStuck))),
		Interval: ring.Interval{From: r.id(), To: r.id(), ClosedFrom: r.yes(), ClosedTo: r.yes()},
		Index:    r.IntN(maxFingers + 1), Next: r.maybeRef(),
	}
}

func (r random) hop() chord.HopTaken {
	return chord.HopTaken{At: r.ref(), Rule: r.rule(), Failed: chord.Failure(r.IntN(int(chord.Declined) + 1))}
}

func (r random) address() string { return r.ref().Addr }

// bodies returns one of every kind of message.
func (r random) bodies() []chord.Body {
	return []chord.Body{
		chord.Ping{}, chord.Ack{}, chord.Notify{},
		chord.GetState{Fingers: r.yes()},
		chord.State{Predecessor: r.maybeRef(), Successors: many(r, maxList, r.ref), Fingers: many(r, maxFingers, r.ref)},
		chord.NextHop{Key: r.id(), Avoid: many(r, maxList, r.address)},
		chord.Hop{Rule: r.rule()},
		chord.Owns{Key: r.id(), Avoid: many(r, maxList, r.address)},
		chord.Ownership{Yes: r.yes(), Predecessor: r.maybeRef()},
		chord.FindOwner{Key: r.id(), Avoid: many(r, maxList, r.address), TTL: r.IntN(maxTTL + 1)},
		chord.Found{Owner: r.ref(), Predecessor: r.maybeRef(), Hops: many(r, maxHops, r.hop)},
		chord.Hint{Candidate: r.maybeRef()},
		chord.Leaving{Predecessor: r.maybeRef(), Successors: many(r, maxList, r.ref), Whole: r.yes()},
		chord.Refusal{Code: chord.Code(r.IntN(int(chord.CodeTooLarge) + 1)), Detail: "not now"},
		chord.Read{Key: r.key()}, r.write(),
		chord.Datum{Item: r.maybeItem(), Existed: r.yes(), Copies: r.IntN(maxCopies + 1), Predecessor: r.maybeRef()},
		chord.Compare{Range: r.stretch(), Digest: r.digest(), Claim: r.yes(), InStep: r.yes(), Inherit: r.yes()},
		chord.Compared{Same: r.yes(), Digest: r.digest(), Parts: many(r, maxParts, r.part), Whole: r.yes(), Owns: r.yes()},
		r.list(),
		chord.Fetch{Keys: many(r, maxKeys, r.key)},
		chord.Listing{Items: many(r, 20, r.item), More: r.yes(), Whole: r.yes()},
		chord.Store{Items: many(r, 20, r.item), Why: chord.Cause(r.IntN(int(chord.CauseSurplus) + 1))},
		chord.Stored{Versions: many(r, 20, r.maybeVersion)},
		chord.Cover{Range: r.stretch()},
		chord.Coverage{Yes: r.yes(), Keep: r.yes(), Predecessor: r.maybeRef()},
		r.collect(), chord.Departing{},
		chord.Surplus{Range: r.stretch()},
	}
}

func (r random) snapshot() chord.Snapshot {
	s := chord.Snapshot{
		Self: r.ref(), Status: chord.Status(r.IntN(int(chord.StatusGone) + 1)), Paused: r.yes(),
		Predecessor: r.maybeRef(), Successors: many(r, maxList, r.ref), Syncing: r.yes(),
		Tracing: r.yes(), Pace: r.pace(), Ran: r.Uint64() >> r.IntN(64),
	}
	for range r.space.Bits() {
		s.Fingers = append(s.Fingers, r.maybeRef())
	}
	return s
}

func (r random) pace() float64 {
	return []float64{chord.MinPace, 0.25, 1, 3, chord.MaxPace}[r.IntN(5)]
}

func (r random) way() chord.Way {
	return chord.Way{Peer: r.ref(), RTT: time.Duration(r.Int64N(1 << 40)), Sent: r.Uint64(), Received: r.Uint64()}
}

func (r random) fixed() chord.Fixed {
	first := 1 + r.IntN(r.space.Bits())
	return chord.Fixed{First: first, Last: first + r.IntN(r.space.Bits()-first+1), At: time.Duration(r.Int64N(1 << 50))}
}

func (r random) event() chord.Event {
	e := chord.Event{
		At: time.Duration(r.Int64N(1 << 50)), Kind: chord.EventKind(1 + r.IntN(int(chord.EvReceived))), Cause: chord.Cause(r.IntN(int(chord.CauseSurplus) + 1)),
		Peer: r.maybeRef(), Old: r.maybeRef(), Refs: many(r, maxList, r.ref), Index: 1 + r.IntN(r.space.Bits()), Last: r.IntN(r.space.Bits() + 1),
		Key: r.id(), Lookup: r.Uint64(), Rule: r.rule(), Failed: chord.Failure(r.IntN(int(chord.Declined) + 1)), Reason: "seed Ω is silent",
		Version: r.maybeVersion(),
		Proc:    chord.Proc(r.IntN(int(chord.ProcOriginalUpdate) + 1)), Run: r.Uint64(), Line: r.IntN(13),
		Test: chord.Test(r.IntN(int(chord.TestNo) + 1)), Request: r.Uint64(), Answer: r.Uint64(),
	}
	switch {
	case r.yes():
	case e.Kind == chord.EvLine:
		e.Range = r.rule().Interval
	default:
		e.Range = r.stretch()
	}
	if k := r.key(); k.Name != "" {
		e.Key, e.Name = k.ID, k.Name
	}
	return e
}

func (r random) lookup() chord.Lookup {
	l := chord.Lookup{
		Number: r.Uint64(), Key: r.id(), Recursive: r.yes(), Predecessor: r.maybeRef(), Confirmed: r.yes(),
		Path: many(r, maxHops, r.ref), Steps: many(r, maxHops, r.hop), Took: time.Duration(r.Int64N(1 << 40)),
	}
	if r.yes() {
		l.Failed = "too many hops"
	} else {
		l.Owner = r.ref()
	}
	return l
}
