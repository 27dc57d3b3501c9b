package draw

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// lines encodes a surface and returns its lines without styles.
func lines(s *Surface) []string {
	return strings.Split(ansi.Strip(s.Encode(NewTheme(true))), "\n")
}

func newSurface(w, h int) *Surface {
	s := new(Surface)
	s.Resize(w, h)
	return s
}

// TestEncode_SizeHolds puts all kinds of text at all kinds of places and checks
// that each line stays exactly as wide as the surface.
func TestEncode_SizeHolds(t *testing.T) {
	texts := []string{"plain", "日本語", "a日b", "é\u0301", "\x1b[31mred\x1b[m", "tab\tnew\nline", "👩‍👩‍👧", "\u200bzero", strings.Repeat("x", 30), "\u202eright to left"}
	for _, text := range texts {
		for x := -3; x < 12; x++ {
			s := newSurface(10, 3)
			s.All().Put(0, 1, "日本日本日", Plain)
			s.All().Put(x, 1, text, Good|Bold)
			s.All().Put(x+1, 1, "本", Bad)
			got := lines(s)
			if len(got) != 3 {
				t.Fatalf("%q at %d: %d lines", text, x, len(got))
			}
			for _, l := range got {
				if ansi.StringWidthWc(l) != 10 {
					t.Errorf("%q at %d: line %q is %d cells wide", text, x, l, ansi.StringWidthWc(l))
				}
				if strings.ContainsAny(l, "\x1b\t\r") {
					t.Errorf("%q at %d: control character in %q", text, x, l)
				}
			}
		}
	}
}

func TestEncode_StylesEndWithTheirLine(t *testing.T) {
	s := newSurface(4, 2)
	s.All().Put(0, 0, "good", Good)
	first, second, _ := strings.Cut(s.Encode(NewTheme(true)), "\n")
	if !strings.HasPrefix(first, "\x1b[") || !strings.HasSuffix(first, reset) {
		t.Errorf("styled line is %q", first)
	}
	if second != "    " {
		t.Errorf("plain line is %q", second)
	}
}

func TestRegion_Clips(t *testing.T) {
	s := newSurface(8, 3)
	r := s.All().Sub(2, 1, 4, 1)
	r.Put(-2, 0, "abcdefghij", Plain)
	r.Put(0, 1, "below", Plain)
	r.Put(0, -1, "above", Plain)
	r.Sub(3, 0, 9, 9).Put(0, 0, "XYZ", Plain)
	want := []string{"        ", "  cdeX  ", "        "}
	for i, l := range lines(s) {
		if l != want[i] {
			t.Errorf("line %d is %q, want %q", i, l, want[i])
		}
	}
}

func TestRegion_Box(t *testing.T) {
	s := newSurface(5, 3)
	inner := s.All().Box(Rule)
	inner.Put(0, 0, "abcdef", Plain)
	want := "╭───╮\n│abc│\n╰───╯"
	if got := strings.Join(lines(s), "\n"); got != want {
		t.Errorf("box is\n%s\nwant\n%s", got, want)
	}
	if tiny := newSurface(1, 1).All().Box(Rule); tiny.Dx() != 0 || tiny.Dy() != 0 {
		t.Errorf("a box without room has an inside of %v", tiny.Rectangle)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abc", 0, ""}, {"abc", -1, ""}, {"日本", 3, "日…"}, {"日本", 4, "日本"}, {"ab", 1, "…"},
	} {
		if got := Fit(c.text, c.width); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two", 3, []string{"one", "two"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"a\n\nb", 9, []string{"a", "", "b"}},
		{"  blanks   go ", 20, []string{"blanks go"}},
		{"日本語", 4, []string{"日本", "語"}},
		{"日本", 1, []string{"日", "本"}},
	} {
		got := Wrap(c.text, c.width)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
