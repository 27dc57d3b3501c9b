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
	events := foldBursts(foldPauses(m.pic.Events))
	names := 0
	for i := range events {
		names = max(names, draw.Width(events[i].Peer))
	}
	digits := len(fmt.Sprintf("%.1f", events[len(events)-1].At.Seconds()))
	var rows []row
	for _, e := range events {
		level, name, text := levelMarks[e.Level], draw.Plain|draw.Bold, draw.Plain
		if e.Level == observe.Info { // there are many of them
			name, text = draw.Plain, draw.Dim
		}
		head := line(
			part{right(fmt.Sprintf("%.1f ", e.At.Seconds()), digits+1), draw.Dim},
			part{level.glyph + " ", level.ink},
		)
		if e.Peer != "" { // it is about all of them
			head.add(left(e.Peer, names)+" ", name)
		}
		room := width - head.width()
		words := []string{e.Text}
		if room >= wrapFrom && !m.compact() {
			words = draw.Wrap(e.Text, room)
		}
		head.add(words[0], text)
		lines := []row{head}
		for _, w := range words[1:] {
			lines = append(lines, line(part{left("", width-room), text}, part{w, text}))
		}
		for _, l := range lines {
			if e.Peer != "" {
				l = l.to(e.ID)
			}
			rows = append(rows, l)
		}
	}
	return rows
}
