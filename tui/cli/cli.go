// Package cli is the command line of Chordscope: its commands and flags, to
// functions of the packages below.
package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"chordscope/node/cluster/keyring"
	"chordscope/node/cluster/standalone"
	"chordscope/node/ring"
	"chordscope/scenarios"
	"chordscope/tui"
)

// cli is the command line. Each command is a struct with a Run method; kong
// makes the help from the tags.
type cli struct {
	Screen   screenCmd   `cmd:"" default:"withargs" help:"The screen: a registry and real peers on loopback, alive. This is what happens without a command."`
	Play     playCmd     `cmd:"" help:"The screen, replaying a scenario."`
	Notes    notesCmd    `cmd:"" help:"The speaker notes of a scenario that plays with --notes ADDR, on a second terminal."`
	Run      runCmd      `cmd:"" help:"Run scenarios without a screen. Exit status: 0 all held, 1 an expectation failed, 2 the file or the set-up is wrong, 130 interrupted (143 by SIGTERM)."`
	Figure   figureCmd   `cmd:"" help:"Run a scenario and draw the ring at its end, as SVG for slides and papers."`
	Check    checkCmd    `cmd:"" help:"Look for mistakes in scenarios; each is shown with line, column and caret. Nothing is started."`
	List     listCmd     `cmd:"" help:"List the scenarios that come with the program."`
	Language languageCmd `cmd:"" help:"Describe the scenario language: every command with usage and example. The same as: chordscope help language."`
	Quiz     quizCmd     `cmd:"" help:"Exercises about a ring that lives: asks, checks and explains, or prints a sheet with solutions. Exit status: 0 all right, 1 not all."`

	Experiment experimentCmd `cmd:"" help:"Repeat a measurement of the Chord papers, beside the published figures. Without a name: list them."`

	Registry standalone.Registry `cmd:"" group:"own" help:"A registry alone."`
	Peer     standalone.Peer     `cmd:"" group:"own" help:"One peer, in a process of its own."`
	Attach   attachCmd           `cmd:"" group:"own" help:"The screen, on a ring that runs already."`

	Put    putCmd    `cmd:"" group:"ring" help:"Store a value."`
	Get    getCmd    `cmd:"" group:"ring" help:"Write the value of a key to standard output, byte for byte."`
	Delete deleteCmd `cmd:"" group:"ring" help:"Remove a key."`
	Lookup lookupCmd `cmd:"" group:"ring" help:"Show who owns a key, and the way there with the reason for each hop."`
	State  stateCmd  `cmd:"" group:"ring" help:"Show what every peer believes and holds, and whether the ring is right."`
}

// call is what a command works with.
type call struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer // out
	stderr io.Writer
	out    *standardOutput
	status int
}

// Run carries out one call of the program and returns its exit status. Where a
// signal ends ctx, its cause should be Signalled.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &standardOutput{Writer: stdout, unread: cancel}
	c := &call{ctx: ctx, stdin: stdin, stdout: out, stderr: stderr, out: out}
	helped := false
	parser, err := kong.New(&cli{},
		kong.Name("chordscope"),
		kong.Description("A living Chord ring in the terminal: real peers over TCP, and every pointer beside the truth."),
		kong.Writers(out, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "look", Title: "How it is drawn (also in the settings, chordscope/settings.toml in your configuration directory):"},
			{Key: "own", Title: "A ring by hand:"},
			{Key: "ring", Title: "On a running ring (exit status: 0 done, 1 no such key, 2 not done, 130 interrupted, 143 by SIGTERM):"},
		}),
		kong.Bind(c),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdin, (*io.Reader)(nil)),
		kong.BindTo(io.Writer(out), (*io.Writer)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "chordscope:", err)
		return exitUsage
	}
	parsed, err := parser.Parse(helpArgs(args))
	if err == nil && !helped { // else --help has been printed
		err = parsed.Run()
	}
	if helped {
		err = nil
	}
	return c.exit(err)
}

// helpArgs lets "help" stand before a command as well: help run is run --help.
func helpArgs(args []string) []string {
	switch {
	case len(args) == 0 || args[0] != "help":
		return args
	case len(args) == 2 && args[1] == "language":
		return args[1:]
	}
	return append(slices.Clone(args[1:]), "--help")
}

// screenFlags are common to all that open the screen on a ring of its own.
type screenFlags struct {
	lookFlags
	Listen    string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where the registry listens, for commands like get; port 0 is a free one."`
	Processes bool   `help:"Each peer is a process of its own, so that kill -9 PID is a crash."`
	shareFlags
}

type screenCmd struct {
	screenFlags
	Peers      int    `short:"n" default:"8" help:"How many peers to start, 0 to 1000. Beyond 250 all intervals are longer in proportion."`
	Bits       int    `short:"m" default:"16" help:"Bits of an identifier, 3 to 160."`
	Successors int    `short:"r" default:"4" help:"Length of successor lists, 1 to 32."`
	VNodes     int    `name:"vnodes" default:"1" help:"Virtual nodes of a peer: identifiers of its own, 1 to 20, that end together."`
	Original   bool   `help:"The protocol as published in 2003, with what goes wrong in it."`
	Seed       uint64 `default:"1" help:"Seed of everything random."`
}

