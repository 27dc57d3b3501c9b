// Package plain is the screen for those who cannot use one: screen readers,
// pipes and terminals without a cursor. What happens in the ring is written as
// it happens, a line an event, in words, and lines of the scenario language are
// read from the input.
package plain

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"chordscope/scenarios"
)

// Options is what Run shows.
type Options struct {
	// System is the ring, not yet started. Run starts it but does not close it.
	System scenarios.System
	// Settings are those of a ring without a scenario.
	Settings scenarios.Settings
	// Scenario is played if it is set.
	Scenario *scenarios.Scenario
	// Peers is how many peers join at the start, 0 or more. With a scenario it
	// is not used.
	Peers int
	// Input is where commands are read from, a line each. While it lasts a
	// scenario leaves time to read; when it ends, and the scenario has, Run does.
	Input io.Reader
	// Output gets the lines, each with one Write.
	Output io.Writer
	// Recorder, if set, writes down all that is done with the ring.
	Recorder *scenarios.Recorder
	// Colour marks lines that matter with the terminal's own colours too.
	Colour bool
}

// Run writes what happens until the input ends or says quit, and returns the
// exit status of the scenario, or 0 without one; if ctx ends it is that of an
// interruption. One goroutine may be left that reads the input, until that
// gives way. The error is that of the output.
func Run(ctx context.Context, opts Options) (status int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	out := &printer{w: opts.Output, colour: opts.Colour, now: opts.System.Now, failed: cancel}
	told := &news{system: opts.System, out: out}
	p := &player{
		opts: &opts, news: told, out: out, runner: scenarios.NewRunner(opts.System),
		lines: read(ctx, opts.Input), heard: opts.Input != nil,
	}
	p.runner.Recorder = opts.Recorder
	var wg sync.WaitGroup
	wg.Go(func() { told.follow(ctx) })
	status = p.run(ctx)
	cancel()
	wg.Wait()
	return status, out.problem()
}

// read hands over the input's lines; the channel is closed at its end.
func read(ctx context.Context, input io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		if input == nil {
			return
		}
		for scanner := bufio.NewScanner(input); scanner.Scan(); { // a line that is too long is the end
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// player plays the scenario and carries out what is typed, one after the other,
// in one goroutine.
type player struct {
	opts   *Options
	news   *news
	out    *printer
	runner *scenarios.Runner
	lines  <-chan string
	heard  bool // the input has not ended
	left   bool // somebody said quit
	held   bool // the scenario waits for "go"
	answer string
	rest   time.Duration // to read the last line
}

// errQuit ends a scenario that somebody leaves.
var errQuit = errors.New("somebody left")

func (p *player) run(ctx context.Context) int {
	status := scenarios.ExitOK
	if p.opts.Scenario != nil {
		p.runner.Gate = p.gate
		report := p.runner.Run(ctx, p.opts.Scenario, p.progress)
		p.verdict(report)
		status = report.ExitCode()
		p.held = false
	} else {
		p.runner.Configure(p.opts.Settings)
		if p.opts.Peers > 0 {
			p.do(ctx, fmt.Sprintf("join %d", p.opts.Peers))
		}
	}
	for p.heard && !p.left && ctx.Err() == nil {
		p.listen(ctx, nil)
	}
	if ctx.Err() != nil && !p.left {
		return scenarios.ExitInterrupted
	}
	return status
}

// gate leaves time to read before the next line of the scenario, and carries out
// what is typed meanwhile.
func (p *player) gate(ctx context.Context, l scenarios.Line) error {
	timer := time.NewTimer(p.rest)
	defer timer.Stop()
	p.rest = 0
	for over := false; p.heard && !p.left && !over && ctx.Err() == nil; {
		over = p.listen(ctx, timer.C)
	}
	if l.Ask != nil && p.heard && !p.left {
		p.ask(ctx, l.Ask)
	}
	if p.left {
		return errQuit
	}
	return ctx.Err()
}

// listen carries out one line of the input, and reports whether it lets the
// scenario go on. Until a line comes it waits, at most until the timer is over,
// which lets the scenario go on too; nil never is.
func (p *player) listen(ctx context.Context, timer <-chan time.Time) (on bool) {
	select {
	case <-ctx.Done():
	case <-timer:
		return !p.held
	case line, ok := <-p.lines:
		p.heard = ok
		switch line = strings.TrimSpace(line); line {
		case "quit", "q", "exit":
			p.left = true
		case "hold":
			p.held = true
			p.out.say(good, "scenario", "held; go lets it go on, an empty line plays the next one")
		case "go":
			p.held = false
			return true
		case "quiet", "verbose":
			p.news.hush(line == "quiet")
		case "help":
			p.out.text(help())
		case "":
			return true
		default:
			p.do(ctx, line)
		}
	}
	return false
}

// do carries out a line of the language.
func (p *player) do(ctx context.Context, line string) {
	result, err := p.runner.Do(ctx, line)
	p.news.tell() // first what happened
	switch {
	case ctx.Err() != nil:
	case scenarios.IsParseError(err):
		p.out.say(bad, "mistake", firstLine(err.Error()))
	case err != nil:
		p.out.say(bad, "not done", firstLine(err.Error()))
	case !result.OK:
		p.out.say(bad, "failed", cmp.Or(result.Text, line))
	default:
		p.out.say(good, "done", cmp.Or(result.Text, line))
	}
	p.recovered(result)
}

// help says what can be typed.
func help() string {
	return "quit, or the end of the input, ends the program.\n" +
		"While a scenario plays: hold holds it, go lets it go on, an empty line goes on to its next line.\n" +
		"quiet leaves out all events but those that matter, verbose tells them again.\n" +
		"Everything else is a line of the scenario language.\n\n" + scenarios.Help()
}

// firstLine is a mistake without the excerpt of its line.
func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text
}
