package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// startRing starts a ring of n real peers and waits until it is ideal.
func startRing(tb testing.TB, n int) *Cluster {
	tb.Helper()
	c, err := Start(context.Background(), Config{Network: wire.TCP{}, Space: ring.MustSpace(32), Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	if _, err := c.JoinHashed(context.Background(), n); err != nil {
		tb.Fatal(err)
	}
	awaitStable(tb, c)
	return c
}

func awaitStable(tb testing.TB, c *Cluster) {
	tb.Helper()
	awaitPicture(tb, c, "the ring is ideal", func(p *observe.Picture) bool { return p.Health.Stable })
}

func (c *Cluster) all() []*node.Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*node.Peer
	for _, h := range c.hosts {
		out = append(out, h.(*node.Peer))
	}
	return out
}

// BenchmarkLookup measures confirmed iterative lookups of random keys from
// random peers, all over loopback TCP, watched by nobody. Compare it with
// BenchmarkBareEcho of package wire in the same run.
func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{32, 64} {
		c := startRing(b, n)
		// Maintenance goes on by the clock, however long the lookups take.
		if err := c.SetPaused(context.Background(), true); err != nil {
			b.Fatal(err)
		}
		c.observer.Close()
		peers := c.all()
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("peers=%d/callers=%d", n, callers), func(b *testing.B) {
				var hops, left atomic.Int64
				left.Store(int64(b.N))
				done := make(chan error, callers)
				before := processorTime()
				b.ReportAllocs()
				b.ResetTimer()
				for w := range callers {
					go func() {
						rng := rand.New(rand.NewPCG(1, uint64(w)))
						for left.Add(-1) >= 0 {
							p := peers[rng.IntN(len(peers))]
							l, err := p.Lookup(context.Background(), chord.Find{Key: ring.FromUint64(uint64(rng.Uint32()))})
							if err != nil || l.Failed != "" {
								done <- fmt.Errorf("lookup: %v %s", err, l.Failed)
								return
							}
							hops.Add(int64(len(l.Path) - 1))
						}
						done <- nil
					}()
				}
				for range callers {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
				used := processorTime() - before
				b.ReportMetric(float64(used.Nanoseconds())/1000/float64(hops.Load()), "cpu-µs/hop")
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
				b.ReportMetric(float64(hops.Load())/float64(b.N), "hops/lookup")
			})
		}
		c.Close()
	}
}

// BenchmarkIdeal measures the time from nothing to an ideal ring, fingers
// included.
func BenchmarkIdeal(b *testing.B) {
	for _, n := range []int{8, 64, 128, 256, 1000} {
		b.Run(fmt.Sprintf("peers=%d", n), func(b *testing.B) {
			for range b.N {
				c := startRing(b, n)
				b.StopTimer()
				c.Close()
				b.StartTimer()
			}
		})
	}
}

// BenchmarkRest measures how long and how much processor time it takes until a
// ring is ideal, and then what a peer of an ideal ring costs once nothing is
// left to do and links that joining left behind are closed: its share of the
// process's goroutines, memory, descriptors and processor time, the registry
// and the observer included.
func BenchmarkRest(b *testing.B) {
	for _, n := range []int{8, 64, 128, 256, 1000} {
		b.Run(fmt.Sprintf("peers=%d", n), func(b *testing.B) {
			before, began := measure(), time.Now()
			c := startRing(b, n)
			took, cost := time.Since(began), processorTime()-before.cpu
			time.Sleep(2 * wire.DefaultLimits().IdleTimeout)
			after := measure()
			b.ResetTimer()
			time.Sleep(time.Duration(b.N) * time.Second)
			used := measure().cpu - after.cpu
			b.StopTimer()
			b.ReportMetric(float64(after.goroutines-before.goroutines)/float64(n), "goroutines/peer")
			b.ReportMetric(float64(after.memory-before.memory)/1024/float64(n), "KiB/peer")
			b.ReportMetric(float64(after.files-before.files)/float64(n), "files/peer")
			b.ReportMetric(100*used.Seconds()/float64(b.N), "%core")
			b.ReportMetric(took.Seconds(), "s-to-ideal")
			b.ReportMetric(cost.Seconds(), "cpu-s-to-ideal")
			c.Close()
		})
	}
}

type footprint struct {
	goroutines, memory, files int
	cpu                       time.Duration
}

func measure() footprint {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f := footprint{goroutines: runtime.NumGoroutine(), memory: int(m.HeapInuse + m.StackInuse)}
	if fds, err := os.ReadDir("/proc/self/fd"); err == nil {
		f.files = len(fds)
	}
	f.cpu = processorTime()
	return f
}

// processorTime returns what the process has used until now.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
