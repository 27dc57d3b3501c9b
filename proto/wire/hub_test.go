package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

func TestOneConnectionCarriesRequestsBothWays(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		jA, jB := newJournal(), newJournal()
		echo := func(c *Config, j *journal) {
			j.note(c)
			record := c.OnEnvelope
			c.OnEnvelope = func(l *Link, env *pb.Envelope) {
				if env.GetAnswer() != 0 {
					j.entries <- fmt.Sprintf("answer %d from %s", env.GetAnswer(), l.addr)
					return
				}
				l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
				record(l, env)
			}
		}
		a := testHub(t, network, func(c *Config) { echo(c, jA) })
		b := testHub(t, network, func(c *Config) { echo(c, jB) })
		if err := a.Send(b.Addr(), ping(7)); err != nil {
			t.Fatal(err)
		}
		jB.next(t, "request 7")
		jA.next(t, "answer 7 from "+b.Addr())
		if err := b.Send(a.Addr(), ping(8)); err != nil {
			t.Fatal(err)
		}
		jA.next(t, "request 8")
		jB.next(t, "answer 8 from "+a.Addr())
		for name, h := range map[string]*Hub{"dialler": a, "dialled": b} {
			if s := h.Stats(); s.Links != 1 || s.MessagesIn != 2 || s.MessagesOut != 2 || s.BytesIn == 0 || s.BytesOut == 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	})
}

func TestMessagesArriveInOrder(t *testing.T) {
	const n = 5000
	jB := newJournal()
	network := NewMemory()
	a, b := testHub(t, network, nil), testHub(t, network, jB.note)
	for i := range uint64(n) {
		if err := a.Send(b.Addr(), ping(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if got, want := jB.next(t, ""), fmt.Sprintf("request %d", i+1); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

func TestRefusedBrokenAndSilentAreToldApart(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		why := make(chan error, 10)
		heard := newJournal()
		tell := func(c *Config) { c.OnDown = func(addr string, err error) { why <- err } }
		a := testHub(t, network, tell)
		b := testHub(t, network, heard.note)
		a.Send(b.Addr(), ping(1))
		heard.next(t, "request 1")
		b.Reset()
		if err := <-why; !errors.Is(err, ErrBroken) {
			t.Errorf("after a crash: %v", err)
		}
		a.Send(b.Addr(), ping(2))
		if err := <-why; !errors.Is(err, ErrRefused) {
			t.Errorf("nobody listens: %v", err)
		}
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		impatient := testHub(t, network, func(c *Config) { tell(c); c.Limits.DialTimeout = 50 * time.Millisecond })
		impatient.Send(ln.Addr().String(), ping(3))
		if err := <-why; !errors.Is(err, ErrDialTimeout) {
			t.Errorf("nobody answers: %v", err)
		}
		other := testHub(t, network, func(c *Config) { c.Hello.Ring.Bits = 17 })
		a.Send(other.Addr(), ping(4))
		if err := <-why; !errors.Is(err, ErrRingMismatch) || !strings.Contains(err.Error(), "bits=17") {
			t.Errorf("a peer of another ring: %v", err)
		}
	})
}

func TestCloseWritesWhatIsQueued(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		jB := newJournal()
		a, b := testHub(t, network, nil), testHub(t, network, jB.note)
		a.Send(b.Addr(), ping(1))
		jB.next(t, "request 1")
		for i := range uint64(1000) {
			a.Send(b.Addr(), ping(i+2))
		}
		a.Close()
		for i := range 1000 {
			if got, want := jB.next(t, ""), fmt.Sprintf("request %d", i+2); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
		if got := jB.next(t, "down"); !strings.Contains(got, a.Addr()) {
			t.Error(got)
		}
		if err := a.Send(b.Addr(), ping(1)); !errors.Is(err, ErrClosed) {
			t.Errorf("Send after Close: %v", err)
		}
		a.Close()
		a.Reset()
	})
}

// A receiver that takes nothing fills the queue, which has an end, and then
// loses its link.
func TestStuckReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		a := testHub(t, NewMemory(), func(c *Config) {
			j.note(c)
			c.Limits.MaxFrame, c.Limits.MaxQueue = 1<<14, 1<<16
		})
		conn := rawDial(t, a.cfg.Network, a.Addr())
		peer := otherPeer(func(*pb.Hello) {})
		conn.Write(rawHello(t, peer))
		synctest.Wait()
		sent := 0
		for {
			err := a.Send(peer.GetSelf().GetAddress(), long(10_000))
			if errors.Is(err, ErrQueueFull) {
				break
			}
			if err != nil || sent > 1<<20 {
				t.Fatalf("%v after %d bytes", err, sent)
			}
			sent += 10_000
			synctest.Wait()
		}
		if sent < 1<<16 {
			t.Errorf("full after %d bytes", sent)
		}
		start := time.Now()
		j.next(t, "down 127.0.0.1:1: the connection broke")
		if took := time.Since(start); took != a.cfg.Limits.WriteTimeout {
			t.Errorf("the link was given up after %v, want %v", took, a.cfg.Limits.WriteTimeout)
		}
	})
}

func TestQueueBeforeTheDialIsDoneIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := testHub(t, NewMemory(), func(c *Config) { c.Limits.MaxFrame, c.Limits.MaxQueue = 1<<14, 1<<16 })
		ln, err := a.cfg.Network.Listen(t.Context(), "127.0.0.1:0") // accepts, says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		err = nil
		for n := 0; err == nil && n < 100; n++ {
			err = a.Send(ln.Addr().String(), long(10_000))
		}
		if !errors.Is(err, ErrQueueFull) {
			t.Fatal(err)
		}
		if err := a.Send(ln.Addr().String(), long(1<<14)); !errors.Is(err, ErrTooLarge) {
			t.Error(err)
		}
	})
}

func TestNewerIncarnationTakesThePlace(t *testing.T) {
	network := NewMemory()
	j := newJournal()
	a := testHub(t, network, j.note)
	first, err := Dial(t.Context(), network, a.Addr(), otherPeer(func(*pb.Hello) {}))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := Dial(t.Context(), network, a.Addr(), otherPeer(func(h *pb.Hello) { h.Self.Incarnation = 2 }))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	<-first.Done()
	if got := j.next(t, "down"); !strings.Contains(got, "started anew") {
		t.Error(got)
	}
	if _, err := Dial(t.Context(), network, a.Addr(), otherPeer(func(*pb.Hello) {})); !errors.Is(err, ErrStale) {
		t.Errorf("the older incarnation again: %v", err)
	}
}

func TestWrongConfigNamesTheField(t *testing.T) {
	for field, edit := range map[string]func(*Config){
		"OnEnvelope":   func(c *Config) { c.OnEnvelope = nil },
		"Hello":        func(c *Config) { c.Hello = nil },
		"MaxFrame":     func(c *Config) { c.Limits.MaxFrame = 1 },
		"MaxQueue":     func(c *Config) { c.Limits.MaxQueue = 1 },
		"MaxGreeting":  func(c *Config) { c.Limits.MaxGreeting = 0 },
		"MaxLinks":     func(c *Config) { c.Limits.MaxLinks = 0 },
		"FrameTimeout": func(c *Config) { c.Limits.FrameTimeout = 0 },
		"Key":          func(c *Config) { c.Key = []byte("short") },
		"IdleTimeout":  func(c *Config) { c.Limits.IdleTimeout = 0 },
		"RedialMax":    func(c *Config) { c.Limits.RedialMax = time.Millisecond },
	} {
		network := NewMemory()
		ln, err := network.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		cfg := Config{Hello: PeerHello(&pb.PeerRef{}, testRing()), Limits: DefaultLimits(), OnEnvelope: func(*Link, *pb.Envelope) {}}
		edit(&cfg)
		if _, err := NewHub(ln, cfg); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := ln.Accept(); err == nil {
			t.Errorf("%s: the listener stays open", field)
		}
	}
}
