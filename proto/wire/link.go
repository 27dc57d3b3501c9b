package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	pb "chordscope/proto"
)

// Link is one connection after both sides have said hello. Requests and
// answers run both ways over it. Its methods are safe for concurrent use.
//
// One goroutine reads for as long as the link lives. Writing has a goroutine
// only while there is something to write: whoever queues a frame on an idle
// link starts it, and it writes all that is queued in one call until nothing
// is left. Hub.Flush writes by itself what the system takes at once. While all
// of it is held up by a fault, there is a timer instead. The reading goroutine
// is the last one of the link to end.
type Link struct {
	// Fixed after construction.
	conn   net.Conn
	remote *pb.Hello
	addr   string
	owner  owner
	limits *Limits
	stats  *counters

	inbound bool    // the other side dialled
	direct  *direct // nil: only the writing goroutine writes
	gate    *gate   // shut while the link is frozen; nil: it never is

	// Belong to the reading goroutine.
	in       *frameReader
	rejected bool // the other side broke the rules
	empty    emptyFrames

	active atomic.Uint32 // who has not looked since a message last passed
	quiet  int           // for how many looks of the sweep none has; belongs to the owner

	mu       sync.Mutex
	state    linkState
	pending  []byte      // frames to be written
	opening  int         // bytes of the first frame, as long as pending begins with it
	line     *line       // the faulty way to addr; nil: a sound one
	marks    []mark      // until when the end of pending is held up, in order
	held     int         // bytes under marks
	wake     *time.Timer // until the first mark is due, if nothing else can be done; nil: not set
	inFlight int         // bytes that are being written
	flushing bool        // the writing goroutine runs
	writeErr error       // why it gave up
	flushed  sync.Cond
}

// Bits of active.
const (
	usedSinceSweep uint32 = 1 << iota
	usedSinceTrim
	used = usedSinceSweep | usedSinceTrim
)

type linkState uint8

const (
	linkOpen    linkState = iota
	linkRetired           // takes no more frames, writes what it has, then half-closes
	linkDead              // closed
)

// owner is who a link reports to, from its reading goroutine.
type owner interface {
	// received takes any message but a hello, a goodbye or an error about the
	// link itself.
	received(l *Link, env *pb.Envelope)
	// goodbye says that the other side retired the link.
	goodbye(l *Link)
	// redirect takes a message that came too late for the link. It is called
	// by whoever sends.
	redirect(l *Link, env *pb.Envelope) error
	// ended is the last call. why is nil if either side retired the link, and
	// wraps ErrBroken otherwise.
	ended(l *Link, why error)
}

// errRetired says that a link takes no more frames.
var errRetired = fmt.Errorf("the link is %w", ErrClosed)

// newLink makes a link of a greeted connection. Nothing is read before run.
func newLink(conn net.Conn, in *frameReader, remote *pb.Hello, addr string, o owner, limits *Limits, stats *counters) *Link {
	conn.SetDeadline(time.Time{})
	in.limit = limits.MaxFrame
	l := &Link{conn: conn, in: in, remote: remote, addr: addr, owner: o, limits: limits, stats: stats, direct: newDirect(conn)}
	l.flushed.L = &l.mu
	in.began, in.onPartial = false, l.limitFrame
	return l
}

// Remote returns how the other side introduced itself. It must not be changed.
func (l *Link) Remote() *pb.Hello { return l.remote }

// Queued returns how many bytes wait to be sent, so that whoever has much to
// say can go slowly and leave room for others.
func (l *Link) Queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.pending) + l.inFlight
}

// Send queues a message and returns at once. It is the way to answer: on the
// link that the request came in on. An error wraps ErrQueueFull, ErrTooLarge
// or ErrClosed; nil does not mean that the message arrives. If the link to a
// peer was retired meanwhile, the message takes another one to that peer.
func (l *Link) Send(env *pb.Envelope) error {
	if err := l.send(env); err != errRetired {
		return err
	}
	return l.owner.redirect(l, env)
}

// send is Send over this link and no other. It fails with errRetired if the
// link takes no more frames.
func (l *Link) send(env *pb.Envelope) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != linkOpen {
		return errRetired
	}
	if err := l.queue(env); err != nil {
		return err
	}
	l.startFlush()
	return nil
}

// post is send, but what is queued waits for writeNow. first says that nothing
// was.
func (l *Link) post(env *pb.Envelope) (first bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != linkOpen {
		return false, errRetired
	}
	first = len(l.pending) == 0
	return first, l.queue(env)
}

