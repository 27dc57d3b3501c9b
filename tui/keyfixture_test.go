package tui

import (
	"fmt"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// replicas is how many copies of a key there are in tests.
const replicas = 3

// named returns a key of this name, with a value, in the first version.
func named(space ring.Space, name, value string) *observe.Datum {
	k := store.Named(space, name)
	return &observe.Datum{Key: k, Name: k.Text(space), Version: store.Version{Counter: 1}, Size: len(value), Head: value}
}

// numberedKeys returns keys that are identifiers, as in the papers.
func numberedKeys(space ring.Space, ids ...uint64) []*observe.Datum {
	var keys []*observe.Datum
	for _, v := range ids {
		k := store.Key{ID: ring.FromUint64(v)}
		keys = append(keys, &observe.Datum{
			Key: k, Name: k.Text(space), Version: store.Version{Counter: 2}, Size: 5, Head: fmt.Sprintf("val%02d", v),
		})
	}
	return keys
}

// manyKeys returns n named keys.
func manyKeys(space ring.Space, n int) []*observe.Datum {
	keys := make([]*observe.Datum, n)
	for i := range keys {
		keys[i] = named(space, fmt.Sprintf("key-%d", i+1), fmt.Sprintf("value %d", i+1))
	}
	return keys
}

// withKeys returns the world's picture with these keys in it. Their copies are
// where they belonged while all peers lived that others know: those on peers
// that have died are missing.
func (w *world) withKeys(keys []*observe.Datum) *observe.Picture {
	pic := w.picture()
	pic.Data.Replicas = replicas
	slices.SortFunc(keys, func(a, b *observe.Datum) int { return a.Key.Compare(b.Key) })
	pic.Keys = keys
	for _, d := range keys {
		w.place(d)
		tallyKey(pic, d)
	}
	return pic
}

// place finds out who holds a key, who should, and how it stands with it.
func (w *world) place(d *observe.Datum) {
	held := w.from(d.Key.ID, known)
	wanted := w.from(d.Key.ID, member)
	d.Owner = wanted[0].ID
	for _, p := range wanted {
		d.Holders = append(d.Holders, observe.Holder{ID: p.ID, Name: p.Name, Wanted: true, Has: slices.Contains(held, p)})
	}
	left := 0
	for _, h := range d.Holders {
		switch {
		case h.Has:
			left++
		default:
			d.State = observe.UnderReplicated
		}
	}
	if left == 0 {
		d.State = observe.Lost
	}
}

// from returns the first peers from id on, as many as a key has copies.
func (w *world) from(id ring.ID, ok func(*observe.Peer) bool) []*observe.Peer {
	var list []*observe.Peer
	for len(list) < replicas {
		p := w.after(id, ok)
		if slices.Contains(list, p) {
			break
		}
		list = append(list, p)
		id = w.space.Add(p.ID, ring.FromUint64(1))
	}
	return list
}

// tallyKey counts a key in the picture's sums.
func tallyKey(pic *observe.Picture, d *observe.Datum) {
	switch d.State {
	case observe.Lost:
		pic.Data.Lost++
		return
	case observe.UnderReplicated:
		pic.Data.UnderReplicated++
	default:
		pic.Data.Healthy++
	}
	pic.Data.Keys++
	for _, h := range d.Holders {
		if !h.Has {
			continue
		}
		i, _ := slices.BinarySearchFunc(pic.Peers, h.ID, func(p observe.Peer, id ring.ID) int { return p.ID.Compare(id) })
		p := &pic.Peers[i]
		p.Copies++
		p.Bytes += d.Size
		pic.Data.Copies++
		pic.Data.Bytes += d.Size
		if h.ID == d.Owner {
			p.Owned++
		}
	}
}

// keyedPicture is the paper's ring with the keys of its figure 2.
func keyedPicture() *observe.Picture {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(append(numberedKeys(w.space, 10, 24, 30, 38, 54), named(w.space, "apple", "red")))
	pic.Events = someEvents()
	return pic
}

// bereft is a ring of 24 peers with keys of which every third peer, and once
// three in a row, have just died.
func bereft(n int) *observe.Picture {
	w := newWorld(16, 4, spread(16, 24)...)
	for i := 1; i < 24; i += 6 {
		w.set(observe.StateDead, 19e9, i)
	}
	w.set(observe.StateDead, 19e9, 14, 15)
	pic := w.withKeys(manyKeys(w.space, n))
	pic.Events = someEvents()
	return pic
}
