package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Exit statuses of an experiment.
const (
	ExitOK          = 0
	ExitUnwritten   = 1 // Stdout could not be written
	ExitWrong       = 2 // a parameter, a file or the ring is wrong
	ExitInterrupted = 130
)

// Output says how what an experiment finds is written.
type Output struct {
	Stdout, Stderr io.Writer
	JSON           bool   // one object a row on Stdout, in place of tables and plots
	CSV, SVG       string // files; empty: none. A second table goes to a file with its name before the extension
	Progress       bool   // Stderr is a terminal, and a bar is shown there
	Width          int    // of the terminal that Stdout is, in characters; 0: it is none, and tables are as wide as they are
}

// Report runs an experiment, writes down what it finds and returns the exit
// status. Rows are written as they are found. A run that ctx ends, or that goes
// wrong, leaves all it has, plots included.
func Report(ctx context.Context, e *Experiment, p Params, out Output) int {
	p, err := e.complete(p)
	if err != nil {
		fmt.Fprintln(out.Stderr, "chordscope:", err)
		return ExitWrong
	}
	lost := &lostOutput{w: out.Stdout}
	out.Stdout = lost
	r := &report{Output: out, experiment: e, params: p, began: time.Now(), bar: bar{began: time.Now()}}
	if !out.Progress {
		r.bar.w = io.Discard
	} else {
		r.bar.w = out.Stderr
	}
	err = r.create()
	if err == nil {
		err = e.run(ctx, &bench{Params: p, sink: r})
	}
	r.bar.clear()
	interrupted := ctx.Err() != nil
	if interrupted {
		err = nil // it is why everything else went wrong
	}
	err = errors.Join(err, r.finish())
	if errors.Is(lost.err, syscall.EPIPE) {
		return ExitUnwritten // whoever read it has seen enough
	}
	if lost.err != nil {
		err = lost.err
	}
	if err != nil {
		fmt.Fprintf(out.Stderr, "chordscope: %s: %v\n", e.Name, err)
	}
	switch {
	case interrupted:
		fmt.Fprintf(out.Stderr, "chordscope: %s was interrupted; the rows until then are there\n", e.Name)
		return ExitInterrupted
	case lost.err != nil:
		return ExitUnwritten
	case err != nil:
		return ExitWrong
	}
	return ExitOK
}

// lostOutput remembers that something could not be written.
type lostOutput struct {
	w   io.Writer
	err error
}

func (l *lostOutput) Write(p []byte) (int, error) {
	n, err := l.w.Write(p)
	l.err = cmp.Or(l.err, err)
	return n, err
}

// report is the Sink that writes everything down.
type report struct {
	Output
	experiment *Experiment
	params     Params
	began      time.Time
	bar        bar
	rows       []Row
	shown      *Table // whose header stands above the last row
	columns    []int  // of it that are shown
	csv        map[*Table]*os.File
}

// create makes the files, so that what is wrong with them is known before
// anything is measured.
func (r *report) create() error {
	r.csv = make(map[*Table]*os.File)
	for i, t := range r.experiment.Tables {
		if r.SVG != "" {
			f, err := os.Create(fileFor(r.SVG, t, i))
			if err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
		if r.CSV == "" {
			continue
		}
		f, err := os.Create(fileFor(r.CSV, t, i))
		if err != nil {
			return err
		}
		r.csv[t] = f
		if err := writeCSVHeader(f, t); err != nil {
			return err
		}
	}
	return nil
}

// Row implements Sink.
func (r *report) Row(row Row) error {
	r.rows = append(r.rows, row)
	if f := r.csv[row.Table]; f != nil {
		if err := writeCSVRow(f, row); err != nil {
			return err
		}
	}
	r.bar.clear()
	var err error
	switch {
	case r.JSON:
		err = writeJSON(r.Stdout, r.experiment, r.params, row)
	case r.shown != row.Table:
		between := ""
		if r.shown != nil {
			between = "\n"
		}
		r.shown, r.columns = row.Table, row.Table.fitting(r.Width)
		_, err = io.WriteString(r.Stdout, between+row.Table.header(r.columns)+row.line(r.columns))
	default:
		_, err = io.WriteString(r.Stdout, row.line(r.columns))
	}
	return err
}

// Progress implements Sink.
func (r *report) Progress(done float64, what string) { r.bar.show(done, what) }

// finish writes the plots of all rows there are, and closes the files.
func (r *report) finish() error {
	var errs []error
	for _, f := range r.csv {
		errs = append(errs, f.Close())
	}
	for i, t := range r.experiment.Tables {
		c := newChart(t, r.rows)
		if r.SVG != "" && r.csvReady() {
			errs = append(errs, os.WriteFile(fileFor(r.SVG, t, i), []byte(c.svg()), 0o666))
		}
		if !r.JSON && len(c.series) > 0 {
			_, err := io.WriteString(r.Stdout, "\n"+c.text(plotWidth, plotHeight))
			errs = append(errs, err)
		}
	}
	if !r.JSON && len(r.rows) > 0 {
		more := ""
		if _, full := r.experiment.Sizes(r.params.Driver); full != "" && !r.params.Full {
			more = "; the papers' whole scale, in minutes: --full"
		}
		_, err := fmt.Fprintf(r.Stdout, "\n%s\n\n%s driver, seed %d, %s%s\n%s\n", wrap(r.experiment.Paper, textWidth),
			r.params.Driver, r.params.Seed, time.Since(r.began).Round(time.Second/10), more, r.experiment.command(r.params))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// csvReady reports whether create has got to all files.
func (r *report) csvReady() bool { return r.CSV == "" || len(r.csv) == len(r.experiment.Tables) }
