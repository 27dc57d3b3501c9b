package tui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// types presses the keys of a text.
func (s *screen) types(text string) {
	for _, r := range text {
		if r == ' ' {
			s.keys("space")
		} else {
			s.keys(string(r))
		}
	}
}

// typedLine is what stands in the palette.
func (s *screen) typedLine(t *testing.T) string {
	t.Helper()
	p, ok := s.dialog.(*palette)
	if !ok {
		t.Fatal("the palette is not open")
	}
	return string(p.field.text)
}

func TestPalette_Completes(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys(":")
	s.want(t, "leave PEER ...", "Crashes peers at one moment") // every command with its usage
	s.types("ki")
	s.wantNot(t, "leave PEER ...")
	s.keys("tab")
	if got := strings.TrimSpace(s.typedLine(t)); got != "kill" {
		t.Fatalf("tab makes %q of ki", got)
	}
	s.dialog.(*palette).put(s.Model, "kill N5")
	s.want(t, "N51", "N56")
	s.keys("tab", "tab")
	if got := strings.TrimSpace(s.typedLine(t)); got != "kill N56" {
		t.Errorf("tab twice makes %q", got)
	}
	s.keys("shift+tab")
	if got := strings.TrimSpace(s.typedLine(t)); got != "kill N51" {
		t.Errorf("tab back makes %q", got)
	}
	s.keys("enter")
	s.wantOrder(t, "kill N51")
}

func TestPalette_CompletionsAreClicked(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys(":")
	s.types("loo")
	s.clickText(t, "Asks a peer who owns a key")
	if got := strings.TrimSpace(s.typedLine(t)); got != "lookup" {
		t.Errorf("a click makes %q", got)
	}
	s.Update(tea.MouseClickMsg{X: 5, Y: 2, Button: tea.MouseLeft})
	if s.dialog != nil {
		t.Error("a click beside the palette does not close it")
	}
}

// TestPalette_ShowsTheMistake under the word, and runs nothing.
func TestPalette_ShowsTheMistake(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys(":")
	s.types("lookup K54 form N8")
	s.keys("enter")
	s.noOrder(t)
	lines := strings.Split(s.text(), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "lookup K54 form") })
	if at < 0 || strings.Index(lines[at+1], "^") != strings.Index(lines[at], "form") {
		t.Errorf("the caret is not under form:\n%s", strings.Join(lines[max(at, 0):], "\n"))
	}
	s.want(t, "expected from")
	s.keys("x") // edits, and the mistake is not shown any more
	s.wantNot(t, "expected from")
}

// TestPalette_ShowsWhatOnlyTheRunnerKnows: a line can be right by itself and
// wrong where it stands.
func TestPalette_ShowsWhatOnlyTheRunnerKnows(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys(":")
	s.types("set bits=8")
	s.keys("enter")
	s.wantOrder(t, "set bits=8")
	s.Update(orderDoneMsg{line: "set bits=8", err: &scenarios.Error{Column: 5, Message: "bits is fixed", Source: "set bits=8"}})
	if s.typedLine(t) != "set bits=8" {
		t.Error("the line does not come back")
	}
	s.want(t, "bits is fixed")
	s.keys("esc")
	s.Update(orderDoneMsg{line: "set bits=8", err: errors.New("it was no use")})
	s.want(t, "it was no use")
}

func TestPalette_RemembersLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chordscope", "lines")
	s := newScreen(120, 40, paperPicture(), nil)
	s.lines = loadTyped(file)
	for _, l := range []string{"join 1", "heal", "heal", "kill N8"} {
		s.keys(":")
		s.types(l)
		s.keys("enter")
	}
	s = newScreen(120, 40, paperPicture(), nil) // another session
	s.lines = loadTyped(file)
	s.keys(":")
	s.types("dra")
	for _, step := range []struct{ key, want string }{
		{"up", "kill N8"}, {"up", "heal"}, {"up", "join 1"}, {"up", "join 1"}, {"down", "heal"}, {"down", "kill N8"}, {"down", "dra"}, {"down", "dra"},
	} {
		s.keys(step.key)
		if got := s.typedLine(t); got != step.want {
			t.Errorf("%s shows %q, want %q", step.key, got, step.want)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

// TestTypedLines_AreBounded in memory and in the file, which may hold anything.
func TestTypedLines_AreBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines")
	text := strings.Repeat("x", promptLimit+1) + "\n\n" + strings.Repeat("join 1\nheal\n", mostTyped)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l := loadTyped(file)
	if len(l.list) != mostTyped || l.list[0] != "join 1" {
		t.Errorf("%d lines, the first one %.10q", len(l.list), l.list[0])
	}
	if again, _ := os.ReadFile(file); len(again) > mostTyped*7 {
		t.Errorf("the file still has %d bytes", len(again))
	}
	for range mostTyped {
		l.add("join 2")
		l.add("heal")
	}
	if len(l.list) != mostTyped {
		t.Errorf("%d lines in memory", len(l.list))
	}
	if l := loadTyped(filepath.Join(file, "no folder")); len(l.list) != 0 {
		t.Error("lines from nowhere")
	}
}

// TestPalette_KnowsTheProgramsWords, which are typed with --plain too.
func TestPalette_KnowsTheProgramsWords(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	for _, word := range []string{"help", "?"} {
		s.keys(":")
		s.types(word)
		s.keys("enter")
		s.want(t, "What keys do")
		s.keys("esc")
	}
	for _, word := range []string{"quit", "q", "exit"} {
		s.keys(":")
		s.types(word)
		quit := s.keys("enter")
		if quit == nil {
			t.Fatalf("%s does nothing", word)
		}
		if _, ok := quit().(tea.QuitMsg); !ok {
			t.Errorf("%s gives %T", word, quit())
		}
	}
	s.noOrder(t)
}
