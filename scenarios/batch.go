package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"chordscope/node/observe"
)

// batch is one call of RunFiles.
type batch struct {
	opts      RunOptions
	newSystem func(driver string) System
	runs      []*oneRun
	stdout    *checkedWriter
	stderr    io.Writer
}

// all runs the scenarios, some at the same time, and returns the exit status.
func (b *batch) all(ctx context.Context) int {
	began := time.Now()
	jobs := min(max(b.opts.Jobs, 1), len(b.runs))
	var screen *board
	if b.opts.Columns > 0 && !b.opts.JSON && len(b.runs) > 1 {
		screen = newBoard(b.stdout, b.opts.Columns, b.runs)
	}
	// Each run writes into its own buffer, unless it is the only one at work
	// and may write at once.
	outs := make([]bytes.Buffer, len(b.runs))
	ended := make([]chan struct{}, len(b.runs))
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	next := b.feed(ctx)
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				b.one(ctx, i, &outs[i], jobs == 1 && screen == nil, screen)
				close(ended[i])
			}
		})
	}
	for i, o := range b.runs { // reports in their order
		select {
		case <-ended[i]:
		case <-ctx.Done():
			workers.Wait()
		}
		if o.done && screen == nil {
			_, _ = outs[i].WriteTo(b.stdout)
			b.tell(o)
		}
	}
	workers.Wait()
	if screen != nil {
		screen.close()
		b.failures(outs)
	}
	b.summary(time.Since(began))
	return b.status(ctx)
}

// feed hands out the runs until ctx ends.
func (b *batch) feed(ctx context.Context) <-chan int {
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range b.runs {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return next
}

// one carries out the run i.
func (b *batch) one(ctx context.Context, i int, buffer io.Writer, direct bool, screen *board) {
	o, out := b.runs[i], buffer
	if direct {
		out = b.stdout
	}
	if i > 0 && !b.opts.JSON {
		fmt.Fprintln(out)
	}
	var on func(Progress)
	if screen != nil {
		on = func(p Progress) { screen.progress(i, p) }
	}
	o.run(ctx, b.opts, b.newSystem, newReporter(b.opts, out, o.sc), on)
	if screen != nil {
		screen.end(i)
	}
}

// tell writes what ended a run early to standard error.
func (b *batch) tell(o *oneRun) {
	if o.rep.Err != nil {
		fmt.Fprintln(b.stderr, o.rep.Err)
	}
	if o.rep.TimedOut != "" {
		fmt.Fprintln(b.stderr, o.rep.TimedOut)
	}
}

// failures writes the reports of the runs that did not pass, which the board
// showed in one line each.
func (b *batch) failures(outs []bytes.Buffer) {
	for i, o := range b.runs {
		if o.done && !o.rep.Passed() && !o.rep.Interrupted {
			fmt.Fprintln(b.stdout)
			_, _ = b.stdout.Write(bytes.TrimLeft(outs[i].Bytes(), "\n"))
			b.tell(o)
		}
	}
}

// summary is the last line of several text reports.
func (b *batch) summary(took time.Duration) {
	if b.opts.JSON || len(b.runs) < 2 {
		return
	}
	var failed []string
	passed, left := 0, 0
	for _, o := range b.runs {
		switch {
		case !o.done || o.rep.Interrupted:
			left++
		case o.rep.Passed():
			passed++
		default:
			failed = append(failed, o.name)
		}
	}
	text := fmt.Sprintf("%d of %s passed", passed, observe.Plural(len(b.runs), "scenario"))
	if len(failed) > 0 {
		text += "; not: " + strings.Join(failed, " ")
	}
	if left > 0 {
		text += fmt.Sprintf("; interrupted, %d not run to the end", left)
	}
	fmt.Fprintf(b.stdout, "\n%s (%v)\n", text, rounded(took))
}

func (b *batch) status(ctx context.Context) int {
	status := ExitOK
	for _, o := range b.runs {
		if o.done {
			status = max(status, o.rep.ExitCode()) // an interruption is the highest
		} else if ctx.Err() != nil {
			status = ExitInterrupted
		}
	}
	return status
}
