package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/cluster/keyring"
	"chordscope/node/cluster/process"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// The test program is also the peers that it starts in processes of their own.
// What the user's own programs have left on this machine is not seen: keys of a
// ring that had the port which a test is given are not those of the test's ring.
func TestMain(m *testing.M) {
	if process.IsChild(os.Args) {
		os.Exit(Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	for _, name := range []string{"CHORDSCOPE_REGISTRY", keyring.RingVariable, keyring.ControlVariable} {
		os.Unsetenv(name)
	}
	dir, err := os.MkdirTemp("", "chordscope-test-*")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"} {
		os.Setenv(name, dir)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		os.RemoveAll(dir)
		os.Exit(status)
	}))
}

// result is what a call of the program left behind.
type result struct {
	status         int
	stdout, stderr string
}

// chordscope runs the program with a standard input.
func chordscope(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	status := Run(t.Context(), args, strings.NewReader(stdin), &out, &errs)
	return result{status, out.String(), errs.String()}
}

// startRing starts a ring of peers with these identifiers, maybe none, and
// returns when nothing is left to repair.
func startRing(t *testing.T, bits int, ids ...uint64) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Config{
		Network: wire.TCP{}, Space: ring.MustSpace(bits), Seed: 1,
		Core: func(c *chord.Config) {
			c.Successors, c.Replicas = 3, 2
			c.Stabilize, c.Fix = 100*time.Millisecond, 100*time.Millisecond
			c.Timeout = 10 * time.Second // who is slow is not dead
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var peers []ring.ID
	for _, id := range ids {
		peers = append(peers, ring.FromUint64(id))
	}
	if len(ids) == 0 {
		return c
	}
	if err := c.Join(t.Context(), peers, nil); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c, len(ids))
	return c
}

// patience is how long is waited for what has to come. However slow the machine
// is, only what never comes takes that long.
const patience = 2 * time.Minute

// awaitStable waits until nothing is left to repair in a ring of so many peers.
func awaitStable(t *testing.T, c *cluster.Cluster, size int) {
	t.Helper()
	stable, err := c.WaitFor(t.Context(), patience, func(p *observe.Picture) bool { return p.Health.Stable && p.Health.Live == size })
	if err != nil || !stable {
		t.Fatalf("the ring is not stable: %s, %v", c.Store().Picture().Health.Why, err)
	}
}

// addr returns where a peer listens.
func addr(t *testing.T, c *cluster.Cluster, name string) string {
	t.Helper()
	found := c.Store().Picture().FindPeer(name)
	if len(found) != 1 {
		t.Fatalf("%d peers are named %s", len(found), name)
	}
	return found[0].Addr
}

// objects reads JSON, one object a line.
func objects(t *testing.T, text string) (out []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		out = append(out, o)
	}
	return out
}

