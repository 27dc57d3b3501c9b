package figure

import (
	"fmt"
	"math"
	"slices"

	"chordscope/node/observe"
)

// headSize is the length of an arrow's head.
const headSize = 11.0

// successors draws where each peer's first successor pointer goes. A right one
// follows the circle, so a whole ring is a closed line; any other one leaves it.
func (d *drawing) successors() {
	d.open("g", "class", "successors", "fill", "none")
	for i := range d.pic.Peers {
		p := &d.pic.Peers[i]
		if !p.State.Present() {
			continue
		}
		switch s := first(p); {
		case s.Verdict == observe.None && p.State == observe.StateMember, s.Verdict == observe.Right && s.ID == p.ID:
			d.strip(d.turn(p.ID), d.turn(p.ID))
		case s.Verdict == observe.None:
		case p.State == observe.StateJoining:
			d.newcomer(d.turn(p.ID), d.turn(s.ID))
		case s.Verdict == observe.Right:
			d.strip(d.turn(p.ID), d.turn(s.ID))
		default:
			d.pointer(d.chord(d.turn(p.ID), d.turn(s.ID)), "successor", s.Verdict, d.good)
		}
	}
	d.close("g")
}

// first is the first successor pointer of a peer, without a verdict if it has
// none: a lone peer has an empty list.
func first(p *observe.Peer) observe.Pointer {
	if len(p.Successors) == 0 {
		return observe.Pointer{}
	}
	return p.Successors[0]
}

// pens draws right pointers solid, in a colour of their kind, stale ones
// dashed and dead ones dotted.
func (d *drawing) pens(v observe.Verdict, right string) pen {
	switch v {
	case observe.Stale:
		return pen{d.warn, 1.8, "9 5"}
	case observe.Dead:
		return pen{d.bad, 1.8, "2 4"}
	}
	return pen{right, 1.8, ""}
}

// strip draws a right successor pointer along the circle.
func (d *drawing) strip(from, to float64) {
	d.explain(aboutPointers, "successor", func(x, y float64) { d.arrow(across(x, y), pen{d.good, 2.6, ""}) })
	width := min(d.size/2.5, 3)
	turns := span(from, to)
	if turns == 1 {
		d.empty("circle", "cx", d.cx, "cy", d.cy, "r", d.r, "stroke", d.good, "stroke-width", width)
		d.arcHead(from+0.5, 0, d.good)
		return
	}
	d.empty("path", "d", d.arc(from, turns, 0), "stroke", d.good, "stroke-width", width)
	if rim := (d.size + 1) / (2 * math.Pi * d.r); turns > 2*rim+2*headSize/(2*math.Pi*d.r) {
		d.arcHead(from+turns-rim, 0, d.good)
	}
}

// newcomer draws the successor pointer of a peer that is not a member yet, well
// inside the circle, since the ring does not know of it.
func (d *drawing) newcomer(from, to float64) {
	p := pen{d.accent, 1.8, "5 3"}
	d.explain(aboutPointers, "successor of a peer that joins", func(x, y float64) { d.arrow(across(x, y), p) })
	d.between(d.leap(from, to), p)
}

// arcHead draws the head of an arrow along the circle.
func (d *drawing) arcHead(turn, out float64, colour string) {
	x, y := d.point(turn, out)
	tail := headSize / (2 * math.Pi * (d.r + out))
	x0, y0 := d.point(turn-tail, out)
	d.empty("path", "d", arrowHead(x, y, x-x0, y-y0, headSize), "fill", colour)
}

// pointer draws a pointer from one peer to another across the circle, with a
// cross behind it if nobody is there.
func (d *drawing) pointer(q curve, kind string, v observe.Verdict, right string) {
	p := d.pens(v, right)
	d.explain(aboutPointers, kind+verdictWords[v], func(x, y float64) { d.arrow(across(x, y), p) })
	d.between(q, p)
	if v == observe.Dead {
		d.cross(q.x2, q.y2, max(d.size*0.8, 3), d.bad, 2)
	}
}

