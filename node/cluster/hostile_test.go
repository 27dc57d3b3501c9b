package cluster

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	mathrand "math/rand/v2"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// hostility is one way to be a nuisance to whoever listens at the other end of a
// connection. What it sends need not be read.
type hostility struct {
	name string
	send func(conn net.Conn)
}

// frame is an envelope with its length.
func frame(t *testing.T, env *pb.Envelope) []byte {
	t.Helper()
	text, err := proto.Marshal(env)
	must(t, err)
	return append(binary.AppendUvarint(nil, uint64(len(text))), text...)
}

func hostilities(t *testing.T) []hostility {
	hello := func(h *pb.Hello) []byte { return frame(t, &pb.Envelope{Body: &pb.Envelope_Hello{Hello: h}}) }
	self := &pb.PeerRef{Id: []byte{8}, Address: "127.0.0.1:9", Incarnation: 1}
	peer := hello(wire.PeerHello(self, &pb.Ring{Bits: 6, Successors: 3, Replicas: 2}))
	request := frame(t, &pb.Envelope{Request: 1, Body: &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}})
	noise := make([]byte, 64<<10)
	rand.Read(noise) // never fails
	say := func(texts ...[]byte) func(net.Conn) {
		return func(conn net.Conn) {
			for _, text := range texts {
				if _, err := conn.Write(text); err != nil {
					return // it was thrown out, as it should be
				}
			}
		}
	}
	return []hostility{
		{"nothing", say()},
		{"noise", say(noise)},
		{"noise after a hello", say(hello(wire.ClientHello()), noise)},
		{"2 GiB are announced", say(binary.AppendUvarint(nil, 2<<30))},
		{"2 GiB after a hello", say(hello(wire.ClientHello()), binary.AppendUvarint(nil, 2<<30))},
		{"a length without end", say([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})},
		{"half a frame", say(peer[:len(peer)/2])},
		{"no hello", say(request, request)},
		{"another version", say(hello(&pb.Hello{VersionMin: 99, VersionMax: 99, Role: pb.Role_ROLE_CLIENT}))},
		{"another ring", say(hello(wire.PeerHello(self, &pb.Ring{Bits: 8, Successors: 3, Replicas: 2})))},
		{"an identifier that is too long", say(hello(wire.PeerHello(&pb.PeerRef{Id: noise[:64], Address: "x:1"}, &pb.Ring{Bits: 6, Successors: 3, Replicas: 2})))},
		{"two hellos", say(peer, peer, peer)},
		{"frames before the proof", say(peer, request, request, frame(t, &pb.Envelope{Request: 2, Body: &pb.Envelope_Register{Register: &pb.Register{Peer: self}}}))},
		{"a proof of nothing", say(hello(&pb.Hello{VersionMin: 1, VersionMax: 1, Role: pb.Role_ROLE_CLIENT, Challenge: noise[:32]}),
			frame(t, &pb.Envelope{Body: &pb.Envelope_Proof{Proof: &pb.Proof{Mac: noise[:32]}}}), request)},
	}
}

// TestHostileTraffic: strangers throw malformed traffic at every peer and at the
// registry while lookups run. All lookups go on, nobody is taken for dead,
// memory does not grow, and nothing is left of the strangers. Once with a ring
// key and once without.
func TestHostileTraffic(t *testing.T) {
	for name, keys := range map[string]keyring.Keys{"with a key": keyring.Random(), "without": {}} {
		t.Run(name, func(t *testing.T) { testHostileTraffic(t, keys) })
	}
}

func testHostileTraffic(t *testing.T, keys keyring.Keys) {
	c, err := Start(t.Context(), Config{Network: wire.TCP{}, Space: ring.MustSpace(6), Seed: 1, Keys: keys, Core: patientCore})
	must(t, err)
	t.Cleanup(c.Close)
	must(t, c.Join(t.Context(), ids(1, 8, 14, 21, 32, 38, 42, 48, 51, 56), nil))
	awaitStable(t, c)
	addrs := []string{c.Registry()}
	for _, p := range c.Store().Picture().Peers {
		addrs = append(addrs, p.Addr)
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	before := heap()
	ctx, over := context.WithCancel(t.Context())
	defer over()
	var wg sync.WaitGroup
	var thrown atomic.Int64
	for w := range uint64(8) {
		wg.Go(func() { throw(ctx, mathrand.New(mathrand.NewPCG(w, 1)), addrs, hostilities(t), &thrown) })
	}
	lookups := 0
	for ; thrown.Load() < 2000 || lookups < 64; lookups++ {
		l, err := c.Lookup(t.Context(), ring.FromUint64(8), ring.FromUint64(uint64(lookups)%64), lookups%2 == 0)
		if err != nil || l.Failed != "" {
			t.Fatalf("lookup %d: %s, %v", lookups, l.Failed, err)
		}
	}
	grown := int64(heap()) - int64(before)
	over()
	wg.Wait()
	t.Logf("%d attacks, %d lookups, the heap grew by %d KiB", thrown.Load(), lookups, grown>>10)
	if grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	for _, e := range c.Store().Picture().Events {
		if e.Kind == "dead" || e.Kind == "suspected" {
			t.Errorf("%s %s", e.Peer, e.Text)
		}
	}
	awaitPicture(t, c, "nothing has happened", func(pic *observe.Picture) bool { return pic.Health.Stable && pic.Health.Live == 10 })
}

// throw attacks whoever listens until ctx ends, and counts how often. It keeps
// some connections open for a while, as a slow one would.
func throw(ctx context.Context, rng *mathrand.Rand, addrs []string, ways []hostility, thrown *atomic.Int64) {
	var open []net.Conn
	defer func() {
		for _, conn := range open {
			conn.Close()
		}
	}()
	var dialer net.Dialer
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp", addrs[rng.IntN(len(addrs))])
		if err != nil {
			continue
		}
		conn.SetDeadline(time.Now().Add(hang))
		ways[rng.IntN(len(ways))].send(conn)
		thrown.Add(1)
		if open = append(open, conn); len(open) > 50 {
			open[0].Close()
			open = open[1:]
		}
	}
}
