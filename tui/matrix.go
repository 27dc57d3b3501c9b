package tui

import (
	"fmt"
	"image"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// matrix is all finger tables of a ring: a row for each peer, a column for each
// finger, in each cell whether that finger is right. Its cursor is in the row of
// the selected peer.
type matrix struct {
	finger    int // under the cursor, from 1; 0 is the last one
	top, left int // the first row and column that are shown

	// Counted once for a picture.
	pic      *observe.Picture
	unfolded bool
	spans    []fingerSpan
	rows     []matrixRow
	counts   [truths]int // fingers
	names    int         // width of the longest name

	grid image.Rectangle // where the cells are on the screen
	cell int             // width of one
	// starts is how much of it the start of the finger takes, 0 where there is
	// no room for that.
	starts int
	rail   image.Rectangle // where the overview is
}

// matrixRow is what the cells of one peer say.
type matrixRow struct {
	peer  int // in the picture
	cells []truth
	worst truth
}

// fingerView is all finger tables at once.
func fingerView() *view {
	return &view{
		name: "fingers",
		help: "Each row is a peer, each column a finger. ↑ ↓ peer, ← → finger, enter goes to its node, e to the next wrong one, f unfolds.",
		main: func(m *Model, r draw.Region) { m.matrix.draw(m, r) },
		move: func(m *Model, by int, across bool) {
			if across {
				m.matrix.moveColumn(m, by)
			} else {
				m.matrix.moveRow(m, by)
			}
		},
		click:  func(m *Model, at image.Point) tea.Cmd { return m.matrix.click(m, at) },
		pick:   func(m *Model) tea.Cmd { return m.matrix.enter(m) },
		beside: func(*Model) (first, second []paneID) { return []paneID{paneInspector}, nil },
		keys: []binding{
			{keys: []string{"e"}, show: "e", short: "next wrong", help: "the next finger that is wrong", act: func(m *Model) tea.Cmd { return m.matrix.nextWrong(m) }},
		},
	}
}

// count reads a picture.
func (x *matrix) count(m *Model) {
	if x.pic == m.pic && x.unfolded == m.unfold {
		return
	}
	x.pic, x.unfolded = m.pic, m.unfold
	x.spans = fingerSpans(m.pic, !m.unfold && m.pic.Space.Bits() > foldFingers)
	x.rows, x.counts, x.names = x.rows[:0], [truths]int{}, 0
	for i := range m.pic.Peers {
		p := &m.pic.Peers[i]
		if !p.State.Present() {
			continue
		}
		r := matrixRow{peer: i, cells: make([]truth, len(x.spans))}
		for c, s := range x.spans {
			_, r.cells[c] = s.worst(p)
			r.worst = max(r.worst, r.cells[c])
		}
		for f := range p.Fingers {
			x.counts[truthOf(p, &p.Fingers[f])]++
		}
		x.rows = append(x.rows, r)
		x.names = max(x.names, draw.Width(p.Name))
	}
}

// row returns the row of the selected peer, or the next one.
func (x *matrix) row(m *Model) int {
	at, _ := m.find(m.chosen)
	for i := range x.rows {
		if x.rows[i].peer >= at {
			return i
		}
	}
	return 0
}

// column returns the column under the cursor.
func (x *matrix) column() int {
	for i, s := range x.spans {
		if x.finger >= s.first && x.finger <= s.last {
			return i
		}
	}
	return len(x.spans) - 1
}

func (x *matrix) moveRow(m *Model, by int) {
	x.count(m)
	if n := len(x.rows); n > 0 {
		m.choose(m.pic.Peers[x.rows[((x.row(m)+by)%n+n)%n].peer].ID)
	}
}

func (x *matrix) moveColumn(m *Model, by int) {
	x.count(m)
	if n := len(x.spans); n > 0 {
		x.finger = x.spans[max(0, min(x.column()+by, n-1))].first
	}
}

// click puts the cursor into a cell, or on the overview to its peers.
func (x *matrix) click(m *Model, at image.Point) tea.Cmd {
	x.count(m)
	switch {
	case at.In(x.rail):
		x.moveTo(m, (at.Y-x.rail.Min.Y)*len(x.rows)/x.rail.Dy())
	case at.Y >= x.grid.Min.Y && at.Y < x.grid.Max.Y:
		x.moveTo(m, x.top+at.Y-x.grid.Min.Y)
		if c := x.left + (at.X-x.grid.Min.X)/x.cell; at.In(x.grid) && c < len(x.spans) {
			x.finger = x.spans[c].first
		}
	}
	return nil
}

func (x *matrix) moveTo(m *Model, row int) {
	if row < len(x.rows) {
		m.choose(m.pic.Peers[x.rows[row].peer].ID)
	}
}

// enter goes to the peer that the finger under the cursor points at.
func (x *matrix) enter(m *Model) tea.Cmd {
	x.count(m)
	if p := m.selected(); p != nil {
		if f, t := x.spans[x.column()].worst(p); f != nil && t != truthNone {
			m.follow(zone{peer: f.ID, link: true})
		}
	}
	return nil
}

// nextWrong moves the cursor to the next finger that is stale, dead or missing.
func (x *matrix) nextWrong(m *Model) tea.Cmd {
	x.count(m)
	columns := len(x.spans)
	from := x.row(m)*columns + x.column()
	for i := 1; i <= len(x.rows)*columns; i++ {
		at := (from + i) % (len(x.rows) * columns)
		if x.rows[at/columns].cells[at%columns].wrong() {
			x.moveTo(m, at/columns)
			x.finger = x.spans[at%columns].first
			return nil
		}
	}
	return m.say(observe.Good, "every finger of every peer is right")
}

// words says what is under the cursor: which finger, where it starts, and whom
// it leads to.
func (x *matrix) words(m *Model) []row {
	p := m.selected()
	switch {
	case p == nil || len(x.spans) == 0:
		return []row{{}, {}}
	case !p.State.Present():
		return []row{line(part{p.Name + " does not answer any more", draw.Dim}), {}}
	}
	span := x.spans[x.column()]
	f, t := span.worst(p)
	if f == nil {
		return []row{line(part{p.Name + " has no finger table yet", draw.Dim}), {}}
	}
	run := fingerRun{first: *f, last: *f}
	head := line(
		part{fmt.Sprintf("finger[%s] of %s", m.numbers(f.Index, f.Index), p.Name), draw.Plain | draw.Bold},
		part{fmt.Sprintf("   start %s + 2^%d = %s", short(m.pic.Space, p.ID), f.Index-1, short(m.pic.Space, f.Start)), draw.Plain},
		part{"   interval " + interval(m.pic.Space, run), draw.Dim},
	)
	if span.first != span.last {
		head.add("   one of "+m.numbers(span.first, span.last)+", which should lead to the same peer", draw.Dim)
	}
	mk := truthMarks[t]
	said := line(part{mk.glyph + " ", mk.ink}, part{fingerSaid(f, t), draw.Plain})
	if f.Fixed > 0 && m.pic.At >= f.Fixed {
		said.add("   last fixed "+seconds(m.pic.At-f.Fixed)+" ago", draw.Dim)
	}
	return []row{head, said}
}

// fingerSaid says in words where a finger leads, and whether that is right.
func fingerSaid(f *observe.Finger, t truth) string {
	should := ""
	if f.HasWant {
		should = ", should be " + f.WantName
	}
	switch t {
	case truthRight:
		return f.Name + " is right: the first member from the start on"
	case truthItself:
		return f.Name + " itself is right: no other member stands from the start on"
	case truthStale:
		return f.Name + " is stale: it lives" + should
	case truthDead:
		return f.Name + " is dead" + should
	}
	return "points at nobody yet" + should
}

// legend counts the fingers, and says by that what the shapes mean.
func (x *matrix) legend() row {
	var parts []part
	for t := range truths {
		if n := x.counts[t]; n > 0 || t == truthStale || t == truthDead {
			mk := truthMarks[t]
			ink := draw.Dim
			if n > 0 && t.wrong() {
				ink = draw.Plain
			}
			parts = append(parts, part{mk.glyph + " ", mk.ink}, part{count(uint64(n)) + " " + truthWords[t] + "  ", ink})
		}
	}
	return line(parts...)
}

// widestSpan is the width of the longest column name.
func (x *matrix) widestSpan(m *Model) int {
	w := 0
	for _, s := range x.spans {
		w = max(w, draw.Width(m.numbers(s.first, s.last)))
	}
	return w
}
