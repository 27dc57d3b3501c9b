package tui

import (
	"fmt"
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// lookupTable is the view of the last lookups.
type lookupTable struct {
	log    lookupLog
	chosen uint64          // the number of the one under the cursor; 0: the latest, whichever it is
	top    int             // the first row that is shown
	list   image.Rectangle // where the rows are on the screen
}

// lookupView is the last lookups: a table of them, hops, times, failures.
func lookupView() *view {
	return &view{
		name: "lookups",
		help: "The last lookups, and all of them counted. ↑ ↓ chooses one and shows its way, enter has it travel again, e the next that failed.",
		main: func(m *Model, r draw.Region) { m.lookups.draw(m, r) },
		move: func(m *Model, by int, across bool) {
			if across {
				m.selectStep(by)
			} else {
				m.lookups.move(m, by)
			}
		},
		click: func(m *Model, at image.Point) tea.Cmd {
			if t := &m.lookups; at.In(t.list) {
				t.choose(m, t.top+at.Y-t.list.Min.Y)
			}
			return nil
		},
		pick: func(m *Model) tea.Cmd {
			if m.trip != nil && m.arrange(0).ring.h == 0 {
				m.turnView(0)
			}
			return m.again()
		},
		beside: func(*Model) (first, second []paneID) {
			return []paneID{paneLookup}, []paneID{paneInspector}
		},
		keys: []binding{
			{keys: []string{"e"}, show: "e", short: "next failed", help: "the next lookup that failed", act: func(m *Model) tea.Cmd { return m.lookups.nextFailed(m) }},
		},
		enter: func(m *Model) tea.Cmd {
			if m.trip == nil {
				m.lookups.choose(m, 0)
				m.lookups.chosen = 0
			}
			return nil
		},
		leave: func(m *Model) tea.Cmd { m.lookups.chosen = 0; return nil },
	}
}

// pinned reports whether somebody looks at one lookup, which a new one must not
// take from the screen.
func (t *lookupTable) pinned() bool { return t.chosen != 0 }

// shown returns the lookups of the table, the latest first.
func (t *lookupTable) shown(m *Model) []observe.Lookup { return t.log.until(m.pic.At) }

// newest returns the i-th newest of a list.
func newest(list []observe.Lookup, i int) *observe.Lookup { return &list[len(list)-1-i] }

// row returns where the cursor is; the newest is 0.
func (t *lookupTable) row(list []observe.Lookup) int {
	if t.chosen != 0 {
		for i := range list {
			if newest(list, i).Number <= t.chosen {
				return i
			}
		}
	}
	return 0
}

func (t *lookupTable) move(m *Model, by int) {
	at := t.row(t.shown(m)) + by
	if at < 0 { // beyond the newest: whatever comes
		t.chosen = 0
		return
	}
	t.choose(m, at)
}

// choose puts the cursor on a row and shows its way at once.
func (t *lookupTable) choose(m *Model, row int) {
	list := t.shown(m)
	if len(list) == 0 {
		return
	}
	l := newest(list, min(row, len(list)-1))
	t.chosen = l.Number
	m.trip, m.noTrip = newTrip(*l), false
	m.trip.finish()
	m.panes[paneLookup].top()
}

// nextFailed puts the cursor on the next older lookup that failed, beyond the
// oldest on the newest.
func (t *lookupTable) nextFailed(m *Model) tea.Cmd {
	list := t.shown(m)
	at := t.row(list)
	for i := 1; i <= len(list); i++ {
		if row := (at + i) % len(list); newest(list, row).Failed != "" {
			t.choose(m, row)
			return nil
		}
	}
	return m.say(observe.Good, "none of these lookups failed")
}

// Sizes of the view's parts, in cells.
const (
	chartWidth  = 40 // of the charts beside the table
	tableBeside = 56 // of the table beside them, at least
	chartRows   = 9  // of the charts above the table
)

// draw writes the table with the charts beside it, or above it, and where no
// pane shows the chosen lookup's hops, these below it.
func (t *lookupTable) draw(m *Model, r draw.Region) {
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneMain})
	list := t.shown(m)
	drawHeading(r, heading{title: "Lookups", note: t.note(m, list)}, m.focus == paneMain)
	body := r.Rest(1)
	if len(list) == 0 {
		body.PutFit(0, 0, body.Dx(), "None has ended yet. Press / to look up a key, or o to load 50 keys.", draw.Dim)
		return
	}
	sum := newLookupSum(m.pic.LookupStats)
	if body.Dx() >= chartWidth+tableBeside {
		m.drawCharts(body.Sub(body.Dx()-chartWidth, 0, chartWidth, body.Dy()), sum, false)
		body = body.Sub(0, 0, body.Dx()-chartWidth-3, body.Dy())
	} else {
		rows := min(chartRows, body.Dy()/3)
		m.drawCharts(body.Sub(0, 0, body.Dx(), rows), sum, true)
		body = body.Rest(rows)
	}
	if len(m.arrange(0).columns) == 0 && m.trip != nil {
		rows := body.Dy() / 2
		below := body.Rest(body.Dy() - rows)
		m.zones = append(m.zones, m.panes[paneLookup].draw(below, m, paneLookup)...)
		body = body.Sub(0, 0, body.Dx(), body.Dy()-rows)
	}
	t.drawTable(m, body, list)
}

