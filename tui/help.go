package tui

import (
	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// help lists what keys do, from the keymap, over the screen.
type help struct {
	offset int
}

func (h *help) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	switch k.String() {
	case "down", "j", "pgdown", "space":
		h.offset++
	case "up", "k", "pgup":
		h.offset = max(h.offset-1, 0)
	case "ctrl+c":
		return true, tea.Quit
	default:
		return true, nil
	}
	return false, nil
}

// helpWidth is the widest that the help becomes, in cells.
const helpWidth = 76

func (h *help) draw(m *Model, screen, _ draw.Region) {
	w := min(helpWidth, screen.Dx())
	rows := h.rows(m, w-4)
	height := min(len(rows)+2, screen.Dy())
	box := screen.Sub((screen.Dx()-w)/2, (screen.Dy()-height)/2, w, height)
	box.Fill(draw.Plain)
	inner := box.Box(draw.Accent)
	box.Put(2, 0, " Keys ", draw.Accent|draw.Bold)
	box.Put(2, height-1, " esc closes ", draw.Dim)
	h.offset = max(0, min(h.offset, len(rows)-inner.Dy()))
	for y, row := range rows[h.offset:min(h.offset+inner.Dy(), len(rows))] {
		x := 1
		for _, p := range row.parts {
			x = inner.PutFit(x, y, inner.Dx(), p.text, p.ink)
		}
	}
}

// rows is one row or more for each binding: the key, what it does, and at the
// right the command that does the same.
func (h *help) rows(m *Model, width int) []row {
	const keys = 11
	var rows []row
	for _, b := range m.keys {
		if b.help == "" || b.play && m.play == nil {
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
