package speaker

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

	"chordscope/scenarios/notes"
	"chordscope/tui/draw"
)

func state() *notes.State {
	return &notes.State{
		Title: "A lookup on the paper's ring", Chapter: "The lookup", Caption: "N8 looks for K54. Which finger will it use?",
		Notes: []string{"Give them ten seconds.", strings.Repeat("A long note. ", 20)},
		Lines: []notes.Line{{Number: 9, Text: `say "N8 looks"`, Outcome: notes.Held}, {Number: 10, Text: `ask "First hop?" = N42`, Outcome: notes.Pending},
			{Number: 11, Text: "lookup K54 from N8", Outcome: notes.Pending}, {Number: 12, Text: `note "` + strings.Repeat("much ", 40) + `"`, Outcome: notes.Pending}},
		Current: 1, Place: 10, Total: 17, Passed: 3, Failed: 1, Question: "First hop?", Answer: "N42", Elapsed: 61 * time.Second,
	}
}

// shown is what a model of this size shows.
func shown(m *model, w, h int) string {
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.View()
	return m.surface.Text()
}

func TestScreen(t *testing.T) {
	m := &model{addr: "127.0.0.1:7100"}
	if got := shown(m, 100, 30); !strings.Contains(got, "waiting for the notes from 127.0.0.1:7100") {
		t.Errorf("at first:\n%s", got)
	}
	m.Update(heard{state: state()})
	got := shown(m, 100, 30)
	for _, want := range []string{"A lookup on the paper's ring  ›  The lookup", "1:01", "? asking the class   line 10 of 17   ✓ 3   ✕ 1",
		"class  N8 looks", "asked  First hop?", "answer N42", "▌ Give them ten", " 9 ✓ say", "10 ▸ ask", "11   lookup"} {
		if !strings.Contains(got, want) {
			t.Errorf("without %q:\n%s", want, got)
		}
	}
	m.Update(heard{err: errors.New("gone")})
	if got := shown(m, 100, 30); !strings.Contains(got, "trying again: gone") || !strings.Contains(got, "Give them ten") {
		t.Errorf("without a connection:\n%s", got)
	}
	ended := state()
	ended.Question, ended.Verdict = "", "failed: 1 of 4 expectations did not hold"
	m.Update(heard{state: ended})
	if got := shown(m, 100, 30); !strings.Contains(got, "failed: 1 of 4") || strings.Contains(got, "▸") {
		t.Errorf("at the end:\n%s", got)
	}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {2, 3}, {20, 5}, {40, 8}, {80, 24}, {300, 100}} {
		for _, s := range []*notes.State{nil, {}, state(), ended} {
			m.state = s
			if lines := strings.Count(shown(m, size[0], size[1]), "\n"); lines != size[1] {
				t.Errorf("%v: %d lines", size, lines)
			}
		}
	}
}

// screen is a terminal in memory.
type screen struct {
	mu      sync.Mutex
	vt      *vt.Emulator
	written chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vt.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	select {
	case s.written <- struct{}{}:
	default:
	}
	return len(p), nil
}

// TestRun shows what comes, and quits.
func TestRun(t *testing.T) {
	s := &screen{vt: vt.NewEmulator(100, 30), written: make(chan struct{}, 1)}
	keys, input := io.Pipe()
	var replies sync.WaitGroup
	replies.Go(func() { io.Copy(input, s.vt) })
	defer replies.Wait()
	defer s.vt.InputPipe().(io.Closer).Close()
	defer input.Close()
	done := make(chan error, 1)
	go func() {
		done <- Run(t.Context(), Options{
			Addr: "127.0.0.1:7100", Theme: draw.AutoTheme, Input: keys, Output: s,
			Follow: func(ctx context.Context, on func(*notes.State, error)) {
				on(state(), nil)
				<-ctx.Done()
			},
			program: []tea.ProgramOption{tea.WithWindowSize(100, 30), tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"})},
		})
	}()
	for deadline := time.After(2 * time.Minute); ; {
		s.mu.Lock()
		text := s.vt.String()
		s.mu.Unlock()
		if strings.Contains(text, "Give them ten seconds.") {
			break
		}
		select {
		case <-s.written:
		case <-deadline:
			t.Fatalf("the notes do not come:\n%s", text)
		}
	}
	io.WriteString(input, "q")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestPlain writes what is news, once.
func TestPlain(t *testing.T) {
	var out bytes.Buffer
	gone := errors.New("gone")
	later := state()
	later.Current, later.Question, later.Answer, later.Paused = 2, "", "", true
	err := Plain(t.Context(), "127.0.0.1:7100", func(_ context.Context, on func(*notes.State, error)) {
		on(nil, gone)
		on(nil, gone)
		on(state(), nil)
		on(state(), nil)
		on(later, nil)
	}, &out)
	if err != nil {
		t.Error(err)
	}
	want := `0:00 connection: no notes from 127.0.0.1:7100, trying again: gone
1:01 title: A lookup on the paper's ring
1:01 chapter: The lookup
1:01 class reads: N8 looks for K54. Which finger will it use?
1:01 class is asked: First hop?
1:01 answer: N42
1:01 NOTE: Give them ten seconds.
1:01 NOTE: ` + strings.Repeat("A long note. ", 20) + `
1:01 now: line 10: ask "First hop?" = N42
1:01 next: line 11: lookup K54 from N8
1:01 now: line 11: lookup K54 from N8
1:01 next: line 12: note "` + strings.Repeat("much ", 40) + `"
1:01 scenario: paused
`
	if got := out.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	full := errors.New("no space left")
	err = Plain(t.Context(), "", func(ctx context.Context, on func(*notes.State, error)) {
		for ctx.Err() == nil {
			on(nil, gone)
		}
	}, writerFunc(func([]byte) (int, error) { return 0, full }))
	if !errors.Is(err, full) {
		t.Errorf("an output that is full: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
