package cli

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chordscope/scenarios/notes"
	"chordscope/tui"
)

// output is a buffer that is read while it is written.
type output struct {
	mu   sync.Mutex
	b    bytes.Buffer
	news chan struct{} // has a token after a write; may be nil
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.news <- struct{}{}:
	default:
	}
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// TestNotes: the second terminal finds the key by itself, and nobody gets it on
// the way.
func TestNotes(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	var opts tui.Options
	end, err := (&notesFlag{Notes: "0"}).serve(&opts)
	if err != nil {
		t.Fatal(err)
	}
	// The address is only in the name of the file that was left for it.
	addr := sharedAddress(t)
	opts.Notes(notes.State{Title: "A lesson", Notes: []string{"a secret"}})
	ctx, cancel := context.WithCancel(t.Context())
	var errs output
	out := output{news: make(chan struct{}, 1)}
	status := make(chan int)
	go func() { status <- Run(ctx, []string{"notes", "--plain", addr}, strings.NewReader(""), &out, &errs) }()
	for deadline := time.After(patience); !strings.Contains(out.String(), "NOTE: a secret"); {
		select {
		case <-out.news:
		case <-deadline:
			t.Fatalf("said %q, %q", out.String(), errs.String())
		}
	}
	cancel()
	if s := <-status; s != exitInterrupted {
		t.Errorf("status %d, %s", s, errs.String())
	}
	end()
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("it still listens")
	}
}

func TestNotes_Mistakes(t *testing.T) {
	for addr, want := range map[string]string{
		"0.0.0.0:0": "this machine only", "a:b:c": "an address is one like", "127.0.0.1:99999": "invalid port",
	} {
		if _, err := (&notesFlag{Notes: addr}).serve(new(tui.Options)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	var out, errs output
	if status := Run(t.Context(), []string{"play", "--plain", "--notes", "0", "paper-lookup"}, strings.NewReader(""), &out, &errs); status != exitUsage {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

// sharedAddress is the one for which a key was left.
func sharedAddress(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "chordscope", "keys-127.0.0.1_*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	_, port, _ := strings.Cut(filepath.Base(files[0]), "_")
	return "127.0.0.1:" + port
}
