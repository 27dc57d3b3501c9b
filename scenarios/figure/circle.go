package figure

import (
	"fmt"
	"math"
)

// circle is where the ring is drawn. A turn counts from the top clockwise, as
// ring.Space.Turn does, and a whole one is 1.
type circle struct{ cx, cy, r float64 }

// point is the place at a turn, out units outside the circle.
func (c circle) point(turn, out float64) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * turn)
	return c.cx + (c.r+out)*sin, c.cy - (c.r+out)*cos
}

// span is how far it is clockwise from one turn to another; from a turn to
// itself it is once round.
func span(from, to float64) float64 {
	s := to - from
	if s <= 0 {
		s++
	}
	return s
}

// arc is the path along the circle from one turn clockwise over less than a
// whole one, out units outside it.
func (c circle) arc(from, turns, out float64) string {
	x0, y0 := c.point(from, out)
	x1, y1 := c.point(from+turns, out)
	large, r := 0, number(c.r+out)
	if turns > 0.5 {
		large = 1
	}
	return fmt.Sprintf("M%s %sA%s %s 0 %d 1 %s %s", number(x0), number(y0), r, r, large, number(x1), number(y1))
}

// Chords are bent towards the centre, by bend of the way there but never more
// than bow of their own length: that keeps those between neighbours clear of
// the circle, and tells them from arcs along it.
const bend, bow = 0.3, 0.35

// chord is the slightly bent line between the places of two turns.
func (c circle) chord(from, to float64) curve {
	x0, y0 := c.point(from, 0)
	x2, y2 := c.point(to, 0)
	mx, my := (x0+x2)/2-c.cx, (y0+y2)/2-c.cy
	return c.bent(from, to, min(bend, bow*math.Hypot(x2-x0, y2-y0)/max(math.Hypot(mx, my), 1)))
}

// leap is a line between the places of two turns that goes well inside the
// circle however near they are, so that it is seen and has room for a number.
func (c circle) leap(from, to float64) curve { return c.bent(from, to, 0.4) }

// bent is the line between the places of two turns that is pulled towards the
// centre, by pull of the way there.
func (c circle) bent(from, to, pull float64) curve {
	x0, y0 := c.point(from, 0)
	x2, y2 := c.point(to, 0)
	mx, my := (x0+x2)/2-c.cx, (y0+y2)/2-c.cy
	return curve{x0, y0, c.cx + mx*(1-pull), c.cy + my*(1-pull), x2, y2}
}

// curve is a quadratic Bézier curve: its start, the point it bends to, its end.
type curve struct{ x0, y0, x1, y1, x2, y2 float64 }

// at is the place at t, from 0 at the start to 1 at the end.
func (q curve) at(t float64) (x, y float64) {
	u := 1 - t
	return u*u*q.x0 + 2*u*t*q.x1 + t*t*q.x2, u*u*q.y0 + 2*u*t*q.y1 + t*t*q.y2
}

func (q curve) length() float64 {
	return (math.Hypot(q.x2-q.x0, q.y2-q.y0) + math.Hypot(q.x1-q.x0, q.y1-q.y0) + math.Hypot(q.x2-q.x1, q.y2-q.y1)) / 2
}

// trim takes a piece off each end, so that the curve runs from rim to rim of
// what it connects. A curve too short for that keeps a tenth in the middle.
func (q curve) trim(start, end float64) curve {
	l := max(q.length(), 1e-9)
	if cut := start + end; cut > 0.9*l {
		start, end = start/cut*0.9*l, end/cut*0.9*l
	}
	a, b := start/l, 1-end/l
	x0, y0 := q.at(a)
	x2, y2 := q.at(b)
	// The point that the piece bends to is the blossom of its two ends.
	blossom := func(p0, p1, p2 float64) float64 {
		return (1-a)*(1-b)*p0 + ((1-a)*b+a*(1-b))*p1 + a*b*p2
	}
	return curve{x0, y0, blossom(q.x0, q.x1, q.x2), blossom(q.y0, q.y1, q.y2), x2, y2}
}

func (q curve) path() string {
	return fmt.Sprintf("M%s %sQ%s %s %s %s",
		number(q.x0), number(q.y0), number(q.x1), number(q.y1), number(q.x2), number(q.y2))
}

// arrowHead is a triangle with its tip at x, y that points along dx, dy.
func arrowHead(x, y, dx, dy, size float64) string {
	l := max(math.Hypot(dx, dy), 1e-9)
	dx, dy = dx/l*size, dy/l*size
	const half = 0.42 // of its width, where its length is 1
	return fmt.Sprintf("M%s %sL%s %sL%s %sZ", number(x), number(y),
		number(x-dx-half*dy), number(y-dy+half*dx), number(x-dx+half*dy), number(y-dy-half*dx))
}
