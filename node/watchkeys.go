package node

import (
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"chordscope/node/codec"
	"chordscope/node/store"
	pb "chordscope/proto"
)

const (
	// pageKeys is how many keys one page has: so few that to sum them up holds
	// nobody up.
	pageKeys = 128
	// pageRoom is how many bytes may wait for a watcher that gets another page,
	// far below what its queue takes: changes come first.
	pageRoom = 256 << 10
)

// pager is how far a watcher has been told the keys that the peer holds. A page
// is read at the moment it is sent, in the order of the keys. A change behind
// the last page reaches the watcher by a delta after it, one before it by a
// later page, and in either order what comes last is the newest; so pages and
// deltas add up without either knowing of the other.
type pager struct {
	paging bool
	begun  bool
	after  store.Key // the last one told, with begun
}

// pageSoon makes tell send the next pages.
func (wt *watch) pageSoon(p *Peer) { wt.pageAt = max(p.clock(), 1) }

// pages sends one page to each watcher that waits for one and has room.
func (wt *watch) pages(p *Peer) {
	wt.pageAt = 0
	var later time.Duration // when to look for room again
	more := false
	for _, w := range slices.Clone(wt.list) {
		switch {
		case !w.paging:
		case w.link.Queued() > pageRoom:
			later = p.clock() + watchEvery
		default:
			wt.page(p, w)
			more = more || w.paging
		}
	}
	if wt.pageAt = later; more {
		wt.pageSoon(p)
	}
}

func (wt *watch) page(p *Peer, w *watcher) {
	entries := p.core.Entries(w.after, w.begun, pageKeys)
	page := &pb.HeldKeys{More: len(entries) == pageKeys}
	for i := range entries {
		page.Keys = append(page.Keys, codec.EncodeHeld(&entries[i]))
	}
	w.paging = wt.put(w, &pb.Envelope_HeldKeys{HeldKeys: page}) && page.More
	if w.paging {
		w.after, w.begun = entries[pageKeys-1].Key, true
	}
}

// deltas returns what has been gathered, divided so that no message becomes too
// long. Keys come before the events that tell of them.
func (wt *watch) deltas(p *Peer) []*pb.PeerDelta {
	slices.Sort(wt.changes.Fingers)
	wt.changes.Fingers = slices.Compact(wt.changes.Fingers)
	snap := p.core.Snapshot()
	all := codec.EncodeDelta(&snap, &wt.changes)
	all.Counters, wt.countAt = p.counters(), p.clock()+countEvery
	wt.addWays(p, all)
	if wt.faults {
		all.Faults = &pb.LinkFaults{Faults: codec.EncodeFaults(p.hub.Faults())}
	}
	out, size := []*pb.PeerDelta{all}, 0
	room := func(m proto.Message) *pb.PeerDelta {
		if size += proto.Size(m); size > maxDelta {
			out, size = append(out, &pb.PeerDelta{}), proto.Size(m)
		}
		return out[len(out)-1]
	}
	for _, k := range distinct(wt.changes.Keys) {
		if entry, ok := p.core.Entry(k); ok {
			held := codec.EncodeHeld(&entry)
			d := room(held)
			d.Keys = append(d.Keys, held)
		} else {
			gone := codec.EncodeKey(k)
			d := room(gone)
			d.Gone = append(d.Gone, gone)
		}
	}
	for i := range wt.events {
		e := codec.EncodeEvent(&wt.events[i])
		d := room(e)
		d.Events = append(d.Events, e)
	}
	return out
}

// addWays adds ways and checked fingers to what is told, if they are due. Whoever
// has asked for a run sees them with its end.
func (wt *watch) addWays(p *Peer, d *pb.PeerDelta) {
	now := p.clock()
	if now < wt.waysAt && !wt.changes.Ran {
		return
	}
	d.Ways, d.Fixed = codec.EncodeWays(p.core.Ways(wt.waysTo)), codec.EncodeFixed(p.core.Fixed(wt.waysTo))
	wt.waysAt, wt.waysTo = now+countEvery, now
}

// part returns what the watcher wants of a delta.
func (w *watcher) part(delta *pb.PeerDelta) *pb.PeerDelta {
	if w.mask == 0 {
		return delta
	}
	d := &pb.PeerDelta{Seq: delta.Seq, ClockNanos: delta.ClockNanos}
	if w.wants(pb.WatchPart_WATCH_PART_STATE) {
		d.Status, d.Paused, d.Syncing, d.Predecessor = delta.Status, delta.Paused, delta.Syncing, delta.Predecessor
		d.Successors, d.Fingers, d.Faults = delta.Successors, delta.Fingers, delta.Faults
		d.Tracing, d.Pace, d.Ran = delta.Tracing, delta.Pace, delta.Ran
	}
	if w.wants(pb.WatchPart_WATCH_PART_EVENTS) {
		d.Events = delta.Events
	}
	if w.wants(pb.WatchPart_WATCH_PART_COUNTERS) {
		d.Counters = delta.Counters
	}
	if w.wants(pb.WatchPart_WATCH_PART_WAYS) {
		d.Ways, d.Fixed = delta.Ways, delta.Fixed
	}
	if w.wants(pb.WatchPart_WATCH_PART_KEYS) {
		d.Keys, d.Gone = delta.Keys, delta.Gone
	}
	return d
}
