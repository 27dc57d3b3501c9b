package wire

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

func TestKeptLinksComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		j := newJournal()
		a := testHub(t, network, j.note)
		b := testHub(t, network, nil)
		a.Keep([]string{b.Addr(), a.Addr()})
		synctest.Wait()
		if a.Stats().Links != 1 || b.Stats().Links != 1 {
			t.Fatalf("kept, but %d and %d links", a.Stats().Links, b.Stats().Links)
		}

		b.Reset()
		j.next(t, "down "+b.Addr()+": the connection broke")
		// Each dial is refused; they become rarer up to RedialMax.
		var at []time.Time
		for range 12 {
			j.next(t, "down "+b.Addr()+": dial "+b.Addr()+": connection refused")
			at = append(at, time.Now())
		}
		limits := a.cfg.Limits
		for i := 1; i < len(at); i++ {
			gap, want := at[i].Sub(at[i-1]), min(limits.RedialMin<<i, limits.RedialMax)
			if gap < want/2 || gap > want*3/2 {
				t.Errorf("redial %d after %v, want %v +-50%%", i, gap, want)
			}
		}

		again := testHubAt(t, network, b.Addr(), func(c *Config) { c.Hello.Self.Incarnation = 2 })
		time.Sleep(2 * limits.RedialMax)
		synctest.Wait()
		if a.Stats().Links != 1 || again.Stats().Links != 1 {
			t.Fatalf("the peer is back, but %d and %d links", a.Stats().Links, again.Stats().Links)
		}

		a.Keep(nil)
		again.Reset()
		synctest.Wait()
		j.all()
		time.Sleep(time.Minute)
		if got := j.all(); len(got) != 0 {
			t.Errorf("not kept any more, but %q", got)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if len(a.peers) != 0 {
			t.Errorf("%d peers are remembered for ever", len(a.peers))
		}
	})
}

func TestRedialEndsWhenThePeerLeavesTheSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal()
		a := testHub(t, NewMemory(), j.note)
		a.Keep([]string{"127.0.0.1:9"})
		j.next(t, "down")
		a.Keep(nil)
		synctest.Wait()
		j.all()
		time.Sleep(time.Minute)
		if got := j.all(); len(got) != 0 {
			t.Error(got)
		}
	})
}

func TestIdleLinksAreClosedAndNobodyIsAlarmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		limits := a.cfg.Limits
		a.Send(b.Addr(), ping(1))
		for range 5 { // messages keep it
			time.Sleep(limits.IdleTimeout * 3 / 4)
			b.Send(a.Addr(), ping(2))
			synctest.Wait()
			if a.Stats().Links != 1 {
				t.Fatal("closed though messages passed")
			}
		}
		time.Sleep(limits.IdleTimeout * 3 / 2)
		synctest.Wait()
		if a.Stats().Links != 0 || b.Stats().Links != 0 {
			t.Fatalf("%d and %d links after the idle time", a.Stats().Links, b.Stats().Links)
		}
		for _, e := range append(jA.all(), jB.all()...) {
			if strings.HasPrefix(e, "down") {
				t.Error(e)
			}
		}
		b.Send(a.Addr(), ping(3)) // and it comes back when it is needed
		jA.next(t, "request 3")
	})
}

func TestLinksThatOneSideKeepsStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		jA, jB := newJournal(), newJournal()
		a, b := testHub(t, network, jA.note), testHub(t, network, jB.note)
		a.Keep([]string{b.Addr()})
		time.Sleep(20 * a.cfg.Limits.IdleTimeout)
		if got := append(jA.all(), jB.all()...); len(got) != 0 || b.Stats().Links != 1 {
			t.Errorf("%d links, %q", b.Stats().Links, got)
		}
		a.Keep(nil)
		time.Sleep(2 * a.cfg.Limits.IdleTimeout)
		if b.Stats().Links != 0 {
			t.Error("not kept any more, but it stays")
		}
	})
}

func TestClientsAreNotClosedWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := testHub(t, NewMemory(), nil)
		c, err := Dial(t.Context(), h.cfg.Network, h.Addr(), ClientHello())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		time.Sleep(10 * h.cfg.Limits.IdleTimeout)
		if c.Err() != nil {
			t.Error(c.Err())
		}
	})
}

// TestIdleCloseMeetsTraffic: messages are sent around the moment at which the
// other side closes the idle link. None is lost.
func TestIdleCloseMeetsTraffic(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			network := slow{NewMemory(), rand.New(rand.NewPCG(seed, 0))}
			random := rand.New(rand.NewPCG(seed, 1))
			jA, jB := newJournal(), newJournal()
			short := func(j *journal) func(*Config) {
				return func(c *Config) { j.note(c); c.Limits.IdleTimeout = 10 * time.Millisecond }
			}
			a, b := testHub(t, network, short(jA)), testHub(t, network, short(jB))
			var want []string
			for i := range uint64(50) {
				time.Sleep(8*time.Millisecond + time.Duration(random.IntN(6000))*time.Microsecond)
				from, to := a, b
				if random.IntN(2) == 0 {
					from, to = b, a
				}
				if err := from.Send(to.Addr(), ping(i+1)); err != nil {
					t.Fatal(err)
				}
				want = append(want, fmt.Sprintf("request %d", i+1))
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
			var got []string
			for _, e := range append(jA.all(), jB.all()...) {
				if e != "end" {
					got = append(got, e)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d: heard %q", seed, got)
			}
			if a.Stats().Links != 0 || b.Stats().Links != 0 {
				t.Errorf("seed %d: %d and %d links are left", seed, a.Stats().Links, b.Stats().Links)
			}
		})
	}
}

// An answer that comes after the link of its request was retired finds its way.
func TestAnswersOutliveTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		links := make(chan *Link, 1)
		j := newJournal()
		a := testHub(t, network, j.note)
		b := testHub(t, network, func(c *Config) { c.OnEnvelope = func(l *Link, _ *pb.Envelope) { links <- l } })
		a.Send(b.Addr(), ping(1))
		l := <-links
		time.Sleep(3 * a.cfg.Limits.IdleTimeout)
		if a.Stats().Links != 0 {
			t.Fatal("the link is still there")
		}
		if err := l.Send(ping(44)); err != nil {
			t.Fatal(err)
		}
		j.next(t, "request 44")
	})
}

func TestClosingTakesNoLongerThanTheOtherSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewMemory()
		a, b := testHub(t, network, nil), testHub(t, network, nil)
		a.Keep([]string{b.Addr()})
		c, err := Dial(t.Context(), network, a.Addr(), ClientHello())
		if err != nil {
			t.Fatal(err)
		}
		rawDial(t, network, a.Addr()) // still to be greeted
		synctest.Wait()
		start := time.Now()
		a.Close()
		<-c.Done()
		if took := time.Since(start); took != 0 {
			t.Errorf("others close at once, this took %v", took)
		}

		frozen := rawDial(t, network, b.Addr())
		frozen.Write(rawHello(t, otherPeer(func(*pb.Hello) {})))
		synctest.Wait()
		start = time.Now()
		b.Close()
		if took := time.Since(start); took != b.cfg.Limits.DrainTimeout {
			t.Errorf("one never closes, this took %v", took)
		}
	})
}
