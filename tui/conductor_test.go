package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// stage is a conductor with a runner that does nothing but write down what it
// was asked to do.
type stage struct {
	conductor
	orders chan order
	mu     sync.Mutex
	lines  []string // that were run
	msgs   []tea.Msg
}

// ran notes a line.
func (s *stage) ran(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// did returns the lines that were run until now.
func (s *stage) did() []string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

// said returns the messages that were sent until now.
func (s *stage) said() []tea.Msg {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.msgs)
}

func newStage(sc *scenarios.Scenario) *stage {
	s := &stage{orders: make(chan order, orderQueue)}
	s.conductor = conductor{
		runner: s, script: sc, orders: s.orders,
		tell: func(_ *viewer, m tea.Msg) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.msgs = append(s.msgs, m)
		},
	}
	return s
}

func (s *stage) Settings() scenarios.Settings { return scenarios.DefaultSettings() }

func (s *stage) Do(_ context.Context, line string) (scenarios.Result, error) {
	s.ran(line)
	if line == "bad" {
		return scenarios.Result{}, errors.New("expected a command")
	}
	return scenarios.Result{OK: true}, nil
}

func (s *stage) DoFor(ctx context.Context, _ any, line string) (scenarios.Result, error) {
	return s.Do(ctx, line)
}

func (s *stage) Forget(context.Context, any) error { return nil }

func (s *stage) Run(ctx context.Context, sc *scenarios.Scenario, on func(scenarios.Progress)) scenarios.Report {
	for i, l := range sc.Lines {
		if s.gate(ctx, l) != nil {
			return scenarios.Report{Interrupted: true}
		}
		s.ran(l.Command)
		on(scenarios.Progress{Index: i, Line: l, Done: true, Result: scenarios.Result{OK: true, Text: "a caption"}})
	}
	return scenarios.Report{}
}

// perform runs the conductor in the background until the test ends it.
func (s *stage) perform(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (s *stage) check(t *testing.T, want string) {
	t.Helper()
	if got := strings.Join(s.did(), ", "); got != want {
		t.Fatalf("done until now: %s, want %s", got, want)
	}
}

const threeLines = "say \"one\"\nsay \"two\"\nsay \"three\"\n"

func TestConductor_LetsTheClassRead(t *testing.T) {
	sc := parse(t, threeLines)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		defer s.perform(t)()
		s.check(t, "say")
		read := holdAfter(sc.Lines[0], scenarios.Result{Text: "a caption"})
		time.Sleep(read - time.Millisecond)
		s.check(t, "say")
		time.Sleep(time.Millisecond)
		s.check(t, "say, say")
		s.orders <- order{kind: orderSpeed, n: 2} // from now on
		synctest.Wait()
		time.Sleep(read / 4)
		s.check(t, "say, say, say")
		msgs := s.said()
		if _, ok := msgs[len(msgs)-1].(playEnded); !ok {
			t.Errorf("the last message is %T, want the end", msgs[len(msgs)-1])
		}
	})
}

func TestConductor_PauseStepResume(t *testing.T) {
	sc := parse(t, threeLines+threeLines)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		s.orders <- order{kind: orderPause}
		defer s.perform(t)()
		time.Sleep(time.Hour)
		before := len(s.did()) // 0 or 1: the first line has nothing to wait for
		s.orders <- order{kind: orderStep}
		if n := len(s.did()) - before; n != 1 {
			t.Fatalf("a step ran %d lines", n)
		}
		time.Sleep(time.Hour)
		if len(s.did()) != before+1 {
			t.Fatal("it does not pause after a step")
		}
		s.orders <- order{kind: orderResume}
		time.Sleep(time.Hour)
		s.check(t, "say, say, say, say, say, say")
	})
}

// TestConductor_OrdersRunBetweenLines asks for a lookup while the scenario is
// paused: it is carried out, and the scenario stays where it is.
func TestConductor_OrdersRunBetweenLines(t *testing.T) {
	sc := parse(t, threeLines)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		defer s.perform(t)()
		s.check(t, "say")
		s.orders <- order{kind: orderPause}
		s.orders <- order{kind: orderRun, line: "kill N8"}
		time.Sleep(time.Hour)
		s.check(t, "say, kill N8")
		s.orders <- order{kind: orderStep}
		s.check(t, "say, kill N8, say")
	})
}

const threeChapters = "chapter \"A\"\njoin N1\nchapter \"B\"\nsay \"b\"\nchapter \"C\"\nsay \"c\"\n"

// hurriedNow is what was said last of whether the script is hurried through.
func (s *stage) hurriedNow() bool {
	hurried := false
	for _, m := range s.said() {
		if p, ok := m.(paceMsg); ok {
			hurried = p.hurries
		}
	}
	return hurried
}

