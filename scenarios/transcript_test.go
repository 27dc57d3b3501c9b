package scenarios

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// transcript runs a script, written to a file, on sys and returns what "run"
// prints and its status.
func transcript(t *testing.T, opts RunOptions, script string, sys System) (stdout, stderr string, status int) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("s.chord", []byte(script), 0o666); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	status = RunFiles(t.Context(), opts, []string{"s.chord"}, func(string) System { return sys }, &out, &errs)
	return out.String(), errs.String(), status
}

// Scripts that fail, and the whole of what is printed for programs.
func TestFailingScripts(t *testing.T) {
	for _, tc := range []struct {
		name   string
		script string
		sys    func(*ideal)
		want   string
		stderr string
		status int
	}{
		{
			name: "a failed expectation goes on",
			script: `set bits=6
join N8 N14
expect N8.successor = N21 # wrong
expect size > 1`,
			want: `{"line":1,"command":"set bits=6","ok":true,"at_ms":0}
{"line":2,"command":"join N8 N14","ok":true,"at_ms":10,"result":{"peers":["N8","N14"]}}
{"line":3,"command":"expect N8.successor = N21","ok":false,"at_ms":10,"expected":"N8.successor = N21","seen":"N8.successor = N14","peers":["N8","N14"]}
{"line":4,"command":"expect size > 1","ok":true,"at_ms":10}
{"scenario":"s.chord","passed":false,"expectations":2,"failed":1,"duration_ms":10,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "a wait that is not answered",
			script: `join N8
wait until size = 2 within 1s`,
			want: `{"line":1,"command":"join N8","ok":true,"at_ms":10,"result":{"peers":["N8"]}}
{"line":2,"command":"wait until size = 2 within 1s","ok":false,"at_ms":1020,"expected":"size = 2 within 1s","seen":"1 live peer"}
{"scenario":"s.chord","passed":false,"expectations":1,"failed":1,"duration_ms":1020,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "always names the moment, once",
			script: `join N1 N2 N3
always size = 3
sleep 1s
expect size = 2`,
			sys: func(s *ideal) {
				s.pending = []func(*ideal){func(*ideal) {}, func(s *ideal) { s.remove([]ring.ID{ring.FromUint64(2)}, observe.StateDead) }}
			},
			want: `{"line":1,"command":"join N1 N2 N3","ok":true,"at_ms":10,"result":{"peers":["N1","N2","N3"]}}
{"line":2,"command":"always size = 3","ok":true,"at_ms":10}
{"line":3,"command":"sleep 1s","ok":true,"at_ms":1020}
{"line":2,"command":"always size = 3","ok":false,"at_ms":40,"expected":"always size = 3","seen":"2 live peers"}
{"line":4,"command":"expect size = 2","ok":true,"at_ms":1020}
{"scenario":"s.chord","passed":false,"expectations":2,"failed":1,"duration_ms":1020,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "always is judged after a command, too",
			script: `join N1 N2 N3
always size = 3
kill N2`,
			want: `{"line":1,"command":"join N1 N2 N3","ok":true,"at_ms":10,"result":{"peers":["N1","N2","N3"]}}
{"line":2,"command":"always size = 3","ok":true,"at_ms":10}
{"line":3,"command":"kill N2","ok":true,"at_ms":20,"result":{"peers":["N2"]}}
{"line":2,"command":"always size = 3","ok":false,"at_ms":20,"expected":"always size = 3","seen":"2 live peers"}
{"scenario":"s.chord","passed":false,"expectations":1,"failed":1,"duration_ms":20,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "always that does not hold at first",
			script: `join N1
always size = 3
sleep 1s`,
			want: `{"line":1,"command":"join N1","ok":true,"at_ms":10,"result":{"peers":["N1"]}}
{"line":2,"command":"always size = 3","ok":false,"at_ms":10,"expected":"always size = 3","seen":"1 live peer"}
{"line":3,"command":"sleep 1s","ok":true,"at_ms":1030}
{"scenario":"s.chord","passed":false,"expectations":1,"failed":1,"duration_ms":1030,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "a peer that is not frozen ends it",
			script: `join N1 N8
thaw N8
expect size = 2`,
			want: `{"line":1,"command":"join N1 N8","ok":true,"at_ms":10,"result":{"peers":["N1","N8"]}}
{"line":2,"command":"thaw N8","ok":false,"at_ms":10,"error":"N8 is not frozen; nobody is"}
{"scenario":"s.chord","passed":false,"expectations":0,"failed":0,"duration_ms":10,"driver":"ideal","error":"s.chord:2: N8 is not frozen; nobody is","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			stderr: "s.chord:2: N8 is not frozen; nobody is\n",
			status: ExitWrong,
		}, {
			name: "the ring does not start",
			script: `title "No ring"
join N1`,
			sys: func(s *ideal) { s.fail = map[string]error{"Start": errors.New("no free port")} },
			want: `{"line":1,"command":"title \"No ring\"","ok":true,"at_ms":0}
{"line":2,"command":"join N1","ok":false,"at_ms":0,"error":"the ring could not be started: no free port"}
{"scenario":"s.chord","passed":false,"expectations":0,"failed":0,"duration_ms":0,"driver":"ideal","error":"s.chord:2: the ring could not be started: no free port","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			stderr: "s.chord:2: the ring could not be started: no free port\n",
			status: ExitWrong,
		}, {
			name: "a lookup without an owner is told, and claims about it fail",
			script: `join N1 N200
lookup K7 from N1
expect path N1
expect not hops = 3`,
			sys: func(s *ideal) { s.fail = map[string]error{"lookup outcome": errors.New("no way")} },
			want: `{"line":1,"command":"join N1 N200","ok":true,"at_ms":10,"result":{"peers":["N1","N200"]}}
{"line":2,"command":"lookup K7 from N1","ok":true,"at_ms":20,"result":{"path":["N1","N200"],"hops":0,"failed":"no way"}}
{"line":3,"command":"expect path N1","ok":false,"at_ms":20,"expected":"path N1","seen":"the lookup found no owner: no way","peers":["N1","N200"]}
{"line":4,"command":"expect not hops = 3","ok":false,"at_ms":20,"expected":"not hops = 3","seen":"the lookup found no owner: no way","peers":["N1","N200"]}
{"scenario":"s.chord","passed":false,"expectations":2,"failed":2,"duration_ms":20,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "puts, gets and deletes",
			script: `set bits=6 replicas=2
join N8 N42 N56
put "apple" "red" from N8
get "apple" from N56
delete "apple" from N42
get "apple" from N8
expect not found
load 2 keys
expect keys = 3`,
			want: `{"line":1,"command":"set bits=6 replicas=2","ok":true,"at_ms":0}
{"line":2,"command":"join N8 N42 N56","ok":true,"at_ms":10,"result":{"peers":["N8","N42","N56"]}}
{"line":3,"command":"put \"apple\" \"red\" from N8","ok":true,"at_ms":20,"result":{"op":"put","key":"\"apple\"","found":false,"copies":2,"version":1,"owner":"N56","path":["N8","N42","N56"],"hops":2}}
{"line":4,"command":"get \"apple\" from N56","ok":true,"at_ms":30,"result":{"op":"get","key":"\"apple\"","found":true,"value":"red","version":1,"owner":"N56","path":["N56"],"hops":0}}
{"line":5,"command":"delete \"apple\" from N42","ok":true,"at_ms":40,"result":{"op":"delete","key":"\"apple\"","found":true,"copies":2,"version":2,"owner":"N56","path":["N42","N56"],"hops":1}}
{"line":6,"command":"get \"apple\" from N8","ok":true,"at_ms":50,"result":{"op":"get","key":"\"apple\"","found":false,"version":2,"owner":"N56","path":["N8","N42","N56"],"hops":2}}
{"line":7,"command":"expect not found","ok":true,"at_ms":50}
{"line":8,"command":"load 2 keys","ok":true,"at_ms":60,"result":{"op":"load","keys":2,"first":"\"key-1\"","last":"\"key-2\""}}
{"line":9,"command":"expect keys = 3","ok":false,"at_ms":60,"expected":"keys = 3","seen":"2 keys"}
{"scenario":"s.chord","passed":false,"expectations":2,"failed":1,"duration_ms":60,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name: "what was not acknowledged fails, and the run goes on",
			script: `join N1 N200
put K7 "seven" from N1
get K7 from N1
load 2 keys
expect size = 2`,
			sys: func(s *ideal) {
				s.fail = map[string]error{"access outcome": errors.New("1 of 2 copies"), "Load": errors.New("put \"key-1\" from N1: 1 of 2 copies")}
			},
			want: `{"line":1,"command":"join N1 N200","ok":true,"at_ms":10,"result":{"peers":["N1","N200"]}}
{"line":2,"command":"put K7 \"seven\" from N1","ok":false,"at_ms":20,"result":{"op":"put","key":"K7","found":false,"owner":"N200","path":["N1","N200"],"hops":1,"failed":"1 of 2 copies"},"expected":"put K7 is answered","seen":"1 of 2 copies","peers":["N1","N200"]}
{"line":3,"command":"get K7 from N1","ok":false,"at_ms":30,"result":{"op":"get","key":"K7","found":false,"owner":"N200","path":["N1","N200"],"hops":1,"failed":"1 of 2 copies"},"expected":"get K7 is answered","seen":"1 of 2 copies","peers":["N1","N200"]}
{"line":4,"command":"load 2 keys","ok":false,"at_ms":40,"result":{"op":"load","keys":2,"first":"\"key-1\"","last":"\"key-2\"","failed":"put \"key-1\" from N1: 1 of 2 copies"},"expected":"every put of \"key-1\" to \"key-2\" is answered","seen":"put \"key-1\" from N1: 1 of 2 copies"}
{"line":5,"command":"expect size = 2","ok":true,"at_ms":40}
{"scenario":"s.chord","passed":false,"expectations":4,"failed":3,"duration_ms":40,"driver":"ideal","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			status: ExitFailed,
		}, {
			name:   "a ring that does not close",
			script: `join N1`,
			sys:    func(s *ideal) { s.fail = map[string]error{"Close": errors.New("port still open")} },
			want: `{"line":1,"command":"join N1","ok":true,"at_ms":10,"result":{"peers":["N1"]}}
{"scenario":"s.chord","passed":false,"expectations":0,"failed":0,"duration_ms":10,"driver":"ideal","error":"s.chord: closing the ring: port still open","replay":"chordscope run --virtual --seed 1 s.chord"}
`,
			stderr: "s.chord: closing the ring: port still open\n",
			status: ExitWrong,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := newIdeal()
			if tc.sys != nil {
				tc.sys(sys)
			}
			stdout, stderr, status := transcript(t, RunOptions{JSON: true}, tc.script, sys)
			if stdout != tc.want {
				t.Errorf("stdout\n%s\nwant\n%s", stdout, tc.want)
			}
			if stderr != tc.stderr || status != tc.status {
				t.Errorf("status %d, stderr %q, want %d, %q", status, stderr, tc.status, tc.stderr)
			}
			if sys.closed != 1 {
				t.Errorf("closed %d times", sys.closed)
			}
		})
	}
}

// What people read.
func TestTextReport(t *testing.T) {
	script := `title "A small lesson"
set bits=6 successors=3
chapter "Build"
say "Three peers."
note "Wait for the class."
join N8 N42
join N56 via N8
wait until stable within 5s
lookup "apple" from N8
put "apple" "red" from N8
get K1 from N42
load 2 keys
expect path N8 N56
expect N8.successor = N14
thaw N8`
	stdout, stderr, status := transcript(t, RunOptions{}, script, newIdeal())
	want := `A small lesson
  ok      0.00s set bits=6 successors=3

Build
  "Three peers."
  ok      0.01s join N8 N42
  ok      0.02s join N56 via N8
  ok      0.03s wait until stable within 5s
  ok      0.04s lookup "apple" from N8
               "apple" (K52) is owned by N56: N8 -> N42 -> N56, 2 hops, owner included (3ms)
                 N8: because of the oracle
                 N42: because of the oracle
  ok      0.05s put "apple" "red" from N8
               put "apple" (K52) = 3 copies on N56 N8 N42, owner N56 (2 hops, 5ms)
                 N8: because of the oracle
                 N42: because of the oracle
  none    0.06s get K1 from N42
               get K1: not found, owner N8 has no value (2 hops, 5ms)
                 N42: because of the oracle
                 N56: because of the oracle
  ok      0.07s load 2 keys
               2 keys put, "key-1" to "key-2"; the ring holds 3 keys
  FAIL    0.07s expect path N8 N56
               at:       s.chord:13
               expected: path N8 N56
               seen:     path N42 N56 N8
               peers:    N42 N56 N8
  FAIL    0.07s expect N8.successor = N14
               at:       s.chord:14
               expected: N8.successor = N14
               seen:     N8.successor = N42
               peers:    N8 N42
  stop    0.07s thaw N8
               N8 is not frozen; nobody is

s.chord stopped: 1 of 3 expectations held, 70ms, ideal, seed 1
once more, in virtual time: chordscope run --virtual --seed 1 s.chord
`
	if stdout != want {
		t.Errorf("stdout\n%s\nwant\n%s", stdout, want)
	}
	if want := "s.chord:15: N8 is not frozen; nobody is\n"; stderr != want || status != ExitWrong {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// An interruption ends the run at once, in the middle of a line as between two,
// and the ring is closed.
func TestInterruption(t *testing.T) {
	for during, first := range map[string]string{
		"Join": "paper-small", "WaitFor": "paper-small", "Lookup": "paper-small", "Access": "keys", "Load": "keys",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		sys := newIdeal()
		sys.onCall = func(name string) {
			if name == during {
				cancel()
			}
		}
		var out, errs strings.Builder
		status := RunFiles(ctx, RunOptions{JSON: true}, []string{first, "crash"}, func(string) System { return sys }, &out, &errs)
		if status != ExitInterrupted || sys.closed != 1 || sys.starts != 1 || errs.Len() > 0 {
			t.Errorf("in %s: status %d, closed %d times, %q", during, status, sys.closed, errs.String())
		}
		last := strings.Split(strings.TrimSpace(out.String()), "\n")
		if !strings.Contains(last[len(last)-1], `"passed":false`) || !strings.Contains(last[len(last)-1], `"error":"interrupted"`) {
			t.Errorf("in %s: last line %s", during, last[len(last)-1])
		}
		if strings.Contains(out.String(), "context canceled") {
			t.Errorf("in %s: words of Go\n%s", during, out.String())
		}
		cancel()
	}
}
