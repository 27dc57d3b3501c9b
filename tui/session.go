package tui

import (
	"context"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// session is one ring that several screens show at the same time. It owns the
// conductor, whose words reach every screen, and remembers those that a screen
// which is opened later has to know. Its methods are safe for concurrent use.
type session struct {
	script    *scenarios.Scenario // nil unless one is replayed
	orders    chan order          // of all screens
	recording *recording
	served    string // the command by which others look on; "" if they cannot

	mu       sync.Mutex
	system   scenarios.System
	renewed  chan struct{} // closed when system is replaced
	viewers  map[*viewer]bool
	lasting  []tea.Msg // for those who come later, in order
	question tea.Msg   // the askMsg that is open; nil: none
}

// viewer is one screen of a session.
type viewer struct {
	guest  bool // it only looks on
	remote bool // it is over ssh, so files of this machine are not its own
	unseen bool // it is the speaker's, and not counted

	mu   sync.Mutex
	mail []tea.Msg
	wake chan struct{} // has a token while there is mail
}

// audienceMsg says how many screens show the ring.
type audienceMsg int

func newSession(system scenarios.System, script *scenarios.Scenario) *session {
	return &session{
		script: script, orders: make(chan order, orderQueue),
		system: system, renewed: make(chan struct{}), viewers: make(map[*viewer]bool),
	}
}

// tell passes a message to the screens: to that of whoever asked for it, or,
// if to is nil, to all of them. It never blocks.
func (s *session) tell(to *viewer, msg tea.Msg) {
	if to != nil {
		to.post(msg)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch msg.(type) {
	case askMsg:
		s.question = msg
	case progressMsg, playEnded, playAnew:
		s.question = nil
	}
	switch msg.(type) {
	case playAnew:
		s.lasting = slices.DeleteFunc(s.lasting, func(m tea.Msg) bool {
			switch m.(type) {
			case progressMsg, playEnded:
				return true
			}
			return false
		})
	case progressMsg, playEnded, settingsMsg, paceMsg, recordMsg:
		s.lasting = append(s.lasting, msg)
	}
	for v := range s.viewers {
		v.post(msg)
	}
}

// renew puts another ring in place of the one that is shown.
func (s *session) renew(system scenarios.System) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.system = system
	close(s.renewed)
	s.renewed = make(chan struct{})
}

// shown returns the ring, and a channel that is closed when there is another
// one.
func (s *session) shown() (scenarios.System, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.system, s.renewed
}

// attach makes a screen one of the session's, until detach.
func (s *session) attach(guest bool) *viewer { return s.add(&viewer{guest: guest}) }

func (s *session) add(v *viewer) *viewer {
	v.wake = make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, msg := range s.lasting {
		v.post(msg)
	}
	if s.question != nil {
		v.post(s.question)
	}
	s.viewers[v] = true
	s.counted()
	return v
}

func (s *session) detach(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.viewers, v)
	s.counted()
	if v.guest || v.unseen {
		return // it has given no orders
	}
	select {
	case s.orders <- order{kind: orderGone, from: v}:
	default: // peers go on telling what it wanted, which is only work in vain
	}
}

// counted tells everybody how many look on. The lock is held.
func (s *session) counted() {
	n := 0
	for v := range s.viewers {
		if !v.unseen {
			n++
		}
	}
	for v := range s.viewers {
		v.post(audienceMsg(n))
	}
}

func (v *viewer) post(msg tea.Msg) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mail = append(v.mail, msg)
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// deliver hands the viewer's mail to its program, in order, until ctx ends.
func (v *viewer) deliver(ctx context.Context, send func(tea.Msg)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.wake:
		}
		v.mu.Lock()
		mail := v.mail
		v.mail = nil
		v.mu.Unlock()
		for _, msg := range mail {
			send(msg)
		}
	}
}

// show runs a program on the session's ring until it ends. What works for it
// defers catch, which decides about panics.
func (s *session) show(ctx context.Context, v *viewer, program *tea.Program, catch func()) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer catch()
		v.deliver(ctx, program.Send)
	})
	wg.Go(func() {
		defer catch()
		for ctx.Err() == nil {
			system, renewed := s.shown()
			feed(ctx, system, renewed, program.Send)
		}
	})
	_, err := program.Run()
	cancel()
	wg.Wait()
	s.detach(v)
	return err
}
