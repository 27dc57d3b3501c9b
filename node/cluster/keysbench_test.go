package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// BenchmarkAccess measures puts and gets of values of 100 bytes under random
// keys through random peers, k = 3, over loopback TCP, watched by nobody.
// Compare it with BenchmarkBareEcho of package wire in the same run.
func BenchmarkAccess(b *testing.B) {
	c := startRing(b, 32)
	c.observer.Close()
	peers := c.all()
	value := make([]byte, 100)
	for _, op := range []chord.Op{chord.OpPut, chord.OpGet} {
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%v/callers=%d", op, callers), func(b *testing.B) {
				var left atomic.Int64
				left.Store(int64(b.N))
				done := make(chan error, callers)
				b.ResetTimer()
				for w := range callers {
					go func() {
						rng := rand.New(rand.NewPCG(1, uint64(w)))
						for left.Add(-1) >= 0 {
							key := store.Named(c.cfg.Space, fmt.Sprint(rng.IntN(10_000)))
							a, err := peers[rng.IntN(len(peers))].Access(context.Background(), op, key, value)
							if err != nil || a.Failed != "" {
								done <- fmt.Errorf("%v: %v %s", op, err, a.Failed)
								return
							}
						}
						done <- nil
					}()
				}
				for range callers {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), op.String()+"s/s")
			})
		}
	}
}

// fill puts n keys of 100 bytes on the identifiers behind from.
func fill(tb testing.TB, c *Cluster, from uint64, n int) {
	tb.Helper()
	peers := c.all()
	puts := make([]Put, n)
	for i := range puts {
		puts[i] = Put{From: peers[i%len(peers)].Ref().ID, Key: store.Key{ID: ring.FromUint64(from + uint64(i))}, Value: make([]byte, 100)}
	}
	if err := c.Load(context.Background(), puts); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkHandOver measures how a peer joins that is to own 100,000 keys of
// 100 bytes: the time until it answers for all of them and every copy is in
// place, the growth of the heap meanwhile, and the longest lookup.
func BenchmarkHandOver(b *testing.B) {
	const keys = 100_000
	for range b.N {
		b.StopTimer()
		c := startRing(b, 8)
		free := uint64(1 << 20)
		for c.host(ring.FromUint64(free+keys)) != nil {
			free += keys
		}
		fill(b, c, free, keys)
		awaitStable(b, c)
		stop, stalls := make(chan struct{}), make(chan time.Duration, 1)
		go longestLookup(c, stop, stalls)
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		peak := before.HeapInuse
		b.StartTimer()
		began := time.Now()
		joiner := ring.FromUint64(free + keys)
		if err := c.Join(context.Background(), []ring.ID{joiner}, nil); err != nil {
			b.Fatal(err)
		}
		has := func(p *observe.Picture) bool {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapInuse)
			for i := range p.Peers {
				if q := &p.Peers[i]; q.ID == joiner {
					return !q.Syncing && q.Owned >= keys
				}
			}
			return false
		}
		if ok, err := c.WaitFor(context.Background(), time.Minute, has); err != nil || !ok {
			b.Fatalf("the joiner did not get its keys: %v", err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/handover")
		awaitStable(b, c)
		b.StopTimer()
		b.ReportMetric(time.Since(began).Seconds(), "s/stable")
		close(stop)
		b.ReportMetric(float64((<-stalls).Microseconds())/1000, "ms/longest-lookup")
		b.ReportMetric(float64(peak-before.HeapInuse)/(1<<20), "MiB-peak")
		c.Close()
		b.StartTimer()
	}
}

// longestLookup looks random keys up until stop, and tells how long the slowest
// lookup took.
func longestLookup(c *Cluster, stop <-chan struct{}, tell chan<- time.Duration) {
	rng := rand.New(rand.NewPCG(1, 1))
	peers := c.all()
	var longest time.Duration
	for {
		select {
		case <-stop:
			tell <- longest
			return
		default:
		}
		began := time.Now()
		find := chord.Find{Key: ring.FromUint64(uint64(rng.Uint32()))}
		if l, err := peers[rng.IntN(len(peers))].Lookup(context.Background(), find); err == nil && l.Failed == "" {
			longest = max(longest, time.Since(began))
		}
	}
}

// BenchmarkRepairTraffic measures the bytes a second that all peers of a ring of
// 8 send at rest, with more and more keys: owners and replicas compare digests,
// whose number does not depend on the keys. What observers are told is included.
func BenchmarkRepairTraffic(b *testing.B) {
	for _, keys := range []int{0, 10_000, 100_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			c := startRing(b, 8)
			rng := rand.New(rand.NewPCG(1, 1))
			for i := 0; i < keys; i += 100 {
				fill(b, c, uint64(rng.Uint32()), 100)
			}
			awaitStable(b, c)
			time.Sleep(2 * time.Second) // the counters come once a second
			sent := func() (n uint64) {
				for _, p := range c.Store().Picture().Peers {
					n += p.BytesOut
				}
				return n
			}
			before := sent()
			b.ResetTimer()
			time.Sleep(time.Duration(b.N) * 10 * time.Second)
			b.ReportMetric(float64(sent()-before)/float64(10*b.N), "B/s")
			c.Close()
		})
	}
}
