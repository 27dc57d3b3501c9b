package codec

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestFaultsRoundTrip(t *testing.T) {
	want := map[string]wire.Fault{
		"127.0.0.1:4000": {Cut: true},
		"127.0.0.1:4001": {Delay: time.Minute, Jitter: time.Nanosecond, Stall: 0.3},
		"127.0.0.1:4002": {Stall: 1},
		"127.0.0.1:4003": {},
	}
	st := over(t, &pb.PeerState{Faults: EncodeFaults(want)})
	got, err := DecodeFaults(st.GetFaults())
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if !slices.IsSortedFunc(st.GetFaults(), func(a, b *pb.LinkFault) int { return strings.Compare(a.GetAddress(), b.GetAddress()) }) {
		t.Errorf("not in order: %v", st.GetFaults())
	}
	if got, err := DecodeFaults(nil); err != nil || got == nil || len(got) > 0 {
		t.Errorf("no faults: %v, %v", got, err)
	}
}

func TestFaultsThatAreNone(t *testing.T) {
	many := make(map[string]wire.Fault)
	for i := range maxFaults + 1 {
		many[fmt.Sprint("h:", i)] = wire.Fault{Cut: true}
	}
	tooMany := EncodeFaults(many)
	if len(tooMany) != maxFaults {
		t.Errorf("%d faults are told", len(tooMany))
	}
	for _, bad := range [][]*pb.LinkFault{
		{nil},
		{{Cut: true}},
		{{Address: "h:1\n"}},
		{{Address: "h:1", DelayNanos: uint64(time.Minute) + 1}},
		{{Address: "h:1", JitterNanos: math.MaxUint64}},
		{{Address: "h:1", Stall: math.NaN()}},
		{{Address: "h:1", Stall: math.Inf(1)}},
		{{Address: "h:1", Stall: -0.1}},
		append(tooMany, EncodeFault("h:0", wire.Fault{})),
	} {
		if got, err := DecodeFaults(bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%v: %v, %v", bad[0], got, err)
		}
	}
}

func TestPoisonRoundTrip(t *testing.T) {
	space := ring.MustSpace(6)
	self := chord.Ref{ID: ring.FromUint64(8), Addr: "h:8", Inc: 1}
	other := chord.Ref{ID: ring.FromUint64(14), Addr: "h:14", Inc: 7}
	for i := range 7 {
		want := chord.Poison{Index: i, Peer: other}
		if got, err := DecodePoison(space, self, over(t, EncodePoison(want))); err != nil || got != want {
			t.Errorf("%+v: %+v, %v", want, got, err)
		}
	}
	for _, bad := range []*pb.Poison{
		nil, {}, {Index: 7, Peer: EncodeRef(other)}, {Index: math.MaxUint32, Peer: EncodeRef(other)}, {Peer: EncodeRef(self)},
		{Peer: EncodeRef(chord.Ref{ID: self.ID, Addr: "h:9"})}, {Peer: EncodeRef(chord.Ref{ID: ring.FromUint64(64), Addr: "h:9"})},
	} {
		if got, err := DecodePoison(space, self, bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%v: %+v, %v", bad, got, err)
		}
	}
}

func TestMeetRoundTrip(t *testing.T) {
	space := ring.MustSpace(16)
	var refs []chord.Ref
	for i := range maxList + 1 {
		refs = append(refs, chord.Ref{ID: ring.FromUint64(uint64(i)), Addr: fmt.Sprint("h:", i), Inc: 1})
	}
	got, err := DecodeMeet(space, over(t, EncodeMeet(refs)))
	if err != nil || !slices.Equal(got, refs[:maxList]) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []*pb.Meet{{Peers: encodeRefs(refs)}, {Peers: []*pb.PeerRef{nil}}} {
		if got, err := DecodeMeet(space, bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%d peers, %v", len(got), err)
		}
	}
}
