package node

import (
	"errors"
	"os"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

const (
	// maxEvents is how many trace events are kept between two tellings. Beyond
	// that the oldest are lost, and watchers are told so.
	maxEvents = 2048
	// maxChanged is how many keys may change between two tellings. Beyond that
	// watchers are told everything anew.
	maxChanged = 4096
	// maxDelta is how many bytes of events and keys go into one delta; what is
	// more goes into further ones.
	maxDelta = 256 << 10
)

// watch tells watchers what changes. Changes are gathered for watchEvery and
// told in one message. It is owned by the owner goroutine.
type watch struct {
	list    []*watcher
	seq     uint64
	changes chord.Changes
	faults  bool // the faults of links have changed
	events  []chord.Event
	lost    uint64        // events thrown away since the last telling
	dueAt   time.Duration // when to tell; 0: nothing to tell
	countAt time.Duration // when the counters are due
	waysAt  time.Duration // when ways and checked fingers are due with them
	waysTo  time.Duration // until when these have been told
	pageAt  time.Duration // when to send the next page of keys; 0: no page is due
}

type watcher struct {
	link    *wire.Link
	request uint64
	mask    uint32
	missed  uint64 // tellings that did not fit into its queue, it gets everything anew
	pager
}

func (w *watcher) wants(part pb.WatchPart) bool { return w.mask == 0 || w.mask&uint32(part) != 0 }

// maxWatches bounds the watches of one link: each costs the peer work at every
// change.
const maxWatches = 16

// of counts the watches of a link.
func (wt *watch) of(l *wire.Link) (n int) {
	for _, w := range wt.list {
		if w.link == l {
			n++
		}
	}
	return n
}

// add begins a watch with the whole state.
func (wt *watch) add(p *Peer, l *wire.Link, request uint64, mask uint32) {
	w := &watcher{link: l, request: request, mask: mask}
	wt.flush(p, true) // what happened before is in the state
	wt.forget()       // and so is what was gathered for those who are gone
	wt.list = append(wt.list, w)
	wt.whole(p, w)
}

// cancel ends a watch.
func (wt *watch) cancel(l *wire.Link, request uint64) {
	wt.list = slices.DeleteFunc(wt.list, func(w *watcher) bool { return w.link == l && w.request == request })
}

// note gathers what a step changed.
func (wt *watch) note(p *Peer, fx *chord.Effects) {
	if len(wt.list) == 0 || !fx.Changes.Any() && len(fx.Events) == 0 {
		return
	}
	c := &wt.changes
	c.Status = c.Status || fx.Changes.Status
	c.Paused = c.Paused || fx.Changes.Paused
	c.Syncing = c.Syncing || fx.Changes.Syncing
	c.Tracing = c.Tracing || fx.Changes.Tracing
	c.Pace = c.Pace || fx.Changes.Pace
	c.Ran = c.Ran || fx.Changes.Ran
	c.Predecessor = c.Predecessor || fx.Changes.Predecessor
	c.Successors = c.Successors || fx.Changes.Successors
	c.Fingers = append(c.Fingers, fx.Changes.Fingers...)
	wt.noteKeys(fx.Changes.Keys)
	wt.events = append(wt.events, fx.Events...)
	if over := len(wt.events) - maxEvents; over > 0 {
		wt.events = slices.Delete(wt.events, 0, over)
		wt.lost += uint64(over)
	}
	wt.soon(p)
}

// noteFaults gathers that the faults of the peer's links have changed.
func (wt *watch) noteFaults(p *Peer) {
	wt.faults = true
	wt.soon(p)
}

// soon makes tell tell what has been gathered in a moment.
func (wt *watch) soon(p *Peer) {
	if wt.dueAt == 0 {
		wt.dueAt = p.clock() + watchEvery
	}
}

// noteKeys gathers changed keys.
func (wt *watch) noteKeys(keys []store.Key) {
	c := &wt.changes
	c.Keys = append(c.Keys, keys...)
	if len(c.Keys) <= maxChanged {
		return
	}
	c.Keys = distinct(c.Keys)
	if n := len(c.Keys); n > maxChanged {
		wt.lost += uint64(n)
		c.Keys = c.Keys[:0]
	}
}

// distinct sorts keys and leaves each once.
func distinct(keys []store.Key) []store.Key {
	slices.SortFunc(keys, store.Key.Compare)
	return slices.Compact(keys)
}

// nextFlush returns when there are changes or counters to be told.
func (wt *watch) nextFlush() (time.Duration, bool) {
	switch {
	case len(wt.list) == 0:
		return 0, false
	case wt.dueAt > 0:
		return min(wt.dueAt, wt.countAt), true
	}
	return wt.countAt, true
}

// nextTell returns when tell has something to do.
func (wt *watch) nextTell() (time.Duration, bool) {
	at, ok := wt.nextFlush()
	if ok && wt.pageAt > 0 {
		at = min(at, wt.pageAt)
	}
	return at, ok
}

// tell is called after every step and tells what is due.
func (wt *watch) tell(p *Peer) {
	if at, ok := wt.nextFlush(); ok && p.clock() >= at {
		wt.flush(p, false)
	}
	if wt.pageAt > 0 && p.clock() >= wt.pageAt {
		wt.pages(p)
	}
}

// flush tells all watchers what has been gathered.
func (wt *watch) flush(p *Peer, now bool) {
	if len(wt.list) == 0 || wt.dueAt == 0 && !now && p.clock() < wt.countAt {
		return
	}
	deltas := wt.deltas(p)
	for _, d := range deltas {
		wt.seq++
		d.Seq, d.ClockNanos = wt.seq, uint64(p.clock())
	}
	for _, w := range slices.Clone(wt.list) {
		wt.send(p, w, deltas)
	}
	wt.forget()
}

// catchUp tells what has been gathered before it is due.
func (wt *watch) catchUp(p *Peer) {
	if wt.dueAt > 0 {
		wt.flush(p, true)
	}
}

// forget drops what has been gathered.
func (wt *watch) forget() {
	wt.changes = chord.Changes{Fingers: wt.changes.Fingers[:0], Keys: wt.changes.Keys[:0]}
	wt.events, wt.lost, wt.dueAt, wt.faults = wt.events[:0], 0, 0, false
}

// send tells one watcher. One that is too slow is told how much it missed, and
// gets everything again, as soon as its queue has room.
func (wt *watch) send(p *Peer, w *watcher, deltas []*pb.PeerDelta) {
	if w.missed > 0 || wt.lost > 0 {
		w.missed += wt.lost
		wt.whole(p, w)
		return
	}
	for i, d := range deltas {
		if !wt.put(w, &pb.Envelope_PeerDelta{PeerDelta: w.part(d)}) {
			w.missed += uint64(len(deltas) - i - 1)
			return
		}
	}
}

// whole sends a watcher everything, after it was told what it missed. The keys
// begin anew.
func (wt *watch) whole(p *Peer, w *watcher) {
	w.pager = pager{}
	if n := w.missed; n > 0 {
		w.missed = 0
		if !wt.put(w, &pb.Envelope_WatchLost{WatchLost: &pb.WatchLost{Deltas: n}}) {
			w.missed += n
			return
		}
	}
	if wt.put(w, &pb.Envelope_PeerState{PeerState: p.state()}) && w.wants(pb.WatchPart_WATCH_PART_KEYS) {
		w.paging = true
		wt.pageSoon(p)
	}
}

// put reports whether the watcher will hear of it.
func (wt *watch) put(w *watcher, body pb.Body) bool {
	err := w.link.Send(&pb.Envelope{Answer: w.request, Body: body})
	switch {
	case errors.Is(err, wire.ErrQueueFull):
		w.missed++
	case err != nil: // the watcher is gone
		wt.cancel(w.link, w.request)
	}
	return err == nil
}

// state is the answer to StateRequest and the beginning of a watch.
func (p *Peer) state() *pb.PeerState {
	snap := p.core.Snapshot()
	st := codec.EncodeSnapshot(&snap)
	st.Seq = p.watch.seq
	st.Ring = p.cfg.ring()
	st.Counters = p.counters()
	st.ClockNanos = uint64(p.clock())
	items, size := p.core.Stored()
	st.Items, st.ItemBytes = uint64(items), uint64(size)
	st.Faults, st.Pid = codec.EncodeFaults(p.hub.Faults()), uint32(os.Getpid())
	st.Ways, st.Fixed = codec.EncodeWays(p.core.Ways(0)), codec.EncodeFixed(p.core.Fixed(0))
	st.Protocol = "corrected"
	if p.cfg.Chord.Original {
		st.Protocol = "original"
	}
	return st
}

func (p *Peer) counters() *pb.Counters {
	s := p.hub.Stats()
	return &pb.Counters{Sent: p.sent, Received: p.got, BytesOut: s.BytesOut, BytesIn: s.BytesIn, Links: uint32(s.Links)}
}