func TestConductor_JumpsForward(t *testing.T) {
	sc := parse(t, threeChapters)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		defer s.perform(t)()
		s.check(t, "chapter")
		s.orders <- order{kind: orderPause}
		s.orders <- order{kind: orderJump, n: 4}
		s.check(t, "chapter, join, chapter, say, chapter") // at once
		if s.hurriedNow() {
			t.Error("it still hurries")
		}
		time.Sleep(time.Hour)
		if n := len(s.did()); n != 5 {
			t.Errorf("the pause ended: %d lines ran", n)
		}
		s.orders <- order{kind: orderStep}
		s.check(t, "chapter, join, chapter, say, chapter, say")
	})
}

// TestConductor_JumpsBack begins anew on a fresh ring, in the middle and after
// the end; without one it says that it cannot.
func TestConductor_JumpsBack(t *testing.T) {
	sc := parse(t, threeChapters)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		rings := 0
		s.renew = func() runner { rings++; s.ran("ring"); return s }
		s.orders <- order{kind: orderJump, n: 4}
		defer s.perform(t)()
		s.check(t, "chapter, join, chapter, say, chapter")
		s.orders <- order{kind: orderJump, n: 2}
		s.check(t, "chapter, join, chapter, say, chapter, ring, chapter, join, chapter")
		time.Sleep(time.Hour)
		if n := len(s.did()); n != 12 {
			t.Fatalf("%d lines to the end, want 12", n)
		}
		s.orders <- order{kind: orderJump, n: 0}
		synctest.Wait()
		if got := s.did(); rings != 2 || len(got) != 14 || got[13] != "chapter" {
			t.Errorf("after the end: %v", got)
		}
		s.renew = nil // nothing reads it meanwhile: the conductor is idle
		s.orders <- order{kind: orderPause}
		s.orders <- order{kind: orderJump, n: 0}
		msgs := s.said()
		found := slices.ContainsFunc(msgs, func(m tea.Msg) bool { d, ok := m.(orderDoneMsg); return ok && errors.Is(d.err, errNoWayBack) })
		if !found || len(s.did()) != 14 {
			t.Error("a jump back without a fresh ring is not refused")
		}
	})
}

// TestConductor_AsksAndWaits for the answer, and until it has been read; a jump
// over a question does not ask it.
func TestConductor_AsksAndWaits(t *testing.T) {
	sc := parse(t, "join N1\nask \"How many?\" = 1\nask \"Sure?\" = yes\nsay \"one\"\nchapter \"B\"\n")
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		defer s.perform(t)()
		for i, want := range []string{"join", "join, ask", "join, ask", "join, ask, ask", "join, ask, ask, say, chapter"} {
			time.Sleep(time.Hour)
			s.check(t, want)
			if i > 0 && i < 4 {
				time.Sleep(time.Hour)
				s.check(t, want)
			}
			s.orders <- order{kind: orderStep}
		}
		asked := 0
		for _, m := range s.said() {
			if _, ok := m.(askMsg); ok {
				asked++
			}
		}
		if asked != 2 {
			t.Errorf("%d questions were asked", asked)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		s.orders <- order{kind: orderJump, n: 4}
		defer s.perform(t)()
		s.check(t, "join, ask, ask, say, chapter")
	})
}

func TestConductor_OpeningAndErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(nil)
		s.opening = []string{"join 1", "bad", "join 1"}
		defer s.perform(t)()
		s.check(t, "join 1")
		time.Sleep(2 * openingBeat)
		s.check(t, "join 1, bad, join 1")
		m := newScreen(120, 40, paperPicture(), nil)
		for _, msg := range s.said()[:2] {
			m.Update(msg)
		}
		m.want(t, "✕ expected a command")
	})
}

// TestConductor_OpeningIsFilled: who did not join because a line failed joins
// afterwards, but not for ever.
func TestConductor_OpeningIsFilled(t *testing.T) {
	for want, missing := range map[string][]int{
		"bad, join 8, join 7, join 2":                         {7, 2, 0},
		"bad, join 8, join 7, join 7, join 7, join 7, join 7": {7, 7, 7, 7, 7, 7, 7, 7},
		"bad, join 8": {0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(nil)
			s.opening = []string{"bad", "join 8"}
			s.missing = func() int {
				n := missing[0]
				missing = missing[1:]
				return n
			}
			defer s.perform(t)()
			time.Sleep(10 * openingBeat)
			s.check(t, want)
		})
	}
}

func TestConductor_EndsWithItsContext(t *testing.T) {
	sc := parse(t, threeLines)
	synctest.Test(t, func(t *testing.T) {
		s := newStage(sc)
		stop := s.perform(t)
		synctest.Wait()
		stop() // in the middle of a hold; the bubble fails if anything is left
	})
}

func TestOpening(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 8: 8, 24: 24, 200: 200} {
		total := 0
		for _, l := range opening(n) {
			line, err := scenarios.Parse("opening", []byte(l))
			if err != nil {
				t.Fatal(err)
			}
			total += joined(t, line.Lines[0].Text)
		}
		if total != want {
			t.Errorf("opening(%d) joins %d peers", n, total)
		}
	}
	if got := len(opening(8)); got != 8 {
		t.Errorf("8 peers join in %d groups, want them one by one", got)
	}
}
