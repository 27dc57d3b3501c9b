package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"

	"chordscope/node/observe"
)

// RunOptions say how RunFiles runs scenarios.
type RunOptions struct {
	JSON    bool    // one object a line in place of text
	Virtual bool    // in virtual time in place of real peers
	Seed    *uint64 // in place of the seed that a scenario sets; nil: none
}

// The drivers that a newSystem function is asked for.
const (
	DriverTCP     = "tcp"
	DriverVirtual = "virtual"
)

// RunFiles runs scenarios one after the other, each on a system of its own,
// which it closes. All are parsed before the first one starts; a mistake in one
// starts none. It returns the exit status: that of an interruption, else the
// worst of the single runs.
func RunFiles(ctx context.Context, opts RunOptions, names []string, newSystem func(driver string) System, stdout, stderr io.Writer) int {
	var scs []*Scenario
	status := ExitOK
	for _, name := range names {
		sc, err := Load(name)
		if err != nil {
			fmt.Fprintln(stderr, err)
			status = ExitWrong
		}
		scs = append(scs, sc)
	}
	if status != ExitOK {
		return status
	}
	out := &checkedWriter{w: stdout}
	for i, sc := range scs {
		if i > 0 && !opts.JSON {
			fmt.Fprintln(out)
		}
		rep := runOne(ctx, opts, sc, newSystem, out)
		if rep.Err != nil {
			fmt.Fprintln(stderr, rep.Err)
		}
		if rep.Interrupted {
			return ExitInterrupted
		}
		status = max(status, rep.ExitCode())
	}
	if out.err != nil {
		fmt.Fprintln(stderr, "the report is not complete:", out.err)
		status = max(status, ExitWrong)
	}
	return status
}

// checkedWriter keeps the first error: a report that was lost is no success.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.err = err
	return n, err
}

func runOne(ctx context.Context, opts RunOptions, sc *Scenario, newSystem func(driver string) System, stdout io.Writer) Report {
	driver := DriverTCP
	if opts.Virtual {
		driver = DriverVirtual
	}
	var out reporter
	if opts.JSON {
		out = jsonReporter{stdout}
	} else {
		out = newTextReporter(stdout, sc)
	}
	sys := newSystem(driver)
	r := NewRunner(sys)
	r.Seed = opts.Seed
	rep := r.Run(ctx, sc, func(p Progress) {
		if p.Done {
			out.line(p.Line, p.Result)
			for _, b := range p.Result.Breaches {
				out.line(b.Line, b.Result)
			}
			for i := range p.Result.Recoveries {
				out.recovery(&p.Result.Recoveries[i])
			}
		}
	})
	if err := sys.Close(); err != nil {
		rep.Err = errors.Join(rep.Err, fmt.Errorf("%s: closing the ring: %w", sc.Name, err))
	}
	out.end(rep)
	return rep
}

// reporter writes a run down as it goes.
type reporter interface {
	line(l Line, res Result)
	recovery(rec *observe.Recovery)
	end(rep Report)
}
