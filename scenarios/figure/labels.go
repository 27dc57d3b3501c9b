package figure

import (
	"math"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

const (
	labelFont = 14.0
	labelGap  = 9.0 // from a peer's mark to its name
	mostNames = 64  // all peers have their names up to here
	someNames = 40  // and about so many beyond
)

// label is the name of a peer beside its mark, or the 0 at the top.
type label struct {
	peer  *observe.Peer // nil for the mark of identifier 0
	text  string
	turn  float64
	x, y  float64 // the middle of the line, at the end that is nearer to the circle
	align float64 // where x is in the text: 0 at its start, 1 at its end
}

// labels writes the peers' names outside the circle. Each stands right beside
// its peer if all can. Otherwise those of each half of the circle are moved up
// and down until none covers another, and thin lines lead to them.
func (d *drawing) labels() {
	list := d.named()
	font := labelFont
	for i := range list {
		d.beside(&list[i], font)
	}
	if crowded(list, font) {
		font = d.spread(list)
	} else {
		list = d.zero(list, font)
	}
	d.open("g", "class", "labels", "font-size", font)
	for _, l := range list {
		attrs := []any{"x", l.x, "y", l.y + middleShift*font, "text-anchor", [...]string{"start", "middle", "end"}[int(2*l.align)]}
		switch {
		case l.peer == nil || !l.peer.State.Present():
			attrs = append(attrs, "fill", d.dim)
		case l.peer == d.focus || l.peer == d.owner():
			attrs = append(attrs, "font-weight", "bold")
		}
		d.text("text", l.text, attrs...)
		d.leader(l, font)
	}
	d.close("g")
}

// zero adds a 0 at the top of the circle if nobody stands there.
func (d *drawing) zero(list []label, font float64) []label {
	more := append(slices.Clip(list), label{text: "0"})
	d.beside(&more[len(list)], font)
	if (len(list) > 0 && list[0].turn == 0) || crowded(more, font) {
		return list
	}
	return more
}

// named chooses whose names are written, in the order of the circle: all while
// there is room, else those that matter and every 2^k-th.
func (d *drawing) named() []label {
	step := 1
	if len(d.pic.Peers) > mostNames {
		for len(d.pic.Peers)/step > someNames {
			step *= 2
		}
	}
	matters := d.matters()
	var list []label
	for rank := range 2 { // those that matter first, as many as there is room for
		for i := range d.pic.Peers {
			p := &d.pic.Peers[i]
			if matters[p.ID] == (rank == 0) && (rank == 0 || i%step == 0) && len(list) < mostNames {
				list = append(list, label{peer: p, text: p.Name, turn: d.turn(p.ID)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b label) int { return a.peer.ID.Compare(b.peer.ID) })
	return list
}

// matters holds the peers whose names are written first.
func (d *drawing) matters() map[ring.ID]bool {
	m := make(map[ring.ID]bool)
	if d.focus != nil {
		m[d.focus.ID] = true
		for _, g := range groupFingers(d.focus.Fingers) {
			m[g.to.ID] = m[g.to.ID] || g.to.Verdict != observe.None
		}
	}
	if d.Lookup != nil {
		for _, id := range d.Lookup.Path {
			m[id] = true
		}
	}
	for i := range d.pic.Peers {
		if p := &d.pic.Peers[i]; p.Frozen || p.State != observe.StateMember && p.State.Present() {
			m[p.ID] = true
		}
	}
	return m
}

// beside places a name right beside its peer.
func (d *drawing) beside(l *label, font float64) {
	l.x, l.y = d.point(l.turn, d.size+labelGap)
	sin, cos := math.Sincos(2 * math.Pi * l.turn)
	l.y -= cos * 0.3 * font // so that a line of text clears the circle above and below
	switch {
	case sin > 0.2:
		l.align = 0
	case sin < -0.2:
		l.align = 1
	default:
		l.align = 0.5
	}
}

// crowded reports whether two names would cover each other.
func crowded(list []label, font float64) bool {
	for i, a := range list {
		for _, b := range list[:i] {
			if math.Abs(a.y-b.y) < lineOf(font) && overlap(a, b, font) {
				return true
			}
		}
	}
	return false
}

// overlap reports whether two names share a place on the x axis, with the
// width of a space between them.
func overlap(a, b label, font float64) bool {
	wa, wb := textWidth(a.text, font), textWidth(b.text, font)
	fromA, fromB := a.x-a.align*wa, b.x-b.align*wb
	space := charWidth * font
	return fromA < fromB+wb+space && fromB < fromA+wa+space
}

// lineOf is how far apart lines of names stand.
func lineOf(font float64) float64 { return 1.1 * font }

// spread moves the names of each half of the circle apart, and returns the
// size of the letters at which all have room.
func (d *drawing) spread(list []label) float64 {
	half, _ := slices.BinarySearchFunc(list, 0.5, func(l label, t float64) int {
		if l.turn < t {
			return -1
		}
		return 1
	})
	right, left := list[:half], slices.Clone(list[half:])
	slices.Reverse(left) // from the top down too
	reach := d.r + d.size + labelGap
	top, height := d.cy-reach-labelFont/2, 2*reach+labelFont
	font := labelFont
	for _, side := range [][]label{right, left} {
		if n := len(side); n > 1 {
			font = min(font, height/float64(n-1)/lineOf(1))
		}
	}
	d.stack(right, 1, top, height, font)
	d.stack(left, -1, top, height, font)
	slices.Reverse(left)
	copy(list[half:], left)
	return font
}

// stack places the names of one half, which come from the top down, in lines
// of their own, each as near to its peer as can be: neighbours that are too
// near become a block around the middle of where they want to be.
func (d *drawing) stack(list []label, side, top, height, font float64) {
	type block struct {
		n    int
		want float64 // the sum of where the first line of the block should be
	}
	line := lineOf(font)
	highest, lowest := top, top+height-float64(len(list)-1)*line
	place := func(b block) float64 { return min(max(b.want/float64(b.n), highest), lowest) }
	var blocks []block
	for i, l := range list {
		_, y := d.point(l.turn, d.size+labelGap)
		blocks = append(blocks, block{1, y - float64(i)*line})
		for k := len(blocks) - 1; k > 0 && place(blocks[k]) < place(blocks[k-1]); k-- {
			blocks[k-1] = block{blocks[k-1].n + blocks[k].n, blocks[k-1].want + blocks[k].want}
			blocks = blocks[:k]
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.n {
			l := &list[i]
			l.y = place(b) + float64(i)*line
			l.align = (1 - side) / 2
			l.x = d.cx + side*d.edge(l.y, font)
			i++
		}
	}
}

// edge is how far beside the centre a line of text may begin that lies outside
// of the circle.
func (d *drawing) edge(y, font float64) float64 {
	reach := d.r + d.size + labelGap
	near := max(math.Abs(y-d.cy)-font/2, 0)
	return math.Sqrt(max(reach*reach-near*near, 0)) + font/3
}

// leader draws a line from a peer to its name if they are apart.
func (d *drawing) leader(l label, font float64) {
	x, y := d.point(l.turn, d.size+1)
	if math.Hypot(l.x-x, l.y-y) > labelGap+font {
		d.line(x, y, l.x+(l.align*2-1)*2, l.y, "stroke", d.rule, "stroke-width", 0.8)
	}
}
