package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// toast is a short message that stays for a while, where the footer is.
type toast struct {
	mark
	text    string
	command string // the line of the scenario language that did it, if any
	id      int    // of the newest one, so that an older one's end does not end it
}

const toastTime = 6 * time.Second

type toastEnds struct{ id int }

// say shows a toast.
func (m *Model) say(mk mark, text string) tea.Cmd {
	id := m.toast.id + 1
	m.toast = toast{mark: mk, text: text, id: id}
	return tea.Tick(toastTime, func(time.Time) tea.Msg { return toastEnds{id} })
}

// drawFooter writes the last line: the toast if there is one, and the keys
// that matter. Each of them can be clicked.
func (m *Model) drawFooter(r draw.Region) {
	x := 0
	if m.noMouse {
		x = r.Put(0, 0, "m", draw.Warn|draw.Bold)
		x = r.Put(x+1, 0, "mouse is off", draw.Warn) + 2
	}
	if m.toast.text != "" {
		x = r.Put(x, 0, m.toast.glyph+" ", m.toast.ink)
		x = r.PutFit(x, 0, r.Dx()-x, m.toast.text, draw.Plain) + 3
		if c := m.toast.command; c != "" && x+draw.Width(c) <= r.Dx() {
			x = r.Put(x, 0, c, draw.Dim) + 3
		}
	}
	if x > r.Dx()/2 {
		return
	}
	for _, b := range m.keys {
		if b.short == "" || b.play && m.play == nil {
			continue
		}
		key, word := b.show, b.short
		if b.keys[0] == "space" {
			key = "space"
			if m.play.paused {
				word = "go on"
			}
		}
		w := draw.Width(key) + 1 + draw.Width(word)
		if x+w > r.Dx() {
			return
		}
		m.zones = append(m.zones, zone{Rectangle: r.Sub(x, 0, w, 1).Rectangle, pane: paneNone, key: b.keys[0]})
		x = r.Put(x, 0, key, draw.Plain|draw.Bold)
		x = r.Put(x+1, 0, word, draw.Dim) + 2
	}
}
