package tui

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/vt"
)

// castEvent is an event of a recording.
type castEvent struct {
	at         float64
	kind, text string
}

// readCast reads a recording as its format says, to be replayed.
func readCast(t *testing.T, file string) (header castHeader, events []castEvent) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(file, "\n"), "\n")
	if err := json.Unmarshal([]byte(lines[0]), &header); err != nil {
		t.Fatalf("the header %q: %v", lines[0], err)
	}
	last := 0.0
	for _, l := range lines[1:] {
		var fields []any
		if err := json.Unmarshal([]byte(l), &fields); err != nil || len(fields) != 3 {
			t.Fatalf("the event %q: %v", l, err)
		}
		e := castEvent{fields[0].(float64), fields[1].(string), fields[2].(string)}
		if e.at < last {
			t.Errorf("%q comes after %f", l, last)
		}
		last = e.at
		events = append(events, e)
	}
	return header, events
}

// replay returns what a terminal shows after the events.
func replay(h castHeader, events []castEvent) string {
	screen := vt.NewEmulator(h.Width, h.Height)
	var replies sync.WaitGroup
	replies.Go(func() { io.Copy(io.Discard, screen) })
	for _, e := range events {
		if w, h, ok := strings.Cut(e.text, "x"); e.kind == "r" && ok {
			width, _ := strconv.Atoi(w)
			height, _ := strconv.Atoi(h)
			screen.Resize(width, height)
			continue
		}
		screen.WriteString(strings.ReplaceAll(e.text, "\n", "\r\n"))
	}
	shown := screen.String()
	screen.InputPipe().(io.Closer).Close()
	replies.Wait()
	return shown
}

// shared is a buffer that is read while it is written.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestCast replays a recording to the screens that there were.
func TestCast(t *testing.T) {
	var file shared
	term := open(t, t.Context(), 100, 30, Options{Peers: 3, NoMotion: true, Cast: &file})
	term.await(t, "3 peers")
	term.typed("/apple\r")
	term.await(t, "owner included")
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Fatal(err)
	}
	h, events := readCast(t, file.String())
	if h.Version != 2 || h.Width != 100 || h.Height != 30 || h.Timestamp == 0 {
		t.Errorf("the header is %+v", h)
	}
	// It ends with the terminal as it was, and just before that shows the last screen.
	left := func(text string) bool { return strings.Contains(text, "\x1b[?1049l") }
	leave := slices.IndexFunc(events, func(e castEvent) bool { return left(e.text) })
	if leave < 0 {
		t.Fatal("the terminal is not given back")
	}
	got := replay(h, events[:leave])
	until := bytes.LastIndex(term.raw.Bytes(), []byte(events[leave].text))
	raw := strings.ReplaceAll(term.raw.String()[:max(until, 0)], "\r\n", "\n")
	if want := replay(h, []castEvent{{0, "o", raw}}); got != want || !strings.Contains(got, "owner included") {
		t.Errorf("the last screen is\n%s\nwant\n%s", got, want)
	}
}

// TestCast_Events: sizes stand where they changed, and no character is torn.
func TestCast_Events(t *testing.T) {
	var file bytes.Buffer
	c := newCast(&file)
	c.output([]byte("early"))
	c.resize(80, 24)
	c.resize(80, 24)
	c.output([]byte("a\xe2\x97"))
	c.output([]byte("\x8f<b>"))
	c.resize(100, 30)
	c.output([]byte("\xff"))
	h, events := readCast(t, file.String())
	if h.Width != 80 || h.Height != 24 {
		t.Errorf("the header is %+v", h)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.kind+" "+e.text)
	}
	if want := []string{"o early", "o a", "o ●<b>", "r 100x30", "o \ufffd"}; !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// TestCast_Fails: a disk that is full costs the recording and nothing else, and
// is told.
func TestCast_Fails(t *testing.T) {
	full := errors.New("no space left")
	term := open(t, t.Context(), 100, 30, Options{Peers: 3, Cast: writerFunc(func([]byte) (int, error) { return 0, full })})
	term.await(t, "3 peers")
	term.typed("q")
	if err := term.end(t); !errors.Is(err, full) {
		t.Errorf("the end is %v", err)
	}
}
