package draw

import (
	"fmt"
	"html"
	"image/color"
	"strings"
)

// The size of a cell in an SVG, in pixels, and of the letters in it.
const (
	svgWidth, svgHeight = 8, 17
	svgFont             = 13.3 // of which most monospaced fonts are svgWidth wide
	svgBaseline         = 13
	svgMargin           = 8
)

// SVG writes the surface as a picture that scales: letters are text, braille
// dots and blocks are shapes, so that no font needs to have them, and colours
// are those of the theme on its own ground.
func (s *Surface) SVG(t *Theme) string {
	d := svg{s: s, t: newTheme(t.palette, t.dark, false), dots: make(map[string]*strings.Builder)}
	for y := range s.h {
		d.grounds(y)
		d.texts(y)
	}
	w, h := s.w*svgWidth+2*svgMargin, s.h*svgHeight+2*svgMargin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%d %d %d %d" width="%d" height="%d" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%v" xml:space="preserve">`+"\n", -svgMargin, -svgMargin, w, h, w, h, svgFont)
	fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", -svgMargin, -svgMargin, w, h, hexOf(d.t.palette.paper))
	b.WriteString(d.ground.String())
	for _, fill := range d.fills { // in the order in which they came
		fmt.Fprintf(&b, `<path fill="%s" d="%s"/>`+"\n", fill, d.dots[fill])
	}
	b.WriteString(d.text.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// svg is a picture that is being written.
type svg struct {
	s            *Surface
	t            *Theme
	ground, text strings.Builder
	dots         map[string]*strings.Builder // paths by their fill
	fills        []string
}

// paint returns the colours of an ink, as they are on the theme's own ground;
// the ground is empty if it is that.
func (d *svg) paint(ink Ink) (fill, ground string, l look) {
	l = d.t.look[ink]
	fill = hexOr(l.fg, hexOf(d.t.palette.text))
	ground = hexOr(l.bg, "")
	if l.attr&Reverse != 0 {
		fill, ground = hexOr(l.bg, hexOf(d.t.palette.paper)), fill
	}
	return fill, ground, l
}

// hexOr writes a colour, or otherwise if it is the terminal's own.
func hexOr(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return hexOf(r>>8<<16 | g>>8<<8 | b>>8)
}

func hexOf(rgb uint32) string { return fmt.Sprintf("#%06x", rgb) }

// runs calls do for each stretch of row y that has one ink.
func (d *svg) runs(y int, do func(from, to int, ink Ink)) {
	row := d.s.cells[y*d.s.w : (y+1)*d.s.w]
	for from := 0; from < len(row); {
		to := from + 1
		for to < len(row) && row[to].ink == row[from].ink {
			to++
		}
		do(from, to, row[from].ink)
		from = to
	}
}

// grounds colours what lies beneath the letters.
func (d *svg) grounds(y int) {
	d.runs(y, func(from, to int, ink Ink) {
		if _, ground, _ := d.paint(ink); ground != "" {
			fmt.Fprintf(&d.ground, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n",
				from*svgWidth, y*svgHeight, (to-from)*svgWidth, svgHeight, ground)
		}
	})
}

// texts writes the letters of a row, each word where it stands, and puts dots
// and blocks aside.
func (d *svg) texts(y int) {
	row := d.s.cells[y*d.s.w : (y+1)*d.s.w]
	d.runs(y, func(from, to int, ink Ink) {
		word := -1 // where it began
		flush := func(end int) {
			if word >= 0 {
				d.word(word, y, row[word:end], ink)
				word = -1
			}
		}
		for x := from; x < to; x++ {
			if d.shape(x, y, row[x].r, ink) || row[x].r == ' ' {
				flush(x)
			} else if word < 0 {
				word = x
			}
		}
		flush(to)
	})
}

// word writes text so that it fills its cells in whatever font there is.
func (d *svg) word(x, y int, cells []cell, ink Ink) {
	var text strings.Builder
	for _, c := range cells {
		if c.r != 0 {
			text.WriteRune(c.r)
		}
	}
	fill, _, l := d.paint(ink)
	style := ""
	if l.attr&Bold != 0 {
		style += ` font-weight="bold"`
	}
	if l.attr&Underline != 0 {
		style += ` text-decoration="underline"`
	}
	if l.attr&Faint != 0 {
		style += ` opacity="0.6"`
	}
	fmt.Fprintf(&d.text, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
		x*svgWidth, y*svgHeight+svgBaseline, len(cells)*svgWidth, fill, style, html.EscapeString(text.String()))
}

// shape puts a character that is made of dots or blocks aside, and reports
// whether it is one.
func (d *svg) shape(x, y int, r rune, ink Ink) bool {
	left, top := float64(x*svgWidth), float64(y*svgHeight)
	if dots := r - braille; dots >= 0 && dots < 256 {
		const dx, dy, size = svgWidth / 2.0, svgHeight / 4.0, 2.2
		for row, bits := range bitOf {
			for column, bit := range bits {
				if uint8(dots)&bit != 0 {
					d.box(left+dx*(float64(column)+0.5)-size/2, top+dy*(float64(row)+0.5)-size/2, size, size, ink)
				}
			}
		}
		return true
	}
	for quarters, q := range quadrants {
		if q != r || quarters == 0 {
			continue
		}
		for i := range 4 {
			if quarters&(1<<i) != 0 {
				d.box(left+float64(i%2)*svgWidth/2, top+float64(i/2)*svgHeight/2, svgWidth/2, svgHeight/2.0, ink)
			}
		}
		return true
	}
	return false
}

// box adds a rectangle to what has the ink's colour.
func (d *svg) box(x, y, w, h float64, ink Ink) {
	fill, _, l := d.paint(ink)
	if l.attr&Faint != 0 {
		fill += `" opacity="0.6`
	}
	path := d.dots[fill]
	if path == nil {
		path = new(strings.Builder)
		d.dots[fill] = path
		d.fills = append(d.fills, fill)
	}
	fmt.Fprintf(path, "M%.5g %.5gh%.5gv%.5gh%.5gz", x, y, w, h, -w)
}
