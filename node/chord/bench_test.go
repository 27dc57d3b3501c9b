package chord

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkRoute is one routing decision with a perfect table.
func BenchmarkRoute(b *testing.B) {
	for _, n := range []int{64, 1000} {
		for _, m := range []int{16, 160} {
			b.Run(fmt.Sprintf("N=%d/m=%d", n, m), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				w := newWeb(b, m)
				w.ideal(distinct(rng, w.space, n), nil)
				keys := distinct(rng, w.space, 256)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					w.order[i%n].route(keys[i%256], nil)
				}
			})
		}
	}
}

// BenchmarkStep is a whole lookup through 64 peers in memory, the owner's word
// included: all that a peer does about it but sending.
func BenchmarkStep(b *testing.B) {
	for _, recursive := range []bool{false, true} {
		b.Run(fmt.Sprintf("recursive=%v", recursive), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			w := newWeb(b, 32)
			w.ideal(distinct(rng, w.space, 64), nil)
			keys := distinct(rng, w.space, 256)
			b.ReportAllocs()
			sent, n := w.sent, 0
			for b.Loop() {
				n++
				w.step(w.order[n%64], Find{Token: 1, Key: keys[n%256], Recursive: recursive})
				w.deliver()
				w.now += w.order[0].cfg.Timeout / 100 // answered requests run out of the timers
			}
			b.ReportMetric(float64(w.sent-sent)/float64(n), "messages/op")
		})
	}
}

// BenchmarkStabilize is one stabilize that finds nothing new.
func BenchmarkStabilize(b *testing.B) {
	w := newWeb(b, 32)
	w.ideal(distinct(rand.New(rand.NewPCG(1, 1)), w.space, 64), nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.step(w.order[i%64], Run{TaskStabilize})
		w.deliver()
		w.now += w.order[0].cfg.Timeout / 100
	}
}
