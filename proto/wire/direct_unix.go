//go:build unix

package wire

import (
	"net"
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

// newDirect returns nil if conn is no socket.
func newDirect(conn net.Conn) *direct {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
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
