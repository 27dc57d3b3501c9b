package tui

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// timed is an ideal ring on which time passes.
type timed struct {
	*ideal
	began time.Time
}

func newTimed() *timed { return &timed{newIdeal(), time.Now()} }

func (d *timed) Now() time.Duration { return time.Since(d.began) }

func (d *timed) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	limit := time.NewTimer(within)
	defer limit.Stop()
	for {
		changed := d.Changed()
		if cond(d.Picture()) {
			return true, nil
		}
		select {
		case <-changed:
		case <-limit.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// performance is a conductor that plays a script with a real runner, in the time
// of a bubble.
type performance struct {
	*conductor
	orders chan order
	rings  int // that were made after the first

	mu   sync.Mutex
	msgs []tea.Msg
}

// perform plays the script until the test ends.
func perform(t *testing.T, text string) (p *performance, stop func()) {
	p = &performance{orders: make(chan order, orderQueue)}
	p.conductor = &conductor{script: parse(t, text), orders: p.orders, tell: func(_ *viewer, m tea.Msg) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.msgs = append(p.msgs, m)
	}}
	fresh := func() runner {
		r := scenarios.NewRunner(newTimed())
		r.Gate, r.Meanwhile = p.gate, p.meanwhile
		return r
	}
	p.renew = func() runner {
		p.rings++
		return fresh()
	}
	p.runner = fresh()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { p.run(ctx) })
	return p, func() {
		cancel()
		wg.Wait()
	}
}

// last returns what was said last of a line, and forgets all that was said.
func (p *performance) last() (l progressMsg) {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.msgs {
		if m, ok := m.(progressMsg); ok {
			l = m
		}
	}
	p.msgs = nil
	return l
}

// at checks which line runs, counted from 0.
func (p *performance) at(t *testing.T, line int) {
	t.Helper()
	if l := p.last(); l.Index != line || l.Done {
		t.Fatalf("line %d runs (ended: %v), want line %d", l.Index, l.Done, line)
	}
}

const longLines = "join N1\nsleep 1h\nchapter \"A\"\nwait until size = 9 within 1h\nchapter \"B\"\nsleep 1h\nexpect size = 1\n"

// TestSteer_PauseHoldsALine: its time stands still, and orders are carried out.
func TestSteer_PauseHoldsALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := perform(t, longLines)
		defer stop()
		time.Sleep(time.Minute)
		p.at(t, 1)
		p.orders <- order{kind: orderPause}
		p.orders <- order{kind: orderRun, line: "join N8"}
		time.Sleep(10 * time.Hour)
		p.mu.Lock()
		ran := slices.ContainsFunc(p.msgs, func(m tea.Msg) bool { d, ok := m.(orderDoneMsg); return ok && d.err == nil && d.result.OK })
		moved := slices.ContainsFunc(p.msgs, func(m tea.Msg) bool { _, ok := m.(progressMsg); return ok })
		p.mu.Unlock()
		if !ran || moved {
			t.Fatalf("in the pause: the order was carried out: %v; the script went on: %v", ran, moved)
		}
		p.orders <- order{kind: orderResume}
		time.Sleep(58 * time.Minute)
		if l := p.last(); l.Line.Command != "" {
			t.Fatalf("it had an hour to sleep, and after 59 minutes %q is next", l.Line.Text)
		}
		time.Sleep(2 * time.Minute)
		p.at(t, 3)
	})
}

// TestSteer_NextLineEndsTheWaiting of the one that runs, which neither held nor
// failed then.
func TestSteer_NextLineEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := perform(t, longLines)
		defer stop()
		time.Sleep(time.Minute)
		p.orders <- order{kind: orderStep}
		time.Sleep(time.Minute)
		p.at(t, 3)
		p.orders <- order{kind: orderPause}
		p.orders <- order{kind: orderStep}
		if l := p.last(); l.Index != 3 || !l.Done || !l.Result.BrokenOff || l.Result.Failed {
			t.Fatalf("after a step: %+v", l)
		}
		p.orders <- order{kind: orderResume}
		time.Sleep(3 * time.Hour)
		p.mu.Lock()
		defer p.mu.Unlock()
		end, ended := p.msgs[len(p.msgs)-1].(playEnded)
		if !ended || end.Expectations != 1 || end.Failed != 0 {
			t.Errorf("the end is %+v", end)
		}
	})
}

// TestSteer_JumpForwardHurriesTheLine that runs, and those on the way: time that
// passes for effect ends as soon as the ring has nothing to do, and what is waited
// for gets some seconds, of which the one that runs has had enough.
func TestSteer_JumpForwardHurriesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := perform(t, longLines)
		defer stop()
		time.Sleep(time.Minute)
		p.at(t, 1)
		p.orders <- order{kind: orderJump, n: 2}
		if l := p.last(); l.Index != 2 || !l.Done {
			t.Fatalf("after the jump: %+v", l)
		}
		time.Sleep(time.Minute)
		p.at(t, 3)
		p.orders <- order{kind: orderJump, n: 4}
		if l := p.last(); l.Index != 4 || !l.Done || p.rings != 0 {
			t.Fatalf("after the jump: %+v on ring %d", l, p.rings)
		}
	})
}

// TestSteer_HurriesThroughWaits gives each of them some time, and a pause ends it.
func TestSteer_HurriesThroughWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := perform(t, longLines)
		defer stop()
		p.orders <- order{kind: orderJump, n: 4}
		time.Sleep(5 * time.Second)
		p.at(t, 3)
		time.Sleep(12 * time.Second)
		p.at(t, 5)
		p.orders <- order{kind: orderJump, n: 2}
		time.Sleep(5 * time.Second)
		p.at(t, 3)
		p.orders <- order{kind: orderJump, n: 4}
		time.Sleep(time.Second)
		p.last()
		p.orders <- order{kind: orderPause}
		time.Sleep(20 * time.Hour)
		if l := p.last(); l.Line.Command != "" {
			t.Fatalf("a pause does not end the hurry: %+v", l)
		}
	})
}

// TestSteer_JumpBackEndsTheLine that runs, be it one of the script or of a
// person, and also while it is held by a pause.
func TestSteer_JumpBackEndsTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := perform(t, longLines)
		defer stop()
		time.Sleep(61 * time.Minute)
		p.at(t, 3)
		p.orders <- order{kind: orderJump, n: 2}
		p.orders <- order{kind: orderJump, n: 4} // while it jumps
		time.Sleep(time.Minute)
		p.at(t, 5)
		p.orders <- order{kind: orderPause}
		synctest.Wait()
		p.orders <- order{kind: orderJump, n: 2}
		if l := p.last(); p.rings != 2 || l.Index != 2 || !l.Done {
			t.Fatalf("%d fresh rings, at %+v", p.rings, l)
		}
		p.orders <- order{kind: orderRun, line: "wait until size = 9 within 20h"}
		time.Sleep(time.Hour)
		p.orders <- order{kind: orderJump, n: 0}
		if l := p.last(); p.rings != 3 || l.Index != 0 || !l.Done {
			t.Errorf("%d fresh rings, at %+v", p.rings, l)
		}
	})
}
