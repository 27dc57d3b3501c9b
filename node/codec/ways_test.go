package codec

import (
	"errors"
	"reflect"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestWaysAndFixedRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		want := many(r, maxWays, r.way)
		d := over(t, &pb.PeerDelta{Ways: EncodeWays(want)})
		if got, err := DecodeWays(r.space, d.GetWays()); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
		fixed := many(r, r.space.Bits(), r.fixed)
		d = over(t, &pb.PeerDelta{Fixed: EncodeFixed(fixed)})
		if got, err := DecodeFixed(r.space, d.GetFixed()); err != nil || !reflect.DeepEqual(got, fixed) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, fixed)
		}
	})
}

func TestWaysAndFixedThatAreNone(t *testing.T) {
	space := ring.MustSpace(8)
	r := newRandom(1, 8)
	var ways []chord.Way
	for range maxWays + 1 {
		ways = append(ways, r.way())
	}
	if n := len(EncodeWays(ways)); n != maxWays {
		t.Errorf("%d ways are told", n)
	}
	for _, bad := range [][]*pb.Way{
		{nil}, {{Sent: 1}}, {{Peer: &pb.PeerRef{}}}, {{Peer: EncodeRef(r.ref()), RttNanos: 1 << 63}},
		append(EncodeWays(ways), EncodeWays(ways[:1])...),
	} {
		if got, err := DecodeWays(space, bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%d ways: %v, %v", len(bad), got, err)
		}
	}
	for _, bad := range [][]*pb.FingersFixed{
		{nil}, {{First: 0, Last: 1}}, {{First: 3, Last: 2}}, {{First: 8, Last: 9}}, {{First: 1, Last: 1 << 31}},
		{{First: 1, Last: 1, AtNanos: 1 << 63}}, make([]*pb.FingersFixed, 9),
	} {
		if got, err := DecodeFixed(space, bad); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%v: %v, %v", bad, got, err)
		}
	}
}

func TestPaceThatIsNone(t *testing.T) {
	for factor, ok := range map[float64]bool{1: true, chord.MinPace: true, chord.MaxPace: true, 0: false, -1: false, 65: false, 0.015: false} {
		if got, err := DecodePace(&pb.SetPace{Factor: factor}); (err == nil) != ok || err != nil && !errors.Is(err, wire.ErrMalformed) || got != factor {
			t.Errorf("%v: %v, %v", factor, got, err)
		}
	}
}
