package draw

import (
	"image"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// cell is one character of the screen. The right half of a wide character
// holds no rune.
type cell struct {
	r   rune
	ink Ink
}

// Surface is a frame being drawn: a grid of cells that is always exactly as
// large as the terminal, whatever is put on it.
type Surface struct {
	// Kind is which characters are used, from the next that is put.
	Kind  Kind
	w, h  int
	cells []cell
}

// Resize makes the surface w cells wide and h high, and blank.
func (s *Surface) Resize(w, h int) {
	s.w, s.h = max(w, 0), max(h, 0)
	if n := s.w * s.h; n <= cap(s.cells) {
		s.cells = s.cells[:n]
	} else {
		s.cells = make([]cell, n)
	}
	for i := range s.cells {
		s.cells[i] = cell{r: ' '}
	}
}

// All returns the region that is the whole surface.
func (s *Surface) All() Region {
	return Region{s: s, Rectangle: image.Rect(0, 0, s.w, s.h)}
}

// Encode writes the surface as lines of styled text, each as wide as the
// surface, with as few escape sequences as possible.
func (s *Surface) Encode(t *Theme) string {
	var b strings.Builder
	b.Grow(len(s.cells) * 4)
	for y := range s.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		ink := Plain
		for _, c := range s.cells[y*s.w : (y+1)*s.w] {
			if c.ink != ink {
				if ink != Plain {
					b.WriteString(reset)
				}
				b.WriteString(t.on[c.ink])
				ink = c.ink
			}
			if c.r != 0 {
				b.WriteRune(c.r)
			}
		}
		if ink != Plain {
			b.WriteString(reset)
		}
	}
	return b.String()
}

// set writes one cell, in a character of the surface's kind. What is left of a
// wide character that it halves becomes blank.
func (s *Surface) set(x, y int, c cell) {
	if s.Kind != Braille {
		c.r = s.Kind.glyph(c.r)
	}
	at := y*s.w + x
	if s.cells[at].r == 0 && c.r != 0 {
		s.cells[at-1].r = ' '
	}
	if x+1 < s.w && s.cells[at+1].r == 0 {
		s.cells[at+1].r = ' '
	}
	s.cells[at] = c
}

// runeWidth returns how many cells r fills: 0, 1 or 2. What must not reach a
// terminal has none: control and format characters, which could move the
// cursor or hide text, and marks, for which a cell has no room.
func runeWidth(r rune) int {
	if r >= ' ' && r < 0x7f {
		return 1
	}
	if !unicode.IsPrint(r) || unicode.Is(unicode.M, r) {
		return 0
	}
	return ansi.StringWidthWc(string(r))
}

// Width returns how many cells text fills when it is put on a surface.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}
