package tui

import (
	"fmt"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// wrapFrom is the room in cells from which an event's words are wrapped, and
// not cut.
const wrapFrom = 24

// logPane shows what happened, in words, newest last.
type logPane struct{}

func (logPane) heading(*Model) heading { return heading{title: "Events"} }

func (logPane) rows(m *Model, width int) []row {
	if len(m.pic.Events) == 0 {
		return []row{line(part{"nothing yet", draw.Dim})}
	}
	names := 0
	for i := range m.pic.Events {
		names = max(names, draw.Width(m.pic.Events[i].Peer))
	}
	digits := len(fmt.Sprintf("%.1f", m.pic.Events[len(m.pic.Events)-1].At.Seconds()))
	var rows []row
	for _, e := range m.pic.Events {
		level, name, text := levelMarks[e.Level], draw.Plain|draw.Bold, draw.Plain
		if e.Level == observe.Info { // there are many of them
			name, text = draw.Plain, draw.Dim
		}
		head := line(
			part{right(fmt.Sprintf("%.1f ", e.At.Seconds()), digits+1), draw.Dim},
			part{level.glyph + " ", level.ink},
			part{left(e.Peer, names) + " ", name},
		)
		room := width - head.width()
		words := []string{e.Text}
		if room >= wrapFrom && !m.compact() {
			words = draw.Wrap(e.Text, room)
		}
		head.add(words[0], text)
		rows = append(rows, head.to(e.ID))
		for _, w := range words[1:] {
			rows = append(rows, line(part{left("", width-room), text}, part{w, text}).to(e.ID))
		}
	}
	return rows
}
