package wire

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever faults come and go, what arrives is in order and nothing arrives
// twice; and once all is healed, everything arrives and two links never stay.
func TestFaultsComeAndGo(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3))
			// Order is that of one link: what a broken one still had may come
			// beside what the next one brings.
			rough := seed%3 == 0
			network := slow{NewMemory(), rand.New(rand.NewPCG(seed, 4))}
			hubs, came := make([]*Hub, 2), make([]chan arrival, 2)
			for i := range hubs {
				hubs[i] = testHub(t, network, func(c *Config) {
					came[i] = arrivals(c)
					if seed%2 == 0 {
						c.Key = testKey
					}
				})
			}
			hubs[0].Keep([]string{hubs[1].Addr()})
			hubs[1].Keep([]string{hubs[0].Addr()})
			time.Sleep(5 * time.Second)
			for n := range uint64(300) {
				from, to := hubs[n%2], hubs[1-n%2]
				switch random.IntN(12) {
				case 0:
					from.SetFault(to.Addr(), Fault{Cut: true})
				case 1, 2:
					from.SetFault(to.Addr(), Fault{Delay: time.Duration(random.IntN(50)) * time.Millisecond, Jitter: time.Duration(random.IntN(50)) * time.Millisecond, Stall: random.Float64() / 10})
				case 3, 4:
					from.SetFault(to.Addr(), Fault{})
				case 5:
					if rough {
						from.ResetLink(to.Addr())
					}
				case 6:
					if rough {
						from.Freeze(random.IntN(2) == 0)
					}
				}
				send(t, from, to, n)
				time.Sleep(time.Duration(random.IntN(30)) * time.Millisecond)
			}
			for i, h := range hubs {
				h.SetFault(hubs[1-i].Addr(), Fault{})
				h.Freeze(false)
			}
			time.Sleep(10 * time.Second) // a dial and the longest wait for the next
			for n := range uint64(100) {
				send(t, hubs[n%2], hubs[1-n%2], 1000+n)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			for i, h := range hubs {
				if got := h.Stats().Links; got != 1 {
					t.Errorf("seed %d: %d links", seed, got)
				}
				seen := make(map[uint64]bool)
				last, fresh := uint64(0), 0
				for len(came[i]) > 0 {
					got := <-came[i]
					if seen[got.n] || got.n < last && !rough {
						t.Errorf("seed %d: %d came after %d", seed, got.n, last)
					}
					seen[got.n], last = true, got.n
					if got.n >= 1000 {
						fresh++
					}
				}
				if fresh != 50 {
					t.Errorf("seed %d: %d of 50 came after healing", seed, fresh)
				}
			}
		})
	}
}
