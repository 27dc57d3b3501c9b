package observe

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Whatever happens to peers and keys, a Picture says of the keys what follows
// from the definitions, worked out from scratch.
func TestKeysAgreeWithTheDefinitions(t *testing.T) {
	shown := make(map[string]int)
	for seed := range uint64(16) {
		runHistory(t, seed, shown)
	}
	t.Log(shown)
	for _, what := range []string{"healthy", "under-replicated", "surplus", "lost", "leftover", "tombstone", "old", "shared identifier", "nobody"} {
		if shown[what] < 20 {
			t.Errorf("%s was seen %d times: that shows little", what, shown[what])
		}
	}
}

func runHistory(t *testing.T, seed uint64, shown map[string]int) {
	h := &history{scene: newScene(t, []int{6, 40}[seed%2], 3), rng: rand.New(rand.NewPCG(seed, 8)), k: 1 + int(seed%4), acks: make(map[store.Key]*ack), shown: shown}
	h.cfg.Replicas = h.k
	for i := range 8 {
		id := h.cfg.Space.At((float64(i) + h.rng.Float64()) / 8)
		h.keys = append(h.keys, store.Key{ID: id}, store.Key{ID: id, Name: fmt.Sprint("twin ", i)}) // nobody checks names here
	}
	type kept struct {
		pic  *Picture
		text string
	}
	var before []kept
	for step := range 120 {
		for range 1 + h.rng.IntN(4) {
			h.act()
		}
		pic := h.Picture()
		h.check(pic, fmt.Sprintf("seed %d, step %d", seed, step))
		if step%30 == 0 {
			before = append(before, kept{pic, keysText(pic)})
		}
	}
	for _, b := range before {
		if keysText(b.pic) != b.text {
			t.Errorf("seed %d: the picture of %v was changed", seed, b.pic.At)
		}
	}
}

func keysText(pic *Picture) (text string) {
	for _, d := range pic.Keys {
		text += fmt.Sprintf("%+v\n", *d)
	}
	return text + fmt.Sprintf("%+v %+v", pic.Data, pic.Peers)
}

// check compares a Picture with what must be in it.
func (h *history) check(pic *Picture, when string) {
	h.t.Helper()
	want := Data{Replicas: h.k}
	var keys []*Datum
	numbers := make(map[chord.Ref]*Peer) // with the numbers of keys only
	for _, w := range h.peers {
		numbers[w.ref] = &Peer{}
		for _, e := range w.held {
			if e.Deleted && w.member() {
				want.Tombstones++
				h.shown["tombstone"]++
			}
		}
	}
	slices.SortFunc(h.keys, store.Key.Compare)
	for _, key := range h.keys {
		d, deleted := h.expect(pic, key)
		if d != nil {
			keys = append(keys, d)
			h.countKey(d, &want, numbers)
		} else if deleted && slices.ContainsFunc(h.peers, func(w *witness) bool { return w.member() && w.has(key) }) {
			want.Leftovers++
			h.shown["leftover"]++
		}
	}
	want.Keys = len(keys) - want.Lost
	for _, key := range h.keys {
		i := slices.IndexFunc(keys, func(d *Datum) bool { return d.Key == key })
		var d *Datum
		if i >= 0 {
			d = keys[i]
		}
		if got := pic.Datum(key); !reflect.DeepEqual(got, d) {
			h.t.Fatalf("%s, at %v, %s: the picture says\n%+v, want\n%+v\nacknowledged %+v", when, pic.At, key.Text(h.cfg.Space), got, d, h.acks[key])
		}
	}
	if len(pic.Keys) != len(keys) {
		h.t.Fatalf("%s: %d keys, want %d", when, len(pic.Keys), len(keys))
	}
	if pic.Data != want {
		h.t.Fatalf("%s: data %+v, want %+v", when, pic.Data, want)
	}
	for _, p := range pic.Peers {
		n := numbers[chord.Ref{ID: p.ID, Addr: p.Addr, Inc: p.Incarnation}]
		if n == nil || p.Owned != n.Owned || p.Copies != n.Copies || p.Bytes != n.Bytes {
			h.t.Fatalf("%s: %s has %d keys, %d copies of %d bytes, want %+v", when, p.Name, p.Owned, p.Copies, p.Bytes, n)
		}
	}
}

