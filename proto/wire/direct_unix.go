//go:build unix

package wire

import (
	"io"
	"net"
	"os"
	"syscall"
)

// direct writes to a socket without waiting for room in it, so that whoever sends
// may do it: for most messages a goroutine to write them costs more than writing.
type direct struct {
	raw  syscall.RawConn
	once func(fd uintptr) bool // made once
	buf  []byte
	n    int
}

// rawConn returns nil if conn is no socket.
func rawConn(conn any) syscall.RawConn {
	if c, ok := conn.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// newDirect returns nil if conn is no socket.
func newDirect(conn net.Conn) *direct {
	raw := rawConn(conn)
	if raw == nil {
		return nil
	}
	d := &direct{raw: raw}
	d.once = func(fd uintptr) bool {
		d.n, _ = syscall.Write(int(fd), d.buf)
		return true
	}
	return d
}

// write returns how many bytes the system has taken. What keeps it from taking
// the others is seen by whoever writes them in the ordinary way.
func (d *direct) write(b []byte) int {
	d.buf, d.n = b, 0
	_ = d.raw.Write(d.once)
	d.buf = nil
	return max(d.n, 0)
}

// directReader reads from a socket into a buffer that is only taken when there is
// something to be read: nearly all links wait nearly all the time.
type directReader struct {
	raw  syscall.RawConn
	once func(fd uintptr) bool // made once
	n    int
	err  error
}

// newDirectReader returns nil if r is no socket.
func newDirectReader(r io.Reader, f *frameReader) *directReader {
	raw := rawConn(r)
	if raw == nil {
		return nil
	}
	d := &directReader{raw: raw}
	d.once = func(fd uintptr) bool {
		for {
			d.n, d.err = syscall.Read(int(fd), f.room())
			switch d.err {
			case syscall.EINTR:
				continue
			case syscall.EAGAIN:
				f.rest()
				return false // wait until there is something
			}
			return true
		}
	}
	return d
}

// read is Read of the socket.
func (d *directReader) read() (int, error) {
	d.n, d.err = 0, nil
	if err := d.raw.Read(d.once); err != nil {
		return 0, err
	}
	switch {
	case d.err != nil:
		return 0, os.NewSyscallError("read", d.err)
	case d.n == 0:
		return 0, io.EOF
	}
	return d.n, nil
}
