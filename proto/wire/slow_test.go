package wire

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// slow is a network whose dials take a random time before they reach the
// other side, and before this side knows of it.
type slow struct {
	*Memory
	random *rand.Rand
}

var slowMu sync.Mutex

func (s slow) delay() {
	slowMu.Lock()
	d := time.Duration(s.random.IntN(500)) * time.Microsecond
	slowMu.Unlock()
	time.Sleep(d) // in a synctest bubble: no real time passes
}

func (s slow) Dial(ctx context.Context, addr string) (net.Conn, error) {
	s.delay()
	conn, err := s.Memory.Dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &slowConn{Conn: conn, network: s}, nil
}

// slowConn delays the first bytes each way: the hellos.
type slowConn struct {
	net.Conn
	network slow
	once    sync.Once
}

func (c *slowConn) Write(p []byte) (int, error) {
	c.once.Do(c.network.delay)
	return c.Conn.Write(p)
}

func (c *slowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.network.delay()
	return n, err
}

func (c *slowConn) CloseWrite() error       { closeWrite(c.Conn); return nil }
func (c *slowConn) SetLinger(sec int) error { return c.Conn.(*memConn).SetLinger(sec) }
