package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// conductor owns the ring: it alone calls the runner, from one goroutine, so
// what a person asks for while a scenario plays happens between two of its
// lines, or while one of them stands still, and never beside one.
//
// The model gives it orders, and it answers with messages. Its fields belong to
// its goroutine, except orders and tell, and while a line runs to its ears.
type conductor struct {
	runner  runner
	script  *scenarios.Scenario    // nil if nothing is replayed
	opening []string               // lines to run at the start, if nothing is replayed
	missing func() int             // peers that the opening has not brought; nil: it does not matter
	orders  <-chan order           // from the model
	tell    func(*viewer, tea.Msg) // to one screen, or to all; never blocks
	paused  bool
	step    bool          // let one line pass although paused
	speed   int           // as in play
	hold    time.Duration // how long to let the last line work on the class
	tells   bool          // a question or its answer is on the screen, until a step
	at      int           // index of the script's line that comes next
	begun   bool          // that line runs
	until   int           // the lines before this one are hurried through
	anew    bool          // the script begins anew as soon as the line that runs has ended
	ears

	// renew makes a fresh ring in place of the old one, with a runner for it; nil
	// if that cannot be. It is called between two lines.
	renew func() runner
}

// runner is what the conductor needs of scenarios.Runner. Run must have the
// conductor's gate called before each line, and meanwhile while one waits.
type runner interface {
	Do(ctx context.Context, line string) (scenarios.Result, error)
	DoFor(ctx context.Context, who any, line string) (scenarios.Result, error)
	Forget(ctx context.Context, who any) error
	Run(ctx context.Context, sc *scenarios.Scenario, on func(scenarios.Progress)) scenarios.Report
	Settings() scenarios.Settings
}

// order is what the model asks of the conductor: a line to run, or a change of
// how the scenario plays.
type order struct {
	kind orderKind
	line string
	n    int
	from *viewer // who gave it, and hears what became of it; nil: all do
}

type orderKind uint8

const (
	orderRun orderKind = iota
	orderPause
	orderResume
	orderStep  // the next line, paused or not
	orderSpeed // to 2^n
	orderJump  // to line n of the script, counted from 0: all before it and it itself at once
	orderQuiet // a line for the screen's own use, of which nothing is told
	orderGone  // its screen is closed
)

// Messages to the model.
type (
	progressMsg  scenarios.Progress
	playEnded    scenarios.Report
	orderDoneMsg struct {
		line   string
		result scenarios.Result
		err    error
	}
	settingsMsg scenarios.Settings // after a line that may have changed them
	paceMsg     struct {           // how the scenario plays
		paused  bool
		speed   int
		hurries bool // to a line that somebody jumped to
	}
	playAnew struct{} // the script begins anew, on a fresh ring
)

// openingBeat is the time between the lines by which the ring grows, so that
// it can be watched; joining takes a few milliseconds.
const openingBeat = 250 * time.Millisecond

// run plays the script, if there is one, and then carries out orders until ctx
// ends.
func (c *conductor) run(ctx context.Context) {
	failed := false
	for _, line := range c.opening {
		if c.gate(ctx, scenarios.Line{}) != nil {
			return
		}
		failed = c.do(ctx, order{line: line}) != nil || failed
		c.hold = openingBeat
	}
	if failed && c.missing != nil {
		c.fill(ctx)
	}
	for c.script != nil {
		c.perform(ctx)
		if ctx.Err() != nil {
			return
		}
		c.anew, c.step, c.at, c.begun, c.broken = false, false, 0, false, false
		c.runner = c.renew()
		c.tell(nil, playAnew{})
		c.tell(nil, settingsMsg(c.runner.Settings()))
		c.tellPace()
	}
	c.idle(ctx)
}

// fillTries is how often nobody may join before fill gives up.
const fillTries = 5

