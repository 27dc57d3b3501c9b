package wire

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	pb "chordscope/proto"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testRing() *pb.Ring { return &pb.Ring{Bits: 16, Successors: 4, Replicas: 3} }

// testHub starts a peer's hub, which ends with the test.
func testHub(t testing.TB, network Network, edit func(*Config)) *Hub {
	t.Helper()
	return testHubAt(t, network, "127.0.0.1:0", edit)
}

func testHubAt(t testing.TB, network Network, addr string, edit func(*Config)) *Hub {
	t.Helper()
	ln, err := network.Listen(context.Background(), addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Network: network, Hello: PeerHello(&pb.PeerRef{Id: []byte{1}, Incarnation: 1}, testRing()),
		Limits: DefaultLimits(), OnEnvelope: func(*Link, *pb.Envelope) {},
	}
	if edit != nil {
		edit(&cfg)
	}
	h, err := NewHub(ln, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Reset)
	return h
}

// journal records what the callbacks of a hub are told.
type journal struct{ entries chan string }

func newJournal() *journal { return &journal{make(chan string, 10_000)} }

func (j *journal) note(c *Config) {
	c.OnEnvelope = func(l *Link, env *pb.Envelope) {
		if e := env.GetError(); e != nil {
			j.entries <- "error " + e.GetDetail()
			return
		}
		j.entries <- fmt.Sprintf("request %d", env.GetRequest())
	}
	c.OnDown = func(addr string, why error) { j.entries <- "down " + addr + ": " + why.Error() }
	c.OnEnd = func(l *Link, why error) { j.entries <- "end" }
}

// next returns the next entry that begins with prefix and throws away those
// before it. Real time is only the limit of a test that fails.
func (j *journal) next(t testing.TB, prefix string) string {
	t.Helper()
	var seen []string
	limit := time.After(2 * time.Minute)
	for {
		select {
		case e := <-j.entries:
			if strings.HasPrefix(e, prefix) {
				return e
			}
			seen = append(seen, e)
		case <-limit:
			t.Fatalf("waited for %q and saw %q", prefix, seen)
		}
	}
}

// all returns what is recorded by now.
func (j *journal) all() []string {
	var out []string
	for {
		select {
		case e := <-j.entries:
			out = append(out, e)
		default:
			return out
		}
	}
}

func ping(n uint64) *pb.Envelope {
	return &pb.Envelope{Request: n, Body: &pb.Envelope_Ping{Ping: &pb.Ping{}}}
}

// rawDial connects without any manners.
func rawDial(t testing.TB, network Network, addr string) net.Conn {
	t.Helper()
	conn, err := network.Dial(context.Background(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// rawHello is the frame of a fitting hello.
func rawHello(t testing.TB, hello *pb.Hello) []byte {
	t.Helper()
	frame, err := appendFrame(nil, &pb.Envelope{Body: &pb.Envelope_Hello{Hello: hello}}, maxHello)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

var testKey = []byte("sixteen bytes or more")
