package wire

import (
	"context"
	"fmt"
	"sync"

	pb "chordscope/proto"
)

// streamBuffer is how many answers of a stream wait for its reader.
const streamBuffer = 64

// Client is a connection that only this side asks over. All methods are safe
// for concurrent use. It has one goroutine, which reads.
type Client struct {
	link   *Link
	limits Limits
	stats  counters
	stop   chan struct{} // closed when answers are not wanted any more
	once   sync.Once
	done   chan struct{} // closed when the connection has ended

	mu      sync.Mutex
	last    uint64 // number of the last request
	waiting map[uint64]*Stream
	why     error // set before done is closed
}

// Dial connects to a hub. Where ctx has no deadline, the DialTimeout of
// DefaultLimits holds. network may be nil for TCP. An error wraps ErrRefused,
// ErrDialTimeout, ErrBroken or what the other side has against hello.
func Dial(ctx context.Context, network Network, addr string, hello *pb.Hello) (*Client, error) {
	return DialWithKey(ctx, network, addr, hello, nil)
}

// DialWithKey is Dial to a hub of a ring that has a key. If it is not this one,
// or the ring has none, the error wraps ErrUnauthorized.
func DialWithKey(ctx context.Context, network Network, addr string, hello *pb.Hello, key []byte) (*Client, error) {
	if err := CheckKey(key); err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	if network == nil {
		network = TCP{}
	}
	c := &Client{limits: DefaultLimits(), stop: make(chan struct{}), done: make(chan struct{}), waiting: make(map[uint64]*Stream)}
	if _, ok := ctx.Deadline(); !ok {
		limited, cancel := context.WithTimeout(ctx, c.limits.DialTimeout)
		defer cancel()
		ctx = limited
	}
	conn, err := network.Dial(ctx, addr)
	if err != nil {
		return nil, dialError(addr, err)
	}
	remote, in, opening, err := greet(ctx, conn, hello, key)
	if err != nil {
		conn.Close()
		return nil, dialError(addr, err)
	}
	c.link = newLink(conn, in, remote, addr, c, &c.limits, &c.stats)
	c.stats.links.Add(1)
	c.link.begin(opening)
	go c.link.run()
	return c, nil
}

// Remote returns how the other side introduced itself. It must not be changed.
func (c *Client) Remote() *pb.Hello { return c.link.remote }

// Call sends a request and waits for its answer. If that is an Error, it is
// returned as an error, which wraps a sentinel of this package.
func (c *Client) Call(ctx context.Context, body pb.Body) (*pb.Envelope, error) {
	s, err := c.ask(body, 1)
	if err != nil {
		return nil, err
	}
	defer s.forget()
	return s.Recv(ctx)
}

// Stream sends a request that has many answers. As long as nobody receives
// them and more than a few wait, the client reads nothing at all, which holds
// up its other calls as well: give a stream a client of its own. End it with
// Cancel or Close.
func (c *Client) Stream(body pb.Body) (*Stream, error) { return c.ask(body, streamBuffer) }

// Post sends a message that has no answer.
func (c *Client) Post(body pb.Body) error { return c.link.Send(&pb.Envelope{Body: body}) }

func (c *Client) ask(body pb.Body, buffer int) (*Stream, error) {
	c.mu.Lock()
	c.last++
	s := &Stream{client: c, number: c.last, answers: make(chan *pb.Envelope, buffer), gone: make(chan struct{})}
	c.waiting[s.number] = s // before sending: the answer may be fast
	c.mu.Unlock()
	if err := c.link.Send(&pb.Envelope{Request: s.number, Body: body}); err != nil {
		s.forget()
		return nil, err
	}
	return s, nil
}

// Done is closed when the connection has ended, however it did.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns why the connection ended, nil as long as it stands: ErrClosed if
// it was closed by agreement, and an error that wraps ErrBroken otherwise.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}

// Close says goodbye and ends the connection. Calls that wait for an answer
// fail. It returns when the goroutine is gone, at the latest after
// DrainTimeout.
func (c *Client) Close() {
	c.once.Do(func() { close(c.stop) })
	c.link.retire(&pb.Envelope_Bye{Bye: &pb.Bye{}})
	<-c.done
}

// Reset ends the connection as a crash does.
func (c *Client) Reset() {
	c.once.Do(func() { close(c.stop) })
	c.link.abandon(true)
	<-c.done
}

// The client as the owner of its link.

func (c *Client) received(l *Link, env *pb.Envelope) {
	if env.GetRequest() != 0 {
		l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: ErrorBody(fmt.Errorf("%w: clients answer no requests", ErrUnimplemented))})
		return
	}
	c.mu.Lock()
	s := c.waiting[env.GetAnswer()]
	c.mu.Unlock()
	if s == nil {
		return // nobody waits any more
	}
	select {
	case s.answers <- env:
	case <-s.gone:
	case <-c.stop:
	}
}

func (c *Client) redirect(*Link, *pb.Envelope) error { return errRetired }

func (c *Client) goodbye(*Link) {}

func (c *Client) ended(_ *Link, why error) {
	if why == nil {
		why = errRetired
	}
	c.mu.Lock()
	c.why = why
	c.mu.Unlock()
	c.stats.links.Add(-1)
	close(c.done)
}

// Stream is the answers to one request.
type Stream struct {
	client  *Client
	number  uint64
	answers chan *pb.Envelope
	gone    chan struct{} // closed when nobody receives any more
	once    sync.Once
}

// Recv returns the next answer. If it is an Error, it is returned as an error,
// which wraps a sentinel of this package; so is the end of the connection, once
// all answers before it were received. One goroutine may receive at a time.
func (s *Stream) Recv(ctx context.Context) (*pb.Envelope, error) {
	select {
	case env := <-s.answers:
		return answer(env)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.client.done:
	}
	select {
	case env := <-s.answers:
		return answer(env)
	default:
		return nil, s.client.Err()
	}
}

func answer(env *pb.Envelope) (*pb.Envelope, error) {
	if e, ok := env.GetBody().(*pb.Envelope_Error); ok {
		return nil, FromProto(e.Error)
	}
	return env, nil
}

// Cancel ends the stream and tells the other side.
func (s *Stream) Cancel() {
	s.forget()
	s.client.Post(&pb.Envelope_Cancel{Cancel: &pb.Cancel{Request: s.number}})
}

func (s *Stream) forget() {
	s.once.Do(func() { close(s.gone) })
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	delete(s.client.waiting, s.number)
}