// maxPeers is how many peers the screen starts: as many as fit on its ring, and
// into the 20,000 open files that most systems allow.
const maxPeers = 1000

func (s *screenCmd) Run(c *call) error {
	switch {
	case s.VNodes < 1 || s.VNodes > scenarios.MaxVNodes:
		return fmt.Errorf("--vnodes=%d: 1 to %d", s.VNodes, scenarios.MaxVNodes)
	case s.Peers < 0 || s.Peers*s.VNodes > maxPeers:
		return fmt.Errorf("--peers=%d: 0 to %d peers fit on the screen", s.Peers, maxPeers/s.VNodes)
	}
	if _, err := ring.NewSpace(s.Bits); err != nil {
		return fmt.Errorf("--%w", err)
	}
	if s.Bits < 10 && s.Peers*s.VNodes > 1<<s.Bits {
		return fmt.Errorf("--peers=%d: a ring of %d bits has %d identifiers", s.Peers, s.Bits, 1<<s.Bits)
	}
	if s.Successors < 1 || s.Successors > 32 {
		return fmt.Errorf("--successors=%d: a list has 1 to 32 entries", s.Successors)
	}
	set := scenarios.DefaultSettings()
	set.Bits, set.Successors, set.Original, set.Seed = s.Bits, s.Successors, s.Original, s.Seed
	set.Replicas, set.VNodes = min(set.Replicas, set.Successors), s.VNodes
	if err := set.CheckVNodes(); err != nil {
		return err
	}
	lengthen(&set, s.Peers*s.VNodes)
	return c.screen(s.screenFlags, tui.Options{Settings: set, Peers: s.Peers})
}

// usualPeers is how many peers with the usual intervals leave two processors most
// of their time.
const usualPeers = 250

// lengthen makes the intervals of more peers longer in proportion to their number:
// all together they do no more in a second, and none takes another for dead
// because the machine is busy.
func lengthen(set *scenarios.Settings, peers int) {
	for _, d := range [...]*time.Duration{&set.Stabilize, &set.Fix, &set.Check, &set.Repair, &set.Timeout} {
		*d = max(*d, *d*time.Duration(peers)/usualPeers)
	}
}

type playCmd struct {
	screenFlags
	notesFlag
	Scenario string `arg:"" help:"A file, or the name of a shipped scenario."`
}

func (p *playCmd) Run(c *call) error {
	sc, err := scenarios.Load(p.Scenario)
	if err != nil {
		return err
	}
	opts := tui.Options{Settings: scenarios.DefaultSettings(), Scenario: sc}
	end, err := p.serve(&opts)
	if err != nil {
		return err
	}
	defer end()
	return c.screen(p.screenFlags, opts)
}

// screen opens the screen on a ring of its own.
func (c *call) screen(f screenFlags, opts tui.Options) error {
	host, _, err := net.SplitHostPort(f.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--listen=%s: the ring is on this machine only, so an address is one like 127.0.0.1:7000", f.Listen)
	}
	if err := f.options(&opts); err != nil {
		return err
	}
	if err := f.needTerminal(c); err != nil {
		return err
	}
	if err := f.share(c, &opts); err != nil {
		return err
	}
	opts.Lines = linesFile()
	restore := func() {} // set before any peer starts
	opts.Panics = func(f func()) { restore = f }
	keys := keyring.Random()
	opts.Renew = func() scenarios.System {
		return scenarios.NewReal(scenarios.Real{
			Registry: f.Listen, Keys: keys, Share: true, Processes: f.Processes, OnPanic: func() { restore() },
		})
	}
	opts.System = opts.Renew()
	defer opts.System.Close()
	return f.show(c, opts)
}

type checkCmd struct {
	Scenarios []string `arg:"" help:"Files, names of shipped scenarios, or - for standard input."`
}

func (k *checkCmd) Run(c *call) error {
	c.status = scenarios.CheckFiles(c.ctx, k.Scenarios, c.stdin, c.stdout, c.stderr)
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

type attachCmd struct {
	keyring.Flags
	lookFlags
	shareFlags
	Registry string `arg:"" placeholder:"ADDR" help:"The address of the ring's registry."`
}

func (a *attachCmd) Run(c *call) error {
	var opts tui.Options
	if err := a.options(&opts); err != nil {
		return err
	}
	if err := a.needTerminal(c); err != nil {
		return err
	}
	k, err := a.Keys(a.Registry)
	if err != nil {
		return err
	}
	sys, settings, err := scenarios.Attach(c.ctx, scenarios.Real{Registry: a.Registry, Keys: k})
	if err != nil {
		return keyring.Explain(err)
	}
	defer sys.Close()
	opts.System, opts.Settings, opts.Lines = sys, settings, linesFile()
	if err := a.share(c, &opts); err != nil {
		return err
	}
	if a.Plain { // or the first line that is typed would be about a ring that nobody has seen
		if _, err := sys.WaitFor(c.ctx, firstSight, inSight); err != nil {
			return err
		}
	}
	return a.show(c, opts)
}
