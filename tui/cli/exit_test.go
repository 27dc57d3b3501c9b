package cli

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"
)

// TestSignalsGiveTheirStatus: 128 and the number, wherever a command ends by one.
func TestSignalsGiveTheirStatus(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(Signalled{sig})
		for _, args := range [][]string{
			{"run", "--virtual", "crash"}, {"check", "crash"}, {"registry"}, {"--plain", "--peers", "0"}, {"notes", "--plain", "7199"},
			{"experiment", "path-length", "--virtual", "--peers", "16"}, {"quiz", "--virtual"}, {"get", "apple", "--peer", "127.0.0.1:1"},
		} {
			var out, errs bytes.Buffer
			if got := Run(ctx, args, strings.NewReader(""), &out, &errs); got != want {
				t.Errorf("%v with %v: status %d, want %d; %s", args, sig, got, want, errs.String())
			}
		}
	}
}

// refusing is a standard output that takes nothing.
type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

// TestLostOutputIsNoSuccess: it is told, unless nobody reads any more.
func TestLostOutputIsNoSuccess(t *testing.T) {
	for _, line := range []string{
		"list", "list --json", "check crash", "run --virtual --json crash", "run --virtual crash", "experiment", "help", "--help", "help language",
		"experiment path-length --virtual --peers 16 --lookups 50", "quiz --virtual --sheet " + t.TempDir() + "/sheet", "figure paper-lookup -o -",
	} {
		for err, said := range map[error]string{syscall.ENOSPC: "no space left on device\n", syscall.EPIPE: ""} {
			var errs bytes.Buffer
			status := Run(t.Context(), strings.Fields(line), strings.NewReader(""), refusing{err}, &errs)
			if status != exitUnwritten || !strings.HasSuffix(errs.String(), said) || said == "" && errs.Len() > 0 {
				t.Errorf("%s: status %d, %q", line, status, errs.String())
			}
		}
	}
}
