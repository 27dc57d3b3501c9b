package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
	"chordscope/node/truth"
)

// traffic counts the messages of the data layer, answers included.
type traffic struct {
	messages, bytes int
	largest         int // bytes of the largest message
	kinds           map[string]int
}

func (t *traffic) watch(s *Sim) {
	t.kinds = make(map[string]int)
	was := s.OnEffects
	s.OnEffects = func(h *Host, fx *chord.Effects) {
		for _, m := range fx.Sends {
			if n := bodySize(m.Body); n > 0 {
				t.messages++
				t.bytes += n
				t.largest = max(t.largest, n)
				t.kinds[fmt.Sprintf("%T", m.Body)]++
			}
		}
		was(h, fx)
	}
}

func (t *traffic) reset() { *t = traffic{kinds: make(map[string]int)} }

// bodySize is about what a message of the data layer takes on the wire; 0 for
// all others.
func bodySize(b chord.Body) int {
	const frame, version, digest = 16, 16, 24
	items := func(its []store.Item) (n int) {
		for _, it := range its {
			n += version + len(it.Key.Name) + len(it.Value) + 8
		}
		return n
	}
	switch b := b.(type) {
	case chord.Compare:
		return frame + 2*8 + digest
	case chord.Compared:
		return frame + len(b.Parts)*(8+digest)
	case chord.List:
		return frame + 3*8 + len(b.After.Name)
	case chord.Listing:
		return frame + items(b.Items)
	case chord.Fetch:
		return frame + 16*len(b.Keys)
	case chord.Store:
		return frame + items(b.Items)
	case chord.Stored:
		return frame + version*len(b.Versions)
	case chord.Collect:
		return frame + (16+version)*len(b.Keys)
	case chord.Read, chord.Write, chord.Datum, chord.Cover, chord.Coverage, chord.Surplus:
		return frame
	}
	return 0
}

// TestDataAtRest: what a ring at rest says about its data does not depend on
// how much there is: k-1 small questions a peer and repair interval, each
// answered with "the same".
func TestDataAtRest(t *testing.T) {
	const peers, k, rounds = 6, 3, 20
	var messages, bytes []int
	for _, n := range []int{0, 1000, 20_000} {
		s := emptyRing(t, dataShape{bits: 32, r: 4, k: k, latency: 2 * time.Millisecond}, peers)
		s.fill(n, 20)
		if err := s.untilPlaced(60*time.Second, true); err != nil {
			t.Fatalf("%d keys: %v", n, err)
		}
		var seen traffic
		seen.watch(s.sim)
		repair := chord.Default(s.sim.hosts[0].Ref, s.space).Repair
		s.sim.RunFor(rounds * repair)
		messages, bytes = append(messages, seen.messages), append(bytes, seen.bytes)
		t.Logf("%d keys: %d messages, %d bytes in %v: %v", n, seen.messages, seen.bytes, rounds*repair, seen.kinds)
		if len(seen.kinds) != 2 || seen.kinds["chord.Compare"] == 0 {
			t.Errorf("%d keys: at rest there is more than comparing: %v", n, seen.kinds)
		}
		if want := 2 * peers * (k - 1) * rounds; seen.messages < want*8/10 || seen.messages > want*12/10 {
			t.Errorf("%d keys: %d messages in %d repair intervals, expected about %d", n, seen.messages, rounds, want)
		}
		if mean := seen.bytes / max(1, seen.messages); mean > 64 {
			t.Errorf("%d keys: a message takes %d bytes", n, mean)
		}
	}
	if lo, hi := slices.Min(bytes), slices.Max(bytes); hi*9 > lo*10 {
		t.Errorf("the traffic depends on the number of keys: %v messages, %v bytes", messages, bytes)
	}
}

// TestDataBulk: what moves in bulk when a peer joins and when one crashes moves
// in messages of bounded size, whatever the size of the values.
func TestDataBulk(t *testing.T) {
	for _, load := range []struct{ keys, size int }{{20_000, 20}, {60, store.MaxValue}} {
		s := emptyRing(t, dataShape{bits: 32, r: 4, k: 2, latency: 2 * time.Millisecond}, 4)
		s.fill(load.keys, load.size)
		var seen traffic
		seen.watch(s.sim)
		s.join()
		if err := s.untilPlaced(60*time.Second, true); err != nil {
			t.Fatalf("%+v, after a join: %v", load, err)
		}
		s.crash(s.pick(s.members()))
		if err := s.untilPlaced(60*time.Second, true); err != nil {
			t.Fatalf("%+v, after a crash: %v", load, err)
		}
		t.Logf("%+v: %d messages, %d bytes, the largest %d: %v", load, seen.messages, seen.bytes, seen.largest, seen.kinds)
		if seen.largest > 256<<10 {
			t.Errorf("%+v: a message of %d bytes", load, seen.largest)
		}
	}
}

