package node

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// heldKeys are the keys that a peer holds, as pages and deltas tell them.
type heldKeys struct {
	entries  map[store.Key]store.Entry
	last     store.Key // of the last page
	begun    bool
	complete bool // the last page has come
	pages    int
}

func (h *heldKeys) page(space ring.Space, page *pb.HeldKeys) error {
	var one codec.Holdings
	if err := one.Page(space, page); err != nil {
		return err
	}
	keys := one.Entries()
	slices.SortFunc(keys, func(a, b store.Entry) int { return a.Key.Compare(b.Key) })
	if h.complete {
		return fmt.Errorf("page %d comes after the end", h.pages)
	}
	for _, e := range keys {
		if h.begun && e.Key.Compare(h.last) <= 0 {
			return fmt.Errorf("page %d goes back to %+v", h.pages, e.Key)
		}
		h.last, h.begun = e.Key, true
		h.set(e)
	}
	h.pages++
	h.complete = !page.GetMore()
	return nil
}

func (h *heldKeys) delta(space ring.Space, d *pb.PeerDelta) error {
	var one codec.Holdings
	keys, gone, err := one.Delta(space, d)
	for _, e := range keys {
		h.set(e)
	}
	for _, k := range gone {
		delete(h.entries, k)
	}
	return err
}

func (h *heldKeys) set(e store.Entry) {
	if h.entries == nil {
		h.entries = make(map[store.Key]store.Entry)
	}
	h.entries[e.Key] = e
}

// inCore calls f in the owner goroutine of p.
func inCore(t *testing.T, p *Peer, f func()) {
	t.Helper()
	done := make(chan struct{})
	if !p.inbox.put(item{do: func() { f(); close(done) }}) {
		t.Fatal("the peer has ended")
	}
	<-done
}

// holds asks the core for everything it holds.
func holds(t *testing.T, p *Peer) map[store.Key]store.Entry {
	t.Helper()
	out := make(map[store.Key]store.Entry)
	inCore(t, p, func() {
		for _, e := range p.core.Entries(store.Key{}, false, 1<<30) {
			out[e.Key] = e
		}
	})
	return out
}

// seesKeys wants the viewer to know exactly what the peer holds, and returns
// how much that is.
func (v *viewer) seesKeys(p *Peer) int {
	v.t.Helper()
	want := holds(v.t, p)
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.held.complete || !maps.Equal(v.held.entries, want) {
		v.t.Errorf("the watcher has %d keys, the peer %d; complete: %v", len(v.held.entries), len(want), v.held.complete)
	}
	return len(want)
}

// fill puts n keys into a peer that is alone, at one moment.
func fill(t *testing.T, p *Peer, n int, value []byte) {
	t.Helper()
	inCore(t, p, func() {
		for i := range n {
			key := store.Named(p.cfg.Chord.Space, fmt.Sprint("key-", i))
			p.access(chord.OpPut, key, value, func(a chord.Access) {
				if a.Failed != "" {
					t.Error(a.Failed)
				}
			})
		}
	})
}

// spread returns the configuration of a peer on a ring so wide that keys have
// places of their own.
func spread(network wire.Network, n uint64) Config {
	cfg := config(network, n)
	cfg.Chord.Space = ring.MustSpace(160)
	cfg.Chord.Self.ID = cfg.Chord.Space.Hash(fmt.Append(nil, "peer ", n))
	return cfg
}

// A peer with many keys tells them in pages, none of which is a long message.
func TestWatchManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, spread(network, 8))
		const many = 10_000
		fill(t, p, many, []byte("small"))
		began := time.Now()
		v := view(t, network, p, 0)
		settle()
		if n := v.seesKeys(p); n != many {
			t.Errorf("%d keys, want %d", n, many)
		}
		if v.held.pages < many/pageKeys || v.losses > 0 || v.states != 1 {
			t.Errorf("%d pages, %d losses, %d states", v.held.pages, v.losses, v.states)
		}
		st := call(t, dial(t, network, p.Ref().Addr), &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}).GetPeerState()
		if st.GetItems() != many || st.GetItemBytes() != many*5 || proto.Size(st) > 16<<10 {
			t.Errorf("%d items of %d bytes in a state of %d bytes", st.GetItems(), st.GetItemBytes(), proto.Size(st))
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

// However pages and changes are mixed, they add up.
func TestPagesAndChangesAddUp(t *testing.T) {
	seeds := uint64(8)
	if raceEnabled {
		seeds = 2 // each takes many times as long
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			network := wire.NewMemory()
			p := enter(t, spread(network, 8))
			fill(t, p, 1000, []byte("first"))
			rng := rand.New(rand.NewPCG(seed, 0))
			var viewers []*viewer
			reading := 0
			for range 60 {
				if rng.IntN(20) == 0 && len(viewers) < 4 {
					viewers = append(viewers, newViewer(t, network, p, 0))
				}
				inCore(t, p, func() {
					for range rng.IntN(40) {
						key := store.Named(p.cfg.Chord.Space, fmt.Sprint("key-", rng.IntN(1500)))
						op := chord.OpPut
						if rng.IntN(3) == 0 {
							op = chord.OpDelete
						}
						p.access(op, key, fmt.Append(nil, rng.IntN(1000)), func(chord.Access) {})
					}
				})
				if i := rng.IntN(8); i < len(viewers)-reading { // each begins to read at another time
					go viewers[reading].read()
					reading++
				}
				pass(time.Duration(rng.IntN(int(2 * watchEvery))))
			}
			for _, v := range viewers[reading:] {
				go v.read()
			}
			settle()
			for _, v := range viewers {
				v.sees(p)
				v.seesKeys(p)
			}
		})
	}
}

