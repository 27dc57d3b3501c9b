package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"chordscope/scenarios"
	"chordscope/tui"
)

// Exit statuses, part of the interface. A scenario that fails gives 1.
const (
	exitOK          = 0
	exitMissing     = 1 // there is no such key
	exitUnwritten   = 1 // standard output could not be written
	exitUsage       = 2 // the call, the file or the set-up is wrong, or the ring did not do it
	exitInterrupted = 130
)

// Signalled is the cause with which a context ends because of a signal. The
// status is 128 and the signal's number then, as shells have it.
type Signalled struct{ syscall.Signal }

// Error names the signal.
func (s Signalled) Error() string { return s.String() }

// exit says what went wrong with a command, and returns its exit status.
func (c *call) exit(err error) int {
	status, lost := c.status, c.out.failed()
	switch {
	case errors.Is(lost, syscall.EPIPE): // whoever read it has seen enough
		return exitUnwritten
	case lost != nil && (err == nil && status == exitOK || errors.Is(err, lost)):
		fmt.Fprintf(c.stderr, "chordscope: standard output cannot be written, and is not complete: %v\n", lost)
		return exitUnwritten
	case err == nil:
	case errors.Is(err, context.Canceled), errors.Is(err, tui.ErrInterrupted):
		status = exitInterrupted
	case scenarios.IsParseError(err): // has file, line and column in it
		fmt.Fprintln(c.stderr, err)
		return exitUsage
	default:
		fmt.Fprintf(c.stderr, "chordscope: %v\nSee: chordscope --help\n", err)
		return exitUsage
	}
	var by Signalled
	if status == exitInterrupted && errors.As(context.Cause(c.ctx), &by) {
		return 128 + int(by.Signal)
	}
	return status
}

// standardOutput is standard output, with the first error of writing it: what was lost is
// no success. After it nothing more is written.
type standardOutput struct {
	io.Writer
	unread func() // called when nobody reads it any more

	mu  sync.Mutex
	err error
}

// Write writes to standard output.
func (o *standardOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.Writer.Write(p)
	if o.err = err; errors.Is(err, syscall.EPIPE) {
		o.unread()
	}
	return n, err
}

func (o *standardOutput) failed() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
