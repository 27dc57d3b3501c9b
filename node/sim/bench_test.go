package sim

import (
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// BenchmarkSim is one virtual minute of 1,000 peers at rest, maintenance and
// the registry's sampling included: s/minute are real seconds.
func BenchmarkSim(b *testing.B) {
	s := crowd(b, 1000)
	sent := s.Sent
	b.ReportAllocs()
	for b.Loop() {
		s.RunFor(time.Minute)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/minute")
	b.ReportMetric(float64(s.Sent-sent)/float64(b.N)/60/1000, "messages/peer/s")
}

// BenchmarkSimJoin is the way there: 1,000 peers join, in waves that double
// the ring, until all are members.
func BenchmarkSimJoin(b *testing.B) {
	for b.Loop() {
		crowd(b, 1000)
	}
}

// crowd starts n peers in waves that at most double the ring.
func crowd(tb testing.TB, n int) *Sim {
	space := ring.MustSpace(32)
	s := New(Default(space, 1))
	s.Do(s.Start(space.Hash([]byte(s.NextAddr()))), chord.Create{})
	for len(s.Hosts()) < n {
		known := len(s.Hosts())
		for i := range min(known, n-known) {
			s.Do(s.Start(space.Hash([]byte(s.NextAddr()))), chord.Join{Seeds: []chord.Ref{s.Hosts()[i].Ref}})
		}
		joined := func() bool { return len(s.Snapshots()) == len(s.Hosts()) }
		for end := s.Now() + time.Minute; !joined(); s.RunFor(100 * time.Millisecond) {
			if s.Now() > end {
				tb.Fatalf("%d of %d peers have joined after a minute", len(s.Snapshots()), len(s.Hosts()))
			}
		}
	}
	s.RunFor(30 * time.Second)
	return s
}
