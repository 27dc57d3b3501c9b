package node

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = []byte("the control key of these tests")

// config is that of the peer id on the papers' ring of 64 places.
func config(network wire.Network, id uint64) Config {
	core := chord.Default(chord.Ref{ID: ring.FromUint64(id)}, ring.MustSpace(6))
	core.Successors, core.Replicas, core.Seed = 3, 2, id+1
	return Config{Chord: core, Network: network, Listen: "127.0.0.1:0", ControlKey: key}
}

// start starts a peer and ends it with the test.
func start(t *testing.T, cfg Config) *Peer {
	t.Helper()
	p, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// enter starts a peer and lets it enter the ring.
func enter(t *testing.T, cfg Config, seeds ...chord.Ref) *Peer {
	t.Helper()
	p := start(t, cfg)
	if err := p.Enter(t.Context(), seeds); err != nil {
		t.Fatal(err)
	}
	return p
}

// grow makes a ring without a registry: each peer knows only the one before.
func grow(t *testing.T, network wire.Network, ids ...uint64) []*Peer {
	t.Helper()
	return growWith(t, network, func(*chord.Config) {}, ids...)
}

// growPatient is grow where silence says nothing against a peer: over TCP, it may
// only be slow.
func growPatient(t *testing.T, network wire.Network, ids ...uint64) []*Peer {
	t.Helper()
	return growWith(t, network, func(c *chord.Config) { c.Timeout = 10 * time.Second }, ids...)
}

func growWith(t *testing.T, network wire.Network, edit func(*chord.Config), ids ...uint64) []*Peer {
	t.Helper()
	var peers []*Peer
	for i, id := range ids {
		var seeds []chord.Ref
		if i > 0 {
			seeds = []chord.Ref{peers[i-1].Ref()}
		}
		cfg := config(network, id)
		edit(&cfg.Chord)
		peers = append(peers, enter(t, cfg, seeds...))
	}
	awaitIdeal(t, peers...)
	return peers
}

// startRegistry serves a registry at addr until the test ends.
func startRegistry(t *testing.T, network wire.Network, addr string) *registry.Server {
	t.Helper()
	ln, err := network.Listen(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	server, err := registry.Serve(ln, registry.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Reset)
	return server
}

func dial(t *testing.T, network wire.Network, addr string) *wire.Client {
	t.Helper()
	return dialAs(t, network, addr, wire.ClientHello())
}

func dialAs(t *testing.T, network wire.Network, addr string, hello *pb.Hello) *wire.Client {
	t.Helper()
	c, err := wire.Dial(t.Context(), network, addr, hello)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// call asks and fails the test if there is no answer.
func call(t *testing.T, c *wire.Client, body pb.Body) *pb.Envelope {
	t.Helper()
	env, err := c.Call(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// wantErr asks and wants an error of a kind.
func wantErr(t *testing.T, c *wire.Client, body pb.Body, kind error) {
	t.Helper()
	if env, err := c.Call(t.Context(), body); !errors.Is(err, kind) {
		t.Errorf("%T: answer %v, error %v, want %v", body, env, err, kind)
	}
}

// snapshot asks the owner goroutine of p what the core believes.
func snapshot(t *testing.T, p *Peer) chord.Snapshot {
	t.Helper()
	out := make(chan chord.Snapshot, 1)
	p.inbox.put(item{do: func() { out <- p.core.Snapshot() }})
	select {
	case s := <-out:
		return s
	case <-p.Done():
		t.Fatalf("the peer %s has ended", p.Ref().Addr)
		return chord.Snapshot{}
	}
}

// patience is how long is waited for what has to come. However slow the machine
// is, only what never comes takes that long.
const patience = 2 * time.Minute

// eventually waits for a condition. In a bubble its limit costs no real time.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("after %v still not: %s", patience, what)
		}
	}
}

// check judges what all the peers believe.
func check(t *testing.T, peers ...*Peer) truth.Report {
	t.Helper()
	var all []*chord.Snapshot
	for _, p := range peers {
		s := snapshot(t, p)
		all = append(all, &s)
	}
	return truth.NewMembers(peers[0].cfg.Chord.Space, all).Check(peers[0].cfg.Chord.Successors)
}

func awaitIdeal(t *testing.T, peers ...*Peer) {
	t.Helper()
	eventually(t, "the ring is ideal", func() bool {
		rep := check(t, peers...)
		return rep.Stable()
	})
}

func lookup(t *testing.T, p *Peer, k uint64) chord.Lookup {
	t.Helper()
	l, err := p.Lookup(t.Context(), chord.Find{Key: ring.FromUint64(k)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// pass lets the time of a synctest bubble pass.
func pass(d time.Duration) { <-time.After(d) }