// TestDataDifferences: two holders of n keys that differ in d of them come in
// step with at most 4 + d log2 n questions, and do not move what they have in
// common.
func TestDataDifferences(t *testing.T) {
	t.Parallel()
	sizes := []int{1000, 20_000}
	if raceEnabled {
		sizes = sizes[:1]
	}
	for _, n := range sizes {
		s := emptyRing(t, dataShape{bits: 32, r: 2, k: 2, latency: 2 * time.Millisecond}, 2)
		keys := s.fill(n, 20)
		if err := s.untilPlaced(60*time.Second, true); err != nil {
			t.Fatal(err)
		}
		hosts := s.members()
		for _, h := range hosts {
			s.sim.Do(h, chord.Pause{})
		}
		s.sim.RunFor(5 * time.Second)
		var seen traffic
		seen.watch(s.sim)
		for i, d := range []int{0, 1, 4, 16, 64} {
			s.differ(hosts, keys, d, uint64(i+2))
			seen.reset()
			for _, h := range hosts {
				s.sim.Do(h, chord.Run{Task: chord.TaskRepair})
				s.sim.RunFor(5 * time.Second)
			}
			if err := s.ledger.placed(s.r, true); err != nil {
				t.Fatalf("%d of %d keys differ: not in step: %v", d, n, err)
			}
			questions := seen.messages / 2
			t.Logf("%d of %d keys differ: %d questions, %d bytes: %v", d, n, questions, seen.bytes, seen.kinds)
			if bound := 4 + float64(d)*math.Log2(float64(n)); float64(questions) > bound {
				t.Errorf("%d of %d keys differ: %d questions, more than %.0f", d, n, questions, bound)
			}
			if bound := 500 + d*6000; seen.bytes > bound {
				t.Errorf("%d of %d keys differ: %d bytes, more than %d", d, n, seen.bytes, bound)
			}
		}
	}
}

// differ makes d keys differ between two holders: by turns one has a newer
// version, or a key that the other has never had.
func (s *dataSchedule) differ(hosts []*Host, keys []store.Key, d int, counter uint64) {
	for i := range d {
		key := keys[s.rng.IntN(len(keys))]
		if i%2 == 1 {
			key = store.Named(s.space, fmt.Sprintf("only one has it %d %d", counter, i))
		}
		h := hosts[i/2%2]
		s.give(h, store.Item{Key: key, Version: store.Version{Counter: counter, Node: h.Ref.ID, Inc: h.Ref.Inc}, Value: []byte("new")})
	}
}

func emptyRing(t testing.TB, shape dataShape, n int) *dataSchedule {
	t.Helper()
	s := newDataSchedule(1, rand.New(rand.NewPCG(1, 23)), shape, func(string, ...any) {})
	if err := s.build(n); err != nil {
		t.Fatal(err)
	}
	return s
}

// fill gives n keys with values of so many bytes to those who have to hold
// them, and returns them.
func (s *dataSchedule) fill(n, size int) (keys []store.Key) {
	m := truth.NewMembers(s.space, s.sim.Snapshots())
	batches := make(map[chord.Ref][]store.Item)
	for i := range n {
		key := store.Named(s.space, fmt.Sprintf("key %d", i))
		keys = append(keys, key)
		owner, _ := m.Index(m.Owner(key.ID))
		it := store.Item{Key: key, Version: store.Version{Counter: 1, Node: m.At(owner).Self.ID, Inc: 1}, Value: make([]byte, size)}
		copy(it.Value, key.Name)
		for j := range min(s.k, m.Len()) {
			to := m.At(owner + j).Self
			batches[to] = append(batches[to], it)
		}
	}
	for _, h := range s.members() {
		s.give(h, batches[h.Ref]...)
	}
	return keys
}

// give stores items at a peer as if another one had sent them.
func (s *dataSchedule) give(h *Host, items ...store.Item) {
	from := h.Ref
	for _, o := range s.members() {
		if o != h {
			from = o.Ref
		}
	}
	for part := range slices.Chunk(items, 500) {
		s.sim.Do(h, chord.Receive{From: from, Body: chord.Store{Items: part, Why: chord.CauseRepair}})
	}
}
