package tui

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// clockColumn is the width of the times at the left.
const clockColumn = 10

// leastLane is the least distance between two columns, in cells.
const leastLane = 11

// lanes are the columns of a diagram: a peer each, in identifier order.
type lanes struct {
	actors []actor
	x      map[ring.ID]int // the place of each one's line of life
	width  int             // of a column
}

// lanesOf chooses the peers that get a column: the selected one, that under the
// cursor, and those that say most.
func (s *sequence) lanesOf(m *Model, width int) lanes {
	least := leastLane
	for _, a := range s.actors {
		least = max(least, draw.Width(a.name)+2)
	}
	room := max((width-clockColumn)/least, 1)
	must := map[ring.ID]bool{m.chosen: true}
	if at := s.row(); at >= 0 {
		must[s.lines[at].msg.From], must[s.lines[at].msg.To] = true, true
	}
	var list []actor
	for _, first := range [...]bool{true, false} {
		for _, a := range s.actors {
			if must[a.id] == first && len(list) < room {
				list = append(list, a)
			}
		}
	}
	slices.SortFunc(list, func(a, b actor) int { return a.id.Compare(b.id) })
	l := lanes{actors: list, x: make(map[ring.ID]int, len(list))}
	l.width = min((width-clockColumn)/max(len(list), 1), 30)
	for i, a := range list {
		l.x[a.id] = clockColumn + i*l.width + l.width/2
	}
	return l
}

// draw writes the diagram, and in words what is under the cursor.
func (s *sequence) draw(m *Model, r draw.Region) {
	s.make(m)
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneMain})
	drawHeading(r, s.heading(m), m.focus == paneMain)
	if len(s.lines) == 0 {
		r.PutFit(0, 1, r.Dx(), m.nothingTold(), draw.Dim)
		return
	}
	l := s.lanesOf(m, r.Dx())
	for _, a := range l.actors {
		ink := draw.Plain | draw.Bold
		if a.id == m.chosen {
			ink = draw.Accent | draw.Bold | draw.Reverse
		}
		x := max(l.x[a.id]-draw.Width(a.name)/2, 0)
		r.Put(x, 1, a.name, ink)
		m.zones = append(m.zones, m.namesIn(r, x, 1, a.name, paneNone)...)
	}
	words := s.words()
	foot := len(words)
	if !m.compact() {
		foot++
	}
	height := r.Dy() - 2 - foot
	if height < 1 {
		return
	}
	at := s.row()
	s.turnPage(at, height)
	shown := min(height, len(s.lines)-s.top)
	body := r.Sub(0, 2, r.Dx(), height)
	s.grid = body.Sub(0, 0, body.Dx(), shown).Rectangle
	for y := range height {
		s.drawLives(m, body, l, y, y < shown && s.lines[s.top+y].msg == nil)
		if y < shown {
			s.drawLine(m, body, l, y, &s.lines[s.top+y])
		}
	}
	body.Sub(0, at-s.top, body.Dx(), 1).Mark(draw.Selected)
	for i, w := range words {
		m.putRow(r, r.Dy()-len(words)+i, w)
	}
}

// turnPage chooses the lines that are shown, so that the one under the cursor
// is. While the diagram follows the latest it does not scroll, which nobody could
// read: it is filled downwards, and then goes on with half of it above.
func (s *sequence) turnPage(at, height int) {
	if s.first != 0 { // lines that the picture has dropped move all others up
		s.top = len(s.lines)
		for i := range s.lines {
			if msg := s.lines[i].msg; msg != nil && msg.Number >= s.first {
				s.top = i
				break
			}
		}
	}
	inView := at >= s.top && at < s.top+height
	switch {
	case s.first == 0:
		s.top = max(at-height+1, 0)
	case !inView && s.at == 0:
		s.top = max(at-height/2, 0)
	case !inView:
		s.top = clampWindow(s.top, at, height, len(s.lines))
	}
	for _, l := range s.lines[s.top:] {
		if l.msg != nil {
			s.first = l.msg.Number
			break
		}
	}
}

