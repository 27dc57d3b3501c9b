package tui

import (
	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// help lists what keys do, from the keymap, over the screen.
type help struct {
	listBox
}

func (h *help) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	switch key := k.String(); {
	case h.scroll(key):
	case key == "j":
		h.scroll("down")
	case key == "k":
		h.scroll("up")
	default:
		return true, nil
	}
	return false, nil
}

func (h *help) draw(m *Model, screen, _ draw.Region) {
	h.listBox.draw(screen, "Keys", draw.Accent, h.rows(m, boxInner(screen.Dx())))
}

// rows is one row or more for each binding: the key, what it does, and at the
// right the command that does the same.
func (h *help) rows(m *Model, width int) []row {
	const keys = 11
	var rows []row
	for _, b := range m.keys {
		if b.help == "" || b.play && !m.playing() {
			continue
		}
		lead := part{left(b.show, keys), draw.Accent | draw.Bold}
		rows = append(rows, wrapped(lead, b.help, draw.Plain, width)...)
		if b.command == "" {
			continue
		}
		last := &rows[len(rows)-1]
		if last.width()+2+draw.Width(b.command) > width {
			rows = append(rows, row{})
			last = &rows[len(rows)-1]
		}
		last.add(right(b.command, width-last.width()), draw.Dim)
	}
	if addr := m.pic.Registry.Addr; addr != "" {
		rows = append(rows, row{}, line(part{"From another terminal:", draw.Plain}),
			line(part{"chordscope get apple --registry " + addr, draw.Dim}))
	}
	return rows
}
