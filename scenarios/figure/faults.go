package figure

import (
	"math"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// mostFaults is the number of faulty links up to which each is drawn.
const mostFaults = 24

// sides finds out how a partition divides the peers: they are on the same side
// unless all ways between them are cut both ways. A few cut links are no
// partition: most of the peers must be at an end of one. It returns the number
// of each one's side, in the order of the circle, or nothing.
func sides(pic *observe.Picture) map[ring.ID]int {
	type way struct{ from, to ring.ID }
	cut := make(map[way]bool)
	var ids []ring.ID
	for _, f := range pic.Faults {
		if f.Cut {
			cut[way{f.From, f.To}] = true
			ids = append(ids, f.From, f.To)
		}
	}
	slices.SortFunc(ids, ring.ID.Compare)
	ids = slices.Compact(ids)
	if 3*len(ids) < 2*pic.Health.Live {
		return nil
	}
	side := make(map[ring.ID]int)
	n := 0
	for _, id := range ids {
		if _, placed := side[id]; placed {
			continue
		}
		side[id] = n
		for reached := []ring.ID{id}; len(reached) > 0; reached = reached[1:] {
			a := reached[0]
			for _, b := range ids {
				if _, placed := side[b]; !placed && !(cut[way{a, b}] && cut[way{b, a}]) {
					side[b] = n
					reached = append(reached, b)
				}
			}
		}
		n++
	}
	if n < 2 {
		return nil
	}
	return side
}

// sideMark draws a member of a side of a partition: with the side's letter
// where there is room for one, and full, hollow or half full in turn.
func (d *drawing) sideMark(side int, x, y, r float64) {
	fill, letter := d.ink, d.paper
	if side%2 == 1 {
		fill, letter = d.paper, d.ink
	}
	d.empty("circle", "cx", x, "cy", y, "r", r-0.5, "fill", fill, "stroke", d.ink)
	if side >= 2 {
		d.empty("circle", "cx", x, "cy", y, "r", r/2, "fill", letter)
		letter = fill
	}
	if r >= 6 {
		name := string(rune('A' + min(side, 25)))
		d.text("text", name, "x", x, "y", y+middleShift*1.4*r, "font-size", 1.4*r, "font-weight", "bold", "text-anchor", "middle", "fill", letter)
	}
}

// faults draws links with faults while they are few. A partition is told by its
// sides, since it cuts nearly every link.
func (d *drawing) faults() {
	if len(d.pic.Faults) == 0 || len(d.pic.Faults) > mostFaults || len(d.sides) > 0 {
		return
	}
	d.open("g", "class", "faults")
	for i, f := range d.pic.Faults {
		q := d.chord(d.turn(f.From), d.turn(f.To)).trim(d.size+1, d.size+1)
		if !f.Cut {
			p := pen{d.warn, 1.4, "1 3"}
			d.explain(aboutLinks, "link with a fault", func(x, y float64) { d.arrow(across(x, y), p) })
			d.arrow(q, p)
			x, y := q.at(0.5)
			d.note(x, y, f.LinkFault.String(), d.warn)
			continue
		}
		back := slices.IndexFunc(d.pic.Faults, func(g observe.Fault) bool { return g.From == f.To && g.To == f.From && g.Cut })
		switch {
		case back < 0:
			d.explain(aboutLinks, "cut: nothing arrives that way", func(x, y float64) { d.cutLine(across(x, y), true) })
			d.cutLine(q, true)
		case back > i: // a link that is cut both ways is drawn once
			d.explain(aboutLinks, "cut both ways", func(x, y float64) { d.cutLine(across(x, y), false) })
			d.cutLine(q, false)
		}
	}
	d.close("g")
}

// cutLine draws a cut link: a line with a gap between two bars, and an arrow's
// head if it is cut that way only.
func (d *drawing) cutLine(q curve, oneWay bool) {
	const gap, bar = 3, 5
	p := pen{d.bad, 1.4, ""}
	half := q.length()/2 - gap
	near, far := q.trim(0, q.length()-half), q.trim(q.length()-half, 0)
	d.stroke(near, p)
	if oneWay {
		d.arrow(far, p)
	} else {
		d.stroke(far, p)
	}
	for _, end := range [...][4]float64{{near.x2, near.y2, near.x2 - near.x1, near.y2 - near.y1}, {far.x0, far.y0, far.x1 - far.x0, far.y1 - far.y0}} {
		l := max(math.Hypot(end[2], end[3]), 1e-9)
		dx, dy := end[2]/l*bar, end[3]/l*bar
		d.line(end[0]-dy, end[1]+dx, end[0]+dy, end[1]-dx, "stroke", p.colour, "stroke-width", 2)
	}
}
