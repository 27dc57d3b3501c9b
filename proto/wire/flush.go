package wire

import (
	"fmt"
	"sync"
	"time"

	pb "chordscope/proto"
)

// queue appends a frame; mu is held.
func (l *Link) queue(env *pb.Envelope) error {
	before := len(l.pending)
	if l.pending == nil {
		l.pending = takeBuffer()
	}
	var err error
	l.pending, err = appendFrame(l.pending, env, l.limits.MaxFrame)
	if err != nil {
		return err
	}
	if waiting := before + l.inFlight; waiting > 0 && waiting+len(l.pending)-before > l.limits.MaxQueue {
		l.pending = l.pending[:before]
		return fmt.Errorf("%w: %d bytes wait for %s", ErrQueueFull, waiting, l.who())
	}
	l.active.Store(true)
	l.stats.messagesOut.Add(1)
	l.startFlush()
	return nil
}

// begin starts sending: what the owner put into pending before, and then the
// frames that waited for the link.
func (l *Link) begin(waiting []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = append(l.pending, waiting...)
	if len(l.pending) > 0 {
		l.startFlush()
	}
}

// keepAlive sends the empty frame.
func (l *Link) keepAlive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == linkOpen && !l.flushing {
		l.pending = append(l.pending, 0)
		l.startFlush()
	}
}

// startFlush starts the writing goroutine unless it runs; mu is held.
func (l *Link) startFlush() {
	if !l.flushing && l.state != linkDead {
		l.flushing = true
		go l.flush()
	}
}

// flush is the writing goroutine.
func (l *Link) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.pending) > 0 && l.state != linkDead {
		out := l.pending
		l.pending, l.inFlight = nil, len(out)
		l.mu.Unlock()
		l.conn.SetWriteDeadline(time.Now().Add(l.limits.WriteTimeout))
		n, err := l.conn.Write(out)
		l.stats.bytesOut.Add(uint64(n))
		giveBuffer(out)
		if err != nil {
			l.conn.Close() // so that the reading goroutine finds out
		}
		l.mu.Lock()
		l.inFlight = 0
		if err != nil {
			l.writeErr = err
			break
		}
	}
	if l.state == linkRetired {
		closeWrite(l.conn)
	}
	l.flushing = false
	l.flushed.Broadcast()
}

// awaitFlush waits for the writing goroutine to end; mu is held.
func (l *Link) awaitFlush() {
	for l.flushing {
		l.flushed.Wait()
	}
}

// buffers are shared by all links, so that an idle one keeps none.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled is the largest buffer that is kept for the next link, in bytes.
const maxPooled = 64 << 10

func takeBuffer() []byte { return (*buffers.Get().(*[]byte))[:0] }

func giveBuffer(b []byte) {
	if cap(b) <= maxPooled {
		buffers.Put(&b)
	}
}
