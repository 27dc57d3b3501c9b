package wire

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	pb "chordscope/proto"
)

// stranger has no key but a hello with a challenge, and says what reply makes
// of the proof it is shown. It returns what it is told.
func stranger(t *testing.T, h *Hub, hello *pb.Hello, reply func(mac []byte) []byte) error {
	t.Helper()
	conn := rawDial(t, h.cfg.Network, h.Addr())
	conn.SetDeadline(time.Now().Add(2 * time.Minute))
	conn.Write(rawHello(t, hello))
	in := newFrameReader(conn, maxHello)
	if _, err := readHello(in); err != nil {
		t.Fatal(err)
	}
	mac, err := readProof(in)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(append(reply(mac), frames(t, ping(1))...))
	_, _, err = readOpening(in)
	return err
}

func TestStrangersWithoutTheKey(t *testing.T) {
	frame := func(mac []byte) []byte {
		f, err := proofFrame(mac)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var recorded []byte // of a connection that was all right
	j := newJournal()
	h := testHub(t, NewMemory(), func(c *Config) { j.note(c); c.Key = testKey })
	addr := between(t, h, func(fromDialler bool, env *pb.Envelope) {
		if p := env.GetProof(); p != nil && fromDialler {
			recorded = bytes.Clone(p.GetMac())
		}
	})
	c, err := DialWithKey(t.Context(), h.cfg.Network, addr, ClientHello(), testKey)
	if err != nil {
		t.Fatal(err)
	}
	c.Post(lookup(1))
	j.next(t, "request 0")
	c.Close()
	hello := otherPeer(func(h *pb.Hello) { h.Challenge = bytes.Repeat([]byte{7}, challengeSize) })
	for name, tc := range map[string]struct {
		reply func([]byte) []byte
		kind  error
	}{
		"the listener's own": {frame, ErrUnauthorized},
		"a recorded one":     {func([]byte) []byte { return frame(recorded) }, ErrUnauthorized},
		"an empty one":       {func([]byte) []byte { return frame(nil) }, ErrUnauthorized},
		"half of one":        {func(mac []byte) []byte { return frame(mac[:16]) }, ErrUnauthorized},
		"none":               {func([]byte) []byte { return nil }, ErrMalformed},
		"a second hello":     {func([]byte) []byte { return rawHello(t, hello) }, ErrMalformed},
		"garbage":            {func([]byte) []byte { return []byte{2, 0xff, 0xff} }, ErrMalformed},
	} {
		if err := stranger(t, h, hello, tc.reply); !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
	}
	if got := h.Stats(); got.MessagesIn != 2 { // those of the client: its post and its goodbye
		t.Errorf("strangers were heard: %+v", got)
	}
	short := otherPeer(func(h *pb.Hello) { h.Challenge = []byte{1} })
	if _, err := Dial(t.Context(), h.cfg.Network, h.Addr(), short); !errors.Is(err, ErrMalformed) {
		t.Errorf("a short challenge: %v", err)
	}
}

// A listener that claims to have the key is found out as well: one that sends
// back what it was sent, and one that never proves anything.
func TestListenersWithoutTheKey(t *testing.T) {
	network := NewMemory()
	for name, tc := range map[string]struct {
		say  func(hello []byte) []byte
		kind error
	}{
		"an echo":      {func(hello []byte) []byte { return bytes.Repeat(hello, 2) }, ErrMalformed},
		"a wrong one":  {func(hello []byte) []byte { f, _ := proofFrame(make([]byte, 32)); return append(hello, f...) }, ErrUnauthorized},
		"no challenge": {func([]byte) []byte { return rawHello(t, RegistryHello()) }, ErrUnauthorized},
	} {
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer ln.Close()
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			in := newFrameReader(conn, maxHello)
			g, err := readHello(in)
			if err != nil {
				return
			}
			conn.Write(tc.say(g.frame()))
			io.Copy(io.Discard, conn)
		}()
		if _, err := DialWithKey(t.Context(), network, ln.Addr().String(), ClientHello(), testKey); !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
	}
}
