package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
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

// say shows a toast, marked by how much it matters.
func (m *Model) say(level observe.Level, text string) tea.Cmd {
	id := m.toast.id + 1
	m.toast = toast{mark: levelMarks[level], text: text, id: id}
	return tea.Tick(toastTime, func(time.Time) tea.Msg { return toastEnds{id} })
}

// drawFooter writes the last line: the toast if there is one, and the keys
// that matter, of which each can be clicked.
func (m *Model) drawFooter(r draw.Region) {
	x := 0
	if m.noMouse {
		x = m.drawKey(r, 0, footerKey{"m", "mouse is off", "m"})
	}
	if m.toast.text != "" {
		x = r.Put(x, 0, m.toast.glyph+" ", m.toast.ink)
		m.zones = append(m.zones, m.namesIn(r, x, 0, m.toast.text, paneNone)...)
		x = r.PutFit(x, 0, r.Dx()-x, m.toast.text, draw.Plain) + 3
	}
	list := m.footerKeys()
	if len(list) == 0 {
		return
	}
	last := list[len(list)-1] // the help has its place wherever there is any
	if c := m.toast.command; m.toast.text != "" && c != "" && x+draw.Width(c)+keyGap+last.width() <= r.Dx() {
		x = r.Put(x, 0, c, draw.Dim) + keyGap
	}
	if x+last.width() > r.Dx() {
		return
	}
	for _, e := range list[:len(list)-1] {
		if x+e.width()+keyGap+last.width() > r.Dx() {
			break
		}
		x = m.drawKey(r, x, e)
	}
	m.drawKey(r, x, last)
}

// footerKey is a key as the footer shows it.
type footerKey struct{ key, word, press string }

func (e footerKey) width() int { return draw.Width(e.key) + 1 + draw.Width(e.word) }

// footerMost is how many keys the footer shows: more are not read.
const footerMost = 5

// footerKeys returns the keys that matter now, that for help last.
func (m *Model) footerKeys() []footerKey {
	var now, usual []footerKey
	var help footerKey
	for _, b := range m.bindings() {
		word := b.short
		if b.word != nil {
			word = b.word(m)
		}
		e := footerKey{b.show, word, b.keys[0]}
		switch {
		case word == "" || b.when != nil && !b.when(m) || m.guest() && b.steers():
		case e.press == helpKey:
			help = e
		case b.when != nil:
			now = append(now, e)
		default:
			usual = append(usual, e)
		}
	}
	list := append(now, usual...)
	return append(list[:min(len(list), footerMost-1)], help)
}

// keyGap is how far the keys stand apart.
const keyGap = 3

// drawKey writes one key, which can be clicked, and returns the x of the next.
func (m *Model) drawKey(r draw.Region, x int, e footerKey) int {
	m.zones = append(m.zones, zone{Rectangle: r.Sub(x, 0, e.width(), 1).Rectangle, pane: paneNone, key: e.press})
	x = r.Put(x, 0, e.key, draw.Plain|draw.Bold)
	return r.Put(x+1, 0, e.word, draw.Dim) + keyGap
}
