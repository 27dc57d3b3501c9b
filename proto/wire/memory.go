package wire

import (
	"context"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// backlog is how many connections may wait at a port to be accepted.
const backlog = 128

// firstPort is the lowest port that Memory gives away for port 0.
const firstPort = 40000

// Memory is a network inside this process that behaves as TCP does on one
// machine: ports, refused and reset connections, half-closing, deadlines and
// bounded buffers. All its waiting is on channels, timers and condition
// variables, so it works in the bubbles of testing/synctest.
type Memory struct {
	mu    sync.Mutex
	ports map[string]*memListener
	next  int
}

// NewMemory returns a network without any open port.
func NewMemory() *Memory {
	return &Memory{ports: make(map[string]*memListener), next: firstPort}
}

// Listen opens a port.
func (m *Memory) Listen(_ context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, memError("listen", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if port == "0" {
		addr = m.freePort(host)
	}
	if m.ports[addr] != nil {
		return nil, memError("listen", os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	ln := &memListener{network: m, addr: memAddr(addr), queue: make(chan *memConn, backlog), closed: make(chan struct{})}
	m.ports[addr] = ln
	return ln, nil
}

// freePort gives every port once, so that a test can tell peers apart.
func (m *Memory) freePort(host string) string {
	m.next++
	return net.JoinHostPort(host, strconv.Itoa(m.next))
}

// Dial connects to a port. It waits while the port's backlog is full.
func (m *Memory) Dial(ctx context.Context, addr string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, memError("dial", err)
	}
	m.mu.Lock()
	ln, local := m.ports[addr], memAddr(m.freePort("127.0.0.1"))
	m.mu.Unlock()
	if ln == nil {
		return nil, memError("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED))
	}
	here, there := memPipe(local, ln.addr)
	ln.dialling.RLock() // Close waits for this, so that no connection is forgotten in the queue
	defer ln.dialling.RUnlock()
	select {
	case <-ln.closed:
	default:
		select {
		case ln.queue <- there:
			return here, nil
		case <-ctx.Done():
			return nil, memError("dial", ctx.Err())
		case <-ln.closed:
		}
	}
	return nil, memError("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED))
}

type memListener struct {
	network  *Memory
	addr     memAddr
	queue    chan *memConn
	dialling sync.RWMutex
	once     sync.Once
	closed   chan struct{}
}

func (ln *memListener) Accept() (net.Conn, error) {
	select {
	case <-ln.closed:
	default:
		select {
		case conn := <-ln.queue:
			return conn, nil
		case <-ln.closed:
		}
	}
	return nil, memError("accept", net.ErrClosed)
}

// Close closes the port and resets what was never accepted.
func (ln *memListener) Close() error {
	ln.once.Do(func() {
		ln.network.mu.Lock()
		delete(ln.network.ports, string(ln.addr))
		ln.network.mu.Unlock()
		close(ln.closed)
		ln.dialling.Lock()
		defer ln.dialling.Unlock()
		for {
			select {
			case conn := <-ln.queue:
				reset(conn)
			default:
				return
			}
		}
	})
	return nil
}

func (ln *memListener) Addr() net.Addr { return ln.addr }

type memAddr string

func (memAddr) Network() string  { return "tcp" }
func (a memAddr) String() string { return string(a) }

func memError(op string, err error) error { return &net.OpError{Op: op, Net: "memory", Err: err} }
