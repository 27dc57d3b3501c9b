// Package tui is the living ring in the terminal: peers on the identifier
// circle, what the selected one believes beside what is true, the last lookup
// hop by hop, events in words, and a scenario that plays.
//
// Goroutines: Bubble Tea calls the Model of a screen from one goroutine, which
// owns everything that is shown. The conductor runs commands and scenarios, one
// line at a time, in a second one, for all screens of a session. For each
// screen, one passes new pictures of the ring on and one what the conductor
// says. They talk by messages and orders only, and all end with Run.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
	"chordscope/scenarios/notes"
	"chordscope/tui/draw"
)

// ErrInterrupted is returned by Run when its context ended it. It is a
// context.Canceled.
var ErrInterrupted = fmt.Errorf("interrupted: %w", context.Canceled)

// Options is what the screen shows.
type Options struct {
	// System is the ring, not yet started. Run starts it but does not close it.
	System scenarios.System
	// Settings are those of a ring without a scenario. Of a scenario, only how
	// fingers are numbered at the start is taken from here.
	Settings scenarios.Settings
	// Renew returns another ring like System, not yet started, for a scenario that
	// is to begin anew; the old one is closed then. Run closes what it returned.
	// Without it a scenario goes forward only.
	Renew func() scenarios.System
	// Scenario is replayed if it is set.
	Scenario *scenarios.Scenario
	// Peers is how many peers join when the screen is up, 0 or more. With a
	// scenario it is not used.
	Peers int
	// CellAspect is how much higher than wide a character cell is; 0 means what
	// the terminal says, or else 2, which suits nearly every font.
	CellAspect float64
	// Lines is the file that keeps what was typed into the command palette from
	// one session to the next; "" for none. Only the local screen uses it.
	Lines string
	// Theme is one of draw.ThemeNames; empty is draw.AutoTheme.
	Theme string
	// Canvas is which characters the terminal's font has.
	Canvas draw.Kind
	// Projector draws fewer and larger things, to be read from the back row.
	Projector bool
	// NoMotion shows a lookup's whole way at once.
	NoMotion bool
	// Panics, if set, is called once, before anything starts, with a function
	// that restores the terminal. Who has goroutines of his own, as the peers
	// of a ring in this process, calls restore when one of them panics, from
	// any goroutine, and lets the panic go on: so its message can be read.
	Panics func(restore func())
	// SSH, if set, lets others look on, and some command, over ssh.
	SSH *SSH
	// Recorder, if set, writes down all that is done with the ring.
	Recorder *scenarios.Recorder
	// Notes, if set, is told what is for the speaker of the scenario, whenever
	// that changes, from one goroutine.
	Notes func(notes.State)
	// Cast, if set, gets a recording of the terminal as an asciicast, each event
	// with one Write as it happens.
	Cast io.Writer
	// Input and Output are the terminal; nil is the process's own.
	Input  io.Reader
	Output io.Writer

	cast    *cast               // of Cast
	program []tea.ProgramOption // for tests
}

// orderQueue is how many orders may wait while a long line runs.
const orderQueue = 32

// Run shows the screen until somebody quits, which is no error, or ctx ends,
// which is ErrInterrupted. Signals are left to the caller, who ends ctx on
// them. The terminal is restored however it ends, and everything that Run
// started has ended when it returns.
func Run(ctx context.Context, opts Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newSession(opts.System, opts.Scenario)
	s.recording = newRecording(opts.Recorder, s.tell)
	if opts.SSH != nil {
		s.served = opts.SSH.Command()
	}
	if opts.Cast != nil {
		opts.cast = newCast(opts.Cast)
	}
	local := s.attach(false)
	m := s.model(local, &opts)
	m.lines = loadTyped(opts.Lines)
	program := tea.NewProgram(m, opts.programOptions(ctx)...)
	if opts.Panics != nil {
		opts.Panics(program.Kill)
	}
	if opts.SSH != nil {
		others, err := s.serve(&opts)
		if err != nil {
			return err
		}
		defer others.close()
	}

	c := s.conductor(&opts)
	defer func() {
		if system, _ := s.shown(); system != opts.System {
			system.Close() // the caller has never seen it
		}
	}()
	// The terminal is given back before a panic ends the process. Bubble Tea does
	// the same for its own goroutines.
	catch := func() {
		if panicked := recover(); panicked != nil {
			program.Kill()
			panic(panicked)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer catch()
		c.run(ctx)
	})
	if opts.Notes != nil && opts.Scenario != nil {
		wg.Go(func() {
			defer catch()
			s.inform(ctx, opts.Notes)
		})
	}
	err := s.show(ctx, local, program, catch)
	cancel()
	wg.Wait()
	switch {
	case errors.Is(err, context.Canceled):
		return ErrInterrupted
	case err != nil:
		return fmt.Errorf("the screen: %w", err)
	}
	return opts.cast.failed()
}

// conductor returns who runs the lines of the session.
func (s *session) conductor(opts *Options) *conductor {
	c := &conductor{script: opts.Scenario, orders: s.orders, tell: s.tell}
	r := s.runner(opts.System, c)
	if opts.Scenario == nil {
		r.Configure(opts.Settings)
		c.opening = opening(opts.Peers)
		c.missing = func() int { return opts.Peers - hosts(opts.System.Picture()) }
	}
	c.runner = r
	if opts.Renew != nil {
		c.renew = func() runner { return s.fresh(opts.Renew(), c) }
	}
	return c
}

// runner returns a runner of lines on the system that asks c before each.
func (s *session) runner(system scenarios.System, c *conductor) *scenarios.Runner {
	r := scenarios.NewRunner(system)
	r.Recorder = s.recording.Recorder
	r.Gate, r.Meanwhile = c.gate, c.meanwhile
	return r
}

// fresh closes the ring that is shown and puts another one in its place, with a
// runner for it.
func (s *session) fresh(system scenarios.System, c *conductor) runner {
	old, _ := s.shown()
	old.Close()
	s.renew(system)
	return s.runner(system, c)
}

// model returns what a viewer's screen begins with.
func (s *session) model(v *viewer, opts *Options) *Model {
	m := newModel(s.orders, s.script)
	m.viewer, m.served, m.recorder = v, s.served, s.recording
	if opts.Settings.Bits > 0 {
		m.settings = opts.Settings
	}
	m.zeroBased, m.noMotion = opts.Settings.ZeroBased, opts.NoMotion
	m.dress(newLook(opts))
	m.surface.Kind = opts.Canvas
	return m
}

// bulk is from how many peers on joins come in bulk.
const bulk = 64

// opening returns the lines by which a ring of n peers grows before one's eyes:
// one by one while it is small, then in larger and larger groups, which double
// it once there is a crowd.
func opening(n int) []string {
	var lines []string
	for joined := 0; joined < n; {
		group := max(joined/8, 1)
		if joined >= bulk {
			group = joined
		}
		group = min(group, n-joined)
		lines = append(lines, fmt.Sprintf("join %d", group))
		joined += group
	}
	return lines
}

// hosts counts those whose peers are in the ring or about to be.
func hosts(pic *observe.Picture) int {
	seen := make(map[string]bool)
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.State.Present() {
			seen[p.HostAddr()] = true
		}
	}
	return len(seen)
}

func (o *Options) programOptions(ctx context.Context) []tea.ProgramOption {
	list := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(30), tea.WithoutSignalHandler()}
	if o.Input != nil {
		list = append(list, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		list = append(list, tea.WithOutput(o.Output))
	}
	if o.cast != nil {
		list = append(list, o.cast.options(o.Output)...)
	}
	return append(list, o.program...)
}
