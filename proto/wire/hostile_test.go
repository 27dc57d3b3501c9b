package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

// echoHub answers every request, so that a test can see that it is well.
func echoHub(t testing.TB, network Network, edit func(*Config)) *Hub {
	return testHub(t, network, func(c *Config) {
		c.OnEnvelope = func(l *Link, env *pb.Envelope) {
			if env.GetRequest() != 0 {
				l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
			}
		}
		if edit != nil {
			edit(c)
		}
	})
}

// well fails the test unless somebody with manners is served.
func well(t *testing.T, h *Hub) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := served(ctx, h); err != nil {
		t.Fatal(err)
	}
}

func served(ctx context.Context, h *Hub) error {
	c, err := Dial(ctx, h.cfg.Network, h.Addr(), ClientHello())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Call(ctx, lookup(1))
	return err
}

// wellInTheEnd is well where a hello has so little time that it may come too late.
func wellInTheEnd(t *testing.T, h *Hub) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for err := served(ctx, h); err != nil; err = served(ctx, h) {
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

// heap returns how many bytes are in use, without what is garbage.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A crowd over real sockets that says nothing, half of something or nonsense
// costs little while it is there and nothing afterwards.
func TestCrowdOfStrangers(t *testing.T) {
	const crowd = 200
	for name, say := range map[string][]byte{
		"nothing":       nil,
		"half a hello":  rawHello(t, ClientHello())[:3],
		"garbage":       bytes.Repeat([]byte{0xa5}, 100),
		"a large hello": {0xff, 0x1f, 1, 2, 3},
		"a closed end":  nil,
	} {
		h := echoHub(t, TCP{}, func(c *Config) {
			c.Limits.MaxGreeting, c.Limits.HelloTimeout = 100, 50*time.Millisecond
		})
		wellInTheEnd(t, h)
		goroutines, before := runtime.NumGoroutine(), heap()
		var conns []net.Conn
		for range crowd {
			conn := rawDial(t, TCP{}, h.Addr())
			conn.Write(say)
			if name == "a closed end" {
				conn.Close()
			}
			conns = append(conns, conn)
		}
		if more := runtime.NumGoroutine() - goroutines; more > h.cfg.Limits.MaxGreeting+10 {
			t.Errorf("%s: %d goroutines more", name, more)
		}
		if more := heap() - before; more > crowd*8<<10 { // this side's connections and the places
			t.Errorf("%s: %d bytes more", name, more)
		}
		wellInTheEnd(t, h) // behind all of them
		for _, conn := range conns {
			conn.Close()
		}
		h.Close()
		if got := h.Stats(); got.Links != 0 || got.MessagesIn != 4 { // a request and a goodbye, twice
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLinksThatOthersMakeAreBounded(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		ended := make(chan struct{}, 10)
		h := echoHub(t, network, func(c *Config) {
			c.Limits.MaxLinks = 3
			c.OnEnd = func(*Link, error) { ended <- struct{}{} }
		})
		first := client(t, h)
		client(t, h)
		client(t, h)
		for _, hello := range []*pb.Hello{ClientHello(), otherPeer(func(*pb.Hello) {})} {
			if _, err := Dial(t.Context(), network, h.Addr(), hello); !errors.Is(err, ErrUnavailable) {
				t.Errorf("one more: %v", err)
			}
		}
		j := newJournal()
		b := testHub(t, network, j.note) // its own dials are its own affair
		send(t, h, b, 1)
		j.next(t, "request 1")
		first.Close()
		<-ended
		well(t, h)
	})
}

func TestFramesHaveToBeComplete(t *testing.T) {
	frame := frames(t, &pb.Envelope{Body: &pb.Envelope_Owns{Owns: &pb.Owns{Key: make([]byte, 500)}}})
	for name, pause := range map[string]time.Duration{"silence": time.Hour, "a byte a second": time.Second} {
		synctest.Test(t, func(t *testing.T) {
			h := testHub(t, NewMemory(), nil)
			write, in := greetRaw(t, h)
			start := time.Now()
			write(frames(t, ping(1)))
			closed := make(chan struct{})
			go func() {
				for _, b := range frame {
					write([]byte{b})
					select {
					case <-time.After(pause):
					case <-closed:
						return
					}
				}
			}()
			_, _, err := readOpening(in)
			close(closed)
			if took := time.Since(start); !errors.Is(err, ErrMalformed) || took != h.cfg.Limits.FrameTimeout {
				t.Errorf("%s: %v after %v", name, err, took)
			}
			in.r.(io.Closer).Close()
		})
	}
}

// A link that this side has closed is not kept by sending half a frame.
func TestDrainingEndsInTheMiddleOfAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan time.Time, 1)
		h := testHub(t, NewMemory(), func(c *Config) { c.OnEnd = func(*Link, error) { ended <- time.Now() } })
		write, in := greetRaw(t, h)
		for { // until the hub says goodbye on the idle link
			env, _, err := readOpening(in)
			if err != nil {
				t.Fatal(err)
			}
			if env.GetBye() != nil {
				break
			}
		}
		bye, frame := time.Now(), frames(t, ping(1))
		write(frame[:2])
		synctest.Wait()
		write(frame[2:])
		synctest.Wait()
		write(frame[:2])
		if took := (<-ended).Sub(bye); took != h.cfg.Limits.DrainTimeout {
			t.Errorf("ended after %v", took)
		}
		in.r.(io.Closer).Close()
	})
}

