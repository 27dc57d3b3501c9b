package wire

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Budget bounds the connections of many hubs in one program, whose open files
// are limited: both ends of a connection between two of them count. Hubs that
// share one keep fewer links the more they are, the most important ones; other
// links are closed when they are not in use as soon as room is short, and dials
// wait for room. All methods are safe for concurrent use.
type Budget struct {
	files int

	mu      sync.Mutex
	hubs    map[*Hub]struct{}
	ends    int         // connections of hubs, open or being made
	waiting []waiting   // dials that wait for room, in order
	trimmer *time.Timer // until the next trim; nil: room is not short
}

// waiting is a dial that waits for room.
type waiting struct {
	news  chan struct{} // closed when there may be some
	since time.Time
}

const (
	// besides is how many descriptors a peer takes beside the connections of its
	// hub: its port, both ends of its session with the registry, and the other
	// end of whoever watches it.
	besides = 4
	// leastKept is how many links a hub may always keep: a neighbour on each
	// side, and one more.
	leastKept = 3
	// trimEvery is how often links that are not in use are looked for while room
	// is short.
	trimEvery = 50 * time.Millisecond
)

// NewBudget returns a budget of so many descriptors.
func NewBudget(files int) *Budget { return &Budget{files: files, hubs: make(map[*Hub]struct{})} }

// room is how many connections all hubs together may have; mu is held.
func (b *Budget) room() int { return b.files - besides*len(b.hubs) }

// short reports whether links that are not in use should go; mu is held.
func (b *Budget) short() bool { return b.ends > b.room()*7/8 }

// kept returns how many links each hub may keep. The other end of each is
// another hub's, and a neighbour keeps one of them as well.
func (b *Budget) kept() int {
	if b == nil {
		return 1 << 30
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(leastKept, 1+b.room()*3/4/(2*max(1, len(b.hubs))))
}

// Delay returns for how long the dial waits for room that waits longest: as long
// as it takes others to hear from whoever has to be dialled.
func (b *Budget) Delay() time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		return 0
	}
	return time.Since(b.waiting[0].since)
}

func (b *Budget) enter(h *Hub) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hubs[h] = struct{}{}
	b.changed()
}

func (b *Budget) exit(h *Hub) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.hubs, h)
	b.changed()
}

// acquire waits for room for a connection to another hub, and takes one end of
// it. Each success needs a release.
func (b *Budget) acquire(ctx context.Context) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	for b.ends+2 > b.room() {
		news := make(chan struct{})
		b.waiting = append(b.waiting, waiting{news, time.Now()})
		b.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			b.giveUp(news)
			return ctx.Err()
		}
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	b.ends++
	b.changed()
	return nil
}

// giveUp takes a dial out that waits no more, and passes its turn on if that has
// just come.
func (b *Budget) giveUp(news chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = slices.DeleteFunc(b.waiting, func(w waiting) bool { return w.news == news })
	b.changed()
}

// accept takes an end of a connection that somebody has made.
func (b *Budget) accept() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends++
	b.changed()
}

// release gives an end back.
func (b *Budget) release() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends--
	b.changed()
}

// changed lets dials go on for which there is room, and sees to it that there
// will be some; mu is held.
func (b *Budget) changed() {
	for n := b.room() - b.ends; n >= 2 && len(b.waiting) > 0; n -= 2 {
		close(b.waiting[0].news)
		b.waiting = b.waiting[1:]
	}
	if b.trimmer == nil && b.short() {
		b.trimmer = time.AfterFunc(trimEvery, b.trim)
	}
}

// trim closes links that are not in use, as many as are needed.
func (b *Budget) trim() {
	b.mu.Lock()
	excess := b.ends - b.room()*7/8
	hubs := make([]*Hub, 0, len(b.hubs))
	for h := range b.hubs { // in random order
		hubs = append(hubs, h)
	}
	b.mu.Unlock()
	for _, h := range hubs {
		if excess <= 0 {
			break
		}
		excess -= 2 * h.trim()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trimmer = nil
	b.changed()
}

// trim retires the links that this side dialled, does not keep, and that were
// not used since the last look at them. It returns how many.
func (h *Hub) trim() int {
	h.mu.Lock()
	if h.gate.shut() {
		h.mu.Unlock()
		return 0
	}
	h.keep()
	var unused []*Link
	for _, p := range h.peers {
		if p.kept || h.lines[p.addr].isCut() {
			continue
		}
		for _, l := range p.links {
			if used := l.active.And(^usedSinceTrim)&usedSinceTrim != 0; !l.inbound && !used {
				unused = append(unused, l)
			}
		}
	}
	h.mu.Unlock()
	for _, l := range unused {
		h.retire(l)
	}
	return len(unused)
}
