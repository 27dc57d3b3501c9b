package wire

import "time"

// This file bounds what a link puts up with from the other side beside the size
// of frames.

// maxEmpty is how many frames without a message may come within a second. Those
// who keep a link send one every few seconds.
const maxEmpty = 1000

// emptyFrames counts the frames without a message on one link.
type emptyFrames struct {
	n     int
	since time.Time
}

// flood counts one more frame and reports whether they are too many. It looks
// at the clock only once in maxEmpty frames.
func (e *emptyFrames) flood() bool {
	if e.n++; e.n < maxEmpty {
		return false
	}
	now := time.Now()
	flood := now.Sub(e.since) < time.Second
	e.n, e.since = 0, now
	return flood
}

// limitFrame sets or lifts the time by which a frame has to be complete that
// has begun to arrive. On a retired link, the end of the draining stays.
func (l *Link) limitFrame(began bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != linkOpen {
		return
	}
	var by time.Time
	if began {
		by = time.Now().Add(l.limits.FrameTimeout)
	}
	l.conn.SetReadDeadline(by)
}

// renewDeadline gives the other side the time again that passed while the link
// was frozen.
func (l *Link) renewDeadline() {
	l.limitFrame(l.in.began)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == linkRetired {
		l.conn.SetReadDeadline(time.Now().Add(l.limits.DrainTimeout))
	}
}
