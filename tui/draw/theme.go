package draw

import (
	"fmt"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Theme turns inks into escape sequences for a dark or a light background.
type Theme struct {
	palette *palette
	dark    bool
	on      [inks]string
	look    [inks]look
}

// look is how an ink appears. A nil colour is the terminal's own.
type look struct {
	fg, bg color.Color
	attr   Ink // Bold, Underline, Reverse and Faint
}

// NewTheme returns the ordinary theme for a dark or a light background.
func NewTheme(dark bool) *Theme { return themes[0].on(dark) }

// NewThemeNamed returns a theme of ThemeNames for a terminal whose background
// is dark or light; dark and light themes are the same on both. The empty name
// is AutoTheme.
func NewThemeNamed(name string, dark bool) (*Theme, error) {
	if name == "" {
		name = AutoTheme
	}
	for _, p := range themes {
		if p.name == name {
			return p.on(dark), nil
		}
	}
	return nil, fmt.Errorf("there is no theme %q: use one of %s", name, strings.Join(ThemeNames(), ", "))
}

// ThemeNames returns the names of all themes in the order to offer them in.
func ThemeNames() []string {
	names := make([]string, len(themes))
	for i, p := range themes {
		names[i] = p.name
	}
	return names
}

// For returns the theme as a terminal of a colour profile needs it: one of 16
// colours gets its own choice of them, one without colours gets attributes
// alone. Lowering to 256 colours is left to the program that writes the frame.
func (t *Theme) For(profile colorprofile.Profile) *Theme {
	switch {
	case profile >= colorprofile.ANSI256 || t.palette.rgb == [colours]uint32{}:
		return t
	case profile == colorprofile.ANSI:
		return newTheme(t.palette, t.dark, true)
	case t.dark:
		return newTheme(&monoOnDark, true, false)
	default:
		return newTheme(&monoOnLight, false, false)
	}
}

func (p pair) on(dark bool) *Theme {
	if dark {
		return newTheme(p.dark, true, false)
	}
	return newTheme(p.light, false, false)
}

func newTheme(p *palette, dark, basic bool) *Theme {
	t := &Theme{palette: p, dark: dark}
	for ink := range Ink(inks) {
		if ink.colour() < colours {
			t.look[ink] = p.look(ink, basic)
			t.on[ink] = t.look[ink].sequence()
		}
	}
	return t
}

// look returns how an ink appears, in true or in 16 colours.
func (p *palette) look(ink Ink, basic bool) look {
	c := ink.colour()
	l := look{attr: ink&(Bold|Underline|Reverse|Faint) | p.attr[c]}
	switch {
	case p.rgb[c] == 0:
	case basic:
		l.fg = ansi.BasicColor(p.basic[c])
	default:
		l.fg = rgb(p.rgb[c])
	}
	switch {
	case ink&Selected == 0:
	case p.ground == 0:
		l.attr ^= Reverse
	case basic:
		l.bg = ansi.BasicColor(p.basicGround)
	default:
		l.bg = rgb(p.ground)
	}
	if l.attr&Faint != 0 {
		l.attr &^= Bold // terminals differ in what both mean
	}
	return l
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// reset ends any ink.
const reset = "\x1b[m"

// sequence is what switches a look on; it is empty for that of plain text. Lip
// Gloss renders whole strings, and a call for each run of cells would be most of
// a frame's cost, so it is asked once for each look.
func (l look) sequence() string {
	style := lipgloss.NewStyle().
		Bold(l.attr&Bold != 0).
		Faint(l.attr&Faint != 0).
		Underline(l.attr&Underline != 0).
		Reverse(l.attr&Reverse != 0)
	if l.fg != nil {
		style = style.Foreground(l.fg)
	}
	if l.bg != nil {
		style = style.Background(l.bg)
	}
	on, _, _ := strings.Cut(style.Render("x"), "x")
	return on
}
