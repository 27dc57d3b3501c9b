package codec

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// over sends m through its wire form.
func over[M proto.Message](t *testing.T, m M) M {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out := m.ProtoReflect().New().Interface().(M)
	if err := proto.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// eachRandom runs f on rings of several widths with many seeds.
func eachRandom(f func(r random)) {
	for _, bits := range []int{3, 8, 33, 64, 160} {
		for seed := range uint64(40) {
			f(newRandom(seed, bits))
		}
	}
}

func TestBodiesRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		for _, want := range r.bodies() {
			got, err := Decode(r.space, over(t, &pb.Envelope{Body: Encode(want)}))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%T on %d bits:\n got %+v, %v\nwant %+v", want, r.space.Bits(), got, err, want)
			}
		}
	})
}

func TestSnapshotRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		want := r.snapshot()
		got, err := DecodeSnapshot(r.space, over(t, EncodeSnapshot(&want)))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

func TestEventRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		want := r.event()
		got, err := DecodeEvent(r.space, over(t, EncodeEvent(&want)))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

func TestLookupRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		want := r.lookup()
		got, err := DecodeLookup(r.space, over(t, EncodeLookup(&want)))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

// A watcher that applies the deltas of any two states has the second one.
func TestDeltasLeadFromOneStateToTheNext(t *testing.T) {
	eachRandom(func(r random) {
		before, after := r.snapshot(), r.snapshot()
		after.Self = before.Self
		changes := chord.Changes{Status: true, Paused: true, Syncing: true, Predecessor: true, Successors: true, Tracing: true, Pace: true, Ran: true}
		for i := range after.Fingers {
			if r.yes() {
				changes.Fingers = append(changes.Fingers, i+1)
			} else {
				after.Fingers[i] = before.Fingers[i]
			}
		}
		got, kept := before, before.Fingers[0]
		if err := ApplyDelta(r.space, &got, over(t, EncodeDelta(&after, &changes))); err != nil || !reflect.DeepEqual(got, after) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, after)
		}
		if before.Fingers[0] != kept {
			t.Fatal("ApplyDelta wrote into a table that a copy shares")
		}
		same := after
		if err := ApplyDelta(r.space, &same, over(t, EncodeDelta(&before, &chord.Changes{}))); err != nil || !reflect.DeepEqual(same, after) {
			t.Fatalf("a delta without changes changed something: %+v, %v", same, err)
		}
	})
}

func TestHostileBodiesAreMalformed(t *testing.T) {
	space := ring.MustSpace(8)
	ref := func(edit func(*pb.PeerRef)) *pb.PeerRef {
		r := &pb.PeerRef{Id: []byte{7}, Address: "127.0.0.1:4001"}
		edit(r)
		return r
	}
	hint := func(edit func(*pb.PeerRef)) pb.Body {
		return &pb.Envelope_Hint{Hint: &pb.Hint{Candidate: ref(edit)}}
	}
	owns := func(key ...byte) pb.Body { return &pb.Envelope_Owns{Owns: &pb.Owns{Key: key}} }
	good := ref(func(*pb.PeerRef) {})
	for name, body := range map[string]pb.Body{
		"identifier outside of the ring": owns(1, 0),
		"identifier of 21 bytes":         owns(make([]byte, 21)...),
		"reference without address":      hint(func(r *pb.PeerRef) { r.Address = "" }),
		"address of 256 bytes":           hint(func(r *pb.PeerRef) { r.Address = strings.Repeat("a", 256) }),
		"address with escape sequence":   hint(func(r *pb.PeerRef) { r.Address = "\x1b[2J:1" }),
		"address beyond ASCII":           hint(func(r *pb.PeerRef) { r.Address = "hôte:1" }),
		"reference outside of the ring":  hint(func(r *pb.PeerRef) { r.Id = []byte{1, 7} }),
		"too many successors":            &pb.Envelope_Leaving{Leaving: &pb.Leaving{Successors: repeat(good, 65)}},
		"empty entry in a list":          &pb.Envelope_Leaving{Leaving: &pb.Leaving{Successors: []*pb.PeerRef{{}}}},
		"too many fingers":               &pb.Envelope_RoutingState{RoutingState: &pb.State{Fingers: repeat(good, 161)}},
		"too many addresses":             &pb.Envelope_NextHop{NextHop: &pb.NextHop{Avoid: repeat("a:1", 65)}},
		"empty address to avoid":         &pb.Envelope_NextHop{NextHop: &pb.NextHop{Avoid: []string{""}}},
		"hop without rule":               &pb.Envelope_Hop{Hop: &pb.Hop{}},
		"unknown rule":                   &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{Kind: 99}}},
		"index of a rule":                &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{Kind: 3, Index: 161}}},
		"huge index of a rule":           &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{Kind: 3, Index: 1 << 31}}},
		"interval outside of the ring":   &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{Kind: 3, Interval: &pb.Interval{From: []byte{1, 1}}}}},
		"ttl":                            &pb.Envelope_FindOwner{FindOwner: &pb.FindOwner{Ttl: 256}},
		"found without owner":            &pb.Envelope_Found{Found: &pb.Found{}},
		"too many hops":                  &pb.Envelope_Found{Found: &pb.Found{Owner: good, Hops: repeat(&pb.HopTaken{}, 257)}},
		"hop of nobody":                  &pb.Envelope_Found{Found: &pb.Found{Owner: good, Hops: []*pb.HopTaken{{Rule: &pb.Rule{Kind: 1}}}}},
		"unknown failure":                &pb.Envelope_Found{Found: &pb.Found{Owner: good, Hops: []*pb.HopTaken{{At: good, Rule: &pb.Rule{Kind: 1}, Failed: 9}}}},
	} {
		if got, err := Decode(space, &pb.Envelope{Body: body}); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: got %+v, %v, want ErrMalformed", name, got, err)
		}
	}
	for _, env := range []*pb.Envelope{nil, {}, {Body: &pb.Envelope_Hello{}}, {Body: &pb.Envelope_PeerState{}}} {
		if got, err := Decode(space, env); !errors.Is(err, wire.ErrUnimplemented) {
			t.Errorf("%v: got %+v, %v, want ErrUnimplemented", env, got, err)
		}
	}
}