// The commands on the ten peers of the papers' example.
func TestOnARing(t *testing.T) {
	c := startRing(t, 6, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
	for name, test := range map[string]func(*testing.T, *cluster.Cluster){
		"put, get, delete": testPutGetDelete, "bytes": testBytes, "values": testValues, "keys": testKeys,
		"JSON": testJSON, "lookup": testLookup, "state": testState, "targets": testTargets, "interrupted": testInterrupted,
	} {
		t.Run(name, func(t *testing.T) { test(t, c) })
	}
	t.Run("a crash", func(t *testing.T) { testCrash(t, c) }) // the last one
}

func testPutGetDelete(t *testing.T, c *cluster.Cluster) {
	t.Setenv("CHORDSCOPE_REGISTRY", c.Registry())
	missing := result{1, "", "chordscope: \"apple\" (K52): there is no value\n"}
	if got := chordscope(t, "", "get", "apple"); got != missing {
		t.Errorf("get before the put: %+v", got)
	}
	if got := chordscope(t, "", "delete", "apple"); got != missing {
		t.Errorf("delete before the put: %+v", got)
	}
	put := chordscope(t, "", "put", "apple", "red")
	if want := regexp.MustCompile(`^put "apple" \(K52\): 2 copies, owner N56, version \d+ \(\d hops?, .*s\)\n$`); put.status != 0 || put.stderr != "" || !want.MatchString(put.stdout) {
		t.Errorf("put: %+v", put)
	}
	if got := chordscope(t, "", "get", "apple"); got != (result{0, "red", ""}) {
		t.Errorf("get: %+v", got)
	}
	deleted := chordscope(t, "", "delete", "apple")
	if deleted.status != 0 || deleted.stderr != "" || !strings.HasPrefix(deleted.stdout, `delete "apple" (K52): gone from 2 peers, owner N56, version `) {
		t.Errorf("delete: %+v", deleted)
	}
	if got := chordscope(t, "", "get", "apple"); got != missing {
		t.Errorf("get after the delete: %+v", got)
	}
}

// What goes in comes out, through pipes and arguments, and nothing is added.
func testBytes(t *testing.T, c *cluster.Cluster) {
	at := "--registry=" + c.Registry()
	for name, value := range map[string]string{
		"NUL": "a\x00b", "newline": "\n", "not text": "\xff\xfe\x80", "nothing": "", "a minus": "-",
		"64 KiB": strings.Repeat("\x00\xff\r\n", store.MaxValue/4),
	} {
		for _, args := range [][]string{{"put", "bytes", at}, {"put", "bytes", "-", at}} {
			if got := chordscope(t, value, args...); got.status != 0 {
				t.Errorf("%s: %v: %+v", name, args, got)
			}
			if got := chordscope(t, "", "get", "bytes", at); got.status != 0 || got.stdout != value || got.stderr != "" {
				t.Errorf("%s: %d bytes, %q", name, len(got.stdout), got.stderr)
			}
			chordscope(t, "", "delete", "bytes", at)
		}
	}
	if got := chordscope(t, "not read", "put", "bytes", "", at); got.status != 0 {
		t.Errorf("an empty argument: %+v", got)
	}
	if got := chordscope(t, "", "get", "bytes", at); got != (result{}) {
		t.Errorf("an empty value: %+v", got)
	}
}

func testValues(t *testing.T, c *cluster.Cluster) {
	at := "--registry=" + c.Registry()
	long := strings.Repeat("x", store.MaxValue+1)
	want := result{2, "", "chordscope: the value has more than the 65536 bytes that a ring takes\n"}
	for _, args := range [][]string{{"put", "long", at}, {"put", "long", long, at}} {
		if got := chordscope(t, long, args...); got != want {
			t.Errorf("%d arguments: %+v", len(args), got)
		}
	}
	var errs bytes.Buffer
	if status := Run(t.Context(), []string{"put", "k", at}, io.MultiReader(strings.NewReader("half"), failing{}), io.Discard, &errs); status != 2 || !strings.Contains(errs.String(), "read the value: the disk burns") {
		t.Errorf("a standard input that fails: %d, %s", status, &errs)
	}
	chordscope(t, "", "put", "value", "v", at)
	if status := Run(t.Context(), []string{"get", "value", at}, nil, failing{}, &errs); status != 2 || !strings.Contains(errs.String(), "the disk burns") {
		t.Errorf("a standard output that fails: %d, %s", status, &errs)
	}
}

// failing neither reads nor writes.
type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, fmt.Errorf("the disk burns") }
func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("the disk burns") }

func testKeys(t *testing.T, c *cluster.Cluster) {
	at := "--registry=" + c.Registry()
	for _, key := range []string{"K54", `"K54"`, "two words", "\xff\x00", strings.Repeat("n", store.MaxName)} {
		if got := chordscope(t, key, "put", key, at); got.status != 0 {
			t.Errorf("%.20q: %+v", key, got)
		}
	}
	for _, key := range []string{"K54", `"K54"`, "two words", "\xff\x00", strings.Repeat("n", store.MaxName)} {
		if got := chordscope(t, "", "get", key, at); got != (result{0, key, ""}) {
			t.Errorf("%.20q: %+v", key, got)
		}
	}
	for key, want := range map[string]string{
		"":                        "an empty key",
		"K64":                     "0 to 63",
		`"half`:                   "the quotes do not match",
		strings.Repeat("n", 2048): "2048 bytes: at most 1024",
	} {
		for _, args := range [][]string{{"put", key, "v"}, {"get", key}, {"delete", key}, {"lookup", key}} {
			if got := chordscope(t, "", append(args, at)...); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, want) {
				t.Errorf("%s %.10q: %+v", args[0], key, got)
			}
		}
	}
}

