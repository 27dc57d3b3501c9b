package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// dialog has the keyboard while it is open: it sees keys first and is drawn
// last. esc always closes it.
type dialog interface {
	// key handles a key press and reports whether the dialog is done.
	key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd)
	// draw draws it over the frame; footer is the last line's region.
	draw(m *Model, screen, footer draw.Region)
}

// confirm asks once before something is destroyed.
type confirm struct {
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
	x := footer.Put(0, 0, "✕ ", draw.Bad|draw.Bold)
	tail := "   " + c.yes[0] + " " + c.verb + "  esc cancel"
	x = footer.PutFit(x, 0, footer.Dx()-x-draw.Width(tail), c.question, draw.Bad|draw.Bold)
	footer.Put(x, 0, tail, draw.Plain)
}
