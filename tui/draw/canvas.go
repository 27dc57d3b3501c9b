package draw

import "math"

// Level says what lies above what on a canvas. A cell can have only one
// colour, so a dot of a higher level clears the lower ones in its cell: a
// small gap reads better than a wrong colour.
type Level uint8

// The levels, lowest first.
const (
	Outline Level = 1 + iota // the circle and the arcs along it
	Datum                    // keys, inside the circle
	Chord                    // pointers across the circle
	Fault                    // links that somebody broke
	Node
	Way  // the path of a lookup
	Head // the lookup itself while it travels
)

// Dots in a cell, across and down. At cells twice as high as wide, which is
// usual, a dot is square.
const (
	DotsX = 2
	DotsY = 4
)

// Pen is how dots of a line are set.
type Pen struct {
	Level Level
	Ink   Ink
	// On and Off are lengths in dots of a dashed line; Off 0 is a solid one.
	On, Off int
	Wide    bool // two dots instead of one
}

// Canvas is a grid of braille cells.
type Canvas struct {
	w, h  int
	cells []dots
}

type dots struct {
	bits  uint8
	level Level
	ink   Ink
}

// Resize makes the canvas w cells wide and h high, and blank.
func (c *Canvas) Resize(w, h int) {
	c.w, c.h = max(w, 0), max(h, 0)
	if n := c.w * c.h; n <= cap(c.cells) {
		c.cells = c.cells[:n]
		clear(c.cells)
		return
	}
	c.cells = make([]dots, c.w*c.h)
}

// bitOf holds the braille bit of each dot of a cell, by row and column.
var bitOf = [DotsY][DotsX]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// Dot sets one dot; x and y count dots from the top left. Dots outside are
// left out.
func (c *Canvas) Dot(x, y int, pen Pen) {
	if x < 0 || y < 0 || x >= c.w*DotsX || y >= c.h*DotsY {
		return
	}
	d := &c.cells[y/DotsY*c.w+x/DotsX]
	switch {
	case pen.Level < d.level:
		return
	case pen.Level > d.level:
		*d = dots{level: pen.Level}
	}
	d.bits |= bitOf[y%DotsY][x%DotsX]
	d.ink = pen.Ink
}

// Level returns what was drawn in a cell; 0 is nothing.
func (c *Canvas) Level(col, row int) Level {
	if col < 0 || row < 0 || col >= c.w || row >= c.h {
		return 0
	}
	return c.cells[row*c.w+col].level
}

// Curve draws the points of at(t) for t from 0 to 1, about length dots long.
func (c *Canvas) Curve(at func(t float64) (x, y float64), length float64, pen Pen) {
	steps := int(max(length, 1) * 1.6)
	lastX, lastY, n := math.MinInt, math.MinInt, 0
	for i := range steps + 1 {
		fx, fy := at(float64(i) / float64(steps))
		x, y := int(math.Floor(fx)), int(math.Floor(fy))
		if x == lastX && y == lastY {
			continue
		}
		lastX, lastY = x, y
		if pen.Off == 0 || n%(pen.On+pen.Off) < pen.On {
			c.Dot(x, y, pen)
			if pen.Wide {
				c.Dot(x+1, y, pen)
				c.Dot(x, y+1, pen)
				c.Dot(x+1, y+1, pen)
			}
		}
		n++
	}
}

// Onto writes the canvas over the region. Empty cells leave what is there.
func (c *Canvas) Onto(r Region) {
	for y := range min(c.h, r.Dy()) {
		for x := range min(c.w, r.Dx()) {
			if d := c.cells[y*c.w+x]; d.bits != 0 {
				r.s.set(r.Min.X+x, r.Min.Y+y, cell{braille + rune(d.bits), d.ink})
			}
		}
	}
}
