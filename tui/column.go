package tui

import (
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// slot is the place of a pane in a column. Rows include the pane's title and
// the blank row below it.
type slot struct {
	id    paneID
	want  int // rows for all that the pane has
	least int // rows that it gets, where it gets any, before another one gets more than these
	need  need
	got   int
	y     int // of its title on the screen
}

// need says who gets the least rows first, where there are too few for all.
type need int

const (
	needMade  need = iota // somebody has made it so high
	needMost              // what the view is about
	needUsual             // in the order of the column
	needSmall             // what goes on, and what has gone on
	needHint              // nothing but a hint what one could do
)

const (
	leastRows     = 4  // that are of use: the title and three more
	fewestRows    = 3  // of a pane that can do with less
	scriptRows    = 9  // of the script
	faultPaneRows = 14 // of faults and recovery
	tableRoom     = 20 // that a routing table gets before all else
	codeRoom      = 8  // of a procedure, round the line that runs
	lookupRoom    = 8  // of a lookup's way
	heightsStep   = 2  // rows by which a key makes a pane higher
)

// drawColumn draws panes one below the other, and a blank line between them.
func (m *Model) drawColumn(r draw.Region, ids []paneID) {
	gap := 0
	if !m.compact() {
		gap = 1
	}
	slots := m.slots(ids, r, gap)
	share(r.Dy(), slots)
	var shown []slot
	y := 0
	for i := range slots {
		s := &slots[i]
		if s.got == 0 {
			continue
		}
		room := s.got
		if y+s.got < r.Dy() {
			room -= gap
		}
		pane := r.Sub(0, y, r.Dx(), room)
		zones := m.panes[s.id].draw(pane, m, s.id)
		if len(shown) > 0 { // its title is the border to the pane above; what is clicked in it comes first
			title := zone{Rectangle: pane.Sub(0, 0, r.Dx(), 1).Rectangle, pane: paneNone, drag: dragTitle(s.id)}
			zones = slices.Insert(zones, 1, title)
		}
		m.zones = append(m.zones, zones...)
		s.y = pane.Min.Y
		shown = append(shown, *s)
		y += s.got
	}
	m.stacks = append(m.stacks, shown)
}

// slots returns what the panes of a column ask for.
func (m *Model) slots(ids []paneID, r draw.Region, gap int) []slot {
	list := make([]slot, len(ids))
	airy := make([]int, len(ids)) // wants as the projector likes them
	all := 0
	for i, id := range ids {
		rows := m.panes[id].rows(m, r.Dx())
		airy[i] = 1 + len(spaced(rows)) + gap
		all += airy[i]
		list[i] = slot{id: id, want: 1 + len(rows) + gap, least: leastRows + gap, need: needUsual}
		m.bound(&list[i], len(ids), r.Dy(), gap)
	}
	if m.look.projector && all <= r.Dy() {
		for i := range list {
			list[i].want = airy[i]
		}
	}
	for i := range list {
		if made := m.heights[list[i].id]; made > 0 {
			list[i].want, list[i].least, list[i].need = made, made, needMade
		}
	}
	return list
}

// bound sets what is special about a pane, in a column of so many panes and rows.
func (m *Model) bound(s *slot, panes, height, gap int) {
	switch s.id {
	case paneScript:
		s.need = needSmall
		s.want = min(s.want, scriptRows, height/4)
		if m.code.on || panes > 4 || m.crowded() { // so that something is left for the others
			s.want = min(s.want, scriptRows/2+1)
		}
	case paneLoad:
		s.want = min(s.want, height/2)
	case paneFaults:
		s.want = min(s.want, faultPaneRows, height*2/5)
	case paneInspector:
		if m.viewing().main == nil && m.page == pageTable {
			s.need = needMost
			s.least = min(s.want, tableRoom, max(height*3/4, height-leastRows))
		}
	case paneCode:
		if r, _ := m.atLine(); r == nil {
			s.need, s.least = needHint, fewestRows+gap
		} else {
			s.least = min(s.want, codeRoom+gap)
		}
	case paneLookup:
		if m.trip == nil {
			s.need, s.least = needHint, fewestRows+gap
		} else if !m.noTrip {
			s.least = min(s.want, lookupRoom+gap)
		}
	case paneLog:
		s.need, s.least = needSmall, fewestRows
		s.want = max(s.want, leastRows)
	}
}

// share divides the height among the panes of a column: each gets the least that
// it needs, the neediest first, as far as it goes; then each in turn what it
// wants, and the last one what is left.
func share(height int, slots []slot) {
	left, waiting := height, len(slots)-1
	for n := needMade; n <= needHint; n++ {
		for i := range slots {
			s := &slots[i]
			if s.need != n || left < fewestRows {
				continue
			}
			s.got = min(s.want, s.least, left)
			if n == needMade { // it leaves the others something
				s.got = min(s.got, max(left-fewestRows*waiting, fewestRows))
			}
			waiting--
			left -= s.got
		}
	}
	last := -1
	for i := range slots {
		if s := &slots[i]; s.got > 0 {
			more := min(s.want-s.got, left)
			s.got += more
			left -= more
			last = i
		}
	}
	if last >= 0 {
		slots[last].got += left
	}
}

// standing returns the panes of the column that a pane stands in, and its place
// there; nil if it is not shown.
func (m *Model) standing(id paneID) (column []slot, at int) {
	for _, column := range m.stacks {
		if i := slices.IndexFunc(column, func(s slot) bool { return s.id == id }); i >= 0 {
			return column, i
		}
	}
	return nil, 0
}

// heighten makes a pane so many rows higher, at the cost of the one below it, or
// of the one above it if it is the last.
func (m *Model) heighten(id paneID, by int) {
	column, i := m.standing(id)
	if len(column) < 2 {
		return
	}
	last := len(column) - 1
	if i == last {
		i, by = i-1, -by
	}
	upper, lower := &column[i], &column[i+1]
	by = max(min(by, lower.got-fewestRows), fewestRows-upper.got)
	if by == 0 {
		return
	}
	m.heights[upper.id] = upper.got + by
	if i+1 < last { // else it gets what is left
		m.heights[lower.id] = lower.got - by
	}
}

// heightenFocus makes the pane in focus so many rows higher, or else the
// inspector.
func (m *Model) heightenFocus(by int) tea.Cmd {
	id := m.focus
	if id <= paneMain {
		id = paneInspector
	}
	m.heighten(id, by)
	return nil
}

// dragTitle moves a pane's title with the mouse, and with it the end of the pane
// above.
func dragTitle(id paneID) dragging {
	return func(m *Model, at image.Point) tea.Cmd {
		m.focus = id
		if column, i := m.standing(id); i > 0 {
			m.heighten(column[i-1].id, at.Y-column[i].y)
		}
		return nil
	}
}

// resetBorders gives all panes the room again that they have by themselves.
func (m *Model) resetBorders() tea.Cmd {
	m.split, m.heights = 0, [paneCount]int{}
	return nil
}