// retire stops sending: after the frames that are queued, and last if it is
// not nil, this side of the connection is closed. Reading goes on until the
// other side has done the same, at most for DrainTimeout. It reports whether
// the link was open.
func (l *Link) retire(last pb.Body) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != linkOpen {
		return false
	}
	if last != nil && !l.line.isCut() {
		before := len(l.pending)
		if frames, err := appendFrame(l.pending, &pb.Envelope{Body: last}, l.limits.MaxFrame); err == nil {
			l.pending = frames
			l.hold(len(frames) - before)
		}
	}
	l.state = linkRetired
	l.conn.SetReadDeadline(time.Now().Add(l.heldFor() + l.limits.DrainTimeout))
	l.startFlush()
	return true
}

// abandon closes the link at once. With abrupt, the other side reads a reset.
func (l *Link) abandon(abrupt bool) {
	l.mu.Lock()
	l.state = linkDead
	l.flushed.Broadcast()
	l.mu.Unlock()
	if abrupt {
		reset(l.conn)
	} else {
		l.conn.Close()
	}
}

// Close ends the link at once; what is queued may be lost. The other side
// takes it for a failure.
func (l *Link) Close() { l.abandon(false) }

func (l *Link) open() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == linkOpen
}

// run reads until the link ends, and reports everything to the owner.
func (l *Link) run() { l.finish(l.read()) }

// finish ends the link once nothing is read any more.
func (l *Link) finish(why error) {
	l.mu.Lock()
	agreed := l.state != linkOpen && !l.rejected
	if agreed && why == io.EOF {
		l.awaitFlush() // the other side may still be reading
	}
	l.state = linkDead
	l.mu.Unlock()
	l.conn.Close()
	l.mu.Lock()
	l.awaitFlush()
	l.pending, l.marks = nil, nil
	if l.wake != nil {
		l.wake.Stop()
	}
	if l.writeErr != nil {
		why = l.writeErr
	}
	l.mu.Unlock()
	if agreed {
		l.owner.ended(l, nil)
		return
	}
	l.owner.ended(l, fmt.Errorf("%w: %s: %w", ErrBroken, l.who(), why))
}

// read hands the messages to the owner until there are none any more, and
// returns why.
func (l *Link) read() error {
	for {
		frame, err := l.in.next()
		late := errors.Is(err, os.ErrDeadlineExceeded)
		if l.gate.wait() {
			l.renewDeadline()
			if late {
				continue
			}
		}
		switch {
		case late && l.open():
			return l.reject(&Error{Kind: ErrMalformed, Detail: fmt.Sprintf("a frame was not complete within %v", l.limits.FrameTimeout)})
		case errors.Is(err, ErrTooLarge), errors.Is(err, ErrMalformed):
			return l.reject(err)
		case err != nil:
			return err
		}
		l.stats.bytesIn.Add(uint64(len(frame) + protowire.SizeVarint(uint64(len(frame)))))
		l.active.Store(used)
		if len(frame) == 0 {
			if l.empty.flood() {
				return l.reject(&Error{Kind: ErrMalformed, Detail: "too many empty frames"})
			}
			continue
		}
		env := readEnvelope(frame)
		if env == nil {
			return l.reject(&Error{Kind: ErrMalformed, Detail: "a frame is no envelope"})
		}
		if err := l.take(env); err != nil {
			return err
		}
	}
}

// take handles one message; an error ends the link.
func (l *Link) take(env *pb.Envelope) error {
	l.stats.messagesIn.Add(1)
	switch b := env.GetBody().(type) {
	case *pb.Envelope_Bye:
		l.owner.goodbye(l)
		l.retire(nil)
		return nil
	case *pb.Envelope_Hello:
		return l.reject(&Error{Kind: ErrMalformed, Detail: "a second hello"})
	case *pb.Envelope_Proof:
		return l.reject(&Error{Kind: ErrMalformed, Detail: "a proof after the hellos"})
	case *pb.Envelope_Error:
		if env.GetAnswer() == 0 {
			return FromProto(b.Error)
		}
	case nil:
		if env.GetRequest() != 0 {
			l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: ErrorBody(ErrUnimplemented)})
			return nil
		}
		if env.GetAnswer() == 0 {
			return nil // one-way, of a later wire version
		}
	}
	if env.GetRequest() != 0 && env.GetAnswer() != 0 {
		return l.reject(&Error{Kind: ErrMalformed, Detail: "a message is both request and answer"})
	}
	l.owner.received(l, env)
	return nil
}

// reject tells the other side why it loses its connection, and returns why.
// Reading on for a while keeps the reason from being overtaken by a reset.
func (l *Link) reject(why error) error {
	if l.retire(ErrorBody(why)) {
		l.rejected = true
		io.Copy(io.Discard, l.conn)
	}
	return why
}

// who names the other side in errors.
func (l *Link) who() string {
	if l.addr != "" {
		return l.addr
	}
	return l.conn.RemoteAddr().String()
}
