package wire

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

// crowdOf starts n hubs that share a budget of so many descriptors each, and
// counts the messages that they are sent.
func crowdOf(t *testing.T, n, each int) (hubs []*Hub, budget *Budget, got *atomic.Int64) {
	network := NewMemory()
	budget, got = NewBudget(n*each), new(atomic.Int64)
	for range n {
		hubs = append(hubs, testHub(t, network, func(c *Config) {
			c.Budget = budget
			c.OnEnvelope = func(*Link, *pb.Envelope) { got.Add(1) }
		}))
	}
	return hubs, budget, got
}

func (b *Budget) used() (ends, room int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ends, b.room()
}

// TestBudget: where there is room for far fewer connections than are asked for,
// everything that is sent arrives, and there are never more than fit.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hubs, budget, got := crowdOf(t, 24, besides+8)
		sent := int64(0)
		for range 5 {
			for i, from := range hubs {
				for j, to := range hubs {
					if i == j {
						continue
					}
					if err := from.Send(to.Addr(), ping(1)); err != nil {
						t.Fatal(err)
					}
					sent++
				}
				for range 100 {
					time.Sleep(10 * time.Millisecond)
					// Dials that begin together each count on room for the other end.
					if ends, room := budget.used(); ends > room+len(hubs) {
						t.Fatalf("%d connection ends, and room for %d", ends, room)
					}
				}
			}
		}
		synctest.Wait()
		if got.Load() != sent {
			t.Errorf("%d of %d messages have arrived", got.Load(), sent)
		}
	})
}

// TestBudgetKeepsTheMostImportant: of more links than fit those are kept that
// stand first, and all of them again when there is room.
func TestBudgetKeepsTheMostImportant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hubs, budget, _ := crowdOf(t, 24, besides+10)
		want := budget.kept()
		if want < leastKept || want > 10 {
			t.Fatalf("each of %d hubs may keep %d links", len(hubs), want)
		}
		for i, h := range hubs {
			var others []string
			for k := 1; k < len(hubs); k++ {
				others = append(others, hubs[(i+k)%len(hubs)].Addr())
			}
			h.Keep(others)
		}
		settle := func() {
			time.Sleep(10 * hubs[0].cfg.Limits.IdleTimeout)
			synctest.Wait()
		}
		settle()
		for _, h := range hubs {
			if got := h.Stats().Links; got != 2*want {
				t.Errorf("%s has %d links, want %d each way", h.Addr(), got, want)
			}
		}
		first := hubs[0]
		first.mu.Lock()
		for _, addr := range first.wanted[:want] {
			if p := first.peers[addr]; p == nil || p.current() == nil {
				t.Errorf("no link to %s, which is among the first", addr)
			}
		}
		first.mu.Unlock()

		for _, h := range hubs[6:] {
			h.Reset()
		}
		settle()
		for _, h := range hubs[:6] {
			if got := h.Stats().Links; got != 5 {
				t.Errorf("there is room again, and %s has %d links, want 5", h.Addr(), got)
			}
		}
	})
}

// TestBudgetEndsWaiting: a dial that waits for room ends with its hub.
func TestBudgetEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hubs, budget, _ := crowdOf(t, 2, besides)
		if err := hubs[0].Send(hubs[1].Addr(), ping(1)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := hubs[0].Stats().Links; n != 0 {
			t.Fatalf("%d links without room for any", n)
		}
		hubs[0].Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := budget.acquire(ctx); err != nil {
			t.Errorf("with one hub there is room: %v", err)
		}
		budget.accept()
		budget.accept()
		if err := budget.acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("beyond the room: %v", err)
		}
	})
}
