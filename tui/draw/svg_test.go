package draw

import (
	"strings"
	"testing"
)

// TestSVG: text is text with its looks, dots and blocks are shapes, and colours
// are the theme's on its own ground.
func TestSVG(t *testing.T) {
	s := new(Surface)
	s.Resize(12, 2)
	r := s.All()
	r.Put(0, 0, "<a&b>", Bad|Bold)
	r.Put(6, 0, "世", Plain|Reverse)
	r.Put(9, 0, "⠁⡇", Good)
	r.Put(0, 1, "faint", Dim|Faint)
	r.Put(6, 1, "▟", Good)
	r.Put(8, 1, "on", Accent|Underline|Selected)
	for _, dark := range []bool{true, false} {
		p := onLight
		if dark {
			p = onDark
		}
		svg := s.SVG(NewTheme(dark))
		for _, want := range []string{
			`width="112" height="50" fill="` + hexOf(p.paper), // 12 x 2 cells and the margin
			`<text x="0" y="13" textLength="40" lengthAdjust="spacingAndGlyphs" fill="` + hexOf(p.rgb[Bad]) + `" font-weight="bold">&lt;a&amp;b&gt;</text>`,
			`<text x="48" y="13" textLength="16" lengthAdjust="spacingAndGlyphs" fill="` + hexOf(p.paper) + `">世</text>`,
			`<rect x="48" y="0" width="16" height="17" fill="` + hexOf(p.text) + `"/>`,
			`fill="` + hexOf(p.rgb[Dim]) + `" opacity="0.6">faint</text>`,
			`<rect x="64" y="17" width="16" height="17" fill="` + hexOf(p.ground) + `"/>`,
			`text-decoration="underline">on</text>`,
		} {
			if !strings.Contains(svg, want) {
				t.Errorf("without %s:\n%s", want, svg)
			}
		}
		// One path has all of a colour: 1 + 4 dots and 3 quarters.
		if n := strings.Count(svg, "<path"); n != 1 {
			t.Errorf("%d paths", n)
		}
		_, shapes, _ := strings.Cut(svg, "<path")
		if n := strings.Count(shapes, "M"); n != 8 {
			t.Errorf("%d shapes", n)
		}
	}
}

func TestText(t *testing.T) {
	s := new(Surface)
	s.Resize(8, 3)
	s.All().Put(1, 0, "世 a", Bad|Bold)
	s.All().Put(0, 2, "12345678", Plain)
	c := s.Copy()
	s.All().Fill(Plain)
	if got, want := c.Text(), " 世 a\n\n12345678\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
