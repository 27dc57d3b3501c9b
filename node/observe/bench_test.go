package observe

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// benchRing is a Store with an ideal ring of 64 peers that hold keys, each of
// them three times.
func benchRing(b *testing.B, keys int) (*Store, []*chord.Snapshot) { return benchRingOf(b, 64, keys) }

// benchRingOf is the same of n peers, a power of 2.
func benchRingOf(b *testing.B, n, keys int) (*Store, []*chord.Snapshot) {
	apart := uint64(1<<32) / uint64(n)
	space := ring.MustSpace(32)
	now := time.Duration(0)
	s := NewStore(Config{Space: space, Successors: 4, Replicas: 3, Clock: func() time.Duration { now += time.Millisecond; return now }})
	var peers []chord.Ref
	for i := range uint64(n) {
		peers = append(peers, chord.Ref{ID: ring.FromUint64(i * apart), Addr: fmt.Sprint("peer ", i), Inc: 1})
	}
	snaps := ideal(space, 4, peers)
	held := make([][]store.Entry, len(peers))
	for i := range keys {
		e := benchEntry(space, i, 1)
		id, _ := e.Key.ID.Uint64()
		owner := int((id + apart - 1) / apart)
		for j := range 3 {
			at := (owner + j) % len(peers)
			held[at] = append(held[at], e)
		}
	}
	for i, snap := range snaps {
		s.Apply(Update{Self: snap.Self, Snapshot: snap, AllKeys: true, Keys: held[i]})
	}
	if pic := s.Picture(); !pic.Health.Stable || pic.Data.Healthy != keys {
		b.Fatalf("%+v, %+v", pic.Health, pic.Data)
	}
	return s, snaps
}

func benchEntry(space ring.Space, i int, counter uint64) store.Entry {
	return store.Entry{Key: store.Named(space, fmt.Sprint("key-", i)), Version: store.Version{Counter: counter}, Size: 5, Head: "value"}
}

// A peer of many tells a new finger, and is drawn.
func BenchmarkDelta(b *testing.B) {
	for _, n := range []int{64, 1024} {
		s, snaps := benchRingOf(b, n, 0)
		wrong := *snaps[5]
		wrong.Fingers = slices.Clone(wrong.Fingers)
		wrong.Fingers[30] = snaps[6].Self
		both := []*chord.Snapshot{&wrong, snaps[5]}
		b.Run(fmt.Sprintf("peers=%d/apply", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Apply(Update{Self: snaps[5].Self, Snapshot: both[i%2]})
			}
		})
		b.Run(fmt.Sprintf("peers=%d/picture", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Apply(Update{Self: snaps[5].Self, Snapshot: both[i%2]})
				s.Picture()
			}
		})
	}
}

// One key of many changes.
func BenchmarkPicture(b *testing.B) {
	for _, keys := range []int{0, 10_000, 100_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			s, snaps := benchRing(b, keys)
			counter := uint64(1)
			b.ReportAllocs()
			for b.Loop() {
				counter++
				s.Apply(Update{Self: snaps[5].Self, Keys: []store.Entry{benchEntry(s.cfg.Space, 7, counter)}})
				s.Picture()
			}
		})
	}
}

// A peer of many goes silent, and comes back.
func BenchmarkMembershipChange(b *testing.B) {
	for _, keys := range []int{0, 10_000, 100_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			s, snaps := benchRing(b, keys)
			b.ReportAllocs()
			for b.Loop() {
				s.Gone(snaps[5].Self, StateSilent)
				s.Picture()
				s.Apply(Update{Self: snaps[5].Self, Snapshot: snaps[5]})
				s.Picture()
			}
		})
	}
}

// A peer of many tells a new finger, and one a copy, while the ring recovers.
func BenchmarkApplyInRecovery(b *testing.B) {
	for _, keys := range []int{0, 10_000, 100_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			s, snaps := benchRing(b, keys)
			s.Disturbed("kill")
			s.Gone(snaps[5].Self, StateDead)
			counter := uint64(1)
			b.ReportAllocs()
			for b.Loop() {
				counter++
				s.Apply(Update{Self: snaps[7].Self, Snapshot: snaps[7]})
				s.Apply(Update{Self: snaps[9].Self, Keys: []store.Entry{benchEntry(s.cfg.Space, 7, counter)}})
			}
		})
	}
}
