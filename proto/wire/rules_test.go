package wire

import (
	"errors"
	"io"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// greetRaw is a peer without manners that has said hello properly.
func greetRaw(t *testing.T, h *Hub) (send func([]byte), in *frameReader) {
	t.Helper()
	conn := rawDial(t, h.cfg.Network, h.Addr())
	conn.Write(rawHello(t, otherPeer(func(*pb.Hello) {})))
	in = newFrameReader(conn, maxHello)
	if _, err := readHello(in); err != nil {
		t.Fatal(err)
	}
	return func(b []byte) { conn.Write(b) }, in
}

func TestRuleBreakersAreToldWhyAndClosed(t *testing.T) {
	both := ping(1)
	both.Answer = 1
	for name, tc := range map[string]struct {
		bytes []byte
		kind  error
	}{
		"oversize length": {[]byte{0xff, 0xff, 0xff, 0x7f}, ErrTooLarge},
		"2 GiB":           {[]byte{0x80, 0x80, 0x80, 0x80, 0x08}, ErrTooLarge},
		"proof":           {frames(t, &pb.Envelope{Body: &pb.Envelope_Proof{Proof: &pb.Proof{}}}), ErrMalformed},
		"garbage":         {[]byte{4, 0xff, 0xff, 0xff, 0xff}, ErrMalformed},
		"second hello":    {rawHello(t, otherPeer(func(*pb.Hello) {})), ErrMalformed},
		"both numbers":    {frames(t, both), ErrMalformed},
	} {
		j := newJournal()
		h := testHub(t, NewMemory(), j.note)
		send, in := greetRaw(t, h)
		send(append(frames(t, ping(5)), tc.bytes...))
		j.next(t, "request 5")
		frame, err := in.next()
		if err != nil {
			t.Errorf("%s: nothing was said: %v", name, err)
			continue
		}
		env := &pb.Envelope{}
		if err := proto.Unmarshal(frame, env); err != nil {
			t.Fatal(err)
		}
		if got := FromProto(env.GetError()); !errors.Is(got, tc.kind) {
			t.Errorf("%s: %v, want %v", name, got, tc.kind)
		}
		if _, err := in.next(); err != io.EOF {
			t.Errorf("%s: the connection stays: %v", name, err)
		}
		in.r.(io.Closer).Close()
		j.next(t, "down 127.0.0.1:1")
	}
}

func TestUnknownMessages(t *testing.T) {
	j := newJournal()
	h := testHub(t, NewMemory(), j.note)
	send, in := greetRaw(t, h)
	unknown := []byte{0x08, 77, 0x82, 0x7d, 0x00} // request 77 with an empty body of number 2000
	send(append([]byte{byte(len(unknown))}, unknown...))
	send([]byte{3, 0x82, 0x7d, 0x00}) // the same one-way
	send([]byte{0})                   // only a sign of life
	send(frames(t, ping(5)))
	frame, err := in.next()
	if err != nil {
		t.Fatal(err)
	}
	env := &pb.Envelope{}
	if err := proto.Unmarshal(frame, env); err != nil || env.GetAnswer() != 77 || !errors.Is(FromProto(env.GetError()), ErrUnimplemented) {
		t.Fatalf("%v, %v", env, err)
	}
	if got := j.next(t, ""); got != "request 5" {
		t.Fatalf("after unknown messages: %s", got)
	}
}

func TestSilenceInsideAFrameHarmsNobodyElse(t *testing.T) {
	j := newJournal()
	h := testHub(t, NewMemory(), j.note)
	send, _ := greetRaw(t, h)
	send(frames(t, ping(1), long(500))[:200])
	j.next(t, "request 1")
	c, err := Dial(t.Context(), h.cfg.Network, h.Addr(), ClientHello())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Post(&pb.Envelope_Notify{Notify: &pb.Notify{}})
	j.next(t, "request 0")
}
