package scenarios

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/observe"
)

// Reports come in the order of the names, whichever run ends first, and no more
// run at the same time than was said.
func TestJobs(t *testing.T) {
	files := make(map[string]string)
	var names []string
	for i := range 8 {
		name := fmt.Sprintf("s%d.chord", i)
		files[name] = fmt.Sprintf("title \"Scenario %d\"\njoin N1\nexpect size = %d", i, 1+i%4/3)
		names = append(names, name)
	}
	write(t, files)
	var mu sync.Mutex
	running, most := 0, 0
	started := make(chan struct{}, len(names))
	system := func(string) System {
		mu.Lock()
		defer mu.Unlock()
		running++
		most = max(most, running)
		started <- struct{}{}
		return &leaving{System: newIdeal(), gone: func() {
			mu.Lock()
			defer mu.Unlock()
			running--
		}}
	}
	var out, errs strings.Builder
	status := RunFiles(t.Context(), RunOptions{Jobs: 3}, names, system, &out, &errs)
	if status != ExitFailed || most > 3 || running != 0 || len(started) != 8 {
		t.Errorf("status %d, at most %d at the same time, %d left, %s", status, most, running, errs.String())
	}
	last := -1
	for i := range names {
		at := strings.Index(out.String(), fmt.Sprintf("Scenario %d", i))
		if at <= last {
			t.Errorf("scenario %d is told at %d, after %d", i, at, last)
		}
		last = at
	}
	end := regexp.MustCompile(`\n6 of 8 scenarios passed; not: s3\.chord s7\.chord \(.*\)\n$`)
	if !end.MatchString(out.String()) {
		t.Errorf("the end is %q", out.String()[max(0, out.Len()-120):])
	}
}

// leaving tells when a system is closed.
type leaving struct {
	System
	once sync.Once
	gone func()
}

func (l *leaving) Close() error {
	l.once.Do(l.gone)
	return l.System.Close()
}

// One that takes too long has failed, the others go on.
func TestTimeout(t *testing.T) {
	write(t, map[string]string{"slow.chord": "join N1\nwait until size = 2 within 1h", "ok.chord": "join N1\nexpect size = 1"})
	var out, errs strings.Builder
	var report bytes.Buffer
	var status int
	synctest.Test(t, func(t *testing.T) {
		opts := RunOptions{Timeout: time.Minute, JUnit: &report}
		status = RunFiles(t.Context(), opts, []string{"slow.chord", "ok.chord"}, func(string) System { return &stuck{System: newIdeal()} }, &out, &errs)
	})
	if want := "slow.chord: the time of 1m0s passed during line 2: wait until size = 2 within 1h\n"; status != ExitFailed || errs.String() != want {
		t.Errorf("status %d, %s", status, errs.String())
	}
	if !strings.Contains(out.String(), "slow.chord out of time: ") || !strings.Contains(out.String(), "1 of 2 scenarios passed; not: slow.chord") {
		t.Error(out.String())
	}
	if s := suites(t, report.Bytes()); s.Failures != 1 || s.Errors != 0 || s.Tests != 3 {
		t.Errorf("%+v", s)
	}
}

// stuck waits for ever.
type stuck struct{ System }

func (s *stuck) WaitFor(ctx context.Context, _ time.Duration, _ func(*observe.Picture) bool) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}

