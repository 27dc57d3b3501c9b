package figure

import (
	"chordscope/node/observe"
)

// shape is how a peer is drawn. Each state has one of its own.
type shape uint8

const (
	joining = shape(observe.StateJoining)
	member  = shape(observe.StateMember)
	leaving = shape(observe.StateLeaving)
	silent  = shape(observe.StateSilent)
	dead    = shape(observe.StateDead)
	left    = shape(observe.StateLeft)
	frozen  = left + 1
)

func shapeOf(p *observe.Peer) shape {
	if p.Frozen && p.State.Present() {
		return frozen
	}
	return shape(p.State)
}

// name is the word for a shape in the legend.
func (s shape) name() string {
	if s == frozen {
		return "frozen"
	}
	return observe.State(s).String()
}

// peers draws all peers: those that are well first, so that trouble lies on
// top, and the one in focus last.
func (d *drawing) peers() {
	d.open("g", "class", "peers")
	for _, well := range []bool{true, false} {
		for i := range d.pic.Peers {
			if p := &d.pic.Peers[i]; p != d.focus && (shapeOf(p) == member) == well {
				d.peer(p)
			}
		}
	}
	if d.focus != nil {
		d.peer(d.focus)
	}
	d.close("g")
}

func (d *drawing) peer(p *observe.Peer) {
	x, y := d.point(d.turn(p.ID), 0)
	s := shapeOf(p)
	d.open("g", "class", "peer")
	d.text("title", p.Name+": "+s.name())
	if d.owner() == p {
		d.ownerMark(x, y, d.size)
		d.explain(aboutLookup, "owner of the key", func(x, y float64) {
			d.mark(member, x, y, sampleMark-1)
			d.ownerMark(x, y, sampleMark-2)
		})
	}
	side, sided := d.sides[p.ID]
	switch {
	case sided && s == member:
		d.sideMark(side, x, y, d.size)
		d.explain(aboutPeers, "sides that do not reach each other", func(x, y float64) {
			d.sideMark(0, x-sampleMark-2, y, sampleMark+1)
			d.sideMark(1, x+sampleMark+2, y, sampleMark+1)
		})
	case p == d.focus && s == member:
		d.focusMark(x, y, d.size)
		d.explain(aboutPeers, "peer whose fingers are shown", func(x, y float64) { d.focusMark(x, y, sampleMark) })
	default:
		d.mark(s, x, y, d.size)
		d.explain(aboutPeers, "peer: "+s.name(), func(x, y float64) { d.mark(s, x, y, sampleMark) })
	}
	d.close("g")
}

// mark draws a shape around a place. Shapes that tell of trouble never get too
// small to be told apart.
func (d *drawing) mark(s shape, x, y, r float64) {
	thin := max(r/4, 1)
	outline := func(colour string, more ...any) {
		d.empty("circle", append([]any{"cx", x, "cy", y, "r", r - thin/2, "fill", d.paper, "stroke", colour, "stroke-width", thin}, more...)...)
	}
	if s != member {
		r = max(r, 3.5)
	}
	switch s {
	case member:
		d.empty("circle", "cx", x, "cy", y, "r", r, "fill", d.ink)
	case joining:
		outline(d.accent)
	case leaving:
		outline(d.path)
		d.empty("path", "d", halfDisc(x, y, r), "fill", d.path)
	case silent:
		outline(d.warn, "stroke-dasharray", "2 2")
	case frozen:
		d.empty("rect", "x", x-r*0.9, "y", y-r*0.9, "width", r*1.8, "height", r*1.8, "fill", d.warn)
	case dead:
		d.cross(x, y, r*0.8, d.bad, max(r/3, 1.2))
	case left:
		d.empty("path", "d", diamond(x, y, r), "fill", d.paper, "stroke", d.dim, "stroke-width", thin)
	}
}

func (d *drawing) cross(x, y, r float64, colour string, width float64) {
	d.line(x-r, y-r, x+r, y+r, "stroke", colour, "stroke-width", width)
	d.line(x-r, y+r, x+r, y-r, "stroke", colour, "stroke-width", width)
}

func (d *drawing) focusMark(x, y, r float64) {
	r = max(r, 4.5)
	d.empty("circle", "cx", x, "cy", y, "r", r, "fill", d.paper, "stroke", d.accent, "stroke-width", r/3)
	d.empty("circle", "cx", x, "cy", y, "r", r*0.5, "fill", d.accent)
}

// ownerMark is a ring around the owner of the key that was looked up.
func (d *drawing) ownerMark(x, y, r float64) {
	d.empty("circle", "class", "owner", "cx", x, "cy", y, "r", max(r, 3.5)+3.5, "fill", "none", "stroke", d.path, "stroke-width", 2)
}

func halfDisc(x, y, r float64) string {
	n := number
	return "M" + n(x) + " " + n(y-r) + "A" + n(r) + " " + n(r) + " 0 0 0 " + n(x) + " " + n(y+r) + "Z"
}

func diamond(x, y, r float64) string {
	n := number
	return "M" + n(x) + " " + n(y-r) + "L" + n(x+r) + " " + n(y) + "L" + n(x) + " " + n(y+r) + "L" + n(x-r) + " " + n(y) + "Z"
}
