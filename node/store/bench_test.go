package store_test

import (
	"runtime"
	"strconv"
	"testing"

	"chordscope/node/ring"
	"chordscope/node/store"
)

const many = 100_000

var space = ring.MustSpace(160)

func manyItems() []store.Item {
	items := make([]store.Item, many)
	value := make([]byte, 100)
	for i := range items {
		items[i] = store.Item{
			Key:     store.Named(space, "item "+strconv.Itoa(i)),
			Version: store.Version{Counter: 1 + uint64(i), Node: ring.FromUint64(7), Inc: 1},
			Value:   value,
		}
	}
	return items
}

func filled(items []store.Item) *store.Store {
	s := store.New()
	for _, it := range items {
		s.Put(it, 0)
	}
	return s
}

// quarter is a stretch across identifier 0 with a quarter of all items.
func quarter() ring.Interval {
	return ring.OpenClosed(space.At(0.875), space.At(0.125))
}

// Reading happens for every message, so it must not feed the collector.
func TestReadingDoesNotAllocate(t *testing.T) {
	items := manyItems()[:3000]
	s, iv := filled(items), quarter()
	n := 0
	allocs := testing.AllocsPerRun(20, func() {
		if _, ok := s.Get(items[5].Key); ok && s.Digest(iv).Count > 0 {
			s.Scan(iv, items[5].Key, false, func(*store.Item) bool { n++; return true })
		}
	})
	if allocs != 0 || n == 0 {
		t.Errorf("%v allocations, %d items", allocs, n)
	}
}

// BenchmarkPut fills an empty store. Its B/item is what the store itself takes:
// names and values are there before.
func BenchmarkPut(b *testing.B) {
	items := manyItems()
	before := heap()
	var s *store.Store
	for b.Loop() {
		s = filled(items)
	}
	b.ReportMetric(float64(heap()-before)/many, "B/item")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/many, "ns/item")
	runtime.KeepAlive(s)
	runtime.KeepAlive(items)
}

// heap returns how many bytes are in use once all garbage is gone.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkRead(b *testing.B) {
	items, iv := manyItems(), quarter()
	s := filled(items)
	b.Run("Get", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			s.Get(items[i*7919%many].Key)
		}
	})
	b.Run("Digest", func(b *testing.B) {
		for b.Loop() {
			s.Digest(iv)
		}
	})
	b.Run("Split", func(b *testing.B) {
		for b.Loop() {
			s.Split(iv, 16)
		}
	})
	b.Run("Scan", func(b *testing.B) {
		for b.Loop() {
			s.Scan(iv, store.Key{}, false, func(*store.Item) bool { return true })
		}
	})
}
