package wire

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

// arrivals makes a hub note when each request came, by its number.
func arrivals(c *Config) chan arrival {
	ch := make(chan arrival, 100_000)
	c.OnEnvelope = func(_ *Link, env *pb.Envelope) { ch <- arrival{env.GetRequest(), time.Now()} }
	return ch
}

type arrival struct {
	n  uint64
	at time.Time
}

// linked returns two hubs with a link between them, what the first one is told,
// and what arrives at the second.
func linked(t *testing.T, network Network, edit func(*Config)) (a, b *Hub, told *journal, came chan arrival) {
	t.Helper()
	told = newJournal()
	a = testHub(t, network, func(c *Config) {
		told.note(c)
		if edit != nil {
			edit(c)
		}
	})
	b = testHub(t, network, func(c *Config) { came = arrivals(c) })
	send(t, a, b, 0)
	<-came
	return a, b, told, came
}

func send(t *testing.T, from, to *Hub, n uint64) {
	t.Helper()
	if err := from.Send(to.Addr(), ping(n)); err != nil {
		t.Fatal(err)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, came := linked(t, NewMemory(), nil)
		a.SetFault(b.Addr(), Fault{Delay: 300 * time.Millisecond})
		var sent []time.Time
		for i := range uint64(50) {
			sent = append(sent, time.Now())
			send(t, a, b, i)
			time.Sleep(7 * time.Millisecond)
		}
		for i := range uint64(50) {
			if got := <-came; got.n != i || got.at.Sub(sent[i]) != 300*time.Millisecond {
				t.Fatalf("message %d: %d came after %v", i, got.n, got.at.Sub(sent[i]))
			}
		}
	})
}

func TestJitterVariesAndNothingOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, delay, jitter = 500, 20 * time.Millisecond, 80 * time.Millisecond
		a, b, _, came := linked(t, NewMemory(), nil)
		a.SetFault(b.Addr(), Fault{Delay: delay, Jitter: jitter})
		var sent []time.Time
		for i := range uint64(n) {
			sent = append(sent, time.Now())
			send(t, a, b, i)
			time.Sleep(30 * time.Millisecond)
		}
		var least, most time.Duration = time.Hour, 0
		for i := range uint64(n) {
			got := <-came
			if got.n != i {
				t.Fatalf("message %d came where %d should", got.n, i)
			}
			took := got.at.Sub(sent[i])
			least, most = min(least, took), max(most, took)
		}
		// With 500 messages, the chance to miss either end by a quarter is nil.
		if least < delay || least > delay+jitter/4 || most > delay+jitter || most < delay+jitter*3/4 {
			t.Errorf("between %v and %v", least, most)
		}
	})
}

func TestStallHoldsUpAllBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2000
		a, b, _, came := linked(t, NewMemory(), nil)
		a.SetFault(b.Addr(), Fault{Stall: 0.01})
		var sent []time.Time
		for i := range uint64(n) {
			sent = append(sent, time.Now())
			send(t, a, b, i)
			time.Sleep(time.Millisecond)
		}
		stalled, behind, free := 0, 0, 0
		var last time.Time
		for i := range uint64(n) {
			got := <-came
			if got.n != i {
				t.Fatalf("message %d came where %d should", got.n, i)
			}
			switch took := got.at.Sub(sent[i]); {
			case took == 0:
				free++
			case took == stallTime:
				stalled++
			case took < stallTime && got.at.Equal(last):
				behind++
			default:
				t.Fatalf("message %d came after %v", i, took)
			}
			last = got.at
		}
		if stalled == 0 || behind == 0 || free == 0 {
			t.Errorf("%d stalled, %d behind one, %d free", stalled, behind, free)
		}
	})
}

// A hello takes as long as any message.
func TestDelayedHellos(t *testing.T) {
	const d = 200 * time.Millisecond
	for _, key := range [][]byte{nil, testKey} {
		synctest.Test(t, func(t *testing.T) {
			network := NewMemory()
			j := newJournal()
			var came chan arrival
			a := testHub(t, network, func(c *Config) { c.Key = key; j.note(c) })
			b := testHub(t, network, func(c *Config) { c.Key = key; came = arrivals(c) })
			a.SetFault(b.Addr(), Fault{Delay: d})
			b.SetFault(a.Addr(), Fault{Delay: d})
			start := time.Now()
			send(t, a, b, 1)
			// A hello there, one back, then the message; a key costs the dialler
			// nothing, since its proof goes with the message.
			if got := <-came; got.at.Sub(start) != 3*d {
				t.Errorf("key %t: the first message came after %v, want %v", key != nil, got.at.Sub(start), 3*d)
			}

			far := testHub(t, network, func(c *Config) { c.Key = key })
			a.SetFault(far.Addr(), Fault{Delay: 3 * time.Second})
			start = time.Now()
			send(t, a, far, 1)
			j.next(t, "down "+far.Addr()+": dial "+far.Addr()+": no answer to the dial in time")
			if took := time.Since(start); took != a.cfg.Limits.DialTimeout {
				t.Errorf("key %t: given up after %v", key != nil, took)
			}
		})
	}
}

func TestFaultsAreListedAndInRange(t *testing.T) {
	h := testHub(t, NewMemory(), nil)
	h.SetFault("x:1", Fault{Delay: time.Second, Stall: 0.5})
	h.SetFault("x:2", Fault{Delay: -1, Jitter: time.Hour, Stall: math.NaN()})
	h.SetFault("x:3", Fault{Cut: true, Stall: 7})
	h.SetFault("x:4", Fault{Delay: -1})
	h.SetFault(h.Addr(), Fault{Cut: true})
	h.SetFault("", Fault{Cut: true})
	want := map[string]Fault{"x:1": {Delay: time.Second, Stall: 0.5}, "x:2": {Jitter: time.Minute}, "x:3": {Cut: true, Stall: 1}}
	if got := h.Faults(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	h.SetFault("x:1", Fault{})
	h.SetFault("x:2", Fault{})
	h.SetFault("x:3", Fault{})
	if got := h.Faults(); len(got) != 0 {
		t.Errorf("healed, but %v", got)
	}
}

func TestResetLink(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		if a.ResetLink(b.Addr()) {
			t.Error("there was nothing to reset")
		}
		c, err := Dial(t.Context(), network, a.Addr(), ClientHello())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		a.Keep([]string{b.Addr()})
		send(t, a, b, 1)
		jB.next(t, "request 1")
		if !a.ResetLink(b.Addr()) {
			t.Error("there was a link")
		}
		if got := jB.next(t, "down"); !strings.Contains(got, "reset") {
			t.Error(got)
		}
		send(t, b, a, 2) // it comes back
		jA.next(t, "request 2")
		if a.ResetLink("") || c.Err() != nil {
			t.Error("a client's connection was reset")
		}
	})
}
