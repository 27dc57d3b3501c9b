package chord

import (
	"chordscope/node/ring"
	"chordscope/node/store"
)

// point is the stretch that holds id alone.
func (p *Peer) point(id ring.ID) ring.Interval {
	return ring.OpenClosed(p.space.Distance(ring.FromUint64(1), id), id)
}

// keep takes items in whose version is higher than that which we hold, and
// returns how many those are and the bytes of their values.
func (p *Peer) keep(items ...store.Item) (n, size int) {
	for _, it := range items {
		if p.data.items.Put(it, p.now) {
			p.fx.Changes.Keys = append(p.fx.Changes.Keys, it.Key)
			n++
			size += len(it.Value)
		}
	}
	return n, size
}

// takeOver keeps items that came from another peer in bulk.
func (p *Peer) takeOver(from Ref, items []store.Item, why Cause) {
	n, size := p.keep(items...)
	if n == 0 {
		return
	}
	first, last := items[0].Key.ID, items[len(items)-1].Key.ID
	p.event(Event{Kind: EvTook, Peer: from, Index: n, Last: size, Cause: why, Range: ring.OpenClosed(p.point(first).From, last)})
}

func (p *Peer) drop(k store.Key) {
	p.data.past = max(p.data.past, p.held(k).Counter)
	if p.data.items.Drop(k) {
		p.fx.Changes.Keys = append(p.fx.Changes.Keys, k)
	}
}

// Entry returns what the peer holds of a key, summed up; false: nothing.
func (p *Peer) Entry(k store.Key) (store.Entry, bool) {
	it, ok := p.data.items.Get(k)
	if !ok {
		return store.Entry{}, false
	}
	return it.Entry(), true
}

// Entries returns at most limit of the entries that the peer holds, in the
// order of their keys: the first ones, or with begun those behind after. Fewer
// than limit are the last ones.
func (p *Peer) Entries(after store.Key, begun bool, limit int) []store.Entry {
	last := p.space.Last()
	var out []store.Entry
	p.data.items.Scan(ring.OpenClosed(last, last), after, begun, func(it *store.Item) bool {
		if len(out) == limit {
			return false
		}
		out = append(out, it.Entry())
		return true
	})
	return out
}

// Stored returns how many items the peer holds, tombstones included, and the
// bytes of their values.
func (p *Peer) Stored() (items, size int) { return p.data.items.Len(), p.data.items.Bytes() }