// fill lets those join who are missing after a line of the opening has failed: on a
// busy machine one of many may get no answer in time, and then the others of its
// line do not begin.
func (c *conductor) fill(ctx context.Context) {
	for tries, before := 0, 0; tries < fillTries; tries++ {
		n := c.missing()
		if n <= 0 || c.gate(ctx, scenarios.Line{}) != nil {
			return
		}
		if n != before {
			tries, before = 0, n
		}
		_ = c.do(ctx, order{line: fmt.Sprintf("join %d", n)}) // the screen says what was wrong
		c.hold = openingBeat
	}
}

// perform plays the script until it is to begin anew or ctx ends.
func (c *conductor) perform(ctx context.Context) {
	run, end := context.WithCancel(ctx)
	defer end()
	c.breakOff = end
	report := c.runner.Run(run, c.script, c.progress)
	if run.Err() == nil && !c.anew {
		c.at = len(c.script.Lines)
		c.tell(nil, playEnded(report))
	}
	c.idle(ctx) // the order that has broken it off is one of those that wait
}

// idle carries out orders until ctx ends or the script is to begin anew.
func (c *conductor) idle(ctx context.Context) {
	for ctx.Err() == nil && !c.anew {
		if o, waits := c.heard(c.orders); waits {
			c.carryOut(ctx, o)
			continue
		}
		select {
		case <-ctx.Done():
		case o := <-c.orders:
			c.carryOut(ctx, o)
		}
	}
}

// progress passes on what the runner says of a line.
func (c *conductor) progress(p scenarios.Progress) {
	if !p.Done {
		c.at, c.begun = p.Index, true
		c.tell(nil, progressMsg(p))
		c.listen(func() {})
		return
	}
	if c.deaf(); c.broken {
		return // a jump has ended it, and the script begins anew
	}
	c.at, c.begun = p.Index+1, false
	c.hold = holdAfter(p.Line, p.Result)
	c.settings(p.Line.Command)
	c.tell(nil, progressMsg(p))
}

// settings passes the settings on if the command may have changed them.
func (c *conductor) settings(command string) {
	if command == "set" {
		c.tell(nil, settingsMsg(c.runner.Settings()))
	}
}

// errAnew ends a run so that the script can begin anew.
var errAnew = errors.New("the script begins anew")

// gate waits until the next line of the script may run, carrying out orders
// meanwhile. It ends early only with ctx, or if the script is to begin anew.
func (c *conductor) gate(ctx context.Context, l scenarios.Line) error {
	c.rest(ctx)
	if l.Ask != nil && !c.hurries() && !c.anew && ctx.Err() == nil {
		c.step = false
		c.tell(nil, askMsg{c.at})
		c.hold, c.tells = 0, true
		c.rest(ctx)
	}
	c.step, c.hold, c.tells = false, 0, l.Ask != nil && c.tells && !c.hurries()
	if c.hurries() && c.at == c.until-1 {
		c.until = 0 // the line that somebody wanted is next
		c.tellPace()
	}
	if c.anew {
		return errAnew
	}
	return ctx.Err()
}

// meanwhile is called by a line of the script that waits, and again whenever it
// was interrupted since there is an order. It holds the line up while the play
// is paused.
func (c *conductor) meanwhile(ctx context.Context, interrupt func()) scenarios.Haste {
	c.deaf()
	c.rest(ctx)
	haste := scenarios.NoHaste
	switch {
	case c.anew:
		c.broken = true
		c.breakOff()
		return haste
	case c.step:
		haste, c.step = scenarios.AtOnce, false
	case c.hurries():
		haste = scenarios.Hurry
	}
	c.listen(interrupt)
	return haste
}

// listen hears orders while a line of the script runs, until deaf. A jump back
// ends the line, and anything else interrupts its waiting.
func (c *conductor) listen(interrupt func()) {
	c.hear(c.orders, func(o order) {
		if c.goesBack(o) && c.renew != nil {
			c.broken = true
			c.breakOff()
			return
		}
		interrupt()
	})
}

