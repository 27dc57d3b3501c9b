package wire

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// readBuffer is what a link keeps for reading. Longer frames get a larger
// buffer, which is given back after them.
const readBuffer = 2 << 10

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

func tooLarge(size uint64, limit int) error {
	return &Error{Kind: ErrTooLarge, Expected: "at most " + strconv.Itoa(limit) + " bytes", Actual: strconv.FormatUint(size, 10)}
}

// frameReader reads frames off a connection. Its buffer grows only as bytes
// arrive, so an announced length costs nothing.
type frameReader struct {
	r     io.Reader
	limit int // of a frame, in bytes
	buf   []byte
	// What has been read and not been returned yet is buf[start:end].
	start, end int

	began     bool       // the first bytes of the next frame are there, but not all
	onPartial func(bool) // hears when began changes; may be nil
}

func newFrameReader(r io.Reader, limit int) *frameReader {
	return &frameReader{r: r, limit: limit, buf: make([]byte, readBuffer)}
}

// next returns the next frame without its length; it is valid until the call
// after. The error is io.EOF at an end between frames, io.ErrUnexpectedEOF at
// one inside a frame, and wraps ErrTooLarge or ErrMalformed for a length that
// cannot be.
func (f *frameReader) next() ([]byte, error) {
	if f.start == f.end && len(f.buf) > readBuffer {
		f.buf, f.start, f.end = make([]byte, readBuffer), 0, 0
	}
	for {
		frame, ok, err := f.cut()
		f.begin(!ok && err == nil && f.start < f.end)
		if ok || err != nil {
			return frame, err
		}
		f.makeRoom()
		n, err := f.r.Read(f.buf[f.end:])
		f.end += n
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

// makeRoom leaves at least one free byte at the end of the buffer.
func (f *frameReader) makeRoom() {
	if f.start > 0 {
		f.end = copy(f.buf, f.buf[f.start:f.end])
		f.start = 0
	}
	if f.end == len(f.buf) {
		f.buf = append(f.buf, make([]byte, len(f.buf))...)
	}
}
