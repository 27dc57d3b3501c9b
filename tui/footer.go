package tui

import (
	"slices"
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
	entries := m.footerKeys()
	room := r.Dx()
	tail := entries[len(entries)-footerTail:]
	for _, e := range tail { // they have their place in any case
		room -= 2 + e.width()
	}
	for _, e := range entries[:len(entries)-footerTail] {
		if x+e.width() > room {
			break
		}
		x = m.drawKey(r, x, e)
	}
	for _, e := range tail {
		x = m.drawKey(r, x, e)
	}
}

// footerKey is a key as the footer shows it.
type footerKey struct{ key, word, press string }

func (e footerKey) width() int { return draw.Width(e.key) + 1 + draw.Width(e.word) }

// footerTail is how many of the last keys are shown however little room there
// is: those for help and to quit.
const footerTail = 2

// footerKeys returns the keys that matter now.
func (m *Model) footerKeys() []footerKey {
	var list []footerKey
	for _, b := range m.keys {
		if b.short == "" || b.play && !m.playing() || b.when != nil && !b.when(m) {
			continue
		}
		e := footerKey{b.show, b.short, b.keys[0]}
		switch e.press {
		case "right":
			e.key = "← →"
		case "v":
			e.key = "v"
		case "space":
			e.key = "space"
			if m.play.paused {
				e.word = "go on"
			}
		}
		if b.when != nil {
			list = slices.Insert(list, 0, e)
			continue
		}
		list = append(list, e)
	}
	return list
}

// drawKey writes one key, which can be clicked, and returns the x of the next.
func (m *Model) drawKey(r draw.Region, x int, e footerKey) int {
	m.zones = append(m.zones, zone{Rectangle: r.Sub(x, 0, e.width(), 1).Rectangle, pane: paneNone, key: e.press})
	x = r.Put(x, 0, e.key, draw.Plain|draw.Bold)
	return r.Put(x+1, 0, e.word, draw.Dim) + 2
}
