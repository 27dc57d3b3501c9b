package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

func frames(t testing.TB, envs ...*pb.Envelope) []byte {
	t.Helper()
	var out []byte
	for _, env := range envs {
		var err error
		if out, err = appendFrame(out, env, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// long has a frame of about n bytes.
func long(n int) *pb.Envelope {
	return &pb.Envelope{Request: 9, Body: &pb.Envelope_Error{Error: &pb.Error{Detail: strings.Repeat("x", n)}}}
}

func TestFramesAreReadHoweverTheyArrive(t *testing.T) {
	want := []*pb.Envelope{ping(1), {}, long(100), long(3 * readBuffer), ping(2), long(readBuffer), ping(3)}
	stream := frames(t, want...)
	for name, r := range map[string]io.Reader{
		"at once":        bytes.NewReader(stream),
		"byte by byte":   iotest.OneByteReader(bytes.NewReader(stream)),
		"in halves":      iotest.HalfReader(bytes.NewReader(stream)),
		"end with bytes": iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		in := newFrameReader(r, 1<<20)
		for i, w := range want {
			frame, err := in.next()
			if err != nil {
				t.Fatalf("%s: frame %d: %v", name, i, err)
			}
			got := &pb.Envelope{}
			if err := proto.Unmarshal(frame, got); err != nil || !proto.Equal(got, w) {
				t.Fatalf("%s: frame %d: %v, %v", name, i, got, err)
			}
		}
		if _, err := in.next(); err != io.EOF {
			t.Fatalf("%s: at the end: %v", name, err)
		}
		if len(in.buf) != readBuffer {
			t.Errorf("%s: a buffer of %d bytes stayed", name, len(in.buf))
		}
	}
}

func TestFramingIsThatOfProtodelim(t *testing.T) {
	var theirs bytes.Buffer
	want := []*pb.Envelope{ping(1), {}, long(300)}
	for _, env := range want {
		if _, err := protodelim.MarshalTo(&theirs, env); err != nil {
			t.Fatal(err)
		}
	}
	if ours := frames(t, want...); !bytes.Equal(ours, theirs.Bytes()) {
		t.Fatalf("\n ours %x\ntheirs %x", ours, theirs.Bytes())
	}
}

func TestBadFrames(t *testing.T) {
	whole := frames(t, long(100))
	for name, tc := range map[string]struct {
		bytes []byte
		want  error
	}{
		"end inside a length":   {[]byte{0x80}, io.ErrUnexpectedEOF},
		"end inside a frame":    {whole[:50], io.ErrUnexpectedEOF},
		"length above limit":    {[]byte{0x81, 0x80, 0x40}, ErrTooLarge},
		"length of 64 bits":     {bytes.Repeat([]byte{0xff}, 9), io.ErrUnexpectedEOF},
		"length beyond 64 bits": {bytes.Repeat([]byte{0xff}, 11), ErrMalformed},
	} {
		in := newFrameReader(bytes.NewReader(tc.bytes), 1<<20)
		if frame, err := in.next(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(frame), err, tc.want)
		}
	}
}

// A length that is announced costs nothing before its bytes arrive.
func TestAnnouncedLengthCostsNothing(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	go w.Write([]byte{0xff, 0xff, 0x3f, 1, 2, 3}) // almost 1 MiB, then silence
	in := newFrameReader(r, 1<<20)
	_, err := in.read()
	if _, ok, cutErr := in.cut(); ok || err != nil || cutErr != nil {
		t.Fatal(ok, err, cutErr)
	}
	if in.room(); len(in.buf) != readBuffer {
		t.Fatalf("%d bytes were set aside", len(in.buf))
	}
}

// FuzzEnvelope: readEnvelope reads what proto.Unmarshal does, but for unknown
// fields.
func FuzzEnvelope(f *testing.F) {
	hop := &pb.Envelope{Answer: 3, Body: reply()}
	for _, envs := range [][]proto.Message{
		{hop}, {&pb.Envelope{Request: 1 << 40, Body: question()}}, {hop, ping(7)}, {hop, &pb.Envelope{Body: &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{Index: 9}}}}},
	} {
		var all []byte
		for _, env := range envs {
			b, err := proto.Marshal(env)
			if err != nil {
				f.Fatal(err)
			}
			all = append(all, b...)
		}
		f.Add(all)
	}
	f.Add([]byte{0x0a, 1, 'x', 0xf8, 0x07, 1, 0x0a}) // a request that is bytes, an unknown field, an end too soon
	f.Fuzz(func(t *testing.T, frame []byte) {
		want := &pb.Envelope{}
		wantErr := proto.Unmarshal(frame, want)
		want.ProtoReflect().SetUnknown(nil)
		switch got := readEnvelope(frame); {
		case wantErr != nil && got != nil:
			t.Errorf("read %v, want the error %v", got, wantErr)
		case wantErr == nil && !proto.Equal(got, want):
			t.Errorf("read %v, want %v", got, want)
		}
	})
}

func TestSenderKeepsToTheLimit(t *testing.T) {
	before := []byte("kept")
	got, err := appendFrame(before, long(1<<20), 1<<20)
	if !errors.Is(err, ErrTooLarge) || !bytes.Equal(got, before) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
}

// FuzzFrames: whatever arrives, in whatever pieces, the frames are those that
// protodelim reads, and the buffer never outgrows twice what has arrived.
func FuzzFrames(f *testing.F) {
	f.Add(frames(f, ping(1), long(40), &pb.Envelope{}, ping(2)), uint8(3))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, uint8(1))
	f.Add(frames(f, long(5000)), uint8(7))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		const limit = 1 << 16
		in := newFrameReader(&pieces{stream, int(piece) + 1}, limit)
		theirs := bytes.NewReader(stream)
		for {
			frame, err := in.next()
			if len(in.buf) > readBuffer+2*len(stream) {
				t.Fatalf("a buffer of %d bytes for a stream of %d", len(in.buf), len(stream))
			}
			got, want := &pb.Envelope{}, &pb.Envelope{}
			theirErr := protodelim.UnmarshalOptions{MaxSize: limit}.UnmarshalFrom(theirs, want)
			if err != nil {
				if theirErr == nil {
					t.Fatalf("%v, but protodelim reads %v", err, want)
				}
				return
			}
			ourErr := proto.Unmarshal(frame, got)
			if (ourErr == nil) != (theirErr == nil) || ourErr == nil && !proto.Equal(got, want) {
				t.Fatalf("%v, %v; protodelim: %v, %v", got, ourErr, want, theirErr)
			}
			if ourErr != nil {
				return
			}
		}
	})
}

// pieces is a reader that returns at most n bytes at a time.
type pieces struct {
	rest []byte
	n    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.n)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
