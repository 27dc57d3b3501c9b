package draw

import (
	"image/color"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/lucasb-eyer/go-colorful"
)

// deficiencies are how colours look to those who lack one kind of cone, as
// linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
var deficiencies = map[string][3][3]float64{
	"none":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(hex uint32, m [3][3]float64) colorful.Color {
	c, _ := colorful.MakeColor(rgb(hex))
	r, g, b := c.LinearRgb()
	of := func(row [3]float64) float64 { return row[0]*r + row[1]*g + row[2]*b }
	return colorful.LinearRgb(of(m[0]), of(m[1]), of(m[2])).Clamped()
}

// contrast is that of WCAG 2, from 1 to 21.
func contrast(a, b uint32) float64 {
	of := func(hex uint32) float64 {
		c, _ := colorful.MakeColor(rgb(hex))
		r, g, b := c.LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b + 0.05
	}
	x, y := of(a), of(b)
	return max(x, y) / min(x, y)
}

func TestPalettes_CanBeRead(t *testing.T) {
	for _, theme := range themes {
		least := 4.5
		if theme.name == "high-contrast" {
			least = 7
		}
		for _, p := range []*palette{theme.dark, theme.light} {
			for c, hex := range p.rgb {
				if hex == 0 || Ink(c) == Rule { // rules only divide
					continue
				}
				if got := contrast(hex, p.paper); got < least {
					t.Errorf("%s: colour %d has contrast %.1f on the background, below %v", theme.name, c, got, least)
				}
				if got := contrast(hex, p.ground); p.ground != 0 && got < 3 {
					t.Errorf("%s: colour %d has contrast %.1f on a selected row", theme.name, c, got)
				}
			}
		}
	}
}

// TestPalettes_StatesForEveryEye: the colours of states are told apart by
// people with any kind of colour blindness. Where two are close their shapes
// still differ, so the bound is low; red and green of most programs fail it.
func TestPalettes_StatesForEveryEye(t *testing.T) {
	const least = 0.09
	for _, theme := range themes {
		for _, p := range []*palette{theme.dark, theme.light} {
			for name, m := range deficiencies {
				for _, pair := range [][2]Ink{{Good, Warn}, {Good, Bad}, {Warn, Bad}, {Good, Accent}, {Accent, Path}, {Bad, Accent}, {Warn, Accent}, {Path, Good}} {
					a, b := p.rgb[pair[0]], p.rgb[pair[1]]
					if a == 0 {
						continue // a theme without colours
					}
					if d := seen(a, m).DistanceCIEDE2000(seen(b, m)); d < least {
						t.Errorf("%s, %s: %06x and %06x differ by %.3f", theme.name, name, a, b, d)
					}
				}
			}
		}
	}
}

// TestTheme_OfFewColours: states stay apart where a terminal has 256 colours,
// 16 or none.
func TestTheme_OfFewColours(t *testing.T) {
	for _, name := range ThemeNames() {
		for _, dark := range []bool{true, false} {
			theme, err := NewThemeNamed(name, dark)
			if err != nil {
				t.Fatal(err)
			}
			for _, profile := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.ANSI} {
				of := theme.For(profile)
				seen := make(map[color.Color]Ink)
				for _, c := range []Ink{Good, Warn, Bad, Accent, Path, Comet} {
					fg := of.look[c].fg
					if fg == nil {
						continue
					}
					low := profile.Convert(fg)
					if other, ok := seen[low]; ok {
						t.Errorf("%s in %v: colours %d and %d are the same", name, profile, c, other)
					}
					seen[low] = c
				}
			}
			for _, c := range []Ink{Dim, Good, Warn, Selected, Accent | Reverse} {
				if l := theme.For(colorprofile.ASCII).look[c]; l.fg != nil || l.bg != nil {
					t.Errorf("%s without colours: ink %d has one", name, c)
				}
			}
		}
	}
	if _, err := NewThemeNamed("foo", true); err == nil {
		t.Error("there is a theme foo")
	}
}
