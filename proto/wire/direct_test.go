//go:build unix

package wire

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// Who waits for a frame on a socket keeps no buffer meanwhile.
func TestNoBufferAtRest(t *testing.T) {
	near, far, _ := pair(t, TCP{})
	in := newFrameReader(near, 1<<20)
	for _, env := range []*pb.Envelope{ping(1), long(3 * readBuffer), ping(2)} {
		if in.rest(); in.buf != nil {
			t.Fatalf("%d bytes are kept", len(in.buf))
		}
		if _, err := far.Write(frames(t, env)); err != nil {
			t.Fatal(err)
		}
		if frame, err := in.next(); err != nil || len(frame) != proto.Size(env) {
			t.Fatalf("read %d bytes of %d: %v", len(frame), proto.Size(env), err)
		}
	}
	near.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := in.next(); !errors.Is(err, os.ErrDeadlineExceeded) || in.buf != nil {
		t.Errorf("past the deadline: %v, %d bytes are kept", err, len(in.buf))
	}
	near.SetReadDeadline(time.Time{})
	reset(far)
	if _, err := in.next(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("after a reset: %v", err)
	}
	near.Close()
	if _, err := in.next(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
