package node

import (
	"sync"

	"chordscope/node/chord"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// item is something for the owner goroutine: a message, an input of the core, or
// a call that needs the core.
type item struct {
	link *wire.Link
	env  *pb.Envelope
	in   chord.Input
	do   func()
}

// inbox hands items to the owner goroutine in batches. It is bounded: put
// waits while it is full, so that a link that brings too much is held up by
// TCP instead of filling the memory.
type inbox struct {
	mu     sync.Mutex
	space  sync.Cond
	items  []item
	closed bool
	ready  chan struct{} // has a token if there is something to take
}

func newInbox() *inbox {
	b := &inbox{ready: make(chan struct{}, 1)}
	b.space.L = &b.mu
	return b
}

// put reports false if the peer has ended.
func (b *inbox) put(it item) bool {
	b.mu.Lock()
	for len(b.items) >= maxInbox && !b.closed {
		b.space.Wait()
	}
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.items = append(b.items, it)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
	return true
}

// take returns all that waits. spare is an old batch whose memory is used again.
func (b *inbox) take(spare []item) []item {
	clear(spare)
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = spare[:0]
	b.space.Broadcast()
	return items
}

// close makes put fail from now on, and wakes those who wait in it.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.space.Broadcast()
}