func testJSON(t *testing.T, c *cluster.Cluster) {
	at := "--peer=" + addr(t, c, "N8")
	for _, tc := range []struct {
		stdin  string
		args   []string
		status int
		want   map[string]any
	}{
		{"", []string{"get", "K55"}, 1, map[string]any{"op": "get", "key": "K55", "found": false}},
		{"", []string{"put", "K55", "<é>"}, 0, map[string]any{"op": "put", "key": "K55", "found": false, "size": 4., "copies": 2.}},
		{"", []string{"get", "K55"}, 0, map[string]any{"op": "get", "key": "K55", "found": true, "size": 4., "value": "<é>"}},
		{"", []string{"delete", "K55"}, 0, map[string]any{"op": "delete", "key": "K55", "found": true, "copies": 2.}},
		{"\xff", []string{"put", "K55"}, 0, map[string]any{"op": "put", "key": "K55", "size": 1., "copies": 2.}},
		{"", []string{"get", "K55"}, 0, map[string]any{"found": true, "size": 1., "value_base64": "/w=="}},
		{"", []string{"put", "K55", ""}, 0, map[string]any{"found": true, "size": 0., "copies": 2.}},
		{"", []string{"get", "K55"}, 0, map[string]any{"found": true, "size": 0., "value": ""}},
		{"", []string{"delete", "K55"}, 0, map[string]any{"found": true}},
		{"", []string{"delete", "K55"}, 1, map[string]any{"found": false}},
		{"", []string{"lookup", "K55"}, 0, map[string]any{"op": "lookup", "key": "K55"}},
	} {
		got := chordscope(t, tc.stdin, append(tc.args, "--json", at)...)
		lines := objects(t, got.stdout)
		if got.status != tc.status || len(lines) != 1 {
			t.Errorf("%v: %+v", tc.args, got)
			continue
		}
		tc.want["owner"], tc.want["hops"], tc.want["path"] = "N56", 3., []any{"N8", "N42", "N51", "N56"}
		for name, want := range tc.want {
			if fmt.Sprint(lines[0][name]) != fmt.Sprint(want) {
				t.Errorf("%v: %s = %v, want %v", tc.args, name, lines[0][name], want)
			}
		}
		if ms, ok := lines[0]["took_ms"].(float64); !ok || ms <= 0 || ms > 10_000 {
			t.Errorf("%v: took_ms %v", tc.args, lines[0]["took_ms"])
		}
		if _, both := lines[0]["value"]; both && lines[0]["value_base64"] != nil {
			t.Errorf("%v: two values", tc.args)
		}
	}
}

func testLookup(t *testing.T, c *cluster.Cluster) {
	at := "--peer=" + addr(t, c, "N8")
	for _, args := range [][]string{{"lookup", "K54", at}, {"lookup", "K54", "--recursive", at}} {
		got := chordscope(t, "", args...)
		for _, want := range []string{
			"K54 is owned by N56: N8 -> N42 -> N51 -> N56, 3 hops, owner included (",
			"\n  N8: closest preceding of 54 in my table: finger[6] = N42\n",
			"\n  N51: 54 in (51, 56]: owner is my successor N56\n",
		} {
			if got.status != 0 || got.stderr != "" || !strings.Contains(got.stdout, want) {
				t.Errorf("%v: %+v\nwithout %s", args, got, want)
			}
		}
	}
}

