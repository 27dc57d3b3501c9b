package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// View returns the present frame. Bubble Tea asks for it after every message,
// so it is drawn only if something changed.
func (m *Model) View() tea.View {
	if m.dirty {
		m.frame = m.render()
		m.dirty = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.WindowTitle = "Chordscope"
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// render draws the whole frame: always exactly height lines of width cells.
func (m *Model) render() string {
	m.surface.Resize(m.width, m.height)
	m.zones, m.spots, m.stacks = m.zones[:0], m.spots[:0], m.stacks[:0]
	m.dialogZones = 0
	screen := m.surface.All()
	if m.width < minWidth || m.height < minHeight {
		tooSmall(screen)
		return m.surface.Encode(m.theme)
	}
	caption := m.captionLines(m.width - 2)
	captionRows := 0
	if len(caption) > 0 {
		captionRows = len(caption)
		if !m.compact() {
			captionRows++ // a blank line above it
		}
	}
	asking := 0 // rows of a question, which stands below the caption
	if q, ok := m.dialog.(*question); ok {
		asking = q.height(m.width-2) - 2
	}
	l := m.arrange(captionRows + asking)
	m.drawHeader(at(screen, l.header))
	if l.ring.h > 0 {
		m.drawRing(at(screen, l.ring))
	}
	if main := m.viewing().main; main != nil {
		main(m, m.drawViewHelp(at(screen, l.main)))
	}
	m.drawPanes(screen, l)
	m.dragBorder(at(screen, l.border).Rectangle)
	m.drawCaption(at(screen, l.caption).Above(asking), caption)
	m.drawTimeline(at(screen, l.timeline))
	m.drawStatus(at(screen, l.status))
	footer := at(screen, l.footer)
	m.drawFooter(footer)
	if m.dialog != nil {
		m.dialogZones = len(m.zones)
		m.dialog.draw(m, screen, footer)
	}
	return m.surface.Encode(m.theme)
}

// arrange lays out the screen as it is now, with so many rows of caption.
func (m *Model) arrange(captionRows int) layout {
	n := needs{view: m.viewing().main != nil, caption: captionRows, split: m.split, aspect: m.look.aspect, large: m.look.projector}
	if m.looksBack() {
		n.timeline = timelineRows
	}
	return arrange(m.width, m.height, n)
}

func at(screen draw.Region, r rect) draw.Region { return screen.Sub(r.x, r.y, r.w, r.h) }

// drawRing draws the ring, or says what is awaited.
func (m *Model) drawRing(r draw.Region) {
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneRing})
	scene := ringScene{
		pic: m.pic, selected: m.selected(), convoys: m.convoys, floats: &m.floats, trouble: &m.trouble, lens: m.zoom.at(),
		still: m.noMotion, aspect: m.look.aspect, large: m.look.projector, focused: m.focus == paneRing,
	}
	if m.trip != nil && !m.noTrip {
		scene.trip, scene.older = m.trip, m.olderThan(m.trip)
	}
	for _, s := range m.ring.draw(r, scene) {
		m.spots = append(m.spots, spot{s.x + r.Min.X, s.y + r.Min.Y, s.id})
	}
	if len(m.pic.Peers) == 0 {
		r.PutCentre(r.Dy()/2, " waiting for the first peer … ", draw.Dim)
	}
}

// drawPanes draws the view's text panes into the layout's columns.
func (m *Model) drawPanes(screen draw.Region, l layout) {
	first, second := m.viewing().beside(m)
	switch {
	case m.look.projector:
		first, second = m.essential(first), m.essential(second)
	case m.play != nil && !m.compact(): // else the header says enough
		first = slices.Insert(first, 0, paneScript)
	}
	switch len(l.columns) {
	case 1:
		m.drawColumn(at(screen, l.columns[0]), append(first, second...))
	case 2:
		m.drawColumn(at(screen, l.columns[0]), first)
		m.drawColumn(at(screen, l.columns[1]), second)
	}
}

// compact reports whether the terminal is so low that panes leave out what is
// only nice to know.
func (m *Model) compact() bool { return m.height < legendHeight }

// crowded reports whether there is so little room, beside a scenario or at all,
// that a lookup has to be told in few rows.
func (m *Model) crowded() bool {
	return (m.compact() || m.play != nil && m.height < roomyHeight) && m.trip != nil && !m.noTrip
}

// tooSmall says what size the screen has and what it needs, in as many words
// as fit.
func tooSmall(r draw.Region) {
	has := fmt.Sprintf("%d x %d", r.Dx(), r.Dy())
	needs := fmt.Sprintf("%d x %d", minWidth, minHeight)
	lines := []string{"This terminal is " + has + ".", "Chordscope needs " + needs + ".", "Make it larger, or press q."}
	if r.Dx() < 27 {
		lines = []string{"too small:", has, "needs", needs}
	}
	top := max((r.Dy()-len(lines))/2, 0)
	for i, l := range lines {
		r.PutCentre(top+i, l, draw.Plain)
	}
}