// rest lets the last line work on the class, for as long as it needs by itself,
// or, while the screen tells something that somebody has to answer, until a
// step. Orders are carried out meanwhile.
func (c *conductor) rest(ctx context.Context) {
	timer := time.NewTimer(c.scaled(c.hold))
	defer timer.Stop()
	held := c.hold > 0
	obey := func(o order) {
		c.carryOut(ctx, o)
		if o.kind == orderSpeed && held {
			timer.Reset(c.scaled(c.hold))
		}
	}
	for !c.step && !c.anew && ctx.Err() == nil {
		if o, waits := c.heard(c.orders); waits {
			obey(o)
			continue
		}
		if c.hurries() || !c.paused && !held && !c.tells {
			return
		}
		select {
		case <-ctx.Done():
		case <-timer.C:
			held = false
		case o := <-c.orders:
			obey(o)
		}
	}
}

// hurries reports whether the next line runs at once, since somebody jumped to
// it or beyond.
func (c *conductor) hurries() bool { return c.at < c.until }

func (c *conductor) carryOut(ctx context.Context, o order) {
	switch o.kind {
	case orderRun, orderQuiet, orderGone:
		c.do(ctx, o)
		return
	case orderPause:
		c.paused, c.until = true, 0
	case orderResume:
		c.paused = false
	case orderStep:
		c.step = true
	case orderSpeed:
		c.speed = o.n
	case orderJump:
		c.jump(o)
	}
	c.tellPace()
}

// jump hurries to a line of the script. What is past is reached only by a fresh
// ring, since nothing that has happened can be undone.
func (c *conductor) jump(o order) {
	if c.goesBack(o) {
		if c.renew == nil {
			c.tell(o.from, orderDoneMsg{line: o.line, err: errNoWayBack})
			return
		}
		c.anew = true
	}
	c.until = o.n + 1
}

// goesBack reports whether an order is a jump to a line that has begun.
func (c *conductor) goesBack(o order) bool {
	return o.kind == orderJump && (o.n < c.at || o.n == c.at && c.begun)
}

var errNoWayBack = errors.New("that is past: this ring cannot begin anew")

func (c *conductor) tellPace() { c.tell(nil, paceMsg{c.paused, c.speed, c.hurries()}) }

// do runs a line for a person, or for a screen. A jump ends it.
func (c *conductor) do(ctx context.Context, o order) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	line, end := context.WithCancel(ctx)
	defer end()
	c.hear(c.orders, func(o order) {
		if o.kind == orderJump {
			end()
		}
	})
	defer c.deaf()
	switch o.kind {
	case orderQuiet:
		_, _ = c.runner.DoFor(line, o.from, o.line)
		return nil
	case orderGone:
		_ = c.runner.Forget(line, o.from)
		return nil
	}
	result, err := c.runner.Do(line, o.line)
	c.deaf()
	if err != nil && line.Err() != nil && ctx.Err() == nil {
		err = errBrokenOff
	}
	command, _, _ := strings.Cut(o.line, " ")
	c.settings(command)
	c.tell(o.from, orderDoneMsg{o.line, result, err})
	return err
}

var errBrokenOff = errors.New("broken off, since somebody jumped to another chapter")

// scaled is a time of the play at its present speed.
func (c *conductor) scaled(d time.Duration) time.Duration {
	if c.speed < 0 {
		return d << -c.speed
	}
	return d >> c.speed
}

// holdAfter is how long the screen rests after a line, at speed 1, so that the
// class can follow: the time to read what was said, or to watch a lookup.
func holdAfter(line scenarios.Line, result scenarios.Result) time.Duration {
	const beat = 300 * time.Millisecond
	if result.Lookup != nil {
		return newTrip(*result.Lookup).duration() + 2*time.Second
	}
	switch line.Command {
	case "say":
		return scenarios.ReadingTime(result.Text)
	case "chapter", "title":
		return time.Second
	case "set", "note", "focus":
		return 0
	case "expect", "always":
		return beat
	case "step":
		return 3 * time.Second // its lines are read out
	}
	return 2 * beat
}