func testState(t *testing.T, c *cluster.Cluster) {
	at := "--registry=" + c.Registry()
	chordscope(t, "", "put", "K10", "ten!", at)
	defer chordscope(t, "", "delete", "K10", at)
	got := chordscope(t, "", "state", at)
	for _, want := range []string{
		`^PEER  ADDRESS +STATE +PREDECESSOR  SUCCESSORS +FINGERS +ITEMS +BYTES\n`,
		`\nN1    127\.0\.0\.1:\d+ +member  N56          N8 N14 N21   6 right +\d+ +\d+\n`,
		`\nN14   \S+ +member  N8           N21 N32 N38  6 right +\d+ +\d+\n`,
		`\n10 members, \d+ items with all copies, \d+ bytes\nm = 6 bits, r = 3 successors, k = 2 replicas\nideal ring: every pointer is right\n$`,
	} {
		if got.status != 0 || got.stderr != "" || !regexp.MustCompile(want).MatchString(got.stdout) {
			t.Errorf("state without %s:\n%+v", want, got)
		}
	}
	if got := chordscope(t, "", "state", "--keys", "--peer", addr(t, c, "N21")); got.status != 0 || strings.Contains(got.stdout, "!") ||
		!regexp.MustCompile(`\nK10 +K10 +N14 +N14 N21 +healthy +\d+ +4\n`).MatchString(got.stdout) {
		t.Errorf("state --keys: %+v", got)
	}
	testStateJSON(t, at)
}

func testStateJSON(t *testing.T, at string) {
	lines := objects(t, chordscope(t, "", "state", "--json", "--keys", at).stdout)
	var names, holders []string
	for _, o := range lines {
		if name, ok := o["name"].(string); ok {
			names = append(names, name)
			held, _ := o["held"].([]any)
			for _, h := range held {
				if item := h.(map[string]any); item["key"] == "K10" && item["size"] == 4. {
					holders = append(holders, name)
				}
			}
		}
		if o["name"] == "N8" && (o["state"] != "member" || o["id"] != "8" || o["predecessor"] != "N1" || o["syncing"] != false ||
			fmt.Sprint(o["successors"]) != "[N14 N21 N32]" || fmt.Sprint(o["fingers"]) != "[N14 N14 N14 N21 N32 N42]") {
			t.Errorf("N8: %v", o)
		}
		if o["key"] == "K10" && (o["owner"] != "N14" || fmt.Sprint(o["holders"]) != "[N14 N21]" || o["state"] != "healthy" || o["size"] != 4.) {
			t.Errorf("K10: %v", o)
		}
	}
	if fmt.Sprint(names) != "[N1 N8 N14 N21 N32 N38 N42 N48 N51 N56]" || fmt.Sprint(holders) != "[N14 N21]" {
		t.Errorf("%v, K10 on %v", names, holders)
	}
	last := lines[len(lines)-1]
	if last["ideal"] != true || last["valid"] != true || last["peers"] != 10. || last["rings"] != 1. ||
		last["bits"] != 6. || last["successors"] != 3. || last["replicas"] != 2. {
		t.Errorf("summary: %v", last)
	}
}

// A ring that is not there, or not said, is told in a sentence.
func testTargets(t *testing.T, c *cluster.Cluster) {
	const nobody = "127.0.0.1:1"
	peer, registry := addr(t, c, "N8"), c.Registry()
	for _, tc := range []struct {
		flags []string
		want  string
	}{
		{nil, "which ring? Start chordscope in another terminal"},
		{[]string{"--registry", registry, "--peer", peer}, "give only one of them"},
		{[]string{"--registry", "7000"}, "--registry=7000: an address is a host and a port, such as 127.0.0.1:7000"},
		{[]string{"--peer", "127.0.0.1:"}, "--peer=127.0.0.1:: an address is a host and a port"},
		{[]string{"--registry", nobody}, "--registry=" + nobody + ": nobody listens there; is the ring still running?"},
		{[]string{"--peer", nobody}, "--peer=" + nobody + ": nobody listens there"},
		{[]string{"--registry", peer}, peer + " is a peer, not a registry"},
		{[]string{"--peer", registry}, registry + " is not a peer but a registry"},
		{[]string{"--registry", registry, "--timeout", "0s"}, "--timeout=0s"},
		{[]string{"--registry", registry, "--timeout", "1ns"}, "no answer within 1ns; --timeout gives it longer"},
	} {
		for _, command := range [][]string{{"put", "k", "v"}, {"get", "k"}, {"delete", "k"}, {"lookup", "k"}, {"state"}} {
			got := chordscope(t, "", append(command, tc.flags...)...)
			if got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, tc.want) {
				t.Errorf("%v %v: %+v", command, tc.flags, got)
			}
		}
	}
	t.Setenv("CHORDSCOPE_REGISTRY", nobody)
	if got := chordscope(t, "", "state"); got.status != 2 || !strings.Contains(got.stderr, "CHORDSCOPE_REGISTRY="+nobody+": nobody listens there") {
		t.Errorf("a wrong address in the environment: %+v", got)
	}
	if got := chordscope(t, "", "state", "--peer", peer); got.status != 0 {
		t.Errorf("a flag beside the environment: %+v", got)
	}
}

