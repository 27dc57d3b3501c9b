package registry

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Server is a registry. All methods are safe for concurrent use. It has no
// goroutines of its own beside those of its hub: requests are served on the
// goroutines of their links, one at a time.
type Server struct {
	cfg Config
	hub *wire.Hub

	mu       sync.Mutex
	closed   bool
	members  *members
	links    map[*wire.Link]*member // who registered on which connection
	watchers map[watcher]struct{}
}

// watcher is one stream of membership events.
type watcher struct {
	link    *wire.Link
	request uint64
}

// Serve runs a registry on ln, which it owns from now on, also if it returns
// an error.
func Serve(ln net.Listener, cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		ln.Close()
		return nil, err
	}
	if err := wire.CheckExposure(ln.Addr(), cfg.Key); err != nil {
		ln.Close()
		return nil, err
	}
	s := &Server{
		cfg: cfg, links: make(map[*wire.Link]*member), watchers: make(map[watcher]struct{}),
	}
	s.members = newMembers(&cfg, s.tell)
	hub, err := wire.NewHub(ln, wire.Config{
		Hello: wire.RegistryHello(), Limits: cfg.Limits, Key: cfg.Key, OnEnvelope: s.serve, OnEnd: s.ended,
	})
	if err != nil {
		return nil, err
	}
	s.hub = hub
	return s, nil
}

// Addr returns where the registry listens.
func (s *Server) Addr() string { return s.hub.Addr() }

// Members returns everyone who is registered, in the order of identifiers. It
// must not be changed.
func (s *Server) Members() *pb.Members {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.members.list()
}

// Close ends the registry gracefully; see wire.Hub.Close.
func (s *Server) Close() {
	s.finish()
	s.hub.Close()
}

// Reset ends the registry as a crash does; see wire.Hub.Reset.
func (s *Server) Reset() {
	s.finish()
	s.hub.Reset()
}

func (s *Server) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, m := range s.members.byID {
		m.stopTimer()
	}
}

// serve answers one message.
func (s *Server) serve(l *wire.Link, env *pb.Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := env.GetCancel(); c != nil {
		delete(s.watchers, watcher{l, c.GetRequest()})
		return
	}
	if env.GetRequest() == 0 {
		return // nothing else is one-way
	}
	body, err := s.answer(l, env)
	if err != nil {
		body = wire.ErrorBody(err)
	}
	s.send(l, env.GetRequest(), body)
	if env.GetWatchMembers() != nil && err == nil {
		s.watchers[watcher{l, env.GetRequest()}] = struct{}{}
	}
}

// answer carries out a request; mu is held.
func (s *Server) answer(l *wire.Link, env *pb.Envelope) (pb.Body, error) {
	switch b := env.GetBody().(type) {
	case *pb.Envelope_Register:
		return s.register(l, b.Register)
	case *pb.Envelope_Deregister:
		if err := s.members.deregister(b.Deregister.GetPeer()); err != nil {
			return nil, err
		}
		return &pb.Envelope_Ack{Ack: &pb.Ack{}}, nil
	case *pb.Envelope_ListMembers:
		return &pb.Envelope_Members{Members: s.members.list()}, nil
	case *pb.Envelope_Sample:
		n := b.Sample.GetCount()
		if n < 1 || n > maxSample {
			return nil, &wire.Error{Kind: wire.ErrMalformed, Detail: fmt.Sprintf("a sample of %d: 1 to %d are allowed", n, maxSample)}
		}
		out := &pb.Members{Ring: s.members.ring}
		for _, ref := range s.members.sample(int(n), l.Remote().GetSelf().GetAddress()) {
			out.Members = append(out.Members, &pb.Member{Peer: ref, State: pb.MemberState_MEMBER_STATE_LIVE})
		}
		return &pb.Envelope_Members{Members: out}, nil
	case *pb.Envelope_WatchMembers:
		if len(s.watchers) >= s.cfg.MaxWatchers {
			return nil, &wire.Error{Kind: wire.ErrUnavailable, Detail: fmt.Sprintf("%d are watching already", s.cfg.MaxWatchers)}
		}
		return &pb.Envelope_Members{Members: s.members.list()}, nil
	case *pb.Envelope_Ping:
		return &pb.Envelope_Ack{Ack: &pb.Ack{}}, nil
	}
	return nil, fmt.Errorf("%w: this is a registry", wire.ErrUnimplemented)
}

// register enters the peer at the other end of l.
func (s *Server) register(l *wire.Link, req *pb.Register) (pb.Body, error) {
	if !proto.Equal(req.GetPeer(), l.Remote().GetSelf()) {
		return nil, &wire.Error{Kind: wire.ErrMalformed, Detail: "a peer registers itself, as it said in its hello"}
	}
	if req.GetSample() > maxSample {
		return nil, &wire.Error{Kind: wire.ErrMalformed, Detail: fmt.Sprintf("a sample of %d: at most %d are allowed", req.GetSample(), maxSample)}
	}
	m, err := s.members.register(req.GetPeer(), req.GetRing())
	if err != nil {
		return nil, err
	}
	m.stopTimer()
	m.link = l // the end of an earlier one means nothing any more
	s.links[l] = m
	return &pb.Envelope_Registered{Registered: &pb.Registered{
		Sample: s.members.sample(int(req.GetSample()), m.ref.GetAddress()), Count: uint32(len(s.members.byID)),
	}}, nil
}

// ended begins the grace time of the peer that was at the other end of l.
func (s *Server) ended(l *wire.Link, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.watchers {
		if w.link == l {
			delete(s.watchers, w)
		}
	}
	m := s.links[l]
	delete(s.links, l)
	if m == nil || m.link != l || !s.members.holds(m) || s.closed {
		return
	}
	s.members.lose(m)
	m.timer = time.AfterFunc(s.cfg.Grace, func() { s.expire(m) })
}

func (s *Server) expire(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.timer != nil && !s.closed { // else it came back while this was starting
		m.timer = nil
		s.members.expire(m)
	}
}

// stopTimer ends the grace time.
func (m *member) stopTimer() {
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
}

// tell passes a change on to all watchers; mu is held.
func (s *Server) tell(kind pb.MembershipKind, ref *pb.PeerRef) {
	for w := range s.watchers {
		s.send(w.link, w.request, &pb.Envelope_MembershipEvent{MembershipEvent: &pb.MembershipEvent{Kind: kind, Peer: ref}})
	}
}

// send queues an answer. Whoever takes so little that the queue is full would
// miss one: it loses the connection instead, and begins anew.
func (s *Server) send(l *wire.Link, request uint64, body pb.Body) {
	if err := l.Send(&pb.Envelope{Answer: request, Body: body}); errors.Is(err, wire.ErrQueueFull) {
		l.Close()
	}
}