// Links may be silent for as long as they like between frames.
func TestSilenceBetweenFramesIsAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := echoHub(t, NewMemory(), nil)
		c := client(t, h)
		for range 3 {
			if _, err := c.Call(t.Context(), lookup(1)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * h.cfg.Limits.FrameTimeout)
		}
	})
}

func TestEmptyFramesByTheMillion(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		h := echoHub(t, network, nil)
		conn := rawDial(t, network, h.Addr())
		conn.Write(rawHello(t, ClientHello()))
		in := newFrameReader(conn, maxHello)
		if _, err := readHello(in); err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<10)
		for range 1 << 10 {
			if _, err := conn.Write(zeros); err != nil {
				break // it has had enough, and says why unless a reset came first
			}
		}
		if _, _, err := readOpening(in); err == nil {
			t.Error("a million is not too many")
		} else if _, memory := network.(*Memory); memory && !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
		if got := h.Stats().BytesIn; got > 3*maxEmpty {
			t.Errorf("%d were read", got)
		}
		well(t, h)
	})
}

// Those who keep a link for days send as many.
func TestSignsOfLifeAreNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := echoHub(t, NewMemory(), nil)
		write, in := greetRaw(t, h)
		for range 20 * maxEmpty {
			write([]byte{0})
			time.Sleep(10 * time.Millisecond) // the shortest IdleTimeout, four times
		}
		synctest.Wait()
		if h.Stats().Links != 1 {
			t.Error("the link was closed")
		}
		in.r.(io.Closer).Close()
	})
}

// Somebody asks and asks and never reads an answer.
func TestQuestionsWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHub(t, NewMemory(), func(c *Config) {
			c.Limits.MaxFrame, c.Limits.MaxQueue = 1<<14, 1<<16
			answer := &pb.Envelope_Found{Found: &pb.Found{Owner: &pb.PeerRef{Id: make([]byte, 1000)}}}
			c.OnEnvelope = func(l *Link, env *pb.Envelope) { l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: answer}) }
		})
		conn := rawDial(t, h.cfg.Network, h.Addr())
		conn.Write(rawHello(t, ClientHello()))
		synctest.Wait()
		before := heap()
		many := bytes.Repeat(frames(t, ping(1)), 10_000)
		conn.Write(many)
		synctest.Wait()
		if more := heap() - before; more > 2<<20 { // the answers are five times as much
			t.Errorf("%d bytes more", more)
		}
		time.Sleep(h.cfg.Limits.WriteTimeout)
		synctest.Wait()
		if _, err := conn.Write(many); err == nil {
			t.Error("the connection stays")
		}
		well(t, h)
	})
}

// Answers that nobody asked for reach nobody at a client, and it goes on.
func TestAnswersNobodyAskedFor(t *testing.T) {
	h := testHub(t, NewMemory(), func(c *Config) {
		c.OnEnvelope = func(l *Link, env *pb.Envelope) {
			for n := range uint64(10_000) {
				l.Send(&pb.Envelope{Answer: 1000 + n, Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
			}
			l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
		}
	})
	c := client(t, h)
	for range 3 {
		if _, err := c.Call(t.Context(), lookup(1)); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.waiting) != 0 {
		t.Errorf("%d are waited for", len(c.waiting))
	}
}

// Many who all announce long frames get a buffer each, and no memory for what they announce.
func TestAnnouncedLengthsOfManyLinks(t *testing.T) {
	const crowd = 200
	h := echoHub(t, TCP{}, nil)
	var conns []net.Conn
	for range crowd {
		conn := rawDial(t, TCP{}, h.Addr())
		conn.Write(rawHello(t, ClientHello()))
		if _, err := readHello(newFrameReader(conn, maxHello)); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	before := heap()
	var wg sync.WaitGroup
	for _, conn := range conns {
		wg.Go(func() { conn.Write([]byte{0x80, 0x80, 0x40, 1, 2, 3}) }) // 1 MiB
	}
	wg.Wait()
	well(t, h)
	if more := heap() - before; more > 2*crowd*readBuffer {
		t.Errorf("%d bytes more for %d links", more, crowd)
	}
}
