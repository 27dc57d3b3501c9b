package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chordscope/node/cluster/keyring"
	"chordscope/scenarios"
	"chordscope/scenarios/figure"
)

// runCmd runs scenarios without a screen.
type runCmd struct {
	Scenarios []string      `arg:"" help:"Files, names of shipped scenarios, or - for standard input."`
	Processes bool          `help:"Each peer is a process of its own, whatever the scenario sets." xor:"driver"`
	Virtual   bool          `help:"Virtual time instead of real peers: instant, and the same for the same seed." xor:"driver"`
	Seed      *uint64       `help:"Seed of everything random, instead of the scenario's."`
	Jobs      int           `short:"j" default:"1" help:"How many scenarios run at the same time, 1 to 64."`
	Timeout   time.Duration `placeholder:"DURATION" help:"How long each scenario may take, by the clock on the wall; one that takes longer has failed."`
	JSON      bool          `help:"One JSON object a line."`
	JUnit     string        `name:"junit" placeholder:"FILE" help:"Write a report in JUnit's XML, with a case for each expectation."`
	Snapshots string        `placeholder:"DIR" help:"Where the command snapshot writes NAME.json; without it no file is written."`
}

func (r *runCmd) Run(c *call) error {
	switch {
	case r.Jobs < 1 || r.Jobs > 64:
		return fmt.Errorf("--jobs=%d: 1 to 64 scenarios run at the same time", r.Jobs)
	case r.Timeout < 0:
		return fmt.Errorf("--timeout=%v: expected a duration above 0, such as 2m", r.Timeout)
	}
	if r.Snapshots != "" {
		if err := os.MkdirAll(r.Snapshots, 0o777); err != nil {
			return fmt.Errorf("--snapshots: %w", err)
		}
	}
	opts := scenarios.RunOptions{
		JSON: r.JSON, Virtual: r.Virtual, Seed: r.Seed, Jobs: r.Jobs, Timeout: r.Timeout, Stdin: c.stdin, Snapshots: r.Snapshots,
		Columns: columnsOf(c.stdout),
	}
	var report bytes.Buffer
	if r.JUnit != "" {
		if err := os.WriteFile(r.JUnit, nil, 0o666); err != nil { // before anything runs
			return fmt.Errorf("--junit: %w", err)
		}
		opts.JUnit = &report
	}
	c.status = scenarios.RunFiles(c.ctx, opts, r.Scenarios, r.system, c.stdout, c.stderr)
	if r.JUnit == "" {
		return nil
	}
	return os.WriteFile(r.JUnit, report.Bytes(), 0o666)
}

func (r *runCmd) system(driver string) scenarios.System {
	if driver == scenarios.DriverVirtual {
		return scenarios.NewVirtual()
	}
	return scenarios.NewReal(scenarios.Real{Keys: keyring.Random(), Processes: r.Processes})
}

// figureCmd draws the ring at the end of a scenario.
type figureCmd struct {
	Scenario string  `arg:"" help:"A file, the name of a shipped scenario, or - for standard input."`
	Output   string  `short:"o" placeholder:"FILE" help:"Where the figure goes: NAME.svg here where nothing is said, - is standard output."`
	Focus    string  `placeholder:"PEER" help:"The peer whose fingers are shown; without it, the one of the last focus line."`
	Dark     bool    `help:"For dark slides."`
	Width    int     `default:"900" help:"In pixels, 200 to 20000; all else is in proportion."`
	NoKeys   bool    `help:"Leave the keys out."`
	TCP      bool    `name:"tcp" help:"Real peers instead of virtual time."`
	Seed     *uint64 `help:"Seed of everything random, instead of the scenario's."`
}

func (f *figureCmd) Run(c *call) error {
	sc, err := scenarios.LoadOrRead(c.ctx, f.Scenario, c.stdin)
	if err != nil {
		return err
	}
	sys := scenarios.NewVirtual()
	if f.TCP {
		sys = scenarios.NewTCP()
	}
	defer sys.Close()
	o := figure.Options{Width: f.Width, Dark: f.Dark, Focus: f.Focus, Title: sc.Title, Keys: !f.NoKeys}
	svg, rep, err := scenarios.Draw(c.ctx, sc, sys, f.Seed, o)
	switch {
	case rep.Interrupted:
		return c.ctx.Err()
	case rep.Err != nil:
		return rep.Err
	case err != nil:
		return err
	case rep.Failed > 0:
		fmt.Fprintf(c.stderr, "%s: %d of %d expectations failed; chordscope run says which\n", sc.Name, rep.Failed, rep.Expectations)
		c.status = rep.ExitCode()
	}
	switch {
	case f.Output == "-":
		_, err = c.stdout.Write(svg)
		return err
	case f.Output == "" && f.Scenario == "-":
		return errors.New("where does the figure go? Give --output FILE, or -o - for standard output")
	case f.Output == "":
		f.Output = strings.TrimSuffix(filepath.Base(sc.Name), ".chord") + ".svg"
	}
	if err := os.WriteFile(f.Output, svg, 0o666); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, f.Output)
	return nil
}
