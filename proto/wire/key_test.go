package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

func keyed(key []byte) func(*Config) { return func(c *Config) { c.Key = key } }

func TestRingKeys(t *testing.T) {
	other := []byte("another key of some length")
	for name, tc := range map[string]struct {
		hub, dialler []byte
		says         string
	}{
		"the same":      {testKey, testKey, ""},
		"another":       {testKey, other, "the ring key is not the one of this ring"},
		"none shown":    {testKey, nil, "this ring has a key, and it was not shown"},
		"none needed":   {nil, testKey, "a ring key is asked for where none is set"},
		"none and none": {nil, nil, ""},
	} {
		eachNetwork(t, func(t *testing.T, network Network) {
			j := newJournal()
			h := testHub(t, network, func(c *Config) { j.note(c); c.Key = tc.hub })
			check := func(who string, err error) {
				if tc.says == "" && err != nil || tc.says != "" && (!errors.Is(err, ErrUnauthorized) || !strings.Contains(err.Error(), tc.says)) {
					t.Errorf("%s: %s: %v", name, who, err)
				}
			}
			for _, hello := range []*pb.Hello{ClientHello(), RegistryHello(), otherPeer(func(*pb.Hello) {})} {
				c, err := DialWithKey(t.Context(), network, h.Addr(), hello, tc.dialler)
				check(hello.GetRole().String(), err)
				if err == nil {
					c.Post(lookup(1))
					j.next(t, "request 0")
					c.Close()
				}
			}
			why := make(chan error, 1)
			b := testHub(t, network, func(c *Config) {
				c.Key, c.OnDown = tc.dialler, func(_ string, err error) { why <- err }
			})
			send(t, b, h, 4)
			if tc.says == "" {
				j.next(t, "request 4")
				send(t, h, b, 5)
			} else {
				check("hub", <-why)
			}
			if h.Stats().MessagesIn > 0 && tc.says != "" {
				t.Errorf("%s: a message came in", name)
			}
		})
	}
}

func TestKeysHaveALength(t *testing.T) {
	for n, ok := range map[int]bool{0: true, 1: false, 15: false, 16: true, 1024: true, 1025: false} {
		key := make([]byte, n)
		if err := CheckKey(key); (err == nil) != ok {
			t.Errorf("%d bytes: %v", n, err)
		}
		if !ok {
			if _, err := DialWithKey(t.Context(), NewMemory(), "127.0.0.1:1", ClientHello(), key); err == nil || errors.Is(err, ErrRefused) {
				t.Errorf("dialled with %d bytes: %v", n, err)
			}
		}
	}
}

// The construction is written down for others to follow, so it must not change
// by accident. The bytes are from the description at the message Proof, worked
// out with another program.
func TestProofIsTheOneDescribed(t *testing.T) {
	challenge := func(b byte) []byte { return bytes.Repeat([]byte{b}, challengeSize) }
	d := greeting{&pb.Hello{Challenge: challenge(1)}, []byte("hello of the dialler")}
	l := greeting{&pb.Hello{Challenge: challenge(2)}, []byte("hello of the listener")}
	for side, want := range map[string]string{
		sideDialler:  "728670a40ecb40cb2c429ba85a760b807d6f091906bcc2e74ac09cd6998be250",
		sideListener: "a3e99c71ab947dce0c6e9c58f6f74b24a9ba28294de61520dd9f2abeb1981a33",
	} {
		if got := hex.EncodeToString(prove([]byte("0123456789abcdef"), side, d, l)); got != want {
			t.Errorf("%s: %s, want %s", side, got, want)
		}
	}
}

func TestChallengesAreNew(t *testing.T) {
	seen := make(map[string]bool)
	for range 100 {
		g, err := newGreeting(ClientHello(), testKey)
		if err != nil || len(g.hello.GetChallenge()) != challengeSize || seen[string(g.hello.GetChallenge())] {
			t.Fatal(g.hello, err)
		}
		seen[string(g.hello.GetChallenge())] = true
	}
	if len(ClientHello().GetChallenge()) != 0 {
		t.Error("the hello itself was changed")
	}
}

