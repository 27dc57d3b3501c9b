package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"

	"chordscope/node/observe"
)

// CheckFiles parses the named scenarios and runs nothing. The name "-" is
// standard input. It returns ExitOK, or ExitWrong after telling every mistake
// of every file on stderr, or ExitInterrupted if ctx ends while one is read.
func CheckFiles(ctx context.Context, names []string, stdin io.Reader, stdout, stderr io.Writer) int {
	status := ExitOK
	out, load := &checkedWriter{w: stdout}, loader(ctx, stdin)
	for _, name := range names {
		sc, err := load(name)
		if ctx.Err() != nil {
			return ExitInterrupted
		}
		if err != nil {
			fmt.Fprintln(stderr, err)
			status = ExitWrong
			continue
		}
		fmt.Fprintf(out, "%s: ok, %s, %s\n", sc.Name, observe.Plural(len(sc.Lines), "command"), observe.Plural(sc.Claims(), "expectation"))
	}
	if out.failed(stderr) {
		status = max(status, ExitFailed)
	}
	return status
}

// loader returns LoadOrRead for several names, of which only one may be
// standard input: the next one would find nothing there.
func loader(ctx context.Context, stdin io.Reader) func(name string) (*Scenario, error) {
	taken := false
	return func(name string) (*Scenario, error) {
		if name == "-" && taken {
			return nil, errors.New("standard input is named twice, and can be read once")
		}
		taken = taken || name == "-"
		return LoadOrRead(ctx, name, stdin)
	}
}

// LoadOrRead is Load, for which "-" is standard input. A terminal or a pipe may
// have nothing to read for ever, so nobody waits for that once ctx has ended,
// which is then the error.
func LoadOrRead(ctx context.Context, name string, stdin io.Reader) (*Scenario, error) {
	type loaded struct {
		sc  *Scenario
		err error
	}
	done := make(chan loaded, 1)
	go func() {
		if name != "-" || stdin == nil {
			sc, err := Load(name)
			done <- loaded{sc, err}
			return
		}
		src, err := readAll(stdin)
		if err != nil {
			done <- loaded{nil, fmt.Errorf("reading standard input: %w", err)}
			return
		}
		sc, err := Parse("<stdin>", src)
		done <- loaded{sc, err}
	}()
	select {
	case l := <-done:
		return l.sc, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// CheckLine reads a line typed by a person on a ring with these settings, and
// carries nothing out. What is wrong with it is an *Error; what only the ring
// knows, such as who is there, is not looked at.
func CheckLine(text string, s Settings) error {
	scope := newScope()
	scope.settings = s
	_, err := parseLine(text, &scope)
	return err
}
