package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// Network makes connections. Addresses are "host:port"; port 0 asks for a free
// one. Connections should have the methods CloseWrite and SetLinger of
// net.TCPConn: without them closing is less graceful, and crashing less abrupt.
type Network interface {
	Listen(ctx context.Context, addr string) (net.Listener, error)
	Dial(ctx context.Context, addr string) (net.Conn, error)
}

// TCP is the network of the operating system.
type TCP struct{}

// Listen listens on a TCP port.
func (TCP) Listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", addr)
}

// Dial connects to a TCP port.
func (TCP) Dial(ctx context.Context, addr string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", addr)
}

// closeWrite ends the sending direction, so that the other side reads an end.
func closeWrite(conn net.Conn) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite() // a broken connection shows at the next read
	}
}

// reset closes conn so that the other side reads a reset connection, as when
// the process had crashed: what was not sent yet is thrown away.
func reset(conn net.Conn) {
	if c, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		c.SetLinger(0)
	}
	conn.Close()
}

// dialError gives an error of dialling or greeting addr one of the kinds that
// callers branch on.
func dialError(addr string, err error) error {
	kind := ErrBroken
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		kind = ErrRefused
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		kind = ErrDialTimeout
	case errors.Is(err, context.Canceled), errors.Is(err, ErrClosed):
		kind = ErrClosed
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return fmt.Errorf("dial %s: %w", addr, err) // what the other side said is the kind
	}
	return fmt.Errorf("dial %s: %w: %w", addr, kind, err)
}