// Keys that go for good, as tombstones do when their time is over, go from the
// watcher's list as well.
func TestWatchSeesKeysGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		cfg := config(network, 8)
		cfg.Chord.Grace, cfg.Chord.Repair = time.Second, 100*time.Millisecond
		p := enter(t, cfg)
		v := view(t, network, p, 0)
		put(t, p, "apple", "red")
		settle()
		if n := v.seesKeys(p); n != 1 {
			t.Errorf("%d keys after a put", n)
		}
		access(t, p, chord.OpDelete, "apple", "")
		pass(100 * time.Millisecond)
		if n := v.seesKeys(p); n != 1 {
			t.Errorf("%d keys after a delete, want the tombstone", n)
		}
		pass(10 * time.Second)
		synctest.Wait()
		if n := v.seesKeys(p); n != 0 {
			t.Errorf("%d keys after the grace time", n)
		}
		if !slices.ContainsFunc(v.deltas, func(d *pb.PeerDelta) bool { return len(d.Gone) > 0 }) {
			t.Error("it was never told that a key is gone")
		}
	})
}

// A watcher that does not read gets no more pages than its queue has room for,
// so that changes still fit, and the rest once it reads.
func TestSlowWatcherOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, spread(network, 8))
		const many = 20_000
		fill(t, p, many, make([]byte, 100))
		slow := newViewer(t, network, p, 0)
		c := dial(t, network, p.Ref().Addr)
		for i := range 100 {
			began := time.Now()
			put(t, p, fmt.Sprint("key-", i), "changed")
			call(t, c, lookupRequest([]byte{9}, false))
			if d := time.Since(began); d > 0 {
				t.Fatalf("another client waits for %v", d)
			}
			pass(watchEvery)
		}
		inCore(t, p, func() {
			w := p.watch.list[0]
			if q := w.link.Queued(); !w.paging || w.missed > 0 || q > 2*pageRoom {
				t.Errorf("%d bytes wait for a slow watcher; paging %v, missed %d", q, w.paging, w.missed)
			}
		})
		go slow.read()
		settle()
		if n := slow.seesKeys(p); n != many || slow.losses > 0 {
			t.Errorf("%d keys, %d losses", n, slow.losses)
		}
	})
}

// More changes than are kept between two tellings are a loss, after which the
// keys come anew.
func TestTooManyChangedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, spread(network, 8))
		v := view(t, network, p, pb.WatchPart_WATCH_PART_KEYS)
		settle()
		fill(t, p, maxChanged+1, nil)
		settle()
		if n := v.seesKeys(p); n != maxChanged+1 || v.losses != 1 || v.states != 2 {
			t.Errorf("%d keys, %d losses, %d states", n, v.losses, v.states)
		}
	})
}

// Much that changes at one moment comes in several messages.
func TestBigDeltasAreDivided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, spread(network, 8))
		v := view(t, network, p, 0)
		settle()
		before := len(v.deltas)
		inCore(t, p, func() {
			for i := range 400 {
				name := fmt.Sprintf("%d%0*d", i, store.MaxName-10, i)
				p.access(chord.OpPut, store.Named(p.cfg.Chord.Space, name), nil, func(chord.Access) {})
			}
		})
		settle()
		biggest := 0
		for _, d := range v.deltas[before:] {
			biggest = max(biggest, proto.Size(d))
		}
		if n := len(v.deltas) - before; n < 3 || biggest > maxDelta+4<<10 || v.losses > 0 {
			t.Errorf("%d deltas, the biggest of %d bytes, %d losses", n, biggest, v.losses)
		}
		v.seesKeys(p)
		if n := v.count(chord.EvPut); n != 400 {
			t.Errorf("%d puts seen", n)
		}
	})
}