func suites(t *testing.T, text []byte) junitSuites {
	t.Helper()
	var s junitSuites
	if err := xml.Unmarshal(text, &s); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

func TestJUnit(t *testing.T) {
	write(t, map[string]string{
		"a.chord": "join N1\nexpect size = 1\nexpect value K1 != \"<]]>&\"\nexpect size = 2", "b.chord": "join N1\nthaw N1\nexpect size = 3",
		"none.chord": "join N1", "bad.chord": "jion 1",
	})
	var report bytes.Buffer
	run := func(names ...string) junitSuites {
		report.Reset()
		RunFiles(t.Context(), RunOptions{JUnit: &report}, names, func(string) System { return newIdeal() }, io.Discard, io.Discard)
		return suites(t, report.Bytes())
	}
	all := run("a.chord", "b.chord", "none.chord")
	if all.Tests != 7 || all.Failures != 1 || all.Errors != 2 || all.Skipped != 0 || len(all.Suites) != 3 {
		t.Errorf("%s", report.String())
	}
	a, b := all.Suites[0], all.Suites[1]
	if c := a.Cases[2]; a.Name != "a.chord" || c.Class != "a.chord" || c.Name != "a.chord:4 expect size = 2" || c.Failure == nil ||
		c.Failure.Message != "expected size = 2, seen 1 live peer" {
		t.Errorf("%+v", a)
	}
	if c := b.Cases[0]; c.Error == nil || c.Error.Message != "N1 is not frozen; nobody is" {
		t.Errorf("%+v", b)
	}
	// Mistakes in a file are errors there, too, and the others are skipped.
	all = run("a.chord", "bad.chord")
	if all.Errors != 1 || all.Skipped != 1 || all.Suites[1].Cases[0].Error.Message != `bad.chord:1:1: unknown command "jion": did you mean join?` {
		t.Errorf("%s", report.String())
	}
	var errs strings.Builder
	status := RunFiles(t.Context(), RunOptions{JUnit: brokenWriter{}}, []string{"none.chord"}, func(string) System { return newIdeal() }, io.Discard, &errs)
	if status != ExitWrong || errs.String() != "the JUnit report is not complete: full\n" {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("full") }

// A scenario on standard input.
func TestRunStandardInput(t *testing.T) {
	var out, errs strings.Builder
	opts := RunOptions{Stdin: strings.NewReader("join N1\nexpect size = 2")}
	status := RunFiles(t.Context(), opts, []string{"-"}, func(string) System { return newIdeal() }, &out, &errs)
	if status != ExitFailed || !strings.HasSuffix(out.String(), "once more, in virtual time: chordscope run --virtual --seed 1 -\n") {
		t.Errorf("status %d\n%s", status, out.String())
	}
}

// On a terminal each run has a line, which ends with what became of it; the
// whole report comes only of those that failed.
func TestBoard(t *testing.T) {
	write(t, map[string]string{"good.chord": "join N1\nexpect size = 1", "fails.chord": "join N1\nexpect size = 2"})
	var out strings.Builder
	status := RunFiles(t.Context(), RunOptions{Columns: 50, Jobs: 2}, []string{"good.chord", "fails.chord"},
		func(string) System { return newIdeal() }, &out, io.Discard)
	text := out.String()
	for _, want := range []string{
		"..    good.chord   1/2 join N1\n", "ok    good.chord   1 of 1 held, 10ms\n", "FAIL  fails.chord  0 of 1 held, 10ms\n",
		"expected: size = 2", "1 of 2 scenarios passed; not: fails.chord", "\x1b[1A\x1b[J",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%q", want, text)
		}
	}
	if status != ExitFailed || strings.Contains(text, "expect size = 1\n  ok") {
		t.Errorf("status %d\n%s", status, text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "..") && len(line) > 50 {
			t.Errorf("too wide: %q", line)
		}
	}
}

// An interruption ends all runs, those that wait for their turn too.
func TestInterruptedJobs(t *testing.T) {
	write(t, map[string]string{"slow.chord": "join N1\nwait until size = 2 within 1h"})
	ctx, cancel := context.WithCancel(t.Context())
	var report bytes.Buffer
	made := make(chan struct{}, 9)
	go func() {
		<-made
		<-made
		cancel()
	}()
	names := []string{"slow.chord", "slow.chord", "slow.chord", "slow.chord"}
	status := RunFiles(ctx, RunOptions{Jobs: 2, JUnit: &report}, names, func(string) System {
		made <- struct{}{}
		return &stuck{System: newIdeal()}
	}, io.Discard, io.Discard)
	if s := suites(t, report.Bytes()); status != ExitInterrupted || s.Skipped != 4 {
		t.Errorf("status %d, %+v", status, s)
	}
}

// The command that runs a scenario once more takes a name that begins with - for
// a file.
func TestReplayOfADash(t *testing.T) {
	write(t, map[string]string{"-v.chord": "join N1\nexpect size = 2"})
	var out strings.Builder
	RunFiles(t.Context(), RunOptions{}, []string{"-v.chord"}, func(string) System { return newIdeal() }, &out, io.Discard)
	if !strings.HasSuffix(out.String(), "chordscope run --virtual --seed 1 ./-v.chord\n") {
		t.Error(out.String())
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{"crash": "crash", "a b.chord": "'a b.chord'", "it's": `'it'\''s'`, "": "''", "$x": "'$x'"} {
		if got := shellWord(in); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}
