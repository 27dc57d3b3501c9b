package tui

import (
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// dialog has the keyboard while it is open: it sees keys first and is drawn
// last. esc always closes it, and so does a click beside what it has drawn.
type dialog interface {
	// key handles a key press and reports whether the dialog is done.
	key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd)
	// draw draws it over the frame; footer is the last line's region.
	draw(m *Model, screen, footer draw.Region)
}

// Some dialogs take more than keys.
type (
	wheeler interface{ wheel(m *Model, by int) }
	paster  interface{ paste(m *Model, text string) }
	// A bystander takes clicks beside what it has drawn, which do not close it.
	bystander interface {
		beside(m *Model, at image.Point) tea.Cmd
	}
	// A closer is told that esc has closed it.
	closer interface{ closed(m *Model) tea.Cmd }
)

// choice makes a region of a dialog close it and do something when it is
// clicked.
func (m *Model) choice(r draw.Region, act func(*Model) tea.Cmd) {
	m.clickable(r, func(m *Model) tea.Cmd {
		m.dialog = nil
		return act(m)
	})
}

// clickDialog gives a click to the open dialog.
func (m *Model) clickDialog(at image.Point) tea.Cmd {
	zones := m.zones[m.dialogZones:]
	for i := len(zones) - 1; i >= 0; i-- {
		if z := &zones[i]; at.In(z.Rectangle) {
			if z.act != nil {
				return z.act(m)
			}
			return nil
		}
	}
	if d, ok := m.dialog.(bystander); ok {
		return d.beside(m, at)
	}
	m.dialog = nil
	return nil
}

// confirm asks once before something is destroyed.
type confirm struct {
	mark
	question, verb string
	yes            []string // keys that agree; every other one declines
	act            func(*Model) tea.Cmd
}

func (c *confirm) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	if slices.Contains(c.yes, k.String()) {
		return true, c.act(m)
	}
	return true, nil
}

func (c *confirm) draw(m *Model, _, footer draw.Region) {
	footer.Fill(draw.Plain)
	m.zones = append(m.zones, zone{Rectangle: footer.Rectangle, pane: paneNone})
	yes, no := c.yes[0]+" "+c.verb, "esc cancel"
	x := footer.Put(0, 0, c.glyph+" ", c.ink|draw.Bold)
	x = footer.PutFit(x, 0, footer.Dx()-x-draw.Width(yes+no)-5, c.question, c.ink|draw.Bold) + 3
	m.choice(footer.Sub(x, 0, draw.Width(yes), 1), c.act)
	x = footer.Put(x, 0, c.yes[0], draw.Plain|draw.Bold)
	x = footer.Put(x, 0, " "+c.verb, draw.Plain) + 2
	m.choice(footer.Sub(x, 0, draw.Width(no), 1), func(*Model) tea.Cmd { return nil })
	footer.Put(x, 0, "esc", draw.Plain|draw.Bold)
	footer.Put(x+3, 0, " cancel", draw.Dim)
}
