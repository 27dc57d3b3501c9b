package wire

import (
	"fmt"
	"sync"
	"time"

	pb "chordscope/proto"
)

// queue appends a frame; mu is held.
func (l *Link) queue(env *pb.Envelope) error {
	before, marks := len(l.pending), len(l.marks)*markSize
	if l.pending == nil {
		l.pending = takeBuffer()
	}
	var err error
	l.pending, err = appendFrame(l.pending, env, l.limits.MaxFrame)
	if err != nil {
		return err
	}
	if waiting := before + l.inFlight + marks; waiting > 0 && waiting+len(l.pending)-before > l.limits.MaxQueue {
		l.pending = l.pending[:before]
		return fmt.Errorf("%w: %d bytes wait for %s", ErrQueueFull, waiting, l.who())
	}
	l.active.Store(used)
	l.stats.messagesOut.Add(1)
	if l.line.isCut() {
		l.pending = l.pending[:before]
		return nil
	}
	l.hold(len(l.pending) - before)
	return nil
}

// writeNow writes what is queued as far as the system takes it at once, and
// leaves the rest to the writing goroutine.
func (l *Link) writeNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flushing || len(l.pending) == 0 || !l.mayWrite() {
		return
	}
	if l.direct != nil && l.state == linkOpen && l.opening == 0 {
		out := l.release()
		n := l.direct.write(out)
		l.stats.bytesOut.Add(uint64(n))
		if n < len(out) {
			l.pending = append(out[n:], l.pending...)
		} else {
			giveBuffer(out)
		}
	}
	if len(l.pending) > 0 {
		l.startFlush()
	}
}

// begin starts sending: what the owner put into pending before, which is the
// opening frame, and then the frames that waited for the link.
func (l *Link) begin(waiting []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opening = len(l.pending)
	if !l.line.isCut() {
		l.pending = append(l.pending, waiting...)
		l.hold(len(l.pending))
	}
	if len(l.pending) > 0 {
		l.startFlush()
	}
}

// keepAlive sends the empty frame, unless there is something else to be sent.
func (l *Link) keepAlive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == linkOpen && !l.flushing && len(l.pending) == 0 && !l.line.isCut() {
		l.pending = append(l.pending, 0)
		l.hold(1)
		l.startFlush()
	}
}

// startFlush starts the writing goroutine unless it runs or has nothing to do;
// mu is held.
func (l *Link) startFlush() {
	if !l.flushing && l.mayWrite() {
		l.flushing = true
		go l.flush()
	}
}

// flush is the writing goroutine.
func (l *Link) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.state != linkDead {
		out := l.release()
		if len(out) == 0 {
			break
		}
		l.inFlight = len(out)
		l.mu.Unlock()
		err := l.write(out)
		l.mu.Lock()
		l.inFlight = 0
		if err != nil {
			l.writeErr = err
			break
		}
	}
	if l.state == linkRetired && len(l.pending) == 0 {
		closeWrite(l.conn)
	}
	l.flushing = false
	if len(l.pending) > 0 && l.writeErr == nil {
		l.startFlush() // once more is due
	}
	l.flushed.Broadcast()
}

// write writes frames and gives their buffer away. If it cannot, it closes the
// connection, so that the reading goroutine finds out.
func (l *Link) write(frames []byte) error {
	l.conn.SetWriteDeadline(time.Now().Add(l.limits.WriteTimeout))
	n, err := l.conn.Write(frames)
	l.conn.SetWriteDeadline(time.Time{}) // for the next direct write
	l.stats.bytesOut.Add(uint64(n))
	giveBuffer(frames)
	if err != nil {
		l.gate.wait()
		l.conn.Close()
	}
	return err
}

// awaitFlush waits until the writing goroutine has ended and, on a retired
// link, has written everything; mu is held.
func (l *Link) awaitFlush() {
	for l.flushing || l.state == linkRetired && len(l.pending) > 0 && l.writeErr == nil && !l.line.isCut() {
		l.flushed.Wait()
	}
}

// buffers are shared by all links, so that an idle one keeps none. What holds
// one in the pool is used again too.
var (
	buffers = sync.Pool{New: func() any { return new([]byte) }}
	holders = sync.Pool{New: func() any { return new([]byte) }}
)

// maxPooled is the largest buffer that is kept for the next link, in bytes.
const maxPooled = 64 << 10

func takeBuffer() []byte {
	holder := buffers.Get().(*[]byte)
	b := (*holder)[:0]
	*holder = nil
	holders.Put(holder)
	return b
}

func giveBuffer(b []byte) {
	if cap(b) <= maxPooled {
		holder := holders.Get().(*[]byte)
		*holder = b
		buffers.Put(holder)
	}
}
