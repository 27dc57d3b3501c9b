package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
)

// cast records what a terminal gets as an asciicast, version 2: a header, then
// an event a line. Every event is written as it happens, so that whatever ends
// the program, the file is whole up to there. Its methods are safe for
// concurrent use; after an error of w nothing more is written.
type cast struct {
	mu            sync.Mutex
	w             io.Writer
	began         time.Time
	header        bool
	width, height int
	early         bytes.Buffer // events before the size is known
	cut           []byte       // the beginning of a character whose end has not come
	err           error
}

func newCast(w io.Writer) *cast { return &cast{w: w, began: time.Now()} }

// castHeader is the first line of a file.
type castHeader struct {
	Version   int               `json:"version"`
	Width     int               `json:"width"`
	Height    int               `json:"height"`
	Timestamp int64             `json:"timestamp"` // seconds since 1970
	Title     string            `json:"title"`
	Env       map[string]string `json:"env"`
}

// output notes what the terminal was sent.
func (c *cast) output(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := append(c.cut, p...)
	whole := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if tail := text[len(text)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				whole -= back
			}
			break
		}
	}
	c.cut = bytes.Clone(text[whole:])
	if whole > 0 {
		c.event("o", string(text[:whole]))
	}
}

// resize notes the terminal's size, of which the first stands in the header.
func (c *cast) resize(width, height int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.header:
		c.begin(width, height)
	case width != c.width || height != c.height:
		c.event("r", fmt.Sprintf("%dx%d", width, height))
	}
	c.width, c.height = width, height
}

func (c *cast) begin(width, height int) {
	c.header = true
	c.line(c.w, castHeader{
		Version: 2, Width: width, Height: height, Timestamp: c.began.Unix(), Title: "Chordscope",
		Env: map[string]string{"TERM": os.Getenv("TERM")},
	})
	if c.err == nil {
		_, c.err = c.early.WriteTo(c.w)
	}
}

func (c *cast) event(kind, text string) {
	to := io.Writer(&c.early)
	if c.header {
		to = c.w
	}
	c.line(to, []any{json.Number(fmt.Sprintf("%.6f", time.Since(c.began).Seconds())), kind, text})
}

func (c *cast) line(w io.Writer, v any) {
	if c.err != nil {
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if c.err = enc.Encode(v); c.err == nil {
		_, c.err = w.Write(b.Bytes())
	}
}

// failed returns why the recording is not complete, or nil; a nil cast is.
func (c *cast) failed() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return fmt.Errorf("the recording is not complete: %w", c.err)
	}
	return nil
}

// options makes a program's output and sizes go through the recording. A size
// is noted before anything is drawn in it.
func (c *cast) options(output io.Writer) []tea.ProgramOption {
	if output == nil {
		output = os.Stdout
	}
	recorded := io.Writer(&castOutput{output, c})
	if f, ok := output.(term.File); ok { // else Bubble Tea would not know it for a terminal
		recorded = &castTerminal{f, c}
	}
	return []tea.ProgramOption{tea.WithOutput(recorded), tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
		if s, ok := msg.(tea.WindowSizeMsg); ok {
			c.resize(s.Width, s.Height)
		}
		return msg
	})}
}

// castOutput is an output that is recorded.
type castOutput struct {
	io.Writer
	cast *cast
}

func (r *castOutput) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	r.cast.output(p[:n])
	return n, err
}

// castTerminal is a terminal that is recorded.
type castTerminal struct {
	term.File
	cast *cast
}

func (r *castTerminal) Write(p []byte) (int, error) {
	n, err := r.File.Write(p)
	r.cast.output(p[:n])
	return n, err
}
