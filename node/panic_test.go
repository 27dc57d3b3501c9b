package node

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"chordscope/proto/wire"
)

// TestPanicInChild panics in the owner goroutine of a peer. It only does so in
// the process that TestOnPanic starts.
func TestPanicInChild(t *testing.T) {
	if os.Getenv("CHORDSCOPE_TEST_PANIC") == "" {
		t.Skip("run by TestOnPanic")
	}
	cfg := config(wire.NewMemory(), 8)
	cfg.OnPanic = func() { os.Stderr.WriteString("terminal restored\n") }
	p := start(t, cfg)
	p.inbox.put(item{do: func() { panicHere() }})
	select {}
}

func panicHere() { panic("a bug") }

// A bug in a peer ends the program with its message and its place, after the
// terminal was restored.
func TestOnPanic(t *testing.T) {
	t.Parallel()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPanicInChild$")
	child.Env = append(os.Environ(), "CHORDSCOPE_TEST_PANIC=1")
	out, err := child.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		t.Errorf("the program ended with %v", err)
	}
	text := string(out)
	for _, want := range []string{"terminal restored", "panic: a bug", "panicHere"} {
		i := strings.Index(text, want)
		if i < 0 {
			t.Fatalf("%q is missing, or not in this place:\n%s", want, out)
		}
		text = text[i:]
	}
}
