package wire

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

func TestWhatIsHeldUpIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, came := linked(t, NewMemory(), func(c *Config) { c.Limits.MaxFrame, c.Limits.MaxQueue = 1<<14, 1<<16 })
		a.SetFault(b.Addr(), Fault{Delay: 5 * time.Second})
		fill := func(env *pb.Envelope) (sent int) {
			for a.Send(b.Addr(), env) == nil {
				if sent++; sent > 2000 {
					t.Fatal("there is no end")
				}
				time.Sleep(time.Millisecond)
			}
			return sent
		}
		if n := fill(&pb.Envelope{Body: &pb.Envelope_Owns{Owns: &pb.Owns{Key: make([]byte, 10_000)}}}); n != 6 {
			t.Errorf("%d messages of 10 kB fit into 64 KiB", n)
		}
		if n := fill(ping(1)); n > 200 { // a small one costs more than its bytes
			t.Errorf("%d small ones fit into the rest", n)
		}
		if err := a.Send(b.Addr(), ping(1)); !errors.Is(err, ErrQueueFull) {
			t.Error(err)
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if len(came) < 7 {
			t.Errorf("%d came", len(came))
		}
		send(t, a, b, 2)
	})
}

func TestHealingLetsGoWhatIsHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, came := linked(t, NewMemory(), nil)
		a.SetFault(b.Addr(), Fault{Delay: 10 * time.Second})
		for i := range uint64(10) {
			send(t, a, b, i)
		}
		time.Sleep(time.Second)
		a.SetFault(b.Addr(), Fault{Delay: time.Second}) // those behind do not overtake
		send(t, a, b, 10)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(came) != 0 {
			t.Fatalf("%d came too early", len(came))
		}
		healed := time.Now()
		a.SetFault(b.Addr(), Fault{})
		send(t, a, b, 11)
		for i := range uint64(12) {
			if got := <-came; got.n != i || !got.at.Equal(healed) {
				t.Errorf("%d came %v after healing, want %d", got.n, got.at.Sub(healed), i)
			}
		}
	})
}

// Messages on the next connection, or after the fault changes, are not ahead of
// those that are still on their way.
func TestTheWayKeepsItsOrder(t *testing.T) {
	h := testHub(t, NewMemory(), nil)
	now := time.Now()
	var last time.Time
	for i := range 1000 {
		h.SetFault("x:1", Fault{Delay: time.Duration(1+i%7) * time.Second, Jitter: time.Second, Stall: 0.5})
		for range 3 {
			due := h.line("x:1").due(now)
			if due.Before(last) {
				t.Fatalf("%v is before %v", due, last)
			}
			last = due
		}
	}
}

// Held up messages need a timer, not a goroutine.
func TestFaultsCostNoGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		a := testHub(t, network, nil)
		var others []*Hub
		for range 20 {
			b := testHub(t, network, nil)
			send(t, a, b, 1)
			others = append(others, b)
		}
		synctest.Wait()
		before := runtime.NumGoroutine()
		for i, b := range others {
			a.SetFault(b.Addr(), Fault{Delay: time.Minute, Jitter: time.Second, Cut: i%2 == 0})
			for range 10 {
				send(t, a, b, 2)
			}
		}
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%d goroutines before, %d while messages are held up", before, after)
		}
	})
}

func TestEndingWithFaults(t *testing.T) {
	t.Run("close", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, b, _, came := linked(t, NewMemory(), nil)
			a.SetFault(b.Addr(), Fault{Delay: time.Minute})
			send(t, a, b, 7)
			start := time.Now()
			a.Close()
			if got := <-came; got.n != 7 || time.Since(start) != 0 {
				t.Errorf("%d, after %v", got.n, time.Since(start))
			}
		})
	})
	t.Run("reset", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, b, _, came := linked(t, NewMemory(), nil)
			a.SetFault(b.Addr(), Fault{Delay: time.Minute})
			a.SetFault("127.0.0.1:9", Fault{Cut: true})
			send(t, a, b, 7)
			a.Send("127.0.0.1:9", ping(1)) // a dial into nothing is under way
			start := time.Now()
			a.Reset()
			if time.Since(start) != 0 || len(came) != 0 {
				t.Errorf("took %v, and %d came", time.Since(start), len(came))
			}
			a.SetFault(b.Addr(), Fault{Delay: 1})
			if len(a.Faults()) != 0 {
				t.Error("a fault after the end")
			}
		})
	})
	t.Run("a link by agreement", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			network := NewMemory()
			jA, jB := newJournal(), newJournal()
			a := testHub(t, network, jA.note)
			b := testHub(t, network, func(c *Config) { jB.note(c); c.Limits.IdleTimeout *= 10 })
			send(t, a, b, 1)
			jB.next(t, "request 1")
			a.SetFault(b.Addr(), Fault{Delay: 3 * time.Second}) // longer than the draining
			b.SetFault(a.Addr(), Fault{Delay: 500 * time.Millisecond})
			time.Sleep(3 * a.cfg.Limits.IdleTimeout)
			synctest.Wait()
			got := append(jA.all(), jB.all()...)
			if strings.Contains(strings.Join(got, " "), "down") || a.Stats().Links != 0 || b.Stats().Links != 0 {
				t.Errorf("%d and %d links: %q", a.Stats().Links, b.Stats().Links, got)
			}
		})
	})
}
