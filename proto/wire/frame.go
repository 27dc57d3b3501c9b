package wire

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// readBuffer is the size of a buffer for reading, in bytes. Longer frames get a
// larger one.
const readBuffer = 2 << 10

// readBuffers are shared by all links: one at rest has none, where the system
// can say that there is something to be read.
var readBuffers = sync.Pool{New: func() any { return new([readBuffer]byte) }}

// Numbers of the fields of an envelope beside its body.
const (
	requestField = 1
	answerField  = 2
)

// maxPrefix is the longest varint, in bytes.
const maxPrefix = 10

// appendFrame appends env as a frame: its length as a varint, then its bytes.
// An error wraps ErrTooLarge, or is about text that is not UTF-8.
func appendFrame(dst []byte, env *pb.Envelope, limit int) ([]byte, error) {
	size := proto.Size(env)
	if size > limit {
		return dst, tooLarge(uint64(size), limit)
	}
	out := protowire.AppendVarint(dst, uint64(size))
	out, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(out, env)
	if err != nil {
		return dst, fmt.Errorf("encode message: %w", err)
	}
	return out, nil
}

var envelopeFields = (*pb.Envelope)(nil).ProtoReflect().Descriptor().Fields()

// readEnvelope is proto.Unmarshal of an envelope but for unknown fields, which it
// drops; nil if frame is no envelope. The body is unmarshalled by itself: that is
// far less deep, and leaves the stacks of all the goroutines that read links at
// 4 KiB.
func readEnvelope(frame []byte) *pb.Envelope {
	env := &pb.Envelope{}
	for len(frame) > 0 {
		number, kind, n := protowire.ConsumeTag(frame)
		if n < 0 || number > protowire.MaxValidNumber {
			return nil
		}
		size := protowire.ConsumeFieldValue(number, kind, frame[n:])
		if size < 0 {
			return nil
		}
		value := frame[n : n+size]
		frame = frame[n+size:]
		switch field := envelopeFields.ByNumber(number); {
		case kind == protowire.VarintType && number == requestField:
			env.Request, _ = protowire.ConsumeVarint(value)
		case kind == protowire.VarintType && number == answerField:
			env.Answer, _ = protowire.ConsumeVarint(value)
		case kind == protowire.BytesType && field != nil && field.Message() != nil:
			body := env.ProtoReflect().Mutable(field).Message().Interface()
			value, _ = protowire.ConsumeBytes(value)
			if (proto.UnmarshalOptions{Merge: true}).Unmarshal(value, body) != nil {
				return nil
			}
		}
	}
	return env
}

func tooLarge(size uint64, limit int) error {
	return &Error{Kind: ErrTooLarge, Expected: "at most " + strconv.Itoa(limit) + " bytes", Actual: strconv.FormatUint(size, 10)}
}

// frameReader reads frames off a connection. Its buffer grows only as bytes
// arrive, so an announced length costs nothing.
type frameReader struct {
	r      io.Reader
	direct *directReader // reads from r; nil: r.Read does
	limit  int           // of a frame, in bytes
	buf    []byte        // nil: none is needed now
	// What has been read and not been returned yet is buf[start:end].
	start, end int

	began     bool       // the first bytes of the next frame are there, but not all
	onPartial func(bool) // hears when began changes; may be nil
}

func newFrameReader(r io.Reader, limit int) *frameReader {
	f := &frameReader{r: r, limit: limit}
	f.direct = newDirectReader(r, f)
	return f
}

// next returns the next frame without its length; it is valid until the call
// after. The error is io.EOF at an end between frames, io.ErrUnexpectedEOF at
// one inside a frame, and wraps ErrTooLarge or ErrMalformed for a length that
// cannot be.
func (f *frameReader) next() ([]byte, error) {
	f.rest()
	for {
		frame, ok, err := f.cut()
		f.begin(!ok && err == nil && f.start < f.end)
		if ok || err != nil {
			return frame, err
		}
		n, err := f.read()
		if n > 0 {
			continue // the error, if any, comes again
		}
		if errors.Is(err, io.EOF) && f.start < f.end {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
}

func (f *frameReader) begin(began bool) {
	if began == f.began {
		return
	}
	f.began = began
	if f.onPartial != nil {
		f.onPartial(began)
	}
}

// cut takes a whole frame out of the buffer, if there is one.
func (f *frameReader) cut() (frame []byte, ok bool, err error) {
	have := f.buf[f.start:f.end]
	size, prefix := protowire.ConsumeVarint(have)
	if prefix < 0 {
		if len(have) < maxPrefix {
			return nil, false, nil
		}
		return nil, false, &Error{Kind: ErrMalformed, Detail: "the length of a frame is no varint"}
	}
	if size > uint64(f.limit) {
		return nil, false, tooLarge(size, f.limit)
	}
	whole := prefix + int(size)
	if len(have) < whole {
		return nil, false, nil
	}
	f.start += whole
	return have[prefix:whole], true, nil
}

// read waits for bytes and reads some.
func (f *frameReader) read() (n int, err error) {
	if f.direct != nil {
		n, err = f.direct.read()
	} else {
		n, err = f.r.Read(f.room())
	}
	f.end += n
	return n, err
}

// room returns where bytes may be read to, at least one.
func (f *frameReader) room() []byte {
	if f.buf == nil {
		f.buf = readBuffers.Get().(*[readBuffer]byte)[:]
	}
	if f.start > 0 {
		f.end = copy(f.buf, f.buf[f.start:f.end])
		f.start = 0
	}
	if f.end == len(f.buf) {
		f.buf = append(f.buf, make([]byte, len(f.buf))...)
	}
	return f.buf[f.end:]
}

// rest gives the buffer back if it is empty.
func (f *frameReader) rest() {
	if f.start < f.end || f.buf == nil {
		return
	}
	if len(f.buf) == readBuffer {
		readBuffers.Put((*[readBuffer]byte)(f.buf))
	}
	f.buf, f.start, f.end = nil, 0, 0
}
