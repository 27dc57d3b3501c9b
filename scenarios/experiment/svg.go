package experiment

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Size of an SVG plot, and where the axes are in it, in pixels.
const (
	svgWidth, svgHeight   = 860, 480
	svgLeft, svgRight     = 70, 640
	svgTop, svgBottom     = 50, 420
	svgLegend, legendLine = 660, 22
)

// colours of the series, in turn: the set of Okabe and Ito, which people with
// any colour vision can tell apart.
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"}

// svg draws the chart as an SVG file of its own: axes with marks, a legend, and
// what is published as dashed lines.
func (c *chart) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="13" fill="#222">`+"\n",
		svgWidth, svgHeight, svgWidth, svgHeight)
	fmt.Fprintf(&b, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", escape(c.title))
	fmt.Fprintf(&b, `<text x="%d" y="26" font-size="16" font-weight="bold">%s</text>`+"\n", svgLeft, escape(c.title))
	if len(c.series) == 0 {
		fmt.Fprintf(&b, `<text x="%d" y="%d">There are no rows.</text>`+"\n</svg>\n", svgLeft, svgHeight/2)
		return b.String()
	}
	c.svgAxes(&b)
	for i := range c.series {
		c.svgSeries(&b, i)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (c *chart) svgAxes(b *strings.Builder) {
	b.WriteString(`<g stroke="#ddd">` + "\n")
	for _, m := range c.y.marks {
		y := svgY(c.y.at(m))
		fmt.Fprintf(b, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f"/>`+"\n", svgLeft, y, svgRight, y)
	}
	for _, m := range c.x.marks {
		x := svgX(c.x.at(m))
		fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", x, svgTop, x, svgBottom)
	}
	b.WriteString("</g>\n")
	fmt.Fprintf(b, `<path d="M%d %dV%dH%d" fill="none" stroke="#222"/>`+"\n", svgLeft, svgTop, svgBottom, svgRight)
	for _, m := range c.y.marks {
		fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", svgLeft-8, svgY(c.y.at(m))+4, markText(m))
	}
	for _, m := range c.x.marks {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", svgX(c.x.at(m)), svgBottom+20, c.xMark(m))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (svgLeft+svgRight)/2, svgBottom+44, escape(c.xAxis))
	fmt.Fprintf(b, `<text transform="translate(20 %d) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (svgTop+svgBottom)/2, escape(c.yAxis))
}

func (c *chart) svgSeries(b *strings.Builder, i int) {
	s := &c.series[i]
	colour, dash := colours[i%len(colours)], ""
	if s.paper {
		dash = ` stroke-dasharray="6 4"`
	}
	fmt.Fprintf(b, `<g stroke="%s" fill="%s">`+"\n", colour, colour)
	for _, line := range s.lines() {
		b.WriteString(`<polyline fill="none" stroke-width="2"` + dash + ` points="`)
		for k, p := range line {
			x, y := c.place(p)
			if k > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(b, "%.1f,%.1f", svgX(x), svgY(y))
		}
		b.WriteString(`"/>` + "\n")
		for _, p := range line {
			x, y := c.place(p)
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5"/>`+"\n", svgX(x), svgY(y))
		}
	}
	y := svgTop + 10 + i*legendLine
	fmt.Fprintf(b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke-width="2"%s/><circle cx="%d" cy="%d" r="3.5"/>`+"\n", svgLegend, y, svgLegend+24, y, dash, svgLegend+12, y)
	fmt.Fprintf(b, `<text x="%d" y="%d" stroke="none" fill="#222">%s</text>`+"\n</g>\n", svgLegend+32, y+4, escape(s.legend()))
}

func svgX(at float64) float64 { return svgLeft + at*(svgRight-svgLeft) }
func svgY(at float64) float64 { return svgBottom - at*(svgBottom-svgTop) }

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder does not fail
	return b.String()
}
