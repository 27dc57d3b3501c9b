package wire

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// memBuffer is how many bytes one direction holds before writing waits.
const memBuffer = 64 << 10

// memConn is one end of a connection of Memory.
type memConn struct {
	in, out       *memStream
	local, remote memAddr
	mu            sync.Mutex
	abrupt        bool // SetLinger(0)
}

func memPipe(a, b memAddr) (*memConn, *memConn) {
	ab, ba := newMemStream(), newMemStream()
	return &memConn{in: ba, out: ab, local: a, remote: b}, &memConn{in: ab, out: ba, local: b, remote: a}
}

func (c *memConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *memConn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *memConn) CloseWrite() error {
	c.out.end(io.EOF, os.NewSyscallError("write", syscall.EPIPE))
	return nil
}
func (c *memConn) LocalAddr() net.Addr               { return c.local }
func (c *memConn) RemoteAddr() net.Addr              { return c.remote }
func (c *memConn) SetReadDeadline(t time.Time) error { c.in.setDeadline(&c.in.readBy, t); return nil }
func (c *memConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeBy, t)
	return nil
}

func (c *memConn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *memConn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.abrupt = sec == 0
	return nil
}

// Close ends both directions. As with TCP, the other side reads a reset
// instead of an end if this one had not read everything it was sent.
func (c *memConn) Close() error {
	c.mu.Lock()
	abrupt := c.abrupt
	c.mu.Unlock()
	gone := os.NewSyscallError("read", syscall.ECONNRESET)
	if unread := c.in.close(gone); unread || abrupt {
		c.out.end(gone, net.ErrClosed)
		c.out.discard()
		return nil
	}
	c.out.end(io.EOF, net.ErrClosed)
	return nil
}

// memStream is one direction.
type memStream struct {
	mu      sync.Mutex
	changed sync.Cond
	buf     []byte
	// Why reading stops once buf is empty, and why writing stops; nil: not.
	// The first reason stays, but that this end was closed overrules it.
	readEnd, writeEnd error
	readBy, writeBy   memDeadline
}

type memDeadline struct {
	at    time.Time
	timer *time.Timer
}

func newMemStream() *memStream {
	s := &memStream{}
	s.changed.L = &s.mu
	return s
}

func (s *memStream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.readEnd == net.ErrClosed:
			return 0, memError("read", s.readEnd)
		case s.readBy.passed():
			return 0, memError("read", os.ErrDeadlineExceeded)
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			s.buf = s.buf[n:]
			s.changed.Broadcast()
			return n, nil
		case s.readEnd == io.EOF:
			return 0, io.EOF
		case s.readEnd != nil:
			return 0, memError("read", s.readEnd)
		case len(p) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
}

func (s *memStream) write(p []byte) (written int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.writeEnd != nil:
			return written, memError("write", s.writeEnd)
		case s.writeBy.passed():
			return written, memError("write", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return written, nil
		}
		if n := min(len(p), memBuffer-len(s.buf)); n > 0 {
			s.buf = append(s.buf, p[:n]...)
			p, written = p[n:], written+n
			s.changed.Broadcast()
			continue
		}
		s.changed.Wait()
	}
}

// end ends the direction from the writer's side.
func (s *memStream) end(forReader, forWriter error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readEnd == nil {
		s.readEnd = forReader
	}
	if s.writeEnd == nil || forWriter == net.ErrClosed {
		s.writeEnd = forWriter
	}
	s.writeBy.stop()
	s.changed.Broadcast()
}

// close ends the direction from the reader's side and reports whether bytes
// were left in it.
func (s *memStream) close(forWriter error) (unread bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unread = len(s.buf) > 0
	s.buf, s.readEnd = nil, net.ErrClosed
	if s.writeEnd == nil {
		s.writeEnd = forWriter
	}
	s.readBy.stop()
	s.changed.Broadcast()
	return unread
}

// discard throws away what is on its way, as a reset does.
func (s *memStream) discard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = nil
	if s.readEnd == io.EOF { // half-closed before
		s.readEnd = os.NewSyscallError("read", syscall.ECONNRESET)
	}
}

func (s *memStream) setDeadline(d *memDeadline, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	d.at = t
	if !t.IsZero() {
		d.timer = time.AfterFunc(time.Until(t), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.changed.Broadcast()
		})
	}
	s.changed.Broadcast()
}

func (d *memDeadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *memDeadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}
