package tui

import (
	"os"
	"path/filepath"
	"strings"
)

// typedLines are the lines that were typed into the palette, oldest first. If
// there is a file for them, they outlive the program there.
type typedLines struct {
	list []string
	file string // "" for none
}

// mostTyped is how many lines are kept.
const mostTyped = 500

// loadTyped reads the lines of a file, which need not be there yet. A file that
// cannot be read or written costs nothing but the memory of lines.
func loadTyped(file string) typedLines {
	t := typedLines{file: file}
	if file == "" {
		return t
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return t
	}
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l != "" && len([]rune(l)) <= promptLimit {
			t.list = append(t.list, l)
		}
	}
	if n := len(t.list) - mostTyped; n > 0 {
		t.list = t.list[n:]
		t.rewrite()
	}
	return t
}

// rewrite makes the file anew from the list, at one stroke.
func (t *typedLines) rewrite() {
	made := t.file + ".new"
	if os.WriteFile(made, []byte(strings.Join(t.list, "\n")+"\n"), 0o600) == nil {
		_ = os.Rename(made, t.file)
	}
}

// add notes a line, once if it is typed again and again.
func (t *typedLines) add(line string) {
	if n := len(t.list); n > 0 && t.list[n-1] == line {
		return
	}
	t.list = append(t.list, line)
	if n := len(t.list) - mostTyped; n > 0 {
		t.list = t.list[n:]
	}
	if t.file == "" {
		return
	}
	// Several screens may be open: each adds its lines at the end.
	_ = os.MkdirAll(filepath.Dir(t.file), 0o700)
	f, err := os.OpenFile(t.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString(line + "\n")
	_ = f.Close()
}
