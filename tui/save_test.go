package tui

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
)

// TestSave saves the screen in every form by its keys, and the ring as a figure.
func TestSave(t *testing.T) {
	t.Chdir(t.TempDir())
	term := open(t, t.Context(), 120, 40, Options{Peers: 3, NoMotion: true})
	term.await(t, "3 peers")
	for _, file := range []string{"a.txt", "a.ans", "a.svg"} {
		term.typed("s" + file + "\r")
		term.await(t, "saved as "+file)
	}
	term.typed("sa.txt\r")
	term.await(t, "a.txt is there already")
	term.typed("sa.doc\r")
	term.await(t, "a name that ends in .svg, .txt or .ans")
	term.typed("snowhere/a.txt\r")
	term.await(t, "not saved: open nowhere/a.txt")
	term.typed("S\r")
	term.await(t, "the ring is drawn in ring.svg")
	term.typed("y")
	term.await(t, "the screen is copied")

	text := read(t, "a.txt")
	for _, want := range []string{"Chordscope", "ideal ring: every pointer is right"} {
		if !strings.Contains(text, want) {
			t.Errorf("a.txt is without %q:\n%s", want, text)
		}
	}
	if lines := strings.Count(text, "\n"); lines != 40 || strings.Contains(text, " \n") || strings.Contains(text, "\x1b") {
		t.Errorf("a.txt has %d lines, or blanks or colours:\n%q", lines, text)
	}
	coloured := vt.NewEmulator(120, 41)
	go io.Copy(io.Discard, coloured)
	defer coloured.InputPipe().(io.Closer).Close()
	coloured.WriteString(strings.ReplaceAll(read(t, "a.ans"), "\n", "\r\n"))
	first, _, _ := strings.Cut(coloured.String(), "\n")
	if want, _, _ := strings.Cut(text, "\n"); strings.TrimRight(first, " ") != want {
		t.Errorf("a.ans begins with %q, want %q", first, want)
	}
	for _, file := range []string{"a.svg", "ring.svg"} {
		d := xml.NewDecoder(strings.NewReader(read(t, file)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
	}
	if svg := read(t, "a.svg"); !strings.Contains(svg, ">Chordscope</text>") || strings.ContainsFunc(svg, func(r rune) bool { return r >= 0x2800 && r < 0x2900 }) {
		t.Error("a.svg is without its text, or needs a font with braille")
	}
	term.mu.Lock()
	copied := regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]+)`).FindSubmatch(term.raw.Bytes())
	term.mu.Unlock()
	if copied == nil {
		t.Fatal("nothing was copied")
	}
	if plain, err := base64.StdEncoding.DecodeString(string(copied[1])); err != nil || !strings.Contains(string(plain), "ideal ring") {
		t.Errorf("copied %q, %v", plain, err)
	}
	term.typed("q")
	if err := term.end(t); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
