package tui

import (
	"fmt"
	"image"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// draw writes the matrix: a heading, the legend, the numbers of the fingers,
// the cells that fit, and in words what is under the cursor.
func (x *matrix) draw(m *Model, r draw.Region) {
	x.count(m)
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneMain})
	h := heading{title: "All finger tables", note: fmt.Sprintf("%s × %d fingers", observe.Plural(len(x.rows), "peer"), m.pic.Space.Bits())}
	drawHeading(r, h, m.focus == paneMain)
	if len(x.rows) == 0 {
		r.Put(0, 1, "No peer yet. Press a to add one.", draw.Dim)
		return
	}
	y := 1
	m.putRow(r, y, x.legend())
	y++
	words := x.words(m)
	foot := len(words)
	if !m.compact() {
		y++
		foot++
	}
	x.drawGrid(m, r.Sub(0, y, r.Dx(), r.Dy()-y-foot))
	y = min(y+1+len(x.rows)+foot-len(words), r.Dy()-len(words))
	for i, w := range words {
		m.putRow(r, y+i, w)
	}
}

// How wide a cell is, by what it says.
const (
	denseCell = 1 // the truth
	airyCell  = 2 // with a blank
)

// drawGrid draws the numbers of the fingers and the cells.
func (x *matrix) drawGrid(m *Model, r draw.Region) {
	height := r.Dy() - 1
	if height < 1 {
		return
	}
	lead := x.names + 4
	room := r.Dx() - lead
	x.rail = image.Rectangle{}
	overview := len(x.rows) > height
	if overview {
		room -= 2
	}
	named := x.names + 3
	x.starts = draw.Width(short(m.pic.Space, m.pic.Space.Last())) + 1 // and an arrow
	numbered := max(x.widestSpan(m)+1, airyCell)
	switch n := len(x.spans); {
	case n*(named+x.starts) <= room:
		x.cell = min(room/n, named+x.starts+2)
	case n*named <= room:
		x.starts = 0
		x.cell = min(room/n, named+2)
	case n*numbered <= room:
		x.cell = min(room/n, numbered+2)
	default:
		x.cell = denseCell
		if n*airyCell <= room {
			x.cell = airyCell
		}
	}
	columns := max(min(room/x.cell, len(x.spans)), 1)
	if overview {
		x.rail = r.Sub(lead+columns*x.cell+1, 1, 1, height).Rectangle
	}
	at := x.column()
	x.left = clampWindow(x.left, at, columns, len(x.spans))
	row := x.row(m)
	x.top = clampWindow(x.top, row, height, len(x.rows))
	columns = min(columns, len(x.spans)-x.left)
	shown := min(height, len(x.rows)-x.top)
	x.grid = r.Sub(lead, 1, columns*x.cell, shown).Rectangle
	if x.left > 0 {
		r.Put(lead-1, 0, "‹", draw.Accent)
	}
	x.drawNumbers(m, r.Sub(lead, 0, room, 1), columns, at, numbered)
	for i := range shown {
		x.drawPeer(m, r.Sub(0, 1+i, lead+room, 1), x.top+i, lead, columns, x.cell >= named)
	}
	if here := row - x.top; here >= 0 && here < shown && m.pic.Peers[x.rows[row].peer].ID == m.chosen {
		r.Sub(0, 1+here, lead+columns*x.cell, 1).Mark(draw.Selected)
		r.Sub(lead+(at-x.left)*x.cell, 1+here, max(x.cell-1, 1), 1).Mark(draw.Reverse)
	}
	x.drawRail(m, height)
}

// clampWindow moves a window of size cells over n so that at lies within it.
func clampWindow(from, at, size, n int) int {
	from = min(from, at)
	from = max(from, at-size+1)
	return max(0, min(from, n-size))
}

// drawNumbers writes the numbers of the fingers above their columns; where they
// do not fit, every tenth or so.
func (x *matrix) drawNumbers(m *Model, r draw.Region, columns, at, numbered int) {
	free := 0
	for c := range columns {
		s := x.spans[x.left+c]
		name := m.numbers(s.first, s.last)
		ink := draw.Dim
		if x.left+c == at {
			ink = draw.Accent | draw.Bold
		}
		here := c * x.cell
		if x.cell < numbered {
			last := r.Dx() - draw.Width(name)
			if x.left+c == at {
				here = min(here, last)
			} else if here < free || here > last || x.tooNear(c, at, numbered) {
				continue
			}
		}
		free = here + draw.Width(name) + 1
		r.Put(here, 0, name, ink)
	}
	if x.left+columns < len(x.spans) {
		r.Put(r.Dx()-1, 0, "›", draw.Accent)
	}
}

// tooNear reports whether the number of column c would touch that of the one
// under the cursor, which is always written.
func (x *matrix) tooNear(c, at, numbered int) bool {
	d := (at - x.left - c) * x.cell
	return d > 0 && d < numbered+1
}

// drawPeer writes one row: the peer, and its cells, with names if they fit.
func (x *matrix) drawPeer(m *Model, r draw.Region, i, lead, columns int, named bool) {
	row := &x.rows[i]
	p := &m.pic.Peers[row.peer]
	mk := stateMark(p, m.pic.At)
	if side, ok := m.trouble.side[p.ID]; ok && p.State.Live() { // as on the ring
		mk = mark{sideName(side), sideInk(side)}
	}
	r.Put(0, 0, mk.glyph, mk.ink)
	ink := draw.Plain
	if p.ID == m.chosen && m.has {
		ink = draw.Accent | draw.Bold
	}
	r.Put(2, 0, p.Name, ink)
	var before *observe.Finger
	for c := range columns {
		t := row.cells[x.left+c]
		mk := truthMarks[t]
		at := lead + c*x.cell
		if named {
			f, _ := x.spans[x.left+c].worst(p)
			if f != nil && x.starts > 0 {
				r.Put(at, 0, right(short(m.pic.Space, f.Start), x.starts-1)+"→", draw.Dim)
			}
			at += x.starts
			if f != nil && f.Verdict != observe.None {
				ink := draw.Plain
				if before != nil && before.ID == f.ID && !t.wrong() {
					ink = draw.Dim // as the one before it
				}
				r.Put(at, 0, f.Name, ink)
			}
			before = f
			at += x.names + 1
		}
		r.Put(at, 0, mk.glyph, mk.ink)
	}
}

// drawRail draws the overview: all peers from top to bottom, in each row the
// worst of some of them, and which of them are shown.
func (x *matrix) drawRail(m *Model, height int) {
	if x.rail.Empty() {
		return
	}
	r := m.surface.All().At(x.rail)
	n := len(x.rows)
	for y := range r.Dy() {
		from, to := y*n/r.Dy(), max((y+1)*n/r.Dy(), y*n/r.Dy()+1)
		worst := truthRight
		for _, row := range x.rows[from:min(to, n)] {
			worst = max(worst, row.worst)
		}
		mk := mark{"│", draw.Rule}
		if worst.wrong() {
			mk = truthMarks[worst]
		}
		if to > x.top && from < x.top+height && !worst.wrong() {
			mk = mark{"┃", draw.Accent}
		}
		r.Put(0, y, mk.glyph, mk.ink)
	}
}
