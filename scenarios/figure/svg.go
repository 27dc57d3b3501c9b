package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
)

// page collects the elements of an SVG document. What it writes is well formed
// and depends on its arguments alone, so the same figure is the same bytes.
// Attributes carry the looks, never a style sheet: more programs understand
// them, and a figure can be pasted into another document.
type page struct{ buf bytes.Buffer }

// open begins an element; attrs alternate between names and values, which are
// strings, ints or float64s. Each open needs a close of the same name.
func (p *page) open(name string, attrs ...any) {
	p.tag(name, attrs)
	p.buf.WriteString(">\n")
}

func (p *page) close(name string) { fmt.Fprintf(&p.buf, "</%s>\n", name) }

// empty writes an element without content.
func (p *page) empty(name string, attrs ...any) {
	p.tag(name, attrs)
	p.buf.WriteString("/>\n")
}

// text writes an element that holds only text.
func (p *page) text(name, content string, attrs ...any) {
	p.tag(name, attrs)
	p.buf.WriteByte('>')
	p.escape(content)
	fmt.Fprintf(&p.buf, "</%s>\n", name)
}

func (p *page) tag(name string, attrs []any) {
	fmt.Fprintf(&p.buf, "<%s", name)
	for i := 0; i+1 < len(attrs); i += 2 {
		fmt.Fprintf(&p.buf, ` %s="`, attrs[i])
		switch v := attrs[i+1].(type) {
		case float64:
			p.buf.WriteString(number(v))
		case string:
			p.escape(v)
		default:
			fmt.Fprint(&p.buf, v)
		}
		p.buf.WriteByte('"')
	}
}

// escape writes text so that it means itself, between tags and in quotes.
// Characters that XML cannot hold become U+FFFD.
func (p *page) escape(s string) {
	_ = xml.EscapeText(&p.buf, []byte(s)) // a buffer takes everything
}

// number writes a length with at most two digits after the point, finer than
// any eye.
func number(v float64) string {
	v = math.Round(v*100)/100 + 0 // + 0 turns -0 into 0
	return strconv.FormatFloat(v, 'f', -1, 64)
}
