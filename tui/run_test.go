package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"

	"chordscope/scenarios"
)

// terminal is a terminal in memory with a program in it.
type terminal struct {
	mu      sync.Mutex
	screen  *vt.Emulator
	raw     bytes.Buffer  // all that came
	written chan struct{} // closed and made anew at each write
	input   io.WriteCloser
	done    chan error
	over    bool // end has been called
}

// Write is the program's output.
func (t *terminal) Write(p []byte) (int, error) {
	n, err := t.screenWrite(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return min(n, len(p)), err
}

// screenWrite writes what has its carriage returns.
func (t *terminal) screenWrite(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.raw.Write(p)
	_, err := t.screen.Write(p)
	close(t.written)
	t.written = make(chan struct{})
	return len(p), err
}

// open runs the screen in a terminal of w x h cells.
func open(t *testing.T, ctx context.Context, w, h int, opts Options) *terminal {
	t.Helper()
	reader, writer := io.Pipe()
	term := &terminal{
		screen: vt.NewEmulator(w, h), written: make(chan struct{}),
		input: writer, done: make(chan error, 1),
	}
	if opts.System == nil {
		opts.System = newIdeal()
	}
	opts.Settings = scenarios.DefaultSettings()
	opts.Input, opts.Output = reader, term
	opts.program = []tea.ProgramOption{
		tea.WithWindowSize(w, h), tea.WithColorProfile(colorprofile.TrueColor),
		tea.WithoutSignals(), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
	}
	var replies sync.WaitGroup
	replies.Go(func() { io.Copy(writer, term.screen) }) // what the terminal answers to queries
	go func() { term.done <- Run(ctx, opts) }()
	t.Cleanup(func() {
		writer.Close()
		term.screen.InputPipe().(io.Closer).Close()
		replies.Wait()
		opts.System.Close()
	})
	return term
}

// patience is how long is waited for what has to come. However slow the machine
// is, only what never comes takes that long.
const patience = 2 * time.Minute

// await waits until the screen shows text.
func (t *terminal) await(tb *testing.T, text string) {
	tb.Helper()
	t.until(tb, "the screen with "+text, func(shown string) bool { return strings.Contains(shown, text) })
}

// until waits until what is shown is as ok wants it.
func (t *terminal) until(tb *testing.T, what string, ok func(shown string) bool) {
	tb.Helper()
	deadline := time.After(patience)
	for {
		t.mu.Lock()
		shown, written := t.screen.String(), t.written
		t.mu.Unlock()
		if ok(shown) {
			return
		}
		select {
		case <-written:
		case <-deadline:
			tb.Fatalf("%s does not come; the screen is\n%s", what, shown)
		}
	}
}

func (t *terminal) typed(text string) { io.WriteString(t.input, text) }

// end waits for Run and checks that the terminal is as it was.
func (t *terminal) end(tb *testing.T) error {
	tb.Helper()
	t.over = true
	var err error
	select {
	case err = <-t.done:
	case <-time.After(patience):
		tb.Fatal("the program does not end")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.screen.IsAltScreen() || t.screen.CursorHidden() {
		tb.Error("the terminal was not restored")
	}
	return err
}

// TestRun_ByHand starts a ring, looks a key up, kills a peer, and quits.
func TestRun_ByHand(t *testing.T) {
	term := open(t, t.Context(), 120, 40, Options{Peers: 5, NoMotion: true})
	term.await(t, "5 peers · 1 ring")
	term.typed("/apple\r")
	term.await(t, "owner included")
	term.typed("p\x15pear\rgreen\r") // ctrl+u clears the key that is proposed
	term.await(t, "1 key · 0 lost")
	term.await(t, `put "pear"`)
	term.typed("t")
	term.await(t, `"pear"`)
	term.typed("tFc")
	term.await(t, "enter runs it")
	term.typed("\r")
	term.await(t, "Recovery after cut")
	term.await(t, "1 cut")
	term.typed("h")
	term.until(t, "the end of the cut", func(shown string) bool { return !strings.Contains(shown, "1 cut") })
	term.typed("xx")
	term.await(t, "4 peers")
	term.typed("?")
	term.await(t, "What keys do")
	term.typed("\x1b") // with more at once it would be one key
	term.until(t, "the end of the help", func(shown string) bool { return !strings.Contains(shown, "What keys do") })
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Errorf("quitting gives %v", err)
	}
}

func TestRun_Scenario(t *testing.T) {
	sc := parse(t, "title \"A small ring\"\nset bits=6\njoin N1\njoin N8 N14\nwait until stable within 20s\nsay \"Who owns K10?\"\nlookup K10 from N1\nexpect owner K10 = N14\nexpect owner K10 = N8\n")
	term := open(t, t.Context(), 120, 40, Options{Scenario: sc, NoMotion: true})
	term.await(t, "A small ring")
	term.typed(" ")
	term.await(t, "paused")
	for range sc.Lines {
		term.typed("n")
	}
	term.typed(" ")
	term.await(t, "Who owns K10?")
	term.typed("nnn")
	term.await(t, "failed: 1 of 3 expectations did not hold")
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Errorf("quitting gives %v", err)
	}
}

// TestRun_JumpsBackToAChapter on a fresh ring, which replaces the old one on the
// screen.
func TestRun_JumpsBackToAChapter(t *testing.T) {
	sc := parse(t, "set bits=6\nchapter \"Build\"\njoin N1\njoin N8 N14\nchapter \"Grow\"\njoin N21\njoin N32\nchapter \"End\"\n")
	closed := 0
	term := open(t, t.Context(), 120, 40, Options{Scenario: sc, NoMotion: true, System: closing{newIdeal(), &closed}, Renew: func() scenarios.System { return closing{newIdeal(), &closed} }})
	term.typed("C")
	term.await(t, "Chapters")
	term.typed("\x1b[F\r") // end: the last one
	term.await(t, "5 peers")
	term.typed("C")
	term.await(t, "Chapters")
	term.typed("\x1b[H\x1b[B\x1b[B\r") // home, down, down: "Grow"
	term.await(t, "3 peers")
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Errorf("quitting gives %v", err)
	}
	if closed != 2 { // the old one when there was another, that one with Run
		t.Errorf("%d rings were closed by Run", closed)
	}
}

// closing counts how many rings were closed.
type closing struct {
	*ideal
	n *int
}

func (c closing) Close() error { *c.n++; return nil }

// TestRun_RestoresForPanicsElsewhere: a peer that panics has the terminal given
// back first.
func TestRun_RestoresForPanicsElsewhere(t *testing.T) {
	restored := make(chan func(), 1)
	term := open(t, t.Context(), 80, 24, Options{Peers: 1, Panics: func(restore func()) { restored <- restore }})
	term.await(t, "1 peer")
	(<-restored)()
	if err := term.end(t); err == nil {
		t.Error("a screen that was taken away is no error")
	}
}

// TestRun_ContextEndsIt ends the context while a line runs: Run must return
// only when that line has.
func TestRun_ContextEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	system := newIdeal()
	term := open(t, ctx, 80, 24, Options{System: system, Peers: 3})
	term.await(t, "3 peers")
	term.typed(":sleep 1h\r")
	select {
	case <-system.sleeping:
	case <-time.After(patience):
		t.Fatal("the line does not run")
	}
	cancel()
	select {
	case <-term.done:
		t.Fatal("Run returned before the line that ran")
	case <-time.After(50 * time.Millisecond): // can only miss the fault, never invent one
	}
	close(system.release)
	if err := term.end(t); !errors.Is(err, ErrInterrupted) || !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
}
