package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// TestRescue_APanicEndsOneScreen with a line for whoever looked at it, and a report
// for whoever started the ring; the other screens go on.
func TestRescue_APanicEndsOneScreen(t *testing.T) {
	ln, key := door(t)
	reports := make(chan string, 1)
	s := newSession(newIdeal(), nil)
	server, err := s.serve(&Options{SSH: &SSH{Listener: ln, HostKey: key, Failed: func(r string) { reports <- r }}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.close)
	host := s.attach(false)
	unlucky := visit(t, ln.Addr().String(), 80, 24, "ada", nil)
	unlucky.await(t, "1 watch")
	first := s.guests()
	lucky := visit(t, ln.Addr().String(), 80, 24, "grace", nil)
	lucky.await(t, "2 watch")

	first[0].post(progressMsg{}) // there is no scenario that it could be of
	if err := unlucky.end(t); err == nil || !strings.Contains(err.Error(), "status 1") {
		t.Errorf("the screen ends with %v", err)
	}
	unlucky.await(t, "This screen has ended by a fault of the program: runtime error:")
	if r := <-reports; !strings.Contains(r, "127.0.0.1:") || !strings.Contains(r, "tui.(*play).progress") {
		t.Errorf("the report is\n%s", r)
	}
	host.mu.Lock()
	told := slices.ContainsFunc(host.mail, func(m tea.Msg) bool { _, ok := m.(guestFailed); return ok })
	host.mu.Unlock()
	if !told {
		t.Error("the host's screen is not told")
	}
	lucky.await(t, "1 watch")
	lucky.typed("?")
	lucky.await(t, "What keys do")
}

// guests returns those who only look on.
func (s *session) guests() (all []*viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := range s.viewers {
		if v.guest {
			all = append(all, v)
		}
	}
	return all
}

// TestRescue_Commands: also what runs beside the screen, however it is bundled.
func TestRescue_Commands(t *testing.T) {
	r := &rescue{end: func() {}}
	bad := func() tea.Msg { panic("no such peer") }
	for range 2 {
		if batch, ok := r.command(tea.Batch(func() tea.Msg { return nil }, bad))().(tea.BatchMsg); ok {
			for _, cmd := range batch {
				cmd()
			}
		}
	}
	if why, stack := r.failed(); why != "no such peer" || len(stack) == 0 {
		t.Errorf("%q with a stack of %d bytes", why, len(stack))
	}
	if r.command(nil) != nil {
		t.Error("no command becomes one")
	}
	s := newScreen(120, 40, paperPicture(), nil)
	s.Update(guestFailed{"no such peer"})
	s.want(t, "✕ a screen over ssh ended by a fault of the program: no such peer")
}
