package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func write(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// All files are read before the first one starts, and all mistakes are told.
func TestNothingStartsWithAMistake(t *testing.T) {
	write(t, map[string]string{"good.chord": "join 1", "bad.chord": "jion 1", "worse.chord": "kil N1"})
	var out, errs strings.Builder
	status := RunFiles(t.Context(), RunOptions{}, []string{"good.chord", "bad.chord", "worse.chord", "none"},
		func(string) System { t.Error("a system was made"); return newIdeal() }, &out, &errs)
	want := `bad.chord:1:1: unknown command "jion": did you mean join?
    jion 1
    ^
worse.chord:1:1: unknown command "kil": did you mean kill?
    kil N1
    ^
file does not exist: none is no file and not one of the shipped scenarios, which chordscope list shows
`
	if status != ExitWrong || out.Len() > 0 || errs.String() != want {
		t.Errorf("status %d, stdout %q, stderr\n%s", status, out.String(), errs.String())
	}
}

// Each scenario has a system of its own; the worst status is that of the run.
func TestSeveralFiles(t *testing.T) {
	write(t, map[string]string{
		"ok.chord": "join 1\nexpect size = 1", "fails.chord": "join 1\nexpect size = 2", "stops.chord": "join N1\nthaw N1",
	})
	for _, tc := range []struct {
		names  []string
		status int
	}{
		{[]string{"ok.chord", "ok.chord"}, ExitOK},
		{[]string{"fails.chord", "ok.chord"}, ExitFailed},
		{[]string{"fails.chord", "stops.chord", "ok.chord"}, ExitWrong},
		{[]string{"stops.chord", "fails.chord"}, ExitWrong},
	} {
		var made []*ideal
		var asked []string
		status := RunFiles(t.Context(), RunOptions{Virtual: true}, tc.names, func(driver string) System {
			made, asked = append(made, newIdeal()), append(asked, driver)
			return made[len(made)-1]
		}, io.Discard, io.Discard)
		if status != tc.status || len(made) != len(tc.names) {
			t.Errorf("%v: status %d with %d systems, want %d", tc.names, status, len(made), tc.status)
		}
		for i, s := range made {
			if s.closed != 1 || asked[i] != DriverVirtual {
				t.Errorf("%v: system %d closed %d times, driver %s", tc.names, i, s.closed, asked[i])
			}
		}
	}
}

func TestSeedOption(t *testing.T) {
	write(t, map[string]string{"s.chord": "set seed=3\njoin 1"})
	seed := uint64(0)
	for _, tc := range []struct {
		option *uint64
		want   uint64
	}{{nil, 3}, {&seed, 0}} {
		sys := newIdeal()
		var out strings.Builder
		RunFiles(t.Context(), RunOptions{Seed: tc.option}, []string{"s.chord"}, func(string) System { return sys }, &out, io.Discard)
		if sys.started.Seed != tc.want || !strings.HasSuffix(out.String(), fmt.Sprintf("seed %d\n", tc.want)) {
			t.Errorf("seed %d, want %d\n%s", sys.started.Seed, tc.want, out.String())
		}
	}
}

func TestLoad(t *testing.T) {
	write(t, map[string]string{"crash.chord": `title "mine"`, "paper-small": `title "mine, too"`, "x.chord": "join 5"})
	for _, tc := range []struct{ name, sc, title string }{
		{"crash", "crash", "A third of the ring dies at once"},       // a bare name is the shipped one
		{"crash.chord", "crash.chord", "mine"},                       // a file wins
		{"paper-join.chord", "paper-join", "N26 joins, N32 crashes"}, // no such file
		{"./paper-small", "./paper-small", "mine, too"},              // a path is a path
		{filepath.Join(".", "x.chord"), "x.chord", ""},
	} {
		sc, err := Load(tc.name)
		if err != nil || sc.Name != tc.sc || sc.Title != tc.title {
			t.Errorf("Load(%q) = %+v, %v", tc.name, sc, err)
		}
	}
	for name, hint := range map[string]string{
		"paper-lokup": ": did you mean paper-lookup?", "./crash": ": did you mean crash?", "x": "", "no/such.chord": "",
	} {
		want := "file does not exist: " + name + " is no file and not one of the shipped scenarios, which chordscope list shows" + hint
		if _, err := Load(name); !errors.Is(err, fs.ErrNotExist) || err.Error() != want {
			t.Errorf("Load(%q): %v", name, err)
		}
	}
	if _, err := Load("."); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory: %v", err)
	}
}

