package tui

import (
	"image"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// click selects the peer that was clicked on the ring or in a table, gives the
// focus to the pane, or presses the key that was clicked in the footer.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	at := image.Pt(msg.X, msg.Y)
	if m.dialog != nil {
		return m.clickDialog(at)
	}
	for i := len(m.zones) - 1; i >= 0; i-- { // the last one drawn lies on top
		z := m.zones[i]
		if !at.In(z.Rectangle) {
			continue
		}
		switch {
		case z.drag != nil:
			m.drag = z.drag
			return m.drag(m, at)
		case z.act != nil:
			return z.act(m)
		case z.key != "":
			return m.press(z.key)
		}
		if z.pane != paneNone {
			m.focus = z.pane
		}
		if z.pane == paneRing {
			m.clickRing(at)
		}
		if f := m.viewing().click; z.pane == paneMain && f != nil {
			return f(m, at)
		}
		if _, ok := m.find(z.peer); z.link && ok {
			m.choose(z.peer)
		}
		return nil
	}
	return nil
}

// dragging follows the mouse while its button is held.
type dragging func(m *Model, at image.Point) tea.Cmd

// draggable makes a region follow the mouse.
func (m *Model) draggable(r image.Rectangle, follow dragging) {
	m.zones = append(m.zones, zone{Rectangle: r, pane: paneNone, drag: follow})
}

// dragBorder lets the border between the left part and what is beside it be
// dragged.
func (m *Model) dragBorder(r image.Rectangle) {
	x := -1
	m.draggable(r, func(m *Model, at image.Point) tea.Cmd {
		if x >= 0 {
			was := m.split
			m.widen(at.X - x)
			x += m.split - was
			return nil
		}
		x = at.X
		return nil
	})
}

// reach is how far from a peer a click still means it, in rows.
const reach = 2

// clickRing selects the peer nearest to a click, and reports whether one is
// near.
func (m *Model) clickRing(at image.Point) (hit bool) {
	best := reach*reach*4 + 1 // a cell is half as wide as high, so columns count once and rows twice
	for _, s := range m.spots {
		dx, dy := s.x-at.X, 2*(s.y-at.Y)
		if d := dx*dx + dy*dy; d < best {
			best, hit = d, true
			m.choose(s.id)
		}
	}
	return hit
}

// wheelRows is how far one turn of the wheel scrolls.
const wheelRows = 2

// wheel scrolls the pane under the pointer; on the ring it magnifies.
func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	by := 1
	switch msg.Button {
	case tea.MouseWheelUp:
		by = -1
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if m.dialog != nil {
		if d, ok := m.dialog.(wheeler); ok {
			d.wheel(m, by)
		}
		return nil
	}
	for i := len(m.zones) - 1; i >= 0; i-- {
		if z := m.zones[i]; image.Pt(msg.X, msg.Y).In(z.Rectangle) && z.pane != paneNone {
			if z.pane == paneRing {
				return m.zoomAt(msg.X, msg.Y, -float64(by)/2)
			}
			m.scroll(z.pane, by*wheelRows)
			return nil
		}
	}
	return nil
}

// scroll scrolls a text pane, or moves the cursor of a view.
func (m *Model) scroll(id paneID, rows int) {
	switch {
	case id == paneMain:
		if f := m.viewing().move; f != nil {
			f(m, rows, false)
		}
	case id > paneMain && id < paneCount:
		m.panes[id].scroll(rows)
	}
}

// clickable makes a region do something when it is clicked.
func (m *Model) clickable(r draw.Region, act func(*Model) tea.Cmd) {
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneNone, act: act})
}

// moveFocus gives the focus to the next pane that is on the screen.
func (m *Model) moveFocus(by int) {
	for range paneCount {
		m.focus = (m.focus + paneID(by) + paneCount) % paneCount
		for _, z := range m.zones {
			if z.pane == m.focus {
				return
			}
		}
	}
}
