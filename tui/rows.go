package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// row is one line of a text pane. A row that is about a peer leads to it when
// it is clicked.
type row struct {
	parts []part
	peer  ring.ID
	link  bool
	act   func(*Model) tea.Cmd // done by a click, in place of that
	mark  bool                 // the row a pane wants in view
	head  bool                 // a first row that does not scroll
}

type part struct {
	text string
	ink  draw.Ink
}

// line returns a row of the given parts.
func line(parts ...part) row { return row{parts: parts} }

// to returns the row as one that leads to a peer.
func (r row) to(id ring.ID) row {
	r.peer, r.link = id, true
	return r
}

func (r *row) add(text string, ink draw.Ink) { r.parts = append(r.parts, part{text, ink}) }

func (r *row) width() int {
	n := 0
	for _, p := range r.parts {
		n += draw.Width(p.text)
	}
	return n
}

// wrapped returns text as rows of at most width cells, indented after the
// first one's lead.
func wrapped(lead part, text string, ink draw.Ink, width int) []row {
	indent := draw.Width(lead.text)
	var rows []row
	for i, l := range draw.Wrap(text, max(width-indent, 8)) {
		if i > 0 {
			lead = part{text: strings.Repeat(" ", indent)}
		}
		rows = append(rows, line(lead, part{l, ink}))
	}
	return rows
}

// left and right pad text to width cells.
func left(text string, width int) string {
	return text + strings.Repeat(" ", max(width-draw.Width(text), 0))
}

func right(text string, width int) string {
	return strings.Repeat(" ", max(width-draw.Width(text), 0)) + text
}
