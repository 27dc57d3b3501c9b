package tui

import (
	"image"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// view is one way to look at the ring. To add one is to add it to views, in
// whose order the number keys count.
type view struct {
	name string // one word, lower case
	help string // what it shows and how to read it, in a sentence of at most 110 characters
	// main draws what the view is about into the large part of the screen, and
	// notes what can be clicked. It is nil for the ring itself.
	main func(m *Model, r draw.Region)
	// Where main has a cursor, move moves it by rows (or, with across, by
	// columns), click puts it to a cell of the screen, and pick, the enter key,
	// goes to what it stands on. All are nil where the arrows select round the ring.
	move  func(m *Model, by int, across bool)
	click func(m *Model, at image.Point) tea.Cmd
	pick  func(m *Model) tea.Cmd
	// beside lists the panes in the two columns beside it. Where there is room
	// for one column only, the second ones stand below the first ones.
	beside func(m *Model) (first, second []paneID)
	traced bool // the selected peer tells of every message and line while the view is shown
	// keys work only while the view is shown, and before all others.
	keys []binding
	// enter is called when somebody turns to the view, leave when away from it.
	// Both may be nil.
	enter, leave func(m *Model) tea.Cmd
}

// views lists all views: 1 is the ring.
func views() []*view {
	return []*view{
		ringView(),
		fingerView(),
		loadView(),
		lookupView(),
		messageView(),
		recoveryView(),
	}
}

// viewing is the view that is shown.
func (m *Model) viewing() *view { return m.views[m.viewAt] }

// turnView shows a view by its place in the list; out of it, it does nothing.
func (m *Model) turnView(to int) tea.Cmd {
	if to < 0 || to >= len(m.views) || to == m.viewAt {
		return nil
	}
	var cmds []tea.Cmd
	if f := m.viewing().leave; f != nil {
		cmds = append(cmds, f(m))
	}
	m.viewAt = to
	m.focus = paneRing
	if m.viewing().move != nil {
		m.focus = paneMain
	}
	if f := m.viewing().enter; f != nil {
		cmds = append(cmds, f(m))
	}
	return tea.Batch(cmds...)
}

// viewKeys turn to views by their numbers.
func viewKeys(list []*view) []binding {
	keys := []binding{
		{keys: []string{"v"}, show: "v", help: "the next view; V the one before", act: func(m *Model) tea.Cmd { return m.turnView((m.viewAt + 1) % len(m.views)) }},
		{keys: []string{"V"}, act: func(m *Model) tea.Cmd { return m.turnView((m.viewAt + len(m.views) - 1) % len(m.views)) }},
	}
	for i, v := range list {
		n := strconv.Itoa(i + 1)
		keys = append(keys, binding{keys: []string{n}, show: n, help: "view: " + v.name, act: func(m *Model) tea.Cmd { return m.turnView(i) }})
	}
	return keys
}

// drawTabs writes the views' names with their numbers, that of the one that is
// shown underlined; each can be clicked. It returns the x after them.
func (m *Model) drawTabs(r draw.Region, x int) int {
	names := 0 // what the full names need
	for _, v := range m.views {
		names += draw.Width(v.name) + 4
	}
	long := m.play == nil && m.width >= roomyWidth && x+names <= r.Dx()
	for i, v := range m.views {
		ink := draw.Dim
		text := strconv.Itoa(i + 1)
		if i == m.viewAt {
			ink = draw.Accent | draw.Bold
		}
		if long || i == m.viewAt {
			text += " " + v.name
		}
		w := draw.Width(text)
		if x+w > r.Dx() {
			break
		}
		m.clickable(r.Sub(x, 0, w, 1), func(m *Model) tea.Cmd { return m.turnView(i) })
		x = r.Put(x, 0, text, ink) + 2
	}
	return x
}

// helpfulRows is the height of a view from which its help stands below it.
const helpfulRows = 18

// drawViewHelp writes below a view what it shows, and returns what is left.
func (m *Model) drawViewHelp(r draw.Region) draw.Region {
	if r.Dy() < helpfulRows {
		return r
	}
	lines := draw.Wrap(m.viewing().help, r.Dx())
	if len(lines) > 2 {
		lines = lines[:1]
	}
	for i, l := range lines {
		r.PutFit(0, r.Dy()-len(lines)+i, r.Dx(), l, draw.Dim)
	}
	rest := r.Sub(0, 0, r.Dx(), r.Dy()-len(lines))
	if !m.compact() { // a blank line above it
		rest = rest.Sub(0, 0, rest.Dx(), rest.Dy()-1)
	}
	return rest
}

// paneView draws a text pane as the main part of a view.
func paneView(name, help string, id paneID) *view {
	return &view{
		name: name, help: help,
		main:   func(m *Model, r draw.Region) { m.zones = append(m.zones, m.panes[id].draw(r, m, id)...) },
		beside: func(*Model) (first, second []paneID) { return []paneID{paneInspector}, nil },
	}
}

// ringView is the view to begin with: the ring, the selected peer, the last
// lookup and what happens.
func ringView() *view {
	return &view{
		name: "ring", help: "the circle of identifiers, what the selected peer believes, the last lookup and what happens",
		beside: func(m *Model) (first, second []paneID) {
			first = []paneID{paneInspector}
			columns := len(m.arrange(0).columns)
			if len(m.pic.Keys) > 0 && (columns == 2 || m.height >= roomyHeight && !m.troubled()) {
				first = append(first, paneLoad)
			}
			second = []paneID{paneLookup, paneLog}
			if m.code.on {
				if m.trip == nil || m.noTrip {
					second = second[1:]
				}
				if columns == 2 {
					second = slices.Insert(second, 0, paneCode)
				} else { // it has the first choice of the room
					first = slices.Insert(first, 0, paneCode)
				}
			}
			if m.troubled() {
				second = append([]paneID{paneFaults}, second...)
			}
			return first, second
		},
	}
}
