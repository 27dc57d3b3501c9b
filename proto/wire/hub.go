// Package wire carries the messages of package pb between peers, clients and
// registries: frames, hellos, and connections that both sides send requests
// over, come back after a break, and are shared by all who talk to the same
// peer.
//
// A Hub is the side that listens; it also dials, to other hubs. A Client only
// dials. Both work over TCP and over Memory, a network for tests.
//
// An address is taken for the peer that says it listens there. Without a ring
// key, whoever can reach a ring can therefore speak in a peer's name. With one
// (Config.Key), only those who have it get a connection, but all of them may say
// that they are anybody, and nothing is encrypted: see the message Proof.
//
// A Hub can be given bad connections (SetFault, ResetLink) and be stopped
// without ending (Freeze), so that one can see what others make of it.
package wire

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// Config describes a hub. The callbacks are called from the goroutines of the
// hub, those about different links at the same time. They may call any method
// but Close and Reset. They should return soon: a link reads nothing
// meanwhile. None is called any more once Close or Reset has returned.
type Config struct {
	Network Network   // nil: TCP
	Hello   *pb.Hello // who this is, from PeerHello or RegistryHello
	Limits  Limits

	// OnEnvelope takes every message, in order for each link. It owns env.
	// Needed.
	OnEnvelope func(l *Link, env *pb.Envelope)

	// OnDown hears that the peer at addr may be gone, or that messages to it
	// may be lost: a connection ended without a goodbye (ErrBroken), a newer
	// incarnation took its place (ErrBroken), or a dial failed (ErrRefused,
	// ErrDialTimeout, or what the other side said against us). It is called
	// after the last OnEnvelope of the connection, for each failed dial anew,
	// and never for a connection that was closed by agreement. May be nil.
	OnDown func(addr string, why error)

	// OnEnd is the last that is heard of a link, whoever is at its other end.
	// why is nil if it was closed by agreement. May be nil.
	OnEnd func(l *Link, why error)

	// Key is the secret of the ring: MinKey to MaxKey random bytes that all who
	// belong to it have. Who dials and who is dialled must show that they know
	// it. Empty: none is needed, and whoever shows one is refused.
	Key []byte

	// Budget bounds the connections of many hubs of one program. nil: nothing
	// does.
	Budget *Budget

	// Accept may refuse somebody who dials and whose hello fits; the error is
	// told to them. With a key, it is called before they have shown theirs. May
	// be nil.
	Accept func(hello *pb.Hello) error
}

// Hub is one listening side with all its links: those that others dialled, and
// those to peers that it dialled itself because a message had to be sent or a
// link to be kept. Two hubs need one connection between them. All methods are
// safe for concurrent use.
//
// Goroutines: one accepts, one reads for each link, one dials or greets for
// each until then, and one writes for each link while something is to be written.
type Hub struct {
	// Fixed after construction.
	cfg  Config
	ln   net.Listener
	addr string

	gate  gate // shut while frozen
	stats counters
	wg    sync.WaitGroup // every goroutine but the writing ones, which their readers wait for
	stop  chan struct{}  // closed when over is set

	mu       sync.Mutex
	over     bool                  // Close or Reset was called
	greeting map[net.Conn]struct{} // connections without two hellos yet
	links    map[*Link]struct{}
	inbound  int              // links that others dialled
	lines    map[string]*line // faults, by address
	peers    map[string]*peer // by address
	posted   []*Link          // that wait for Flush
	written  []*Link          // empty: the memory of the last posted; belongs to Flush
	wanted   []string         // what Keep was given, the most important first
	kept     int              // how many of them are kept
	sweeper  *time.Timer
}

// NewHub serves ln, which it owns from now on, also if it returns an error.
// For a peer whose own address is not set in the hello, that of ln is taken.
func NewHub(ln net.Listener, cfg Config) (*Hub, error) {
	hello := proto.CloneOf(cfg.Hello)
	if self := hello.GetSelf(); self != nil && self.Address == "" {
		self.Address = ln.Addr().String()
	}
	cfg.Hello = hello
	if cfg.Network == nil {
		cfg.Network = TCP{}
	}
	if err := cfg.validate(); err != nil {
		ln.Close()
		return nil, err
	}
	h := &Hub{
		cfg: cfg, ln: ln, addr: ln.Addr().String(), stop: make(chan struct{}),
		greeting: make(map[net.Conn]struct{}), links: make(map[*Link]struct{}), peers: make(map[string]*peer),
		lines: make(map[string]*line),
	}
	if a := hello.GetSelf().GetAddress(); a != "" {
		h.addr = a
	}
	cfg.Budget.enter(h)
	h.mu.Lock()
	h.sweeper = time.AfterFunc(h.sweepTime(), h.sweep)
	h.mu.Unlock()
	h.wg.Add(1)
	go h.accept()
	return h, nil
}

func (c *Config) validate() error {
	errs := []error{c.Limits.Validate()}
	if err := CheckKey(c.Key); err != nil {
		errs = append(errs, fmt.Errorf("Config.Key: %w", err))
	}
	if err := checkHello(c.Hello, c.Hello); err != nil {
		errs = append(errs, fmt.Errorf("Config.Hello: %w", err))
	}
	if c.OnEnvelope == nil {
		errs = append(errs, errors.New("Config.OnEnvelope: not set"))
	}
	return errors.Join(errs...)
}

// Addr returns where others reach the hub: for a peer, what its hello says.
func (h *Hub) Addr() string { return h.addr }

// Stats returns what has passed until now. It is cheap.
func (h *Hub) Stats() Stats { return h.stats.stats() }

// read starts the reading goroutine of a link, which takes an end of the budget
// until the link ends. It is a new one since the stack of a goroutine that has
// said hello has grown, and a reading one keeps its stack for as long as the
// link lives.
func (h *Hub) read(l *Link) {
	h.wg.Add(1)
	go func() {
		l.run()
		h.cfg.Budget.release()
		h.wg.Done()
	}()
}

// The hub as the owner of its links.

func (h *Hub) received(l *Link, env *pb.Envelope) {
	if !h.isOver() {
		h.cfg.OnEnvelope(l, env)
	}
}

func (h *Hub) redirect(l *Link, env *pb.Envelope) error {
	if l.addr == "" {
		return errRetired
	}
	return h.Send(l.addr, env)
}

func (h *Hub) isOver() bool {
	select {
	case <-h.stop:
		return true
	default:
		return false
	}
}
