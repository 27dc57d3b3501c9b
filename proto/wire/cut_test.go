package wire

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestCutIsSilenceNotDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		a.Keep([]string{b.Addr()})
		b.Keep([]string{a.Addr()}) // or it would close what seems idle
		time.Sleep(2 * a.cfg.Limits.DrainTimeout)
		jA.all()
		jB.all()
		a.SetFault(b.Addr(), Fault{Cut: true})
		before := a.Stats().BytesOut
		for i := range uint64(100) {
			send(t, a, b, i)
		}
		time.Sleep(20 * a.cfg.Limits.IdleTimeout)
		if got := a.Stats().BytesOut - before; got != 0 {
			t.Errorf("%d bytes got through", got)
		}
		send(t, b, a, 500) // the other way is sound
		jA.next(t, "request 500")
		if got := append(jA.all(), jB.all()...); len(got) != 0 || a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Errorf("cut, %d and %d links: %q", a.Stats().Links, b.Stats().Links, got)
		}
		a.SetFault(b.Addr(), Fault{})
		send(t, a, b, 501)
		if got := jB.next(t, ""); got != "request 501" {
			t.Errorf("first after healing: %s", got)
		}
	})
}

// Nor does either side close what nobody uses: it could not say so, and the
// other side would take it for a failure.
func TestCutLinksAreNotClosedWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		send(t, a, b, 1)
		jB.next(t, "request 1")
		a.SetFault(b.Addr(), Fault{Cut: true})
		b.SetFault(a.Addr(), Fault{Cut: true})
		time.Sleep(10 * a.cfg.Limits.IdleTimeout)
		if got := append(jA.all(), jB.all()...); len(got) != 0 || a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Errorf("cut, %d and %d links: %q", a.Stats().Links, b.Stats().Links, got)
		}
		a.SetFault(b.Addr(), Fault{})
		b.SetFault(a.Addr(), Fault{})
		time.Sleep(2 * a.cfg.Limits.IdleTimeout)
		if got := strings.Join(append(jA.all(), jB.all()...), " "); got != "end end" {
			t.Errorf("healed: %q", got)
		}
	})
}

// dialled counts the sockets that are made.
type dialled struct {
	*Memory
	n atomic.Int64
}

func (d *dialled) Dial(ctx context.Context, addr string) (net.Conn, error) {
	d.n.Add(1)
	return d.Memory.Dial(ctx, addr)
}

func TestDialsOverACutFindNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &dialled{Memory: NewMemory()}
		j := newJournal()
		why := make(chan error, 1000)
		a := testHub(t, network, func(c *Config) { c.OnDown = func(_ string, err error) { why <- err } })
		b := testHub(t, network, j.note)
		a.SetFault(b.Addr(), Fault{Cut: true})
		start := time.Now()
		a.Keep([]string{b.Addr()})
		send(t, a, b, 1)
		if err := <-why; !errors.Is(err, ErrDialTimeout) || time.Since(start) != a.cfg.Limits.DialTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		for range 5 {
			if err := <-why; !errors.Is(err, ErrDialTimeout) {
				t.Errorf("dialled again: %v", err)
			}
		}
		if n := network.n.Load(); n != 0 {
			t.Errorf("%d sockets were made", n)
		}
		a.SetFault(b.Addr(), Fault{})
		time.Sleep(2 * a.cfg.Limits.RedialMax)
		synctest.Wait()
		if a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Errorf("healed, but %d and %d links", a.Stats().Links, b.Stats().Links)
		}
	})
}

// A message that waits for a dial over a cut goes out if the cut is healed in
// time, as a repeated SYN would get through.
func TestHealingInTheMiddleOfADial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		var came chan arrival
		a := testHub(t, network, nil)
		b := testHub(t, network, func(c *Config) { came = arrivals(c) })
		a.SetFault(b.Addr(), Fault{Cut: true})
		start := time.Now()
		send(t, a, b, 1)
		time.Sleep(time.Second)
		a.SetFault(b.Addr(), Fault{})
		if got := <-came; got.at.Sub(start) != time.Second {
			t.Errorf("came after %v", got.at.Sub(start))
		}
	})
}

func TestDiallersFromACutSideGetNoHello(t *testing.T) {
	for _, key := range [][]byte{nil, testKey} {
		synctest.Test(t, func(t *testing.T) {
			network := NewMemory()
			jA, jB := newJournal(), newJournal()
			a := testHub(t, network, func(c *Config) { c.Key = key; jA.note(c) })
			b := testHub(t, network, func(c *Config) { c.Key = key; jB.note(c) })
			b.SetFault(a.Addr(), Fault{Cut: true})
			start := time.Now()
			send(t, a, b, 1)
			jA.next(t, "down "+b.Addr()+": dial "+b.Addr()+": no answer to the dial in time")
			if took := time.Since(start); took != a.cfg.Limits.DialTimeout {
				t.Errorf("given up after %v", took)
			}
			synctest.Wait()
			b.mu.Lock()
			if len(b.greeting) != 0 {
				t.Error("the connection is kept for ever")
			}
			b.mu.Unlock()
			if got := jB.all(); len(got) != 0 {
				t.Errorf("the cut side heard %q", got)
			}
		})
	}
}

// A hello that is still held up when the way is cut stays on this side, and
// goes first if the way is healed while the dialler waits for it.
func TestCutBeforeTheHelloIsOut(t *testing.T) {
	for _, healAfter := range []time.Duration{time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			network := NewMemory()
			jA, jB := newJournal(), newJournal()
			a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
			b.SetFault(a.Addr(), Fault{Delay: 500 * time.Millisecond})
			start := time.Now()
			send(t, a, b, 1)
			time.Sleep(100 * time.Millisecond)
			b.SetFault(a.Addr(), Fault{Cut: true})
			time.AfterFunc(healAfter-time.Since(start), func() { b.SetFault(a.Addr(), Fault{}) })
			if healAfter < a.cfg.Limits.DialTimeout {
				jB.next(t, "request 1")
				if took := time.Since(start); took != healAfter {
					t.Errorf("came after %v", took)
				}
				return
			}
			jA.next(t, "down "+b.Addr()+": dial "+b.Addr()+": no answer to the dial in time")
			if took := time.Since(start); took != a.cfg.Limits.DialTimeout {
				t.Errorf("given up after %v", took)
			}
			time.Sleep(2 * healAfter)
			if a.Stats().Links != 0 || b.Stats().Links != 0 {
				t.Errorf("%d and %d links", a.Stats().Links, b.Stats().Links)
			}
		})
	}
}

func TestCuttingThrowsAwayWhatIsHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, came := linked(t, NewMemory(), nil)
		a.SetFault(b.Addr(), Fault{Delay: time.Second})
		send(t, a, b, 1)
		a.SetFault(b.Addr(), Fault{Cut: true})
		a.SetFault(b.Addr(), Fault{})
		send(t, a, b, 2)
		if got := <-came; got.n != 2 {
			t.Errorf("%d came", got.n)
		}
	})
}