func TestHostileStateLeavesTheSnapshotAlone(t *testing.T) {
	r := newRandom(1, 8)
	snapshot := r.snapshot()
	want := snapshot
	for name, delta := range map[string]*pb.PeerDelta{
		"finger 0":         {Predecessor: &pb.PeerRef{}, Fingers: []*pb.Finger{{}}},
		"finger m+1":       {Predecessor: &pb.PeerRef{}, Fingers: []*pb.Finger{{Index: 9}}},
		"late bad finger":  {Fingers: []*pb.Finger{{Index: 1}, {Index: 2, Ref: &pb.PeerRef{Incarnation: 1}}}},
		"unknown status":   {Status: 17, Successors: &pb.SuccessorList{}},
		"no address":       {Predecessor: &pb.PeerRef{Id: []byte{3}}},
		"no pace":          {Paused: proto.Bool(!want.Paused), Pace: proto.Float64(0)},
		"pace":             {Pace: proto.Float64(65)},
		"empty list entry": {Successors: &pb.SuccessorList{Refs: []*pb.PeerRef{nil}}},
	} {
		if err := ApplyDelta(r.space, &snapshot, delta); !errors.Is(err, wire.ErrMalformed) || !reflect.DeepEqual(snapshot, want) {
			t.Errorf("%s: %v, or the snapshot changed", name, err)
		}
	}
	state := EncodeSnapshot(&want)
	state.Fingers = append(state.Fingers, &pb.PeerRef{})
	if _, err := DecodeSnapshot(r.space, state); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("m+1 fingers: %v", err)
	}
	if _, err := DecodeEvent(r.space, &pb.TraceEvent{Kind: pb.EventKind_EVENT_KIND_FINGER, Index: 9}); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("event about finger m+1: %v", err)
	}
	for _, bad := range []*pb.TraceEvent{
		{Kind: pb.EventKind_EVENT_KIND_LINE, Line: maxLine + 1},
		{Kind: pb.EventKind_EVENT_KIND_LINE, Proc: 99},
		{Kind: pb.EventKind_EVENT_KIND_LINE, Test: 3},
		{Kind: pb.EventKind_EVENT_KIND_LINE, Interval: &pb.Interval{To: []byte{1, 1}}},
	} {
		if e, err := DecodeEvent(r.space, bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%v: %+v, %v", bad, e, err)
		}
	}
	state = EncodeSnapshot(&want)
	state.Pace = math.NaN()
	if _, err := DecodeSnapshot(r.space, state); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a pace that is no number: %v", err)
	}
	state.Pace = 0
	if s, err := DecodeSnapshot(r.space, state); err != nil || s.Pace != 1 {
		t.Errorf("no pace: %v, %v", s.Pace, err)
	}
}

func TestEncodingCutsLongLookups(t *testing.T) {
	r := newRandom(1, 8)
	found := chord.Found{Owner: r.ref()}
	for range maxHops + 1 {
		found.Hops = append(found.Hops, r.hop())
	}
	got, err := Decode(r.space, over(t, &pb.Envelope{Body: Encode(found)}))
	if err != nil || !reflect.DeepEqual(got.(chord.Found).Hops, found.Hops[1:]) {
		t.Fatalf("%v, or not the last %d hops", err, maxHops)
	}
}

func TestTextForPeopleIsHarmless(t *testing.T) {
	refusal := chord.Refusal{Detail: strings.Repeat("é\x1b\xff", 2000)}
	got, err := Decode(ring.MustSpace(8), over(t, &pb.Envelope{Body: Encode(refusal)}))
	if err != nil {
		t.Fatal(err)
	}
	if d := got.(chord.Refusal).Detail; len(d) > wire.MaxText || strings.Contains(d, "\x1b") || !utf8.ValidString(d) || !strings.HasPrefix(d, "é ?") {
		t.Fatalf("%d bytes: %.20q", len(d), d)
	}
}

func repeat[T any](v T, n int) []T { return slices.Repeat([]T{v}, n) }

// FuzzDecode: whatever Decode lets through, Encode can say again.
func FuzzDecode(f *testing.F) {
	for _, body := range newRandom(1, 8).bodies() {
		b, err := proto.Marshal(&pb.Envelope{Body: Encode(body)})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint8(8))
	}
	f.Fuzz(func(t *testing.T, b []byte, bits uint8) {
		space, err := ring.NewSpace(int(bits))
		if err != nil {
			return
		}
		env := &pb.Envelope{}
		if proto.Unmarshal(b, env) != nil {
			return
		}
		body, err := Decode(space, env)
		if err != nil {
			if !errors.Is(err, wire.ErrMalformed) && !errors.Is(err, wire.ErrUnimplemented) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := Decode(space, over(t, &pb.Envelope{Body: Encode(body)}))
		if err != nil || !reflect.DeepEqual(body, again) {
			t.Fatalf("%+v became %+v, %v", body, again, err)
		}
	})
}
