package scenarios

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// included lines stand where the line with include does, each with its file.
func TestInclude(t *testing.T) {
	write(t, map[string]string{
		"main.chord":           "title \"Main\"\nset bits=6\ninclude sub/ring.chord\nexpect size = 2\n",
		"sub/ring.chord":       "title \"Other\"\ninclude \"first peer.chord\"\njoin N8\n",
		"sub/first peer.chord": "join N1",
	})
	sc, err := Load("main.chord")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range sc.Lines {
		got = append(got, fmt.Sprintf("%s:%d %s", l.File, l.Number, l.Text))
	}
	want := []string{
		`main.chord:1 title "Main"`, "main.chord:2 set bits=6", "main.chord:3 include sub/ring.chord",
		`sub/ring.chord:2 include "first peer.chord"`, "sub/first peer.chord:1 join N1", "sub/ring.chord:3 join N8",
		"main.chord:4 expect size = 2",
	}
	if !slices.Equal(got, want) || sc.Title != "Main" {
		t.Errorf("title %q, lines\n%s", sc.Title, strings.Join(got, "\n"))
	}
	if rep := NewRunner(newIdeal()).Run(t.Context(), sc, nil); !rep.Passed() || rep.Expectations != 1 {
		t.Errorf("report %+v", rep)
	}
	var out strings.Builder
	RunFiles(t.Context(), RunOptions{JSON: true}, []string{"main.chord"}, func(string) System { return newIdeal() }, &out, io.Discard)
	for _, want := range []string{
		`{"line":3,"command":"include sub/ring.chord","ok":true`, `{"file":"sub/ring.chord","line":3,"command":"join N8","ok":true`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

// A shipped scenario is found by its name; a file of that name needs a path or
// its ending.
func TestIncludeShipped(t *testing.T) {
	write(t, map[string]string{
		"a.chord": "include paper-small", "crash.chord": "join 1", "b.chord": "include crash.chord", "c.chord": "include crash",
	})
	for name, want := range map[string]string{"a.chord": "paper-small.chord", "b.chord": "crash.chord", "c.chord": "crash.chord"} {
		sc, err := Load(name)
		if err != nil || sc.Lines[len(sc.Lines)-1].File != want || (len(sc.Lines) == 2) != (name == "b.chord") {
			t.Errorf("%s: %v, %+v", name, err, sc)
		}
	}
	if _, err := parse(&source{name: "crash.chord", shipped: true}, []byte("include a.chord")); err == nil {
		t.Error("a shipped scenario read a file")
	}
}

// What is wrong in an included file carries its name, and comes where the line
// with include stands.
func TestMistakesInIncludedFiles(t *testing.T) {
	write(t, map[string]string{
		"main.chord": "jion 1\ninclude bad.chord\nset replicas=9\ninclude bad.chord\nkil N1\ninclude bat.chord\ninclude\ninclude .\n",
		"bad.chord":  "\n  slep 1s",
	})
	_, err := Load("main.chord")
	var got []string
	var all Errors
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	for _, e := range all {
		got = append(got, fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message))
	}
	want := []string{
		`main.chord:1:1: unknown command "jion": did you mean join?`,
		`bad.chord:2:3: unknown command "slep": did you mean sleep?`,
		`main.chord:3:14: replicas=9: expected at most successors=4, since copies are kept on the successor list`,
		`main.chord:5:1: unknown command "kil": did you mean kill?`,
		`main.chord:6:9: there is no file bat.chord here, and no shipped scenario of that name`,
		`main.chord:7:9: expected a file or a shipped scenario, found the end of the line`,
		`main.chord:8:9: . is no file`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// No include goes on for ever.
func TestEndlessInclude(t *testing.T) {
	files := map[string]string{
		"self.chord": "include ./self.chord", "a.chord": "join 1\ninclude b.chord", "b.chord": "include sub/c.chord",
		"sub/c.chord": "include ../a.chord", "wide.chord": strings.Repeat("include empty.chord\n", 1001), "empty.chord": "",
		"long.chord": strings.Repeat("include many.chord\n", 5), "many.chord": strings.Repeat("sleep 1s\n", 30_000),
	}
	for i := range 18 {
		files[fmt.Sprintf("deep%d.chord", i)] = fmt.Sprintf("include deep%d.chord\n", i+1) // 17 is the last
		files[fmt.Sprintf("bomb%d.chord", i)] = strings.Repeat(fmt.Sprintf("include bomb%d.chord\n", i+1), 10)
	}
	write(t, files)
	for name, want := range map[string]string{
		"self.chord":  "self.chord:1:9: self.chord includes itself: self.chord -> self.chord",
		"a.chord":     "sub/c.chord:1:9: a.chord includes itself: a.chord -> b.chord -> sub/c.chord -> a.chord",
		"deep2.chord": "there is no file deep18.chord here, and no shipped scenario of that name",
		"deep0.chord": "deep15.chord:1:9: expected at most 16 files that include each other: deep0.chord -> deep1.chord -> deep2.chord -> ... -> deep15.chord -> deep16.chord",
		"wide.chord":  "wide.chord:1001:9: expected at most 1000 files to be included",
		"long.chord":  "many.chord:9998:1: expected at most 100000 commands, with all that is included",
		"bomb0.chord": "expected at most 16 files that include each other",
	} {
		_, err := Load(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %.400v", name, err)
		}
	}
}

// A person may run a file on the ring that is there.
func TestIncludeTyped(t *testing.T) {
	write(t, map[string]string{"more.chord": "join N8\nexpect size = 2", "fails.chord": "expect size = 7\njoin N9", "bad.chord": "join M1"})
	r := NewRunner(newIdeal())
	do(t, r, "join N1", "include more.chord")
	if res, err := r.Do(t.Context(), "include fails.chord"); err != nil || !res.Failed || res.Text != "fails.chord:1: expect size = 7: expected size = 7, seen 2 live peers" {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := r.Do(t.Context(), "include bad.chord"); !IsParseError(err) || !strings.HasPrefix(err.Error(), "bad.chord:1:6: ") {
		t.Errorf("%v", err)
	}
	for line, want := range map[string]bool{"include x": true, " figure x.svg": true, "join 1": false, "": false, `"`: false} {
		if TouchesFiles(line) != want {
			t.Errorf("TouchesFiles(%q) = %v", line, !want)
		}
	}
}

// What does not hold any more names the line that asked for it, also in an
// included file.
func TestBreachInAnIncludedFile(t *testing.T) {
	write(t, map[string]string{"main.chord": "join N1 N2\ninclude guard.chord\nkill N2", "guard.chord": "\nalways size = 2"})
	for asJSON, want := range map[bool]string{false: "at:       guard.chord:2\n", true: `{"file":"guard.chord","line":2,"command":"always size = 2","ok":false,`} {
		var out strings.Builder
		RunFiles(t.Context(), RunOptions{JSON: asJSON}, []string{"main.chord"}, func(string) System { return newIdeal() }, &out, io.Discard)
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
