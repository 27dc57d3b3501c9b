package notes

import (
	"errors"
	"net"
	"sync"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Bounds of a server.
const (
	mostWatchers = 16
	together     = 50 * time.Millisecond // changes that come faster are put together
)

// Server tells watchers of a play. Its methods are safe for concurrent use. It
// has the goroutines of its hub, and one that tells.
type Server struct {
	hub  *wire.Hub
	stop chan struct{}
	done chan struct{}
	wake chan struct{} // has a token while there is something new

	mu       sync.Mutex
	state    *State // the newest; nil before the first
	since    time.Time
	watchers map[watcher]bool
}

// watcher is one stream of notes.
type watcher struct {
	link    *wire.Link
	request uint64
}

// Serve lets those who have the key watch at ln, which it owns from now on, also
// if it returns an error. Without a key only this machine may reach ln.
func Serve(ln net.Listener, key []byte) (*Server, error) {
	if err := wire.CheckExposure(ln.Addr(), key); err != nil {
		ln.Close()
		return nil, err
	}
	s := &Server{
		stop: make(chan struct{}), done: make(chan struct{}), wake: make(chan struct{}, 1),
		watchers: make(map[watcher]bool),
	}
	hub, err := wire.NewHub(ln, wire.Config{
		Hello: wire.NotesHello(), Limits: wire.DefaultLimits(), Key: key, OnEnvelope: s.serve, OnEnd: s.ended,
	})
	if err != nil {
		return nil, err
	}
	s.hub = hub
	go s.tell()
	return s, nil
}

// Addr returns where the server listens.
func (s *Server) Addr() string { return s.hub.Addr() }

// Close ends it.
func (s *Server) Close() {
	close(s.stop)
	<-s.done
	s.hub.Close()
}

// Show makes a state the newest one. It never blocks.
func (s *Server) Show(state State) {
	s.mu.Lock()
	s.state, s.since = &state, time.Now()
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// tell sends the newest state to all watchers whenever there is one.
func (s *Server) tell() {
	defer close(s.done)
	for {
		select {
		case <-s.stop:
			return
		case <-s.wake:
		}
		s.mu.Lock()
		for w := range s.watchers {
			s.send(w)
		}
		s.mu.Unlock()
		select {
		case <-s.stop:
			return
		case <-time.After(together):
		}
	}
}

// serve answers one message.
func (s *Server) serve(l *wire.Link, env *pb.Envelope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := watcher{l, env.GetRequest()}
	switch {
	case env.GetCancel() != nil:
		delete(s.watchers, watcher{l, env.GetCancel().GetRequest()})
	case env.GetRequest() == 0: // nothing else is one-way
	case env.GetWatchNotes() == nil:
		s.answer(w, wire.ErrorBody(&wire.Error{Kind: wire.ErrUnimplemented, Detail: "here are the notes of a scenario, for chordscope notes"}))
	case len(s.watchers) >= mostWatchers:
		s.answer(w, wire.ErrorBody(&wire.Error{Kind: wire.ErrUnavailable, Detail: "too many are watching already"}))
	default:
		s.watchers[w] = true
		s.send(w)
	}
}

// send tells one watcher the newest state, with the time as it is now. mu is
// held.
func (s *Server) send(w watcher) {
	if s.state == nil {
		return
	}
	state := *s.state
	if state.Verdict == "" {
		state.Elapsed += time.Since(s.since)
	}
	s.answer(w, &pb.Envelope_Notes{Notes: state.message()})
}

// answer queues an answer. Whoever takes so little that the queue is full loses
// the connection, and begins anew.
func (s *Server) answer(w watcher, body pb.Body) {
	if err := w.link.Send(&pb.Envelope{Answer: w.request, Body: body}); errors.Is(err, wire.ErrQueueFull) {
		w.link.Close()
	}
}

// ended forgets those at the other end of l.
func (s *Server) ended(l *wire.Link, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.watchers {
		if w.link == l {
			delete(s.watchers, w)
		}
	}
}
