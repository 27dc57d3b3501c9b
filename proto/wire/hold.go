package wire

import "time"

// This file is how a link holds frames back: those that a faulty way delays,
// and all of them while the way is cut or the hub frozen. Frames are held in
// pending, in order, so what is held up counts against MaxQueue by itself.

// mark says that so many bytes of pending are held up until due. Marks cover
// the end of pending; the bytes before them may go. They never go back in time.
type mark struct {
	due   time.Time
	bytes int
}

// markSize is what a mark counts for in the queue, in bytes.
const markSize = 32

// setLine puts the link on a faulty way, or with nil on a sound one.
func (l *Link) setLine(ln *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = ln
	switch {
	case ln == nil:
		l.marks, l.held = nil, 0
	case ln.isCut():
		// The first frame stays for when the way is healed: without it the
		// other side would not understand what follows.
		l.marks, l.held = nil, 0
		l.pending = l.pending[:l.opening]
	}
	l.goOn()
}

// goOn writes what may be written after a change of the way, or a thaw; mu is
// held.
func (l *Link) goOn() {
	if len(l.pending) > 0 || l.state == linkRetired {
		l.startFlush()
	}
	l.flushed.Broadcast()
}

// hold puts the last n bytes of pending onto the line; mu is held.
func (l *Link) hold(n int) {
	if l.line == nil || n == 0 {
		return
	}
	due := l.line.due(time.Now())
	l.held += n
	if last := len(l.marks) - 1; last >= 0 && l.marks[last].due.Equal(due) {
		l.marks[last].bytes += n
		return
	}
	l.marks = append(l.marks, mark{due, n})
}

// stuck reports whether nothing may be written whatever the time; mu is held.
func (l *Link) stuck() bool { return l.line.isCut() || l.gate.shut() }

// release takes the bytes off the front of pending that may be written now, nil
// if there are none; mu is held.
func (l *Link) release() []byte {
	if l.stuck() {
		return nil
	}
	n := len(l.pending) - l.held
	if len(l.marks) > 0 {
		now, passed := time.Now(), 0
		for passed < len(l.marks) && !l.marks[passed].due.After(now) {
			n += l.marks[passed].bytes
			l.held -= l.marks[passed].bytes
			passed++
		}
		if l.marks = l.marks[passed:]; len(l.marks) == 0 {
			l.marks = nil
		}
	}
	if n == 0 {
		return nil
	}
	out := l.pending[:n]
	if n == len(l.pending) {
		l.pending = nil
	} else {
		out = append(takeBuffer(), out...) // the buffer is given away once it is written
		l.pending = l.pending[n:]
	}
	l.opening = max(0, l.opening-n)
	return out
}

// mayWrite reports whether there is something for the writing goroutine to do
// now. If it is only too early, mayWrite sees to it that it is done in time; mu
// is held.
func (l *Link) mayWrite() bool {
	switch {
	case l.state == linkDead:
		return false
	case len(l.pending) == 0:
		return !l.gate.shut() // to half-close a retired link
	case l.stuck():
		return false
	case l.held < len(l.pending):
		return true
	}
	wait := time.Until(l.marks[0].due)
	if wait > 0 && l.wake == nil {
		l.wake = time.AfterFunc(wait, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.wake = nil
			l.startFlush()
		})
	}
	return wait <= 0
}

// heldFor returns how long the last frame is held up; mu is held.
func (l *Link) heldFor() time.Duration {
	if len(l.marks) == 0 {
		return 0
	}
	return max(0, time.Until(l.marks[len(l.marks)-1].due))
}