// verdictWords follow the kind of a pointer in the legend.
var verdictWords = [...]string{
	observe.Right: "",
	observe.Stale: ", stale: another is right",
	observe.Dead:  " to a peer that is not alive",
}

// between draws an arrow from the rim of one peer to that of another.
func (d *drawing) between(q curve, p pen) { d.arrow(q.trim(d.size+1, d.size+2), p) }

// arrow draws a curve with an arrow's head at its end.
func (d *drawing) arrow(q curve, p pen) {
	tip := q.trim(0, headSize/2) // a thick line must not show beside the tip
	d.stroke(tip, p)
	d.empty("path", "d", arrowHead(q.x2, q.y2, q.x2-q.x1, q.y2-q.y1, headSize), "fill", p.colour)
}

func (d *drawing) stroke(q curve, p pen) {
	attrs := []any{"d", q.path(), "fill", "none", "stroke", p.colour, "stroke-width", p.width}
	if p.dash != "" {
		attrs = append(attrs, "stroke-dasharray", p.dash)
	}
	d.empty("path", attrs...)
}

// fingers draws the fingers of the peer in focus: one arrow for all that point
// at the same peer.
func (d *drawing) fingers() {
	if d.focus == nil || !d.focus.State.Present() {
		return
	}
	d.open("g", "class", "fingers")
	for _, g := range d.fingerArrows() {
		d.pointer(d.fingerArrow(g), "finger", g.to.Verdict, d.accent)
	}
	d.close("g")
}

// fingerArrows are the fingers that are drawn, the far ones first, so that the
// near ones, which are short, lie on top.
func (d *drawing) fingerArrows() []fingerGroup {
	groups := slices.DeleteFunc(groupFingers(d.focus.Fingers), func(g fingerGroup) bool {
		return g.to.Verdict == observe.None || g.to.ID == d.focus.ID
	})
	slices.Reverse(groups)
	return groups
}

func (d *drawing) fingerArrow(g fingerGroup) curve {
	return d.chord(d.turn(d.focus.ID), d.turn(g.to.ID))
}

// fingerNumbers writes on each finger's arrow which ones it is, where there is
// room beside the ones before.
func (d *drawing) fingerNumbers() {
	if d.focus == nil || !d.focus.State.Present() {
		return
	}
	d.open("g", "class", "numbers")
	for _, g := range d.fingerArrows() {
		q, s := d.fingerArrow(g), d.numbers(g)
		w := textWidth(s, smallFont) + 4
		for _, t := range [...]float64{0.7, 0.6, 0.8, 0.5} {
			x, y := q.at(t)
			if q.length() > 2*w+2*d.size+headSize && d.take(x, y, w, smallFont) {
				d.note(x, y, s, d.accent)
				break
			}
		}
	}
	d.close("g")
}

// note writes a small text over what is there.
func (d *drawing) note(x, y float64, s, colour string) {
	w := textWidth(s, smallFont)
	d.empty("rect", "x", x-w/2, "y", y-smallFont*0.62, "width", w, "height", smallFont*1.24, "rx", 2, "fill", d.paper)
	d.text("text", s, "x", x, "y", y+middleShift*smallFont, "font-size", smallFont, "text-anchor", "middle", "fill", colour)
}

// fingerGroup is the rows of a finger table, from one to another, that point
// at the same peer.
type fingerGroup struct {
	to       observe.Pointer
	from, up *observe.Finger // the first row and the last
}

func (d *drawing) numbers(g fingerGroup) string {
	from, up := g.from.Index, g.up.Index
	if d.ZeroBased {
		from, up = from-1, up-1
	}
	if from == up {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d–%d", from, up)
}

// groupFingers gathers neighbouring rows that are the same pointer.
func groupFingers(rows []observe.Finger) []fingerGroup {
	var out []fingerGroup
	for i := range rows {
		row := &rows[i]
		if n := len(out); n > 0 && out[n-1].to.ID == row.ID && out[n-1].to.Verdict == row.Verdict {
			out[n-1].up = row
			continue
		}
		out = append(out, fingerGroup{to: row.Pointer, from: row, up: row})
	}
	return out
}
