package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	"chordscope/node/ring"
	pb "chordscope/proto"
)

// Version is the wire version that this package speaks.
const Version = 1

// maxHello bounds the frames of strangers, in bytes.
const maxHello = 4 << 10

// refusalTime is how long a refused dialler has to read why.
const refusalTime = 500 * time.Millisecond

// PeerHello introduces a peer of a ring. self.Address may be left empty for
// NewHub to fill in.
func PeerHello(self *pb.PeerRef, ring *pb.Ring) *pb.Hello {
	return &pb.Hello{VersionMin: Version, VersionMax: Version, Role: pb.Role_ROLE_PEER, Self: self, Ring: ring}
}

// ClientHello introduces somebody who only asks, and fits to every ring.
func ClientHello() *pb.Hello {
	return &pb.Hello{VersionMin: Version, VersionMax: Version, Role: pb.Role_ROLE_CLIENT}
}

// RegistryHello introduces a registry, which fits to every ring.
func RegistryHello() *pb.Hello {
	return &pb.Hello{VersionMin: Version, VersionMax: Version, Role: pb.Role_ROLE_REGISTRY}
}

// NotesHello introduces a server of speaker notes, which fits to every ring.
func NotesHello() *pb.Hello {
	return &pb.Hello{VersionMin: Version, VersionMax: Version, Role: pb.Role_ROLE_NOTES}
}

// checkHello reports why somebody who says hello like this cannot be talked
// to, and whether own fits to it.
func checkHello(own, hello *pb.Hello) error {
	if hello.GetVersionMin() == 0 || hello.GetVersionMin() > hello.GetVersionMax() {
		return &Error{Kind: ErrMalformed, Detail: "hello with the versions " + versions(hello)}
	}
	if hello.GetVersionMax() < own.GetVersionMin() || hello.GetVersionMin() > own.GetVersionMax() {
		return &Error{Kind: ErrVersion, Expected: versions(own), Actual: versions(hello)}
	}
	switch hello.GetRole() {
	case pb.Role_ROLE_PEER:
		if err := CheckRing(hello.GetRing()); err != nil {
			return err
		}
		if err := CheckRef(hello.GetSelf(), hello.GetRing().GetBits()); err != nil {
			return err
		}
	case pb.Role_ROLE_CLIENT, pb.Role_ROLE_REGISTRY, pb.Role_ROLE_NOTES:
	default:
		return &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("hello with the role %d", hello.GetRole())}
	}
	return MatchRings(own.GetRing(), hello.GetRing())
}

func versions(h *pb.Hello) string {
	return fmt.Sprintf("%d to %d", h.GetVersionMin(), h.GetVersionMax())
}

// Bounds of ring parameters beside the number of bits.
const (
	maxSuccessors = 64
	maxReplicas   = 64
)

// CheckRing reports what is wrong with the parameters that a peer names,
// wrapping ErrMalformed.
func CheckRing(r *pb.Ring) error {
	switch {
	case r.GetBits() < ring.MinBits || r.GetBits() > ring.MaxBits,
		r.GetSuccessors() < 1 || r.GetSuccessors() > maxSuccessors,
		r.GetReplicas() < 1 || r.GetReplicas() > maxReplicas:
		return &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("ring parameters %s: bits are %d to %d, successors 1 to %d, replicas 1 to %d",
			FormatRing(r), ring.MinBits, ring.MaxBits, maxSuccessors, maxReplicas)}
	}
	return nil
}

// MatchRings returns nil if the parameters are the same where both are given,
// and else an error that wraps ErrRingMismatch and names both.
func MatchRings(want, got *pb.Ring) error {
	differ := func(a, b uint32) bool { return a != 0 && b != 0 && a != b }
	if differ(want.GetBits(), got.GetBits()) || differ(want.GetSuccessors(), got.GetSuccessors()) || differ(want.GetReplicas(), got.GetReplicas()) {
		return &Error{Kind: ErrRingMismatch, Expected: FormatRing(want), Actual: FormatRing(got)}
	}
	return nil
}

// FormatRing writes ring parameters as in "bits=16 successors=4 replicas=3".
func FormatRing(r *pb.Ring) string {
	return fmt.Sprintf("bits=%d successors=%d replicas=%d", r.GetBits(), r.GetSuccessors(), r.GetReplicas())
}

// readHello reads the first frame.
func readHello(in *frameReader) (greeting, error) {
	env, bytes, err := readOpening(in)
	if err != nil {
		return greeting{}, err
	}
	if hello := env.GetHello(); hello != nil {
		return greeting{hello, bytes}, nil
	}
	return greeting{}, &Error{Kind: ErrMalformed, Detail: "the first frame is no hello"}
}

// readOpening reads a frame that comes before any message, and returns its
// bytes too. If it is an Error, that is the error.
func readOpening(in *frameReader) (*pb.Envelope, []byte, error) {
	frame, err := in.next()
	if err != nil {
		return nil, nil, err
	}
	env := &pb.Envelope{}
	if err := proto.Unmarshal(frame, env); err != nil {
		return nil, nil, &Error{Kind: ErrMalformed, Detail: "a frame before any message is no envelope"}
	}
	if e := env.GetError(); e != nil {
		return nil, nil, FromProto(e)
	}
	return env, bytes.Clone(frame), nil
}

// refuse tells a dialler why it is not wanted, and closes the connection.
// Reading on until the dialler has closed it too keeps the reason from being
// overtaken by a reset.
func refuse(conn net.Conn, why error) {
	defer conn.Close()
	if errors.Is(why, io.EOF) || errors.Is(why, io.ErrUnexpectedEOF) {
		return // nobody is there to be told
	}
	conn.SetDeadline(time.Now().Add(refusalTime))
	frame, err := appendFrame(nil, &pb.Envelope{Body: ErrorBody(why)}, maxHello)
	if err != nil {
		return
	}
	if _, err := conn.Write(frame); err == nil && !errors.Is(why, os.ErrDeadlineExceeded) {
		closeWrite(conn)
		io.Copy(io.Discard, conn) // who was silent until now gets no more time
	}
}