// note counts what the table has, of all that have ended.
func (t *lookupTable) note(m *Model, list []observe.Lookup) string {
	switch all := m.pic.LookupStats.Ended; {
	case len(list) == 0:
		return ""
	case all > len(list): // too many, or too fast for the pictures
		return fmt.Sprintf("%s of %s", count(uint64(len(list))), count(uint64(all)))
	}
	return numbered(len(list), "lookup")
}

// drawTable writes the lookups that fit, the newest at the top.
func (t *lookupTable) drawTable(m *Model, r draw.Region, list []observe.Lookup) {
	const head = 1
	height := r.Dy() - head
	if height < 1 {
		return
	}
	at := t.row(list)
	t.top = clampWindow(t.top, at, height, len(list))
	shown := min(height, len(list)-t.top)
	t.list = r.Sub(0, head, r.Dx(), shown).Rectangle
	cells := make([][lookupCells]string, shown+1)
	cells[0] = [lookupCells]string{"", "", "key", "hops", "took", "path"}
	for i := range shown {
		cells[i+1] = lookupRow(m, newest(list, t.top+i))
	}
	var w [lookupCells]int
	for _, c := range cells {
		for k := range c {
			w[k] = max(w[k], draw.Width(c[k]))
		}
	}
	w[2] = min(w[2], max(r.Dx()/4, 6))
	for i, c := range cells {
		ink := draw.Plain
		l := (*observe.Lookup)(nil)
		if i == 0 {
			ink = draw.Dim
		} else {
			l = newest(list, t.top+i-1)
		}
		x := 0
		for k, text := range c {
			if k == lookupCells-1 {
				m.drawPath(r, x, i, text, l)
				break
			}
			if k == 3 || k == 4 || k == 0 {
				text = right(text, w[k])
			}
			of := ink
			if k == 0 || k == 1 {
				of = draw.Dim
			}
			r.PutFit(x, i, w[k], text, of)
			x += w[k] + 2
		}
	}
	r.Sub(0, head+at-t.top, r.Dx(), 1).Mark(draw.Selected)
	if t.top > 0 {
		r.Put(r.Dx()-2, 0, "↑", draw.Dim)
	}
	if t.top+shown < len(list) {
		r.Put(r.Dx()-1, 0, "↓", draw.Dim)
	}
}

// drawPath writes a path, whose peers can be clicked, or why a lookup failed.
func (m *Model) drawPath(r draw.Region, x, y int, text string, l *observe.Lookup) {
	switch {
	case l == nil:
		r.Put(x, y, text, draw.Dim)
	case l.Failed != "":
		x = r.Put(x, y, "✕ ", draw.Bad|draw.Bold)
		r.PutFit(x, y, r.Dx(), text, draw.Bad)
	default:
		m.zones = append(m.zones, m.namesIn(r, x, y, text, paneNone)...)
		r.PutFit(x, y, r.Dx(), text, draw.Path)
	}
}

// lookupCells is the number of a table's columns: number, for what, key, hops,
// how long it took, path.
const lookupCells = 6

// lookupRow writes a lookup as cells of the table.
func lookupRow(m *Model, l *observe.Lookup) [lookupCells]string {
	c := [lookupCells]string{
		fmt.Sprint(l.Number), strings.ToLower(lookupVerbs[l.For]), keyName(m.pic, l),
		fmt.Sprint(l.Hops), milliseconds(l.Took), strings.Join(l.PathNames, " → "),
	}
	if l.Failed != "" {
		c[3], c[5] = "–", originName(m, l)+": "+l.Failed
		return c
	}
	late := 0
	for i := range l.Steps {
		if l.Steps[i].Timeout {
			late++
		}
	}
	if late > 0 {
		c[5] = fmt.Sprintf("%s   ! %d did not answer", c[5], late)
	}
	return c
}
