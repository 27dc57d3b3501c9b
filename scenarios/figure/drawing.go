package figure

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// The figure is laid out in units, of which it is as many wide as a pixel of
// the default width: the ring with its labels in a square on the left, tables
// and the legend in a column on the right, captions below.
const (
	figureWidth = float64(DefaultWidth)
	ringSide    = 590.0
	columnLeft  = 624.0
	columnWidth = figureWidth - margin - columnLeft
	margin      = 20.0

	fontFamily  = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
	titleFont   = 20.0
	textFont    = 13.0
	smallFont   = 11.0
	lineHeight  = 19.0
	charWidth   = 0.6  // of a font's size, on the wide side, since the font is not known
	middleShift = 0.36 // of a font's size, from the middle of a line of text down to its base
)

// drawing is the state of drawing one figure.
type drawing struct {
	Options
	colours
	circle
	page
	pic     *observe.Picture
	focus   *observe.Peer   // nil for nobody
	top     float64         // of the ring's square and of the column
	size    float64         // radius of a peer's mark
	sides   map[ring.ID]int // of a partition; empty if there is none
	entries []entry         // of the legend
	taken   []box           // by numbers and names inside the circle
}

func newDrawing(pic *observe.Picture, o Options, focus *observe.Peer) *drawing {
	d := &drawing{Options: o, colours: light, pic: pic, focus: focus, top: margin / 2, size: markSize(len(pic.Peers)), sides: sides(pic)}
	if o.Dark {
		d.colours = dark
	}
	if o.Title != "" {
		d.top = margin + titleFont + lineHeight/2
	}
	d.circle = circle{cx: margin/2 + ringSide/2, cy: d.top + ringSide/2}
	widest := 0.0
	for i := range pic.Peers {
		widest = max(widest, textWidth(pic.Peers[i].Name, labelFont))
	}
	room := max(widest, labelFont) + d.size + labelGap
	d.r = max(ringSide/2-room, ringSide/4)
	return d
}

// markSize is the radius of a peer's mark where there are n of them.
func markSize(n int) float64 {
	switch {
	case n <= 24:
		return 8
	case n <= 48:
		return 6.5
	case n <= 96:
		return 4.5
	case n <= 256:
		return 3
	}
	return 2
}

// textWidth is about how wide a text is, rather too much than too little.
func textWidth(s string, font float64) float64 {
	return float64(len([]rune(s))) * charWidth * font
}

// draw returns the whole document. What lies further back comes first.
func (d *drawing) draw() []byte {
	d.outline()
	d.keys()
	d.successors()
	d.faults()
	d.fingers()
	d.lookup()
	d.peers()
	d.labels()
	d.badges()
	d.fingerNumbers()
	d.keyNames()
	circle := bytes.Clone(d.buf.Bytes())
	d.buf.Reset()
	bottom := max(d.column(), d.top+ringSide)
	height := d.captions(bottom)
	var head page
	head.buf.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	head.open("svg", "xmlns", "http://www.w3.org/2000/svg", "width", d.Width,
		"height", int(math.Ceil(height*float64(d.Width)/figureWidth)),
		"viewBox", fmt.Sprintf("0 0 %s %s", number(figureWidth), number(height)),
		"role", "img", "font-family", fontFamily, "font-size", textFont, "fill", d.ink)
	name := d.Title
	if name == "" {
		name = "A Chord ring"
	}
	head.text("title", name)
	head.text("desc", strings.Join(d.facts(), ". ")+".")
	head.empty("rect", "width", figureWidth, "height", height, "fill", d.paper)
	if d.Title != "" {
		head.text("text", d.Title, "x", margin, "y", margin+titleFont*(1-middleShift/2), "font-size", titleFont, "font-weight", "bold")
	}
	head.open("g", "class", "ring", "transform", fmt.Sprintf("translate(0 %s)", number((bottom-d.top-ringSide)/2)))
	head.buf.Write(circle)
	head.close("g")
	d.close("svg")
	return append(head.buf.Bytes(), d.buf.Bytes()...)
}

// box is a rectangle by its middle and its size.
type box struct{ x, y, w, h float64 }

// take reserves a place inside the circle, unless it covers one that is taken.
func (d *drawing) take(x, y, w, h float64) bool {
	for _, b := range d.taken {
		if math.Abs(b.x-x) < (b.w+w)/2 && math.Abs(b.y-y) < (b.h+h)/2 {
			return false
		}
	}
	d.taken = append(d.taken, box{x, y, w, h})
	return true
}

// outline draws the identifier circle itself, with a mark at identifier 0.
func (d *drawing) outline() {
	d.open("g", "class", "circle", "fill", "none", "stroke", d.rule)
	d.empty("circle", "cx", d.cx, "cy", d.cy, "r", d.r)
	x0, y0 := d.point(0, 0)
	x1, y1 := d.point(0, -6)
	d.line(x0, y0, x1, y1)
	d.close("g")
}

func (d *drawing) line(x0, y0, x1, y1 float64, attrs ...any) {
	d.empty("line", append([]any{"x1", x0, "y1", y0, "x2", x1, "y2", y1}, attrs...)...)
}

func (d *drawing) turn(id ring.ID) float64 { return d.pic.Space.Turn(id) }

// captions writes what the figure shows below it, and returns the height of
// the whole.
func (d *drawing) captions(top float64) float64 {
	facts := d.facts()
	d.open("g", "class", "caption", "fill", d.dim)
	y := top + textFont
	for _, line := range facts {
		d.text("text", line, "x", margin, "y", y)
		y += lineHeight
	}
	d.close("g")
	return y
}

// facts are the sentences, without their full stops, that say what the ring is
// and how it is.
func (d *drawing) facts() []string {
	h := d.pic.Health
	parts := []string{fmt.Sprintf("N = %d", h.Live), fmt.Sprintf("m = %d bits", d.pic.Space.Bits()), fmt.Sprintf("successor lists of %d", d.pic.ListLen)}
	if k := d.pic.Data.Replicas; k > 0 && d.Keys {
		parts = append(parts, fmt.Sprintf("%d copies of each key", k))
	}
	if d.pic.Protocol != "" {
		parts = append(parts, d.pic.Protocol+" protocol")
	}
	if d.Keys && len(d.pic.Keys) > 0 {
		parts = append(parts, observe.Plural(len(d.pic.Keys), "key"))
	}
	state := "Stable: every pointer and every copy is right"
	switch {
	case h.Stable:
	case h.Why == "":
		state = "Not stable yet"
	case h.Valid:
		state = "Valid, not stable yet: " + h.Why
	default:
		state = "Not valid: " + h.Why
	}
	if h.Rings != 1 && h.Live > 0 {
		state += fmt.Sprintf(" (%s)", observe.Plural(h.Rings, "ring"))
	}
	return []string{strings.Join(parts, ", "), state}
}
