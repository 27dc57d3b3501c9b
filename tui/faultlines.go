package tui

import (
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// drawnLinks is how many bad links are drawn at once; of more, those of the
// selected peer are.
const drawnLinks = 24

// drawFaults draws each bad link as a broken line inside the circle. One that
// is bad one way only ends in an arrow.
func (f *ringFrame) drawFaults() {
	few := len(f.trouble.links) <= drawnLinks
	for i := range f.trouble.links {
		l := &f.trouble.links[i]
		mine := f.selected != nil && (l.From == f.selected.ID || l.To == f.selected.ID)
		if few || mine {
			f.links = append(f.links, l)
		}
	}
	for _, l := range f.links {
		kind := linkKind(l.LinkFault)
		at, length := f.leap(f.turn(l.From), f.turn(l.To))
		f.line(at, length, linkPens[kind])
		if !l.both {
			f.arrow(at, length, linkPens[kind].Ink)
		}
	}
	f.borders()
}

// borders draws a stroke across the circle wherever a side of a partition ends.
func (f *ringFrame) borders() {
	var before ring.ID
	for i, id := range f.sided() {
		if i > 0 && f.trouble.side[before] != f.trouble.side[id] {
			from, to := f.turn(before), f.turn(id)
			if to < from {
				to++
			}
			turn := (from + to) / 2
			length := max(f.ry/6, 4)
			at := func(t float64) (x, y float64) { return f.point(turn, 1+(2-t*length)/f.ry) }
			f.canvas.Curve(at, length, draw.Pen{Level: draw.Fault, Ink: draw.Bad | draw.Bold})
		}
		before = id
	}
}

// sided returns the peers on a side, round the circle to the first one again.
func (f *ringFrame) sided() []ring.ID {
	var ids []ring.ID
	for i := range f.pic.Peers {
		if _, ok := f.trouble.side[f.pic.Peers[i].ID]; ok {
			ids = append(ids, f.pic.Peers[i].ID)
		}
	}
	if len(ids) > 0 {
		ids = append(ids, ids[0])
	}
	return ids
}

// faultMarks writes on each bad link what is wrong with it.
func (f *ringFrame) faultMarks() {
	for _, l := range f.links {
		m := linkMarks[linkKind(l.LinkFault)]
		at, _ := f.leap(f.turn(l.From), f.turn(l.To))
		for _, part := range [...]float64{0.5, 0.4, 0.6, 0.3, 0.7} {
			if x, y := cell(at(part)); !f.taken.has(x, y) {
				f.glyph(x, y, m.glyph, m.ink)
				break
			}
		}
	}
}