func (s *sequence) heading(m *Model) heading {
	h := heading{title: "Messages"}
	if p := m.selected(); p != nil && !s.everyone {
		h.title = "Messages of " + p.Name
	} else if s.everyone {
		h.title = "Messages of everyone who tells them"
	}
	n := 0
	for i := range s.lines {
		if s.lines[i].msg != nil {
			n++
		}
	}
	if n > 0 {
		h.note = "the last " + numbered(n, "message")
	}
	return h
}

// nothingTold says why there is no message.
func (m *Model) nothingTold() string {
	p := m.selected()
	switch {
	case p == nil:
		return "No peer yet. Press a to add one."
	case p.State == observe.StateSilent || !p.State.Present():
		return p.Name + " says nothing."
	case m.guest():
		return p.Name + " tells its messages while somebody who steers the ring looks at them."
	}
	return "Waiting for " + p.Name + " to tell what it says and hears …"
}

// drawLives draws the lines of life of one row, broken where nothing was said.
func (s *sequence) drawLives(m *Model, r draw.Region, l lanes, y int, silent bool) {
	glyph := "│"
	if silent {
		glyph = "┊"
	}
	for _, a := range l.actors {
		ink := draw.Rule
		if a.id == m.chosen {
			ink = draw.Accent
		}
		r.Put(l.x[a.id], y, glyph, ink)
	}
}

// drawLine writes one message, or a silence.
func (s *sequence) drawLine(m *Model, r draw.Region, l lanes, y int, line *sequenceLine) {
	if line.msg == nil {
		r.PutRight(clockColumn-1, y, "+"+seconds(line.after), draw.Dim)
		return
	}
	r.PutRight(clockColumn-1, y, fmt.Sprintf("%.4f", line.msg.At.Seconds()), draw.Dim)
	from, ok := l.x[line.msg.From]
	to, ok2 := l.x[line.msg.To]
	label := line.msg.Name
	switch {
	case ok && ok2:
		label = arrowText(line, max(from-to, to-from)-4)
		drawArrow(r, y, from, to, label, line)
	case ok: // the other one has no column
		x := drawArrow(r, y, from, min(from+l.width, r.Dx()-draw.Width(line.msg.ToName)-1), label, line)
		r.Put(x+1, y, line.msg.ToName, draw.Plain)
		m.zones = append(m.zones, m.namesIn(r, x+1, y, line.msg.ToName, paneNone)...)
	case ok2:
		x := drawArrow(r, y, min(to+l.width, r.Dx()-draw.Width(line.msg.FromName)-1), to, label, line)
		r.Put(x+1, y, line.msg.FromName, draw.Plain)
		m.zones = append(m.zones, m.namesIn(r, x+1, y, line.msg.FromName, paneNone)...)
	default:
		r.PutFit(clockColumn, y, r.Dx(), line.msg.FromName+" → "+line.msg.ToName+" "+label, draw.Dim)
	}
}

// arrowText is what is written on an arrow: the message's name, and what is in
// it where enough of that fits to be of use.
func arrowText(line *sequenceLine, room int) string {
	const useful = 12
	all := messageText(line.msg)
	if draw.Width(all) > room && room < draw.Width(line.msg.Name)+1+useful {
		return line.msg.Name
	}
	return draw.Fit(all, room)
}

// drawArrow draws an arrow with its name on it, solid for what is asked or
// told, broken for an answer, with a cross for what nobody answered. It returns
// the x of its right end.
func drawArrow(r draw.Region, y, from, to int, label string, line *sequenceLine) int {
	stroke, ink, name := "─", draw.Path, draw.Plain|draw.Bold
	if line.msg.Answer {
		stroke, ink, name = "┄", draw.Dim, draw.Plain
	}
	low, high := min(from, to), max(from, to)
	n := high - low - 1
	if n < 1 {
		return high
	}
	r.Put(low+1, y, strings.Repeat(stroke, n), ink)
	head, x := "▸", high-1
	if to < from {
		head, x = "◂", low+1
	}
	if line.lost {
		head, ink = "✕", draw.Bad
	}
	r.Put(x, y, head, ink|draw.Bold)
	label = draw.Fit(label, n-1)
	x = low + 1 + (n-draw.Width(label))/2
	if draw.Width(label) == n-1 && to < from { // clear of the head
		x++
	}
	r.Put(x, y, label, name)
	return high
}