// between dials h for whoever dials the returned address, and passes on what
// both say after edit has changed the opening frames of one side.
func between(t *testing.T, h *Hub, edit func(fromDialler bool, env *pb.Envelope)) string {
	t.Helper()
	ln, err := h.cfg.Network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	pass := func(from, to net.Conn, fromDialler bool) {
		defer closeWrite(to)
		for in := newFrameReader(from, maxHello); ; {
			frame, err := in.next()
			if err != nil {
				return
			}
			env := &pb.Envelope{}
			if proto.Unmarshal(frame, env) != nil {
				return
			}
			edit(fromDialler, env)
			out, err := appendFrame(nil, env, 2*maxHello)
			if err != nil {
				return
			}
			to.Write(out)
		}
	}
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := h.cfg.Network.Dial(t.Context(), h.Addr())
			if err != nil {
				near.Close()
				return
			}
			t.Cleanup(func() { near.Close(); far.Close() })
			go pass(near, far, true)
			go pass(far, near, false)
		}
	}()
	return ln.Addr().String()
}

// Whatever somebody on the path changes in a hello, the two do not come
// together.
func TestHellosCannotBeChangedOnTheWay(t *testing.T) {
	edits := map[string]func(*pb.Hello){
		"nothing":       func(*pb.Hello) {},
		"version":       func(h *pb.Hello) { h.VersionMax = 2 },
		"role":          func(h *pb.Hello) { h.Role = pb.Role_ROLE_CLIENT },
		"ring":          func(h *pb.Hello) { h.Ring = nil; h.Role = pb.Role_ROLE_REGISTRY },
		"identifier":    func(h *pb.Hello) { h.Self.Id = []byte{9} },
		"address":       func(h *pb.Hello) { h.Self.Address = "127.0.0.1:666" },
		"incarnation":   func(h *pb.Hello) { h.Self.Incarnation++ },
		"challenge":     func(h *pb.Hello) { h.Challenge[31] ^= 1 },
		"no challenge":  func(h *pb.Hello) { h.Challenge = nil },
		"unknown field": func(h *pb.Hello) { h.ProtoReflect().SetUnknown(protowire.AppendVarint([]byte{0xf8, 0x07}, 1)) },
	}
	for name, edit := range edits {
		for _, dialler := range []bool{true, false} {
			j := newJournal()
			h := testHub(t, NewMemory(), func(c *Config) { j.note(c); c.Key = testKey })
			addr := between(t, h, func(fromDialler bool, env *pb.Envelope) {
				if hello := env.GetHello(); hello != nil && fromDialler == dialler {
					edit(hello)
				}
			})
			c, err := DialWithKey(t.Context(), h.cfg.Network, addr, otherPeer(func(*pb.Hello) {}), testKey)
			if err == nil {
				c.Close()
			}
			if name == "nothing" {
				if err != nil {
					t.Error(err)
				}
				continue
			}
			if !errors.Is(err, ErrUnauthorized) || h.Stats().Links != 0 {
				t.Errorf("%s changed (of the dialler: %t): %v, %d links", name, dialler, err, h.Stats().Links)
			}
		}
	}
}

func TestProofsCannotBeChangedOnTheWay(t *testing.T) {
	h := testHub(t, NewMemory(), keyed(testKey))
	addr := between(t, h, func(fromDialler bool, env *pb.Envelope) {
		if p := env.GetProof(); p != nil && fromDialler {
			p.Mac[0] ^= 0x80
		}
	})
	// The dialler has seen a right proof, so it hears of it on the connection.
	c, err := DialWithKey(t.Context(), h.cfg.Network, addr, ClientHello(), testKey)
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if !errors.Is(c.Err(), ErrUnauthorized) || h.Stats().Links != 0 {
		t.Errorf("%v, %d links", c.Err(), h.Stats().Links)
	}
}
