package node

import (
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"chordscope/node/chord"
	"chordscope/proto/wire"
	"chordscope/registry"
)

var ringKey = []byte("the ring key of these tests")

// Peers and registry of a ring with a key talk to each other, and to nobody who
// does not have it.
func TestRingKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		cfg := registry.Default()
		cfg.Key = ringKey
		server, err := registry.Serve(ln, cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Reset)
		member := func(id uint64, k []byte) Config {
			cfg := config(network, id)
			cfg.Registry, cfg.RingKey = server.Addr(), k
			return cfg
		}
		var peers []*Peer
		for _, id := range []uint64{8, 21, 42} {
			peers = append(peers, enter(t, member(id, ringKey)))
		}
		awaitIdeal(t, peers...)
		for _, k := range [][]byte{nil, []byte("another key, as long as it")} {
			stranger := start(t, member(56, k))
			if err := stranger.Enter(t.Context(), nil); !errors.Is(err, wire.ErrUnauthorized) {
				t.Errorf("key %q at the registry: %v", k, err)
			}
			alone := config(network, 57)
			alone.RingKey = k
			if err := start(t, alone).Enter(t.Context(), []chord.Ref{peers[0].Ref()}); !errors.Is(err, wire.ErrUnauthorized) {
				t.Errorf("key %q at a peer: %v", k, err)
			}
			if _, err := wire.DialWithKey(t.Context(), network, peers[0].Ref().Addr, wire.ClientHello(), k); !errors.Is(err, wire.ErrUnauthorized) {
				t.Errorf("key %q of a client: %v", k, err)
			}
			if members, err := registry.List(t.Context(), network, server.Addr(), k); !errors.Is(err, wire.ErrUnauthorized) {
				t.Errorf("key %q lists %v, %v", k, members, err)
			}
		}
		if members, err := registry.List(t.Context(), network, server.Addr(), ringKey); err != nil || len(members.GetMembers()) != 3 {
			t.Errorf("%v, %v", members, err)
		}
		awaitIdeal(t, peers...)
	})
}

// Without a key nobody listens where other machines reach it, and nobody at an
// address that says nothing to others.
func TestListenBeyondThisMachine(t *testing.T) {
	for _, tc := range []struct {
		listen string
		key    []byte
		text   string
	}{
		{"0.0.0.0:0", nil, "name one address"},
		{"0.0.0.0:0", ringKey, "name one address"},
		{"[::1]:0", nil, ""},
		{"127.0.0.1:0", []byte("short"), "ring key of 5 bytes"},
	} {
		cfg := config(wire.TCP{}, 8)
		cfg.Listen, cfg.RingKey = tc.listen, tc.key
		p, err := Start(t.Context(), cfg)
		if err == nil {
			p.Close()
		}
		if _, known := errors.AsType[*net.OpError](err); known && tc.text == "" {
			continue // this machine has no such address
		}
		if (err == nil) != (tc.text == "") || err != nil && !strings.Contains(err.Error(), tc.text) {
			t.Errorf("listen at %s with the key %q: %v", tc.listen, tc.key, err)
		}
	}
	for addr, key := range map[string][]byte{"192.0.2.1:4000": nil, "[2001:db8::1]:4000": nil, "127.0.0.1:4000": ringKey} {
		at, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkListener(at, key); (err == nil) != (key != nil) || err != nil && !strings.Contains(err.Error(), "ring key") {
			t.Errorf("listen at %s: %v", addr, err)
		}
		if err := checkListener(at, ringKey); err != nil {
			t.Errorf("listen at %s with a key: %v", addr, err)
		}
	}
}
