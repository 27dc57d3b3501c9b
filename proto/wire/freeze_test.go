package wire

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

// A frozen hub neither hears nor says anything, and afterwards nothing is lost.
func TestFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		a.Keep([]string{b.Addr()})
		b.Keep([]string{a.Addr()})
		time.Sleep(2 * a.cfg.Limits.DrainTimeout)
		jA.all()
		jB.all()
		a.Freeze(true)
		a.Freeze(true)
		synctest.Wait()
		before := a.Stats()
		for i := range uint64(100) {
			send(t, b, a, i)
			send(t, a, b, 1000+i)
		}
		time.Sleep(20 * a.cfg.Limits.IdleTimeout) // signs of life are due
		if got := a.Stats(); got.BytesOut != before.BytesOut || got.MessagesIn != before.MessagesIn {
			t.Errorf("frozen, but %+v became %+v", before, got)
		}
		if got := append(jA.all(), jB.all()...); len(got) != 0 || a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Errorf("frozen, %d and %d links: %q", a.Stats().Links, b.Stats().Links, got)
		}
		a.Freeze(false)
		a.Freeze(false)
		synctest.Wait()
		if nA, nB := len(jA.all()), len(jB.all()); nA != 100 || nB != 100 {
			t.Errorf("after it, %d and %d of 100 were heard", nA, nB)
		}
	})
}

// The same over real sockets, and the one who thaws is a client.
func TestClientsOfAFrozenHubAreHeard(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		var h *Hub
		jA, jB := newJournal(), newJournal()
		h = testHub(t, network, func(c *Config) {
			jA.note(c)
			note := c.OnEnvelope
			c.OnEnvelope = func(l *Link, env *pb.Envelope) {
				note(l, env)
				if env.GetOwns() != nil {
					h.Freeze(false)
					l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
				}
			}
		})
		b := testHub(t, network, jB.note)
		send(t, b, h, 5)
		jA.next(t, "request 5")
		c := client(t, h)
		h.Freeze(true)
		send(t, b, h, 6)
		send(t, h, b, 7)
		if _, err := c.Call(t.Context(), lookup(1)); err != nil {
			t.Fatal(err)
		}
		if got := jA.next(t, ""); got != "request 1" {
			t.Errorf("heard while frozen: %s", got)
		}
		jA.next(t, "request 6")
		jB.next(t, "request 7")
	})
}

func TestFrozenHubsTakeNoConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		j := newJournal()
		h := testHub(t, network, j.note)
		b := testHub(t, network, nil)
		h.Freeze(true)
		send(t, h, b, 1) // nor does it dial
		for range 3 {
			if _, err := Dial(t.Context(), network, h.Addr(), ClientHello()); !errors.Is(err, ErrDialTimeout) {
				t.Errorf("dialled while frozen: %v", err)
			}
		}
		time.Sleep(time.Minute)
		h.mu.Lock()
		if n := len(h.greeting); n != 0 {
			t.Errorf("%d are being greeted", n)
		}
		h.mu.Unlock()
		if got := j.all(); len(got) != 0 || b.Stats().Links != 0 {
			t.Errorf("frozen, but %q and %d links", got, b.Stats().Links)
		}
		h.Freeze(false)
		synctest.Wait()
		if b.Stats().Links != 1 {
			t.Error("what was queued for a dial is forgotten")
		}
		c := client(t, h)
		if c.Err() != nil {
			t.Error(c.Err())
		}
	})
}

// Nor is a link idle because nothing could pass.
func TestFrozenLinksAreNotIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		a := testHub(t, network, nil)
		b := testHub(t, network, func(c *Config) { c.Limits.IdleTimeout = time.Hour })
		send(t, a, b, 1)
		synctest.Wait()
		a.Freeze(true)
		time.Sleep(20 * a.cfg.Limits.IdleTimeout)
		a.Freeze(false)
		time.Sleep(a.cfg.Limits.IdleTimeout / 2)
		if a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Errorf("%d and %d links", a.Stats().Links, b.Stats().Links)
		}
	})
}

// Time that passes while frozen is not held against the other side.
func TestFreezeInTheMiddleOfAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		h := testHub(t, NewMemory(), j.note)
		write, in := greetRaw(t, h)
		frame := frames(t, ping(1))
		write(frame[:2])
		synctest.Wait()
		h.Freeze(true)
		time.Sleep(10 * h.cfg.Limits.FrameTimeout)
		write(frame[2:])
		h.Freeze(false)
		if got := j.next(t, ""); got != "request 1" {
			t.Error(got)
		}
		in.r.(io.Closer).Close()
	})
}

func TestEndingWhileFrozen(t *testing.T) {
	for name, end := range map[string]func(*Hub){"close": (*Hub).Close, "reset": (*Hub).Reset} {
		synctest.Test(t, func(t *testing.T) {
			a, b, _, came := linked(t, NewMemory(), nil)
			a.Freeze(true)
			send(t, a, b, 1)
			a.Send("127.0.0.1:9", ping(2)) // a dial waits
			ctx, cancel := context.WithCancel(t.Context())
			go Dial(ctx, a.cfg.Network, a.Addr(), ClientHello()) // so does a dialler
			synctest.Wait()
			start := time.Now()
			end(a)
			cancel()
			if took := time.Since(start); took != 0 {
				t.Errorf("%s took %v", name, took)
			}
			synctest.Wait()
			if got, want := len(came), map[string]int{"close": 1, "reset": 0}[name]; got != want {
				t.Errorf("%s: %d messages came, want %d", name, got, want)
			}
			a.Freeze(true) // has no effect any more
		})
	}
}
