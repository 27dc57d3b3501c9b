package codec

import (
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
)

// BenchmarkCodec is a value of the core to a message and back, for the answers
// that pass most often.
func BenchmarkCodec(b *testing.B) {
	space := ring.MustSpace(160)
	ref := func(id uint64) chord.Ref { return chord.Ref{ID: ring.FromUint64(id), Addr: "127.0.0.1:40002", Inc: 1} }
	for name, body := range map[string]chord.Body{
		"hop":       chord.Hop{Rule: chord.Rule{Kind: chord.RuleFinger, Index: 6, Next: ref(42), Interval: ring.OpenClosed(ring.FromUint64(8), ring.FromUint64(42))}},
		"ownership": chord.Ownership{Yes: true, Predecessor: ref(42)},
		"state":     chord.State{Predecessor: ref(1), Successors: []chord.Ref{ref(14), ref(21), ref(32), ref(38)}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(space, &pb.Envelope{Answer: 1, Body: Encode(body)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
