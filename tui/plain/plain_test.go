package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"chordscope/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output collects what is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// show runs with an input and returns what came.
func show(t *testing.T, opts Options, input string) (status int, said string) {
	t.Helper()
	var out output
	opts.System, opts.Settings = scenarios.NewVirtual(), scenarios.DefaultSettings()
	opts.Input, opts.Output = strings.NewReader(input), &out
	defer opts.System.Close()
	status, err := Run(t.Context(), opts)
	if err != nil {
		t.Error(err)
	}
	return status, out.String()
}

func parse(t *testing.T, lines ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse("test.chord", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// wantInOrder reports which text does not come after those before it.
func wantInOrder(t *testing.T, said string, texts ...string) {
	t.Helper()
	rest := said
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Fatalf("%q does not come in its place in\n%s", text, said)
		}
		rest = after
	}
}

// TestRun_Commands: what is typed is carried out in order, and what happened by
// it is told before it is done.
func TestRun_Commands(t *testing.T) {
	status, said := show(t, Options{Peers: 3}, "wait until stable within 1m\nfrobnicate\nkill N1\nput \"a\" \"b\" from random\nexpect size = 7\n\nkill random\nhelp\nquit\njoin 1\n")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	wantInOrder(t, said,
		"is a member between", " joined; the ring has 3 peers",
		"done: the ring is stable",
		`mistake: column 1: unknown command "frobnicate"`,
		"not done: there is no peer N1",
		"done: put \"a\"",
		"failed: ",
		": has crashed", "ring: 2 peers", "done: N",
		"quit, or the end of the input, ends the program.",
	)
	if strings.Contains(said, "the ring has 4 peers") {
		t.Error("a line after quit was carried out")
	}
	events, _, _ := strings.Cut(said, "quit, or")
	for line := range strings.Lines(events) {
		if !regexp.MustCompile(`^\d+\.\d{3}s [^:\x1b]+: [^\x1b]+\n$`).MatchString(line) {
			t.Errorf("the line %q is not TIME WHO: WHAT", line)
		}
	}
}

// TestRun_Quiet: only what matters is told.
func TestRun_Quiet(t *testing.T) {
	_, said := show(t, Options{}, "quiet\njoin 3\nverbose\njoin 1\n")
	before, after, _ := strings.Cut(said, "the ring has 3 peers")
	if strings.Contains(before, "finger[") || !strings.Contains(after, "finger[") {
		t.Error(said)
	}
}

// TestRun_Scenario: without anybody who types, a scenario runs to its end at once.
func TestRun_Scenario(t *testing.T) {
	lines := []string{
		`title "A test"`, "set bits=6", "join N1 N8 N14", `chapter "One"`, `say "Look."`, `note "for the speaker"`,
		"wait until stable within 1m", `ask "Who owns K10?" = N14`, "lookup K10 from N1", "expect owner K10 = N14",
	}
	status, said := show(t, Options{Scenario: parse(t, lines...)}, "")
	if status != scenarios.ExitOK {
		t.Errorf("status %d", status)
	}
	wantInOrder(t, said, "title: A test", "line 3: join N1 N8 N14", "chapter: One", "say: Look.", "line 7: held: wait until stable",
		"answer: N14", "line 9: lookup K10 from N1", "line 9: K10 is owned by N14", "line 10: held: expect owner", "scenario: passed: all of 3 expectations held")
	if strings.Contains(said, "speaker") {
		t.Error("a note for the speaker is told")
	}

	status, said = show(t, Options{Scenario: parse(t, append(lines, "expect owner K10 = N8")...)}, "lookup K10 from N8\n")
	if status != scenarios.ExitFailed {
		t.Errorf("status %d of one that fails", status)
	}
	wantInOrder(t, said, "line 11: FAILED: expect owner K10 = N8. Expected: ", "scenario: failed: 1 of 4 expectations did not hold")

	status, said = show(t, Options{Scenario: parse(t, "join N1", "thaw N1")}, "")
	if status != scenarios.ExitWrong {
		t.Errorf("status %d of one that cannot go on", status)
	}
	wantInOrder(t, said, "line 2: stopped: ", "scenario: stopped: ")
}

