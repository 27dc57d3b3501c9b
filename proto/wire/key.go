package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// This file is what both sides do to show each other that they have the same
// ring key. The construction is described at the message Proof.

// MinKey and MaxKey bound the length of a ring key, in bytes.
const (
	MinKey = 16
	MaxKey = 1024
)

// challengeSize is the length of a challenge, in bytes.
const challengeSize = 32

// CheckKey reports what is wrong with a ring key. Having none is right.
func CheckKey(key []byte) error {
	if n := len(key); n != 0 && (n < MinKey || n > MaxKey) {
		return fmt.Errorf("a ring key of %d bytes: %d to %d are allowed, and they should be random, since others can try out guesses", n, MinKey, MaxKey)
	}
	return nil
}

// Who proves, as the bytes that go into the proof.
const (
	sideDialler  = "dialler"
	sideListener = "listener"
)

// greeting is a hello together with the bytes of its envelope on the wire,
// since only those are the same on both sides.
type greeting struct {
	hello *pb.Hello
	bytes []byte
}

// newGreeting makes the greeting of one connection: with a key, own with a
// challenge.
func newGreeting(own *pb.Hello, key []byte) (greeting, error) {
	if len(key) > 0 {
		own = proto.CloneOf(own)
		own.Challenge = make([]byte, challengeSize)
		rand.Read(own.Challenge) // never fails
	}
	bytes, err := proto.Marshal(&pb.Envelope{Body: &pb.Envelope_Hello{Hello: own}})
	if err == nil && len(bytes) > maxHello {
		err = tooLarge(uint64(len(bytes)), maxHello)
	}
	return greeting{own, bytes}, err
}

// frame returns the greeting as it is sent.
func (g greeting) frame() []byte {
	return append(binary.AppendUvarint(nil, uint64(len(g.bytes))), g.bytes...)
}

// checkChallenge reports whether both sides have a key or none has.
func checkChallenge(key []byte, hello *pb.Hello) error {
	switch got := len(hello.GetChallenge()); {
	case len(key) == 0 && got > 0:
		return &Error{Kind: ErrUnauthorized, Detail: "a ring key is asked for where none is set"}
	case len(key) > 0 && got == 0:
		return &Error{Kind: ErrUnauthorized, Detail: "this ring has a key, and it was not shown"}
	case len(key) > 0 && got != challengeSize:
		return &Error{Kind: ErrMalformed, Detail: fmt.Sprintf("a challenge of %d bytes, not %d", got, challengeSize)}
	}
	return nil
}

// prove returns what side has to send to show that it has the key.
func prove(key []byte, side string, dialler, listener greeting) []byte {
	transcript := sha256.New()
	for _, g := range []greeting{dialler, listener} {
		transcript.Write(binary.BigEndian.AppendUint32(nil, uint32(len(g.bytes))))
		transcript.Write(g.bytes)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("chordscope.v1 ring key, " + side + "\x00"))
	mac.Write(dialler.hello.GetChallenge())
	mac.Write(listener.hello.GetChallenge())
	mac.Write(transcript.Sum(nil))
	return mac.Sum(nil)
}

// checkProof reports whether side has shown that it has the key.
func checkProof(mac, key []byte, side string, dialler, listener greeting) error {
	if !hmac.Equal(mac, prove(key, side, dialler, listener)) {
		return &Error{Kind: ErrUnauthorized, Detail: "the ring key is not the one of this ring"}
	}
	return nil
}

func proofFrame(mac []byte) ([]byte, error) {
	return appendFrame(nil, &pb.Envelope{Body: &pb.Envelope_Proof{Proof: &pb.Proof{Mac: mac}}}, maxHello)
}

// exchange is the listener's part after both hellos fit: it sends its own hello
// and proof, and waits for the dialler's.
func (h *Hub) exchange(conn net.Conn, in *frameReader, addr string, dialler greeting) error {
	listener, err := newGreeting(h.cfg.Hello, h.cfg.Key)
	if err != nil {
		return err
	}
	frame, err := proofFrame(prove(h.cfg.Key, sideListener, dialler, listener))
	if err != nil {
		return err
	}
	h.line(addr).pass(h.stop, h.cfg.Limits.HelloTimeout)
	if h.line(addr).isCut() {
		return errCut
	}
	if _, err := conn.Write(append(listener.frame(), frame...)); err != nil {
		return err
	}
	mac, err := readProof(in)
	if err != nil {
		return err
	}
	return checkProof(mac, h.cfg.Key, sideDialler, dialler, listener)
}

// readProof reads the second frame.
func readProof(in *frameReader) ([]byte, error) {
	env, _, err := readOpening(in)
	if err != nil {
		return nil, err
	}
	if p := env.GetProof(); p != nil {
		return p.GetMac(), nil
	}
	return nil, &Error{Kind: ErrMalformed, Detail: "the second frame is no proof of the ring key"}
}
