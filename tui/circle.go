package tui

import (
	"math"

	"chordscope/tui/draw"
)

// circle is where the ring is drawn: centre and radii in dots of a canvas.
// Turns go clockwise from the top, as ring.Space.Turn counts them.
type circle struct {
	cx, cy, rx, ry float64
	gap            float64 // from the circle to the labels
}

// labelGap is how far outside the circle labels begin, in dots; largeGap where
// peers are large shapes.
const labelGap, largeGap = 5.0, 11.0

// fitCircle returns the largest circle in w x h cells that leaves room for
// labels of labelW cells at its sides, gap dots away, and one row above and below.
// aspect is how much higher than wide a cell is; 2 is usual.
func fitCircle(w, h, labelW int, gap, aspect float64) circle {
	stretch := 2 / aspect // of a dot: its width, where its height is 1
	roomX := float64(w*draw.DotsX)/2 - float64(labelW*draw.DotsX) - gap
	roomY := float64(h*draw.DotsY)/2 - draw.DotsY - gap/2
	r := max(min(roomX*stretch, roomY), 1)
	return circle{
		cx: float64(w*draw.DotsX) / 2,
		cy: float64(h*draw.DotsY) / 2,
		rx: r / stretch,
		ry: r, gap: gap,
	}
}

// point returns the place at a turn, scale radii from the centre.
func (c circle) point(turn, scale float64) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * turn)
	return c.cx + c.rx*scale*sin, c.cy - c.ry*scale*cos
}

// turnOf returns the turn at which a dot is seen from the centre.
func (c circle) turnOf(x, y float64) float64 {
	return wrap(math.Atan2((x-c.cx)/c.rx, (c.cy-y)/c.ry) / (2 * math.Pi))
}

// cell returns the cell of a canvas that holds the dot at x, y.
func cell(x, y float64) (col, row int) {
	return int(math.Floor(x / draw.DotsX)), int(math.Floor(y / draw.DotsY))
}

// arc returns the way from one turn clockwise to another, scale radii out, and
// its length in dots. From a turn to itself it goes once round.
func (c circle) arc(from, to, scale float64) (at func(t float64) (x, y float64), length float64) {
	span := to - from
	if span <= 0 {
		span++
	}
	at = func(t float64) (x, y float64) { return c.point(from+span*t, scale) }
	return at, 2 * math.Pi * span * scale * max(c.rx, c.ry)
}

// Chords are bent towards the centre, by bend of the way there but never more
// than bow of their own length. That keeps chords between neighbours clear of
// the circle and tells them from the arcs along it.
const bend, bow = 0.3, 0.35

// chord returns the slightly bent line between the places of two turns, and
// its length in dots.
func (c circle) chord(from, to float64) (at func(t float64) (x, y float64), length float64) {
	x0, y0 := c.point(from, 1)
	x2, y2 := c.point(to, 1)
	mx, my := (x0+x2)/2-c.cx, (y0+y2)/2-c.cy
	pull := min(bend, bow*math.Hypot(x2-x0, y2-y0)/max(math.Hypot(mx, my), 1))
	return c.bent(from, to, pull)
}

// leapPull is how far a leap goes towards the centre, however short it is.
const leapPull = 0.55

// leap returns a line between the places of two turns that goes well inside
// the circle, so that it is seen between neighbours too, and its length.
func (c circle) leap(from, to float64) (at func(t float64) (x, y float64), length float64) {
	return c.bent(from, to, leapPull)
}

// bent returns the line between the places of two turns that is pulled towards
// the centre, by pull of the way there.
func (c circle) bent(from, to, pull float64) (at func(t float64) (x, y float64), length float64) {
	x0, y0 := c.point(from, 1)
	x2, y2 := c.point(to, 1)
	mx, my := (x0+x2)/2-c.cx, (y0+y2)/2-c.cy
	x1, y1 := c.cx+mx*(1-pull), c.cy+my*(1-pull)
	at = func(t float64) (x, y float64) {
		u := 1 - t
		return u*u*x0 + 2*u*t*x1 + t*t*x2, u*u*y0 + 2*u*t*y1 + t*t*y2
	}
	length = math.Hypot(x1-x0, y1-y0) + math.Hypot(x2-x1, y2-y1)
	return at, length
}
