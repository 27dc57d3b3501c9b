package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

func otherPeer(edit func(*pb.Hello)) *pb.Hello {
	h := PeerHello(&pb.PeerRef{Id: []byte{2}, Address: "127.0.0.1:1", Incarnation: 1}, testRing())
	edit(h)
	return h
}

func TestHellosThatDoNotFitAreRefused(t *testing.T) {
	h := testHub(t, NewMemory(), func(c *Config) {
		c.Accept = func(hello *pb.Hello) error {
			if hello.GetSelf().GetIncarnation() == 66 {
				return &Error{Kind: ErrUnavailable, Detail: "not you"}
			}
			return nil
		}
	})
	for name, tc := range map[string]struct {
		edit func(*pb.Hello)
		kind error
		says string
	}{
		"later version":     {func(h *pb.Hello) { h.VersionMin, h.VersionMax = 2, 3 }, ErrVersion, "expected 1 to 1, got 2 to 3"},
		"versions reversed": {func(h *pb.Hello) { h.VersionMin, h.VersionMax = 2, 1 }, ErrMalformed, "2 to 1"},
		"no version":        {func(h *pb.Hello) { h.VersionMin, h.VersionMax = 0, 0 }, ErrMalformed, "0 to 0"},
		"other bits": {func(h *pb.Hello) { h.Ring.Bits = 8 }, ErrRingMismatch,
			"expected bits=16 successors=4 replicas=3, got bits=8 successors=4 replicas=3"},
		"other successors":     {func(h *pb.Hello) { h.Ring.Successors = 5 }, ErrRingMismatch, "got bits=16 successors=5 replicas=3"},
		"other replicas":       {func(h *pb.Hello) { h.Ring.Replicas = 2 }, ErrRingMismatch, "got bits=16 successors=4 replicas=2"},
		"peer without ring":    {func(h *pb.Hello) { h.Ring = nil }, ErrMalformed, "bits=0"},
		"peer without self":    {func(h *pb.Hello) { h.Self = nil }, ErrMalformed, "a peer is missing"},
		"peer without address": {func(h *pb.Hello) { h.Self.Address = "" }, ErrMalformed, "address of 0 bytes"},
		"identifier too large": {func(h *pb.Hello) { h.Self.Id = []byte{1, 0, 0} }, ErrMalformed, "does not fit into 16 bits"},
		"no role":              {func(h *pb.Hello) { h.Role = 0 }, ErrMalformed, "role 0"},
		"client of other ring": {func(h *pb.Hello) { h.Role = pb.Role_ROLE_CLIENT; h.Ring = &pb.Ring{Bits: 8} }, ErrRingMismatch, "bits=8"},
		"turned away":          {func(h *pb.Hello) { h.Self.Incarnation = 66 }, ErrUnavailable, "not you"},
	} {
		c, err := Dial(t.Context(), h.cfg.Network, h.Addr(), otherPeer(tc.edit))
		if err == nil {
			c.Close()
		}
		if !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v\nwant %v and %q", name, err, tc.kind, tc.says)
		}
	}
}

func TestHellosThatFit(t *testing.T) {
	h := testHub(t, NewMemory(), nil)
	for name, hello := range map[string]*pb.Hello{
		"peer":                otherPeer(func(*pb.Hello) {}),
		"several versions":    otherPeer(func(h *pb.Hello) { h.VersionMax = 7 }),
		"client":              ClientHello(),
		"registry":            RegistryHello(),
		"client of this ring": func() *pb.Hello { h := ClientHello(); h.Ring = &pb.Ring{Bits: 16}; return h }(),
	} {
		c, err := Dial(t.Context(), h.cfg.Network, h.Addr(), hello)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := c.Remote(); got.GetSelf().GetAddress() != h.Addr() || !proto.Equal(got.GetRing(), testRing()) {
			t.Errorf("%s: heard %v", name, got)
		}
		c.Close()
	}
}

// The one that dials checks as well: the other side may not care.
func TestDiallerRefusesToo(t *testing.T) {
	network := NewMemory()
	ln, err := network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.Write(rawHello(t, otherPeer(func(h *pb.Hello) { h.VersionMin, h.VersionMax = 8, 9 })))
		io.Copy(io.Discard, conn)
	}()
	if _, err := Dial(t.Context(), network, ln.Addr().String(), ClientHello()); !errors.Is(err, ErrVersion) {
		t.Fatal(err)
	}
}

func TestStrangersAreToldWhy(t *testing.T) {
	for name, tc := range map[string]struct {
		first []byte
		kind  error
	}{
		"no protobuf":    {[]byte{3, 0xff, 0xff, 0xff}, ErrMalformed},
		"no hello":       {frames(t, ping(1)), ErrMalformed},
		"empty frame":    {[]byte{0}, ErrMalformed},
		"long hello":     {[]byte{0xff, 0xff, 0x03}, ErrTooLarge},
		"endless length": {bytes.Repeat([]byte{0xff}, 20), ErrMalformed},
		"http":           {[]byte("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: somebody with a long name to say\r\n\r\n"), ErrMalformed},
	} {
		h := testHub(t, NewMemory(), nil)
		conn := rawDial(t, h.cfg.Network, h.Addr())
		conn.Write(tc.first)
		_, err := readHello(newFrameReader(conn, maxHello))
		if !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: the connection stays: %v", name, err)
		}
	}
}

func TestSilentDiallerIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHub(t, NewMemory(), nil)
		for _, some := range [][]byte{nil, {0x80}, {10, 1, 2}} { // nothing, half a length, half a frame
			conn, start := rawDial(t, h.cfg.Network, h.Addr()), time.Now()
			conn.Write(some)
			io.Copy(io.Discard, conn)
			if took := time.Since(start); took != h.cfg.Limits.HelloTimeout {
				t.Errorf("after %x: closed after %v, want %v", some, took, h.cfg.Limits.HelloTimeout)
			}
		}
	})
}

// A crowd of silent diallers takes all places, but only until they are closed.
func TestGreetingPlacesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHub(t, NewMemory(), func(c *Config) { c.Limits.MaxGreeting = 3 })
		for range 5 {
			rawDial(t, h.cfg.Network, h.Addr())
		}
		synctest.Wait()
		h.mu.Lock()
		greeting := len(h.greeting)
		h.mu.Unlock()
		if greeting != 3 {
			t.Fatalf("%d are being greeted, want 3", greeting)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		c, err := Dial(ctx, h.cfg.Network, h.Addr(), ClientHello())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
}

func TestSilentListenerIsADialTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		start := time.Now()
		_, err = Dial(t.Context(), network, ln.Addr().String(), ClientHello())
		if !errors.Is(err, ErrDialTimeout) || time.Since(start) != DefaultLimits().DialTimeout {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
	})
}

func TestErrorsKeepTheirKindAcrossTheWire(t *testing.T) {
	for code := range pb.ErrorCode_name {
		in := FromProto(&pb.Error{Code: pb.ErrorCode(code), Detail: "d", Expected: "e", Actual: "a"})
		if out := ToProto(in); out.GetCode() != pb.ErrorCode(code) || out.GetDetail() != "d" || out.GetExpected() != "e" || out.GetActual() != "a" {
			t.Errorf("code %d came back as %v", code, out)
		}
		if code != 0 && errors.Unwrap(in) == nil {
			t.Errorf("code %d has no sentinel", code)
		}
	}
	if e := FromProto(&pb.Error{Code: 999}); e.Error() == "" {
		t.Error("an unknown code has no text")
	}
	if e := FromProto(nil); e.Error() == "" {
		t.Error("no error has no text")
	}
}