func (w *witness) holds(key store.Key) bool { return !w.held[key].Version.IsZero() }
func (w *witness) has(key store.Key) bool   { return w.holds(key) && !w.held[key].Deleted }

// expect works out what a Picture must say of a key.
func (h *history) expect(pic *Picture, key store.Key) (d *Datum, deleted bool) {
	state := func() (store.Entry, bool) {
		top, a := h.newest(key, (*witness).member), h.acks[key]
		if top.Version.IsZero() || a != nil && top.Version.Compare(a.entry.Version) < 0 {
			top = h.newest(key, (*witness).there)
		}
		return top, a != nil && top.Version.Compare(a.entry.Version) < 0
	}
	top, broken := state()
	a := h.acks[key]
	if broken && a.settled(pic.At) && a.entry.Deleted {
		delete(h.acks, key)
		top, broken = state()
	}
	d = &Datum{Key: key, Name: key.Text(h.cfg.Space)}
	switch {
	case broken && a.settled(pic.At):
		d.State, top = Lost, a.entry
		if !a.known {
			top = store.Entry{Version: top.Version}
		}
	case broken && a.entry.Deleted, top.Deleted:
		return nil, true
	case top.Version.IsZero():
		return nil, false
	}
	d.Version, d.Size, d.Sum, d.Head = top.Version, top.Size, top.Sum, top.Head
	h.expectHolders(pic, d)
	return d, false
}

// expectHolders fills in owner, holders and state.
func (h *history) expectHolders(pic *Picture, d *Datum) {
	clockwise := func(from ring.ID, of func(*witness) bool) (out []*witness) {
		for _, w := range h.peers {
			if of(w) {
				out = append(out, w)
			}
		}
		slices.SortFunc(out, func(a, b *witness) int {
			return h.cfg.Space.Distance(from, a.ref.ID).Compare(h.cfg.Space.Distance(from, b.ref.ID))
		})
		return out
	}
	wanted := clockwise(d.Key.ID, (*witness).member)
	wanted = wanted[:min(h.k, len(wanted))]
	d.Owner = d.Key.ID
	if len(wanted) > 0 {
		d.Owner = wanted[0].ref.ID
	}
	missing, surplus := len(wanted) == 0, false
	for i, w := range append(wanted, clockwise(d.Owner, func(w *witness) bool {
		return w.there() && w.has(d.Key) && !slices.Contains(wanted, w)
	})...) {
		n := Holder{ID: w.ref.ID, Name: pic.peerName(w.ref.ID), Wanted: i < len(wanted)}
		n.Has = w.has(d.Key) && w.held[d.Key].Version == d.Version
		n.Old = w.has(d.Key) && !n.Has
		missing = missing || n.Wanted && !n.Has
		surplus = surplus || !n.Wanted && w.member()
		d.Holders = append(d.Holders, n)
	}
	switch {
	case d.State == Lost:
	case missing:
		d.State = UnderReplicated
	case surplus:
		d.State = Surplus
	}
}

// countKey adds a key up.
func (h *history) countKey(d *Datum, sums *Data, numbers map[chord.Ref]*Peer) {
	h.shown[d.State.String()]++
	*map[KeyState]*int{Healthy: &sums.Healthy, UnderReplicated: &sums.UnderReplicated, Surplus: &sums.Surplus, Lost: &sums.Lost}[d.State]++
	if d.Owner == d.Key.ID {
		h.shown["nobody"]++
	}
	if twin := h.acks[store.Key{ID: d.Key.ID}]; twin != nil && d.Key.Name != "" {
		h.shown["shared identifier"]++
	}
	for _, w := range h.peers {
		if !w.there() || !w.has(d.Key) {
			continue
		}
		n := numbers[w.ref]
		n.Copies++
		n.Bytes += w.held[d.Key].Size
		if w.member() && w.ref.ID == d.Owner {
			n.Owned++
		}
		if w.member() {
			sums.Copies++
			sums.Bytes += w.held[d.Key].Size
		}
		if w.held[d.Key].Version != d.Version {
			h.shown["old"]++
		}
	}
}

func (p *Picture) peerName(id ring.ID) string {
	for i := range p.Peers {
		if p.Peers[i].ID == id {
			return p.Peers[i].Name
		}
	}
	return ""
}