// TestRun_Holds: somebody who types has the time that is needed, can hold the
// lesson, and answers its questions.
func TestRun_Holds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out output
		system := scenarios.NewVirtual()
		defer system.Close()
		keys, input := io.Pipe()
		defer keys.Close()
		status := make(chan int)
		go func() {
			s, _ := Run(t.Context(), Options{System: system, Input: keys, Output: &out, Scenario: parse(t,
				"set bits=6", "join N1 N8 N14", `say "a"`, `say "b"`, `say "c"`, `ask "Who owns K10?" = N14`, `ask "Who owns K9?" = N14`, `say "d"`, `say "e"`)})
			status <- s
		}()
		stands := func(last string) {
			t.Helper()
			synctest.Wait()
			said := strings.TrimSpace(out.String())
			if got := said[strings.LastIndex(said, "\n")+1:]; !strings.HasSuffix(got, last) {
				t.Fatalf("it stands at %q, want %q", got, last)
			}
		}
		types := func(line string) {
			io.WriteString(input, line+"\n")
			synctest.Wait()
		}
		stands("say: a")
		types("hold")
		time.Sleep(time.Hour)
		stands("plays the next one")
		types("")
		stands("say: b")
		time.Sleep(time.Hour)
		stands("say: b")
		types("go")
		stands("say: c")
		time.Sleep(2 * time.Second)
		stands("or an empty line to hear it.")
		types("n14")
		wantInOrder(t, out.String(), "question: Who owns K10?", "answer: n14 is right")
		time.Sleep(9 * time.Second)
		stands("or an empty line to hear it.")
		types("N8")
		wantInOrder(t, out.String(), "question: Who owns K9?", "answer: N8 is not right, it is N14")
		types("hold")
		time.Sleep(time.Hour)
		types("quit")
		if s := <-status; s != scenarios.ExitInterrupted {
			t.Errorf("status %d", s)
		}
		stands("scenario: left before its end")
	})
}

// TestRun_Interrupted ends with the context, whoever types or not.
func TestRun_Interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := scenarios.NewVirtual()
		defer system.Close()
		ctx, cancel := context.WithCancel(t.Context())
		keys, _ := io.Pipe()
		time.AfterFunc(time.Minute, cancel)
		status, err := Run(ctx, Options{System: system, Settings: scenarios.DefaultSettings(), Peers: 2, Input: keys, Output: io.Discard})
		if status != scenarios.ExitInterrupted || err != nil {
			t.Errorf("status %d, %v", status, err)
		}
		keys.Close()
	})
}

type broken struct{}

var errFull = errors.New("no space left")

func (broken) Write([]byte) (int, error) { return 0, errFull }

// TestRun_OutputFails: nobody runs a ring for an output that takes nothing.
func TestRun_OutputFails(t *testing.T) {
	system := scenarios.NewVirtual()
	defer system.Close()
	keys, input := io.Pipe()
	defer input.Close()
	_, err := Run(t.Context(), Options{System: system, Settings: scenarios.DefaultSettings(), Peers: 2, Input: keys, Output: broken{}})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

// TestPrinter: whatever words it is made of, a line is one, and a terminal obeys
// nothing in it but the colour that was wanted.
func TestPrinter(t *testing.T) {
	var out output
	p := &printer{w: &out, now: func() time.Duration { return 1234 * time.Millisecond }}
	p.say(bad, "N8", "a\nb\x1b[2J\u202ec")
	p.colour = true
	p.say(bad, "N8", "red")
	p.say(plainly, "N8", "as it is")
	if got, want := out.String(), "1.234s N8: a b\ufffd[2J\ufffdc\n\x1b[31m1.234s N8: red\x1b[m\n1.234s N8: as it is\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
