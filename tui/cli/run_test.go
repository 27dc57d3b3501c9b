package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

const lesson = "title \"Three\"\nset bits=6\njoin N1 N8 N14\nwait until stable\nsnapshot all\nfocus N8\nlookup K10 from N1\n"

func TestRunFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tc := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"--virtual", "-"}, 0, ""},
		{[]string{"--virtual", "--jobs", "3", "-", "keys", "paper-small"}, 0, ""},
		{[]string{"--jobs", "0", "-"}, 2, "chordscope: --jobs=0: 1 to 64 scenarios run at the same time\nSee: chordscope --help\n"},
		{[]string{"--timeout=-1s", "-"}, 2, "chordscope: --timeout=-1s: expected a duration above 0, such as 2m\nSee: chordscope --help\n"},
		{[]string{"--junit", "none/x.xml", "-"}, 2, "chordscope: --junit: open none/x.xml: no such file or directory\nSee: chordscope --help\n"},
		{[]string{"--virtual", "--junit", "x.xml", "--snapshots", "deep/kept", "-"}, 0, ""},
	} {
		got := chordscope(t, lesson, append([]string{"run"}, tc.args...)...)
		if got.status != tc.status || got.stderr != tc.stderr {
			t.Errorf("run %v: status %d, %s", tc.args, got.status, got.stderr)
		}
	}
	if text, err := os.ReadFile("x.xml"); err != nil || !strings.Contains(string(text), `<testsuite name="-" tests="2"`) {
		t.Errorf("%v\n%s", err, text)
	}
	var kept struct{ Peers []struct{ Name string } }
	if text, err := os.ReadFile("deep/kept/all.json"); err != nil || json.Unmarshal(text, &kept) != nil || len(kept.Peers) != 3 {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestFigureCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("three.chord", []byte(lesson), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args           []string
		stdin          string
		status         int
		stdout, stderr string
		file           string
		has            string // the figure
	}{
		{args: []string{"three.chord"}, stdout: "three.svg\n", file: "three.svg", has: "N8"},
		{args: []string{"three.chord", "-o", "other.svg", "--focus", "N14", "--dark", "--width", "400"}, stdout: "other.svg\n", file: "other.svg", has: `width="400"`},
		{args: []string{"-", "-o", "in.svg", "--no-keys"}, stdin: lesson, stdout: "in.svg\n", file: "in.svg", has: "Three"},
		{args: []string{"-"}, stdin: lesson, status: 2, stderr: "chordscope: where does the figure go? Give --output FILE, or -o - for standard output\nSee: chordscope --help\n"},
		{args: []string{"-", "-o", "x.svg"}, stdin: "say \"Nobody.\"", status: 2, stderr: "chordscope: no ring to draw: let a peer join first\nSee: chordscope --help\n"},
		{args: []string{"-", "-o", "x.svg"}, stdin: "jion 1", status: 2, stderr: "<stdin>:1:1: unknown command \"jion\": did you mean join?\n    jion 1\n    ^\n"},
		{args: []string{"-", "-o", "x.svg"}, stdin: "join N1\nkill random 2\n", status: 2, stderr: "chordscope: <stdin>:2: 2 peers wanted, but only 1 peer left to select from\nSee: chordscope --help\n"},
		{args: []string{"-", "-o", "x.svg"}, stdin: "join N1\nexpect size = 2\n", status: 1, stdout: "x.svg\n",
			stderr: "<stdin>: 1 of 1 expectations failed; chordscope run says which\n", file: "x.svg", has: "N1"},
		{args: []string{"three.chord", "--focus", "N9", "-o", "x.svg"}, status: 2,
			stderr: "chordscope: focus on \"N9\": no such peer; there are N1 N8 N14\nSee: chordscope --help\n"},
	} {
		got := chordscope(t, tc.stdin, append([]string{"figure"}, tc.args...)...)
		if got.status != tc.status || got.stdout != tc.stdout || got.stderr != tc.stderr {
			t.Errorf("figure %v: %+v", tc.args, got)
		}
		if tc.file == "" {
			continue
		}
		svg, err := os.ReadFile(tc.file)
		if err != nil || !strings.Contains(string(svg), tc.has) || !strings.HasPrefix(string(svg), "<svg") && !strings.HasPrefix(string(svg), "<?xml") {
			t.Errorf("figure %v: %v, no %s", tc.args, err, tc.has)
		}
	}
	if got := chordscope(t, lesson, "figure", "-", "-o", "-", "--tcp"); got.status != 0 || !strings.Contains(got.stdout, "</svg>") {
		t.Errorf("on real peers: %d %s", got.status, got.stderr)
	}
}

func TestHelpLanguage(t *testing.T) {
	want := chordscope(t, "", "language")
	if got := chordscope(t, "", "help", "language"); got != want || got.status != 0 || !strings.Contains(got.stdout, "wait until [not] CONDITION") {
		t.Errorf("help language: %+v", got)
	}
	for args, want := range map[string]string{"help": "Commands:", "help run": "--junit", "help figure": "--focus"} {
		if got := chordscope(t, "", strings.Fields(args)...); got.status != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := chordscope(t, "", "help", "nonsense"); got.status != 2 || !strings.Contains(got.stderr, "nonsense") {
		t.Errorf("help nonsense: %+v", got)
	}
}
