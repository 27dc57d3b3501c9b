// Chordscope runs a registry and many real Chord peers on loopback TCP ports
// and shows the living ring in the terminal. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/charmbracelet/x/term"

	"chordscope/node/ring"
	"chordscope/scenarios"
	"chordscope/tui"
)

// Exit statuses, part of the interface. A scenario that fails gives 1.
const (
	exitOK          = 0
	exitUsage       = 2 // the call, the file or the set-up is wrong
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// cli is the command line. Each command is a struct with a Run method; kong
// makes the help from the tags.
type cli struct {
	Screen   screenCmd   `cmd:"" default:"withargs" help:"The screen: a registry and real peers on loopback, alive. This is what happens without a command."`
	Play     playCmd     `cmd:"" help:"The screen, replaying a scenario."`
	Run      runCmd      `cmd:"" help:"Run scenarios without a screen. Exit status: 0 all held, 1 an expectation failed, 2 the file or the set-up is wrong, 130 interrupted."`
	Check    checkCmd    `cmd:"" help:"Look for mistakes in scenarios; each is shown with line, column and caret. Nothing is started."`
	List     listCmd     `cmd:"" help:"List the scenarios that come with the program."`
	Language languageCmd `cmd:"" help:"Describe the scenario language: every command with usage and example."`
}

// call is what a command works with.
type call struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	status int
}

// run carries out one call of the program and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &call{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	helped := false
	parser, err := kong.New(&cli{},
		kong.Name("chordscope"),
		kong.Description("A living Chord ring in the terminal: real peers over TCP, and every pointer beside the truth."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintln(stderr, "chordscope:", err)
		return exitUsage
	}
	parsed, err := parser.Parse(args)
	if helped { // --help has been printed
		return exitOK
	}
	if err == nil {
		err = parsed.Run()
	}
	switch {
	case err == nil:
		return c.status
	case errors.Is(err, context.Canceled), errors.Is(err, tui.ErrInterrupted):
		return exitInterrupted
	}
	if scenarios.IsParseError(err) { // has file, line and column in it
		fmt.Fprintln(stderr, err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "chordscope: %v\nSee: chordscope --help\n", err)
	return exitUsage
}

// screenFlags are common to all that open the screen.
type screenFlags struct {
	NoMotion bool `help:"No animation."`
}

type screenCmd struct {
	screenFlags
	Peers      int    `short:"n" default:"8" help:"How many peers to start, 0 to 200."`
	Bits       int    `short:"m" default:"16" help:"Bits of an identifier, 3 to 160."`
	Successors int    `short:"r" default:"4" help:"Length of successor lists, 1 to 32."`
	Original   bool   `help:"The protocol as published in 2003, with what goes wrong in it."`
	Seed       uint64 `default:"1" help:"Seed of everything random."`
}

func (s *screenCmd) Run(c *call) error {
	if s.Peers < 0 || s.Peers > 200 {
		return fmt.Errorf("--peers=%d: 0 to 200 peers fit on the screen's ring", s.Peers)
	}
	if _, err := ring.NewSpace(s.Bits); err != nil {
		return fmt.Errorf("--%w", err)
	}
	if s.Bits < 8 && s.Peers > 1<<s.Bits {
		return fmt.Errorf("--peers=%d: a ring of %d bits has %d identifiers", s.Peers, s.Bits, 1<<s.Bits)
	}
	if s.Successors < 1 || s.Successors > 32 {
		return fmt.Errorf("--successors=%d: a list has 1 to 32 entries", s.Successors)
	}
	set := scenarios.DefaultSettings()
	set.Bits, set.Successors, set.Original, set.Seed = s.Bits, s.Successors, s.Original, s.Seed
	set.Replicas = min(set.Replicas, set.Successors)
	return c.screen(tui.Options{Settings: set, Peers: s.Peers, NoMotion: s.NoMotion})
}

type playCmd struct {
	screenFlags
	Scenario string `arg:"" help:"A file, or the name of a shipped scenario."`
}

func (p *playCmd) Run(c *call) error {
	sc, err := scenarios.Load(p.Scenario)
	if err != nil {
		return err
	}
	return c.screen(tui.Options{Settings: scenarios.DefaultSettings(), Scenario: sc, NoMotion: p.NoMotion})
}

// screen opens the screen on real peers. Nothing is started without a
// terminal.
func (c *call) screen(opts tui.Options) error {
	out, isFile := c.stdout.(*os.File)
	if !isFile || !term.IsTerminal(out.Fd()) {
		return errors.New("the screen needs a terminal; without one use: chordscope run SCENARIO")
	}
	opts.System = scenarios.NewTCP()
	defer opts.System.Close()
	return tui.Run(c.ctx, opts)
}

type runCmd struct {
	Scenarios []string `arg:"" help:"Files, or names of shipped scenarios."`
	Virtual   bool     `help:"Virtual time instead of real peers: instant, and the same for the same seed."`
	Seed      *uint64  `help:"Seed of everything random, instead of the scenario's."`
	JSON      bool     `help:"One JSON object a line."`
}

func (r *runCmd) Run(c *call) error {
	opts := scenarios.RunOptions{JSON: r.JSON, Virtual: r.Virtual, Seed: r.Seed}
	c.status = scenarios.RunFiles(c.ctx, opts, r.Scenarios, scenarios.NewSystem, c.stdout, c.stderr)
	return nil
}

type checkCmd struct {
	Scenarios []string `arg:"" help:"Files, names of shipped scenarios, or - for standard input."`
}

func (k *checkCmd) Run(c *call) error {
	c.status = scenarios.CheckFiles(k.Scenarios, c.stdin, c.stdout, c.stderr)
	return nil
}

type listCmd struct {
	JSON bool `help:"One JSON object a line."`
}

func (l *listCmd) Run(c *call) error {
	c.status = scenarios.List(l.JSON, c.stdout, c.stderr)
	return nil
}

type languageCmd struct{}

func (languageCmd) Run(c *call) error {
	_, err := io.WriteString(c.stdout, scenarios.Help())
	return err
}
