package tui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// codePane shows the procedure that the selected peer ran last as the papers
// print it: the line that it came to, what its variables held, and why it went
// on as it did. A run takes microseconds; it is read out line by line.
type codePane struct{}

// reading is how far a run has been read out.
type reading struct {
	on      bool // the pane is shown
	slow    bool // time stands still or goes slowly
	opened  bool // the pane is there because of that, and nobody asked for it
	run     uint64
	line    int           // index of the line under the marker
	elapsed time.Duration // since the marker came there
}

// lineTime is how long the marker rests on a line, and hurriedTime how long once
// a later step waits to be read.
const (
	lineTime    = 900 * time.Millisecond
	hurriedTime = 90 * time.Millisecond
)

// openCode shows the pane when time comes to a stop or slows down, and takes it
// away with that, unless somebody has decided otherwise.
func (m *Model) openCode() {
	slow := m.standsStill() || m.pace() < 0
	if slow == m.code.slow {
		return
	}
	m.code.slow = slow
	if slow != m.code.on && (slow || m.code.opened) {
		m.code.on, m.code.opened = slow, slow
	}
}

func (m *Model) toggleCode() tea.Cmd {
	m.code = reading{on: !m.code.on, slow: m.code.slow}
	m.panes[paneCode].top()
	return m.animate()
}

// runs returns the selected peer's runs, oldest first.
func (m *Model) runs() []*observe.Run {
	var list []*observe.Run
	for i := range m.pic.Runs {
		if r := &m.pic.Runs[i]; m.has && r.Peer == m.chosen && len(r.Lines) > 0 {
			list = append(list, r)
		}
	}
	return list
}

// lastStep returns where the runs of the last step begin: what one step has a
// peer do follows at once.
func lastStep(list []*observe.Run) int {
	i := max(len(list)-1, 0)
	for i > 0 && list[i].Started-list[i-1].Started <= lull {
		i--
	}
	return i
}

// beingRead returns the run that is read out, or nil: the one that was begun,
// else, of those that came after it, the next one of the last step while time
// stands still, and the latest one otherwise.
func (m *Model) beingRead() *observe.Run {
	list := m.runs()
	for i, r := range list {
		if r.Number != m.code.run {
			continue
		}
		if m.code.line < len(r.Lines)-1 || !r.Done || i == len(list)-1 || m.code.elapsed < m.restTime(r) {
			return r
		}
		if m.standsStill() {
			return m.read(list[max(i+1, lastStep(list))])
		}
	}
	if len(list) == 0 {
		return nil
	}
	return m.read(list[len(list)-1])
}

// restTime is how long the marker rests on each line of a run. The pane keeps up
// with who steps faster than it reads.
func (m *Model) restTime(r *observe.Run) time.Duration {
	if list := m.runs(); len(list) > 0 && m.standsStill() && r.Number < list[lastStep(list)].Number {
		return hurriedTime
	}
	return lineTime
}

// atLine returns the run that is shown and the index of the line under the
// marker: in the past, where the peer was then.
func (m *Model) atLine() (r *observe.Run, line int) {
	if m.looksBack() {
		if list := m.runs(); len(list) > 0 {
			r = list[len(list)-1]
			return r, len(r.Lines) - 1
		}
		return nil, 0
	}
	if r = m.beingRead(); r == nil {
		return nil, 0
	}
	return r, min(m.code.line, len(r.Lines)-1)
}

// read begins to read a run out.
func (m *Model) read(r *observe.Run) *observe.Run {
	if m.code.run != r.Number {
		m.code.run, m.code.line, m.code.elapsed = r.Number, 0, 0
	}
	return r
}

// reads reports whether the marker will move on by itself.
func (m *Model) reads() bool {
	if !m.code.on || m.looksBack() {
		return false
	}
	r := m.beingRead()
	if r == nil {
		return false
	}
	if m.noMotion {
		m.code.line, m.code.elapsed = len(r.Lines)-1, lineTime
		return false
	}
	list := m.runs()
	return m.code.line < len(r.Lines)-1 || list[len(list)-1] != r && m.code.elapsed < m.restTime(r)
}

// readOn moves the marker by the time since the last tick.
func (m *Model) readOn(step time.Duration) {
	r := m.beingRead()
	if r == nil {
		return
	}
	m.code.elapsed += step
	rest := m.restTime(r)
	for m.code.elapsed >= rest && m.code.line < len(r.Lines)-1 {
		m.code.elapsed -= rest
		m.code.line++
	}
}

func (codePane) heading(m *Model) heading {
	r, _ := m.atLine()
	if r == nil {
		return heading{title: "Why"}
	}
	return heading{title: r.Procedure.Name + " at " + r.PeerName, note: r.Procedure.Source}
}

func (codePane) rows(m *Model, width int) []row {
	r, at := m.atLine()
	if r == nil {
		return wrapped(part{}, m.nothingRead(), draw.Dim, width)
	}
	current := &r.Lines[at]
	come := make(map[int]bool) // lines that it has come to
	for _, l := range r.Lines[:at] {
		come[l.Line] = true
	}
	var rows []row
	for i, text := range r.Procedure.Lines {
		n := i + 1
		mk, ink := part{"  ", draw.Dim}, draw.Dim
		switch {
		case n == current.Line:
			mk, ink = part{"▸ ", draw.Accent | draw.Bold}, draw.Accent|draw.Bold
		case come[n]:
			ink = draw.Plain
		}
		lead := line(mk, part{right(strconv.Itoa(n), 2) + "  ", draw.Dim})
		rows = append(rows, codeRows(lead, text, ink, width)...)
		if n == current.Line {
			rows[len(rows)-1].mark = true
			rows = append(rows, valueRows(current, width)...)
		}
	}
	return rows
}

// codeRows is a line of a procedure, wrapped so that its indent can be seen.
func codeRows(lead row, text string, ink draw.Ink, width int) []row {
	bare := strings.TrimLeft(text, " ")
	indent := len(text) - len(bare)
	from := lead.width() + indent
	var rows []row
	for i, l := range draw.Wrap(bare, max(width-from-2, 8)) {
		if i == 0 {
			lead.add(strings.Repeat(" ", indent)+l, ink)
			rows = append(rows, lead)
			continue
		}
		rows = append(rows, line(part{strings.Repeat(" ", from+2) + l, ink}))
	}
	return rows
}

// valueRows says what a line worked with, and why it went on as it did.
func valueRows(l *observe.RunLine, width int) []row {
	lead := part{text: strings.Repeat(" ", 6)}
	var rows []row
	if len(l.Values) > 0 {
		texts := make([]string, len(l.Values))
		for i, v := range l.Values {
			texts[i] = v.Name + " = " + v.Text
		}
		rows = append(rows, wrapped(lead, strings.Join(texts, ", "), draw.Comet, width)...)
	}
	if l.Why != "" {
		rows = append(rows, wrapped(lead, l.Why, draw.Path, width)...)
	}
	return rows
}

// nothingRead says why no procedure is shown, and what to do.
func (m *Model) nothingRead() string {
	p := m.selected()
	switch {
	case p == nil:
		return "No peer yet. Press a to add one."
	case !p.State.Present():
		return "It runs nothing any more."
	case m.standsStill() && m.playing():
		return "Maintenance stands still. The next step of " + p.Name + " is read out here."
	case m.standsStill():
		return "Maintenance stands still. Press n to have " + p.Name + " stabilize once, i to have it fix a finger."
	}
	return "Waiting for " + p.Name + " to run one of its procedures …"
}
