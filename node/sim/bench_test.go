package sim

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// BenchmarkSim is one virtual minute of many peers at rest, maintenance and the
// registry's sampling included: s/minute are real seconds.
func BenchmarkSim(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("peers=%d", n), func(b *testing.B) {
			before := heap()
			s := crowd(b, n)
			after, sent := heap(), s.Sent
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				s.RunFor(time.Minute)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/minute")
			b.ReportMetric(float64(s.Sent-sent)/float64(b.N)/60/float64(n), "messages/peer/s")
			b.ReportMetric(float64(after-before)/1024/float64(n), "KiB/peer")
		})
	}
}

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// BenchmarkIdeal is the way there: peers join in waves that double the ring
// until it is ideal, fingers included. rounds are stabilize intervals of virtual
// time, in all and from when the last peer is a member.
func BenchmarkIdeal(b *testing.B) {
	for _, n := range []int{32, 128, 512, 2048, 4096} {
		b.Run(fmt.Sprintf("peers=%d", n), func(b *testing.B) {
			var all, after time.Duration
			var sent uint64
			for range b.N {
				s := enter(b, n)
				members := s.Now()
				for !ideal(s) {
					if s.Now() > members+5*time.Minute {
						b.Fatalf("%d peers are not ideal five minutes after the last join", n)
					}
					s.RunFor(50 * time.Millisecond)
				}
				all, after, sent = all+s.Now(), after+s.Now()-members, sent+s.Sent
			}
			rounds := func(d time.Duration) float64 {
				return float64(d) / float64(b.N) / float64(chord.Default(chord.Ref{}, ring.Space{}).Stabilize)
			}
			b.ReportMetric(rounds(all), "rounds")
			b.ReportMetric(rounds(after), "rounds-after")
			b.ReportMetric(float64(sent)/float64(b.N)/float64(n), "messages/join")
		})
	}
}

// ideal reports whether every pointer of every peer is right.
func ideal(s *Sim) bool {
	rep := truth.NewMembers(s.cfg.Space, s.Snapshots()).Check(4)
	return rep.Stable() && rep.Members == len(s.Hosts())
}

// crowd is a ring of n peers at rest.
func crowd(tb testing.TB, n int) *Sim {
	s := enter(tb, n)
	s.RunFor(30 * time.Second)
	return s
}

// enter starts n peers in waves that at most double the ring, and returns when
// all are members.
func enter(tb testing.TB, n int) *Sim {
	space := ring.MustSpace(32)
	s := New(Default(space, 1))
	taken := make(map[ring.ID]bool)
	start := func() *Host {
		for taken[space.Hash([]byte(s.NextAddr()))] {
			s.SkipAddr()
		}
		id := space.Hash([]byte(s.NextAddr()))
		taken[id] = true
		return s.Start(id)
	}
	s.Do(start(), chord.Create{})
	for len(s.Hosts()) < n {
		known := len(s.Hosts())
		for i := range min(known, n-known) {
			seeds := []chord.Ref{s.Hosts()[i].Ref, s.Hosts()[(i+known/2)%known].Ref} // one of them may be at a loss
			s.Do(start(), chord.Join{Seeds: seeds})
		}
		joined := func() bool { return len(s.Snapshots()) == len(s.Hosts()) }
		for end := s.Now() + time.Minute; !joined(); s.RunFor(50 * time.Millisecond) {
			if s.Now() > end {
				tb.Fatalf("%d of %d peers have joined after a minute", len(s.Snapshots()), len(s.Hosts()))
			}
		}
	}
	return s
}
