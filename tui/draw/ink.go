// Package draw is the drawing layer of the screen: a grid of character cells
// with meanings for colours, and a canvas of braille dots. It knows nothing of
// peers or of Bubble Tea. Nothing in it is safe for concurrent use, except a
// Theme, which never changes.
package draw

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Ink is how a cell is written: one colour by meaning, or'ed with attributes.
// The zero Ink is the terminal's own foreground colour.
type Ink uint16

// The colours, named by what they say. Every one of them always comes with a
// glyph or a word that says the same, for terminals and eyes without colour.
const (
	Plain  Ink = iota
	Dim        // what matters less: labels, units, captions of tables
	Rule       // lines that only divide, the circle itself
	Good       // right, alive, held
	Warn       // stale, suspected, silent
	Bad        // dead, refused, failed
	Accent     // what is selected or has the focus
	Path       // the way of a lookup
	Comet      // the lookup while it travels
	colours
)

// Attributes that are or'ed to a colour.
const (
	Bold Ink = 1 << (8 + iota)
	Underline
	Reverse
	inks = 1 << 11
)

// Theme turns inks into escape sequences for a dark or a light background.
type Theme struct {
	on [inks]string
}

// palette holds Okabe and Ito's colours, which people with any kind of colour
// blindness tell apart, as light or dark as each background needs them.
var palette = [colours]struct{ light, dark string }{
	Dim:    {"#5F6670", "#8C93A0"},
	Rule:   {"#B9BEC6", "#4A5160"},
	Good:   {"#00795A", "#14B285"},
	Warn:   {"#A86E00", "#E69F00"},
	Bad:    {"#C04A00", "#F0713A"},
	Accent: {"#0072B2", "#56B4E9"},
	Path:   {"#A8487F", "#DE8CBB"},
	Comet:  {"#7A6A00", "#F0E442"},
}

// NewTheme returns the theme for a dark or a light background.
func NewTheme(dark bool) *Theme {
	t := new(Theme)
	pick := lipgloss.LightDark(dark)
	for c := Plain; c < colours; c++ {
		for attr := Ink(0); attr < inks; attr += Bold {
			var fg color.Color
			if p := palette[c]; p.dark != "" {
				fg = pick(lipgloss.Color(p.light), lipgloss.Color(p.dark))
			}
			t.on[c|attr] = sequence(fg, attr)
		}
	}
	return t
}

// reset ends any ink.
const reset = "\x1b[m"

// sequence is what switches a style on. Lip Gloss can only render whole
// strings, and a call for each run of cells would be most of a frame's cost.
func sequence(fg color.Color, attr Ink) string {
	style := lipgloss.NewStyle().
		Bold(attr&Bold != 0).
		Underline(attr&Underline != 0).
		Reverse(attr&Reverse != 0)
	if fg != nil {
		style = style.Foreground(fg)
	}
	on, _, _ := strings.Cut(style.Render("x"), "x")
	return on
}