func TestCheckFiles(t *testing.T) {
	write(t, map[string]string{"good.chord": "join 2\nwait until stable\nexpect size = 2", "bad.chord": "join\n"})
	var out, errs strings.Builder
	status := CheckFiles(t.Context(), []string{"good.chord", "bad.chord", "-", "crash"}, strings.NewReader("join 1\nslep 1s"), &out, &errs)
	wantOut := "good.chord: ok, 3 commands, 2 expectations\ncrash: ok, "
	wantErr := `bad.chord:1:6: expected peers such as N8, or a number of peers, found the end of the line
    join
         ^
<stdin>:2:1: unknown command "slep": did you mean sleep?
    slep 1s
    ^
`
	if status != ExitWrong || !strings.HasPrefix(out.String(), wantOut) || errs.String() != wantErr {
		t.Errorf("status %d\n%s\n%s", status, out.String(), errs.String())
	}
	if status := CheckFiles(t.Context(), []string{"-"}, strings.NewReader("join 1"), io.Discard, io.Discard); status != ExitOK {
		t.Errorf("a good file on standard input: %d", status)
	}
	errs.Reset()
	if status := CheckFiles(t.Context(), []string{"-", "-"}, strings.NewReader("join 1"), io.Discard, &errs); status != ExitWrong || errs.String() != "standard input is named twice, and can be read once\n" {
		t.Errorf("standard input twice: %d, %q", status, errs.String())
	}
	errs.Reset()
	if status := CheckFiles(t.Context(), []string{"crash"}, nil, brokenWriter{}, &errs); status != ExitFailed || errs.String() != "the report is not complete: full\n" {
		t.Errorf("a report that is lost: %d, %q", status, errs.String())
	}
	errs.Reset()
	if status := CheckFiles(t.Context(), []string{"-"}, iotest.ErrReader(errors.New("gone")), io.Discard, &errs); status != ExitWrong || errs.String() != "reading standard input: gone\n" {
		t.Errorf("broken input: %d, %q", status, errs.String())
	}
}

// Standard input that says nothing can be interrupted.
func TestReadingIsInterrupted(t *testing.T) {
	silent, w := io.Pipe()
	defer w.Close() // ends the goroutine that reads
	interrupt := func(run func(ctx context.Context, stdin io.Reader) int) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		if status := run(ctx, readerFunc(func(p []byte) (int, error) { cancel(); return silent.Read(p) })); status != ExitInterrupted {
			t.Errorf("status %d", status)
		}
	}
	interrupt(func(ctx context.Context, stdin io.Reader) int {
		return CheckFiles(ctx, []string{"crash", "-"}, stdin, io.Discard, io.Discard)
	})
	interrupt(func(ctx context.Context, stdin io.Reader) int {
		var errs, report strings.Builder
		status := RunFiles(ctx, RunOptions{Stdin: stdin, JUnit: &report}, []string{"-", "crash"}, func(string) System { t.Error("a system was made"); return newIdeal() }, io.Discard, &errs)
		if errs.Len() > 0 || !strings.Contains(report.String(), "<skipped") {
			t.Errorf("%q\n%s", errs.String(), report.String())
		}
		return status
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestList(t *testing.T) {
	var out strings.Builder
	if status := List(false, &out, io.Discard); status != ExitOK {
		t.Errorf("status %d", status)
	}
	got := out.String()
	if first, _, _ := strings.Cut(got, "\n  paper-lookup"); first != "The papers\n  paper-small           The ring of SIGCOMM 2001 with three bits: tables, three keys, node 6 joins, node 3 leaves." {
		t.Errorf("it begins\n%s", first)
	}
	for _, name := range shipped {
		if !strings.Contains(got, "\n  "+name+" ") {
			t.Errorf("%s is not listed", name)
		}
	}
	out.Reset()
	List(true, &out, io.Discard)
	if first, _, _ := strings.Cut(out.String(), "\n"); !strings.HasPrefix(first, `{"name":"paper-small","title":"A ring of eight places","about":"The ring of SIGCOMM`) || !strings.HasSuffix(first, `,"part":"The papers"}`) {
		t.Errorf("got %s", first)
	}
}
