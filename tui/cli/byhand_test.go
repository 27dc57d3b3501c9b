package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"chordscope/node/cluster/keyring"
)

// running is a command that goes on until it is ended.
type running struct {
	end    func() // as Ctrl-C does; returns when it has ended
	status int
	rest   string // of its standard output, once it has ended
	stderr bytes.Buffer
	out    *bufio.Reader
}

// begin starts a command, which the test ends.
func begin(t *testing.T, args ...string) *running {
	t.Helper()
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{out: bufio.NewReader(in)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.status = Run(ctx, args, strings.NewReader(""), out, &r.stderr)
		out.Close()
	}()
	r.end = sync.OnceFunc(func() {
		cancel()
		rest, _ := io.ReadAll(r.out)
		r.rest = string(rest)
		<-ended
	})
	t.Cleanup(r.end)
	return r
}

// says returns the next line of standard output that has a pattern in it, and
// what its first group is.
func (r *running) says(t *testing.T, pattern string) string {
	t.Helper()
	for re := regexp.MustCompile(pattern); ; {
		line, err := r.out.ReadString('\n')
		if m := re.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			return m[1]
		}
		if err != nil {
			r.end()
			t.Fatalf("it did not say %s, but %s", pattern, r.stderr.String())
		}
	}
}

// A registry and peers, each started by a command of its own, make a ring whose
// keys nobody has to type.
func TestRingByHand(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	reg := begin(t, "registry")
	at := reg.says(t, `^    chordscope peer --registry (\S+)$`)
	keys := reg.says(t, ` keys in (\S+)\.$`)
	first := begin(t, "peer", "--registry", at, "--id", "N8", "-m", "6", "-r", "3", "-k", "2")
	member := first.says(t, `^N8 is in the ring, at (\S+), as process \d+\.`)
	second := begin(t, "peer", "--registry", at, "--id", "42")
	second.says(t, `^N42 is in the ring, at (\S+),`)
	third := begin(t, "peer", "--join", member, "--key-file", keys, "--id", "N21")
	third.says(t, `^N21 is in the ring, at (\S+),`)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ideal := false; !ideal; <-tick.C {
		got := chordscope(t, "", "state", "--registry", at)
		ideal = strings.Contains(got.stdout, "3 members") && strings.Contains(got.stdout, "ideal ring")
	}
	if got := chordscope(t, "", "put", "apple", "red", "--registry", at); got.status != 0 || !strings.Contains(got.stdout, "2 copies") {
		t.Errorf("put: %+v", got)
	}
	if got := chordscope(t, "lookup K5 from N42\n", "attach", "--plain", at); got.status != 0 || !strings.Contains(got.stdout, " done: K5 is owned by N8") {
		t.Errorf("attach: %+v", got)
	}
	for want, args := range map[string][]string{
		"identifier belongs to another":         {"peer", "--registry", at, "--id", "N8"},
		"expected bits=6 successors=3":          {"peer", "--registry", at, "-m", "8"},
		"--id=N64":                              {"peer", "--registry", at, "--id", "N64"},
		"key-file FILE or in CHORDSCOPE_KEY":    {"get", "apple", "--peer", member},
		"it was not shown":                      {"peer", "--join", member},
		"keys of the ring: open":                {"peer", "--join", member, "--key-file", "/does/not/exist"},
		"--registry and --join":                 {"peer", "--registry", at, "--join", member},
		"others are told this address":          {"peer", "--listen", "0.0.0.0:0"},
		"its peers could not reach this one":    {"peer", "--registry", "192.0.2.1:7000"},
		"need successor lists of 6 entries":     {"peer", "--registry", at, "--vnodes", "5"},
		"--vnodes=21: 1 to 20":                  {"peer", "--vnodes", "21"},
		"an address is a host and a port":       {"registry", "--listen", "7000"},
		"the screen needs a terminal":           {"attach", at},
		"--no-key: but a key is given":          {"registry", "--no-key", "--key-file", keys},
		"registry: dial 127.0.0.1:1: conn":      {"peer", "--registry", "127.0.0.1:1"},
		"dial 127.0.0.1:1: connection refused:": {"peer", "--join", "127.0.0.1:1"},
	} {
		if got := chordscope(t, "", args...); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%v: %+v, want %s", args, got, want)
		}
	}
	second.end()
	if second.status != exitInterrupted || second.rest != "N42 leaves the ring.\n" || second.stderr.Len() > 0 {
		t.Errorf("a peer that was interrupted: %d, %q, %s", second.status, second.rest, second.stderr.String())
	}
	if got := chordscope(t, "", "get", "apple", "--peer", member, "--key-file", keys); got != (result{0, "red", ""}) {
		t.Errorf("get: %+v", got)
	}
	reg.end()
	if _, err := os.Stat(keys); reg.status != exitInterrupted || err == nil {
		t.Errorf("the registry ended with %d, its keys are still there: %v", reg.status, err == nil)
	}
}

// A process that is a host of several virtual nodes: they have the host in
// common, the ring's lists are long enough for copies on hosts of their own, and
// they leave together.
func TestVirtualNodesByHand(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	at := begin(t, "registry").says(t, `^    chordscope peer --registry (\S+)$`)
	host := begin(t, "peer", "--registry", at, "--id", "N8", "-m", "6", "-k", "2", "-r", "4", "--vnodes", "3")
	first := host.says(t, `^N8 is in the ring, at (\S+), as process \d+\.`)
	for range 2 {
		host.says(t, `^(N\d+) is in the ring, at \S+, as a virtual node of the same host\.$`)
	}
	got := chordscope(t, "", "state", "--registry", at, "--json")
	if n := strings.Count(got.stdout, `"host":"`+first+`"`); got.status != 0 || n != 2 {
		t.Errorf("%d peers beside the first on its host: %+v", n, got)
	}
	host.end()
	if n := strings.Count(host.rest, " leaves the ring.\n"); host.status != exitInterrupted || n != 3 || host.stderr.Len() > 0 {
		t.Errorf("a host that was interrupted: %d, %q, %s", host.status, host.rest, host.stderr.String())
	}
}

// Without a key, and a wrong one.
func TestKeys(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	open := begin(t, "registry", "--no-key").says(t, `^    chordscope peer --registry (\S+)$`)
	begin(t, "peer", "--registry", open).says(t, `is in the ring, at (\S+),`)
	t.Setenv(keyring.RingVariable, "a-key-that-this-ring-has-not")
	if got := chordscope(t, "", "get", "apple", "--registry", open); got.status != 2 || !strings.Contains(got.stderr, "not authorized") {
		t.Errorf("a key for a ring without one: %+v", got)
	}
	own := begin(t, "registry").says(t, `^    chordscope peer --registry (\S+)$`) // with the key of the environment
	begin(t, "peer", "--registry", own).says(t, `is in the ring, at (\S+),`)
	if got := chordscope(t, "", "get", "apple", "--registry", own); got.status != 1 {
		t.Errorf("get with the key of the environment: %+v", got)
	}
	t.Setenv(keyring.RingVariable, "another-key,-of-another-ring")
	if got := chordscope(t, "", "get", "apple", "--registry", own); got.status != 2 || !strings.Contains(got.stderr, "not authorized") {
		t.Errorf("get with a wrong key: %+v", got)
	}
}

// A scenario runs on peers in processes of their own as it does on others.
func TestRunProcesses(t *testing.T) {
	got := chordscope(t, "", "run", "--processes", "--json", "leave-or-crash")
	if got.status != 0 || got.stderr != "" || !strings.Contains(got.stdout, `"ok":true`) {
		t.Errorf("%+v", got)
	}
}