func testInterrupted(t *testing.T, c *cluster.Cluster) {
	for _, args := range [][]string{{"put", "k", "v"}, {"get", "k"}, {"delete", "k"}, {"lookup", "k"}, {"state"}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if status := Run(ctx, append(args, "--registry", c.Registry()), nil, io.Discard, io.Discard); status != 130 {
			t.Errorf("%v: %d", args, status)
		}
	}
	// While the value is waited for, which would be for ever.
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		out.Write([]byte("half")) // has been read when it returns
		cancel()
	}()
	if status := Run(ctx, []string{"put", "half", "--registry", c.Registry()}, in, io.Discard, io.Discard); status != 130 {
		t.Errorf("put that waits for its value: %d", status)
	}
	if got := chordscope(t, "", "get", "half", "--registry", c.Registry()); got.status != 1 {
		t.Errorf("half a value was put: %+v", got)
	}
}

// Who is dead is shown as such by those who still point there.
func testCrash(t *testing.T, c *cluster.Cluster) {
	n8 := ring.FromUint64(8)
	at := "--peer=" + addr(t, c, "N1")
	if err := c.Kill(t.Context(), []ring.ID{n8}); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c, 9)
	got := chordscope(t, "", "state", at)
	if got.status != 0 || !strings.Contains(got.stdout, "9 members") || !strings.Contains(got.stdout, "\nideal ring") {
		t.Errorf("%+v", got)
	}
}

// Identifiers of 160 bits are shortened for people, and whole in JSON.
func TestOnAWideRing(t *testing.T) {
	c := startRing(t, 160)
	if _, err := c.JoinHashed(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c, 4)
	at := "--registry=" + c.Registry()
	put := chordscope(t, "", "put", "K00", "v", at)
	if want := regexp.MustCompile(`^put K0{40}: 2 copies, owner N[0-9a-f]{4,6}, version \d+ `); !want.MatchString(put.stdout) {
		t.Errorf("%+v", put)
	}
	lines := objects(t, chordscope(t, "", "get", "K00", "--json", at).stdout)
	if owner := fmt.Sprint(lines[0]["owner"]); len(owner) != 41 {
		t.Errorf("owner %s in JSON", owner)
	}
	got := chordscope(t, "", "state", "--keys", at)
	for _, want := range []string{
		`\nN[0-9a-f]{4,6}  +127\.0\.0\.1:\d+  member  N[0-9a-f]{4,6} +(N[0-9a-f]{4,6} ){3} +\d.* right  `,
		`\nK000000000\.\.  K000000000\.\.  N[0-9a-f]{4,6}  N[0-9a-f]{4,6} N[0-9a-f]{4,6}  healthy  `,
		`\n4 members, 2 items with all copies, 2 bytes\nm = 160 bits`,
	} {
		if got.status != 0 || !regexp.MustCompile(want).MatchString(got.stdout) {
			t.Errorf("without %s:\n%+v", want, got)
		}
	}
}

// Without a terminal nothing is started, whatever is wrong beside.
func TestScreenFlags(t *testing.T) {
	for want, args := range map[string][]string{
		"--listen=0.0.0.0:7000: the ring is on this machine only": {"--listen", "0.0.0.0:7000"},
		"--listen=7000: the ring is on this machine only":         {"--listen", "7000"},
		"the screen needs a terminal":                             {"--listen", "127.0.0.1:7000"},
		"--bits":                                                  {"--bits", "2"},
	} {
		if got := chordscope(t, "", args...); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
