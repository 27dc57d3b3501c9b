package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"chordscope/node/observe"
)

// RunOptions say how RunFiles runs scenarios.
type RunOptions struct {
	JSON    bool          // one object a line in place of text
	Virtual bool          // in virtual time in place of real peers
	Seed    *uint64       // in place of the seed that a scenario sets; nil: none
	Jobs    int           // how many run at the same time; 0 is 1
	Timeout time.Duration // how long each may take, by the clock on the wall; 0: as long as it likes

	Stdin     io.Reader // the scenario of the name "-"; nil: there is none
	JUnit     io.Writer // where a report in JUnit's XML goes at the end; nil: nowhere
	Snapshots string    // the folder in which snapshot writes files; "": it writes none
	Columns   int       // of the terminal that stdout is; 0: it is none
}

// The drivers that a newSystem function is asked for.
const (
	DriverTCP     = "tcp"
	DriverVirtual = "virtual"
)

func (o RunOptions) driver() string {
	if o.Virtual {
		return DriverVirtual
	}
	return DriverTCP
}

// RunFiles runs scenarios, each on a system of its own, which it closes. All
// are parsed before the first one starts; a mistake in one starts none. Reports
// come in the order of the names, however many run at the same time. It returns
// the exit status: that of an interruption, else the worst of the single runs.
// With several jobs newSystem is called from several goroutines.
func RunFiles(ctx context.Context, opts RunOptions, names []string, newSystem func(driver string) System, stdout, stderr io.Writer) int {
	b := batch{opts: opts, newSystem: newSystem, stdout: &checkedWriter{w: stdout}, stderr: stderr}
	status := ExitOK
	load := loader(ctx, opts.Stdin)
	for _, name := range names {
		sc, err := load(name)
		switch {
		case ctx.Err() != nil:
			status, err = ExitInterrupted, nil
		case err != nil:
			fmt.Fprintln(stderr, err)
			status = ExitWrong
		}
		b.runs = append(b.runs, &oneRun{name: name, sc: sc, rep: Report{Scenario: name, Driver: opts.driver(), Err: err}})
	}
	if status == ExitOK {
		status = b.all(ctx)
	}
	if opts.JUnit != nil {
		if err := writeJUnit(opts.JUnit, b.runs); err != nil {
			fmt.Fprintln(stderr, "the JUnit report is not complete:", err)
			status = max(status, ExitWrong)
		}
	}
	if b.stdout.failed(stderr) {
		status = max(status, ExitFailed)
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

// failed reports whether something was lost, and says so, unless nobody was there
// to read it.
func (c *checkedWriter) failed(stderr io.Writer) bool {
	if c.err != nil && !errors.Is(c.err, syscall.EPIPE) {
		fmt.Fprintln(stderr, "the report is not complete:", c.err)
	}
	return c.err != nil
}

// oneRun is a scenario of a batch and what became of it.
type oneRun struct {
	name   string // as it was given
	sc     *Scenario
	rep    Report
	done   bool // it was run, to whatever end
	claims []judged
	took   time.Duration // by the clock on the wall
}

// judged is a line that counts as an expectation, or that ended the run.
type judged struct {
	line Line
	res  Result
	took time.Duration // by the ring's clock
}

// run carries the scenario out on a system of its own. out writes it down, and
// on, if it is not nil, hears of each line.
func (o *oneRun) run(ctx context.Context, opts RunOptions, newSystem func(driver string) System, out reporter, on func(Progress)) {
	began := time.Now()
	limited := ctx
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	sys := newSystem(opts.driver())
	r := NewRunner(sys)
	r.Seed, r.SnapshotDir = opts.Seed, opts.Snapshots
	at := "before the first line"
	var since time.Duration
	o.rep = r.Run(limited, o.sc, func(p Progress) {
		if on != nil {
			on(p)
		}
		if !p.Done {
			at, since = fmt.Sprintf("during line %d: %s", p.Line.Number, p.Line.Text), sys.Now()
			return
		}
		o.note(p, p.Result.At-since)
		out.line(p.Line, p.Result)
		for _, b := range p.Result.Breaches {
			out.line(b.Line, b.Result)
		}
		for i := range p.Result.Recoveries {
			out.recovery(&p.Result.Recoveries[i])
		}
	})
	if o.rep.Interrupted && ctx.Err() == nil {
		o.rep.Interrupted = false
		o.rep.TimedOut = fmt.Sprintf("%s: the time of %v passed %s", o.name, opts.Timeout, at)
	}
	if err := sys.Close(); err != nil {
		o.rep.Err = errors.Join(o.rep.Err, fmt.Errorf("%s: closing the ring: %w", o.name, err))
	}
	o.done, o.took = true, time.Since(began)
	out.end(o.rep, o.replay())
}

// note keeps what a JUnit report is made of.
func (o *oneRun) note(p Progress, took time.Duration) {
	if p.Line.Claim || p.Result.Failed || p.Result.Err != nil {
		o.claims = append(o.claims, judged{p.Line, p.Result, took})
	}
	for _, b := range p.Result.Breaches {
		o.claims = append(o.claims, judged{b.Line, b.Result, 0})
	}
}

// replay is the command that runs a scenario that failed once more, in virtual
// time and with the same seed.
func (o *oneRun) replay() string {
	if o.rep.Passed() || o.rep.Interrupted {
		return ""
	}
	name := shellWord(o.name)
	if strings.HasPrefix(name, "-") && name != "-" { // which reads as a flag
		name = "./" + name
	}
	return fmt.Sprintf("chordscope run --virtual --seed %d %s", o.rep.Seed, name)
}

// shellWord quotes a word that a shell would take for something else.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// reporter writes a run down as it goes.
type reporter interface {
	line(l Line, res Result)
	recovery(rec *observe.Recovery)
	// end comes last. replay is the command that runs it once more, "" unless
	// it failed.
	end(rep Report, replay string)
}

func newReporter(opts RunOptions, w io.Writer, sc *Scenario) reporter {
	if opts.JSON {
		return jsonReporter{w, sc.Name}
	}
	return newTextReporter(w, sc)
}
