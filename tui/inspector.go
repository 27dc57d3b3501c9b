package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// inspector shows one page about the selected peer: its routing table with the
// verdict on every pointer, the keys it holds, or whom it talks to.
type inspector struct {
	pages [pageCount]func(m *Model, width int) []row
}

// page is one of the inspector's pages.
type page int

const (
	pageTable page = iota
	pageKeys
	pageWays
	pageCount
)

var pageNames = []string{"table", "keys", "links"}

func newInspector() *inspector {
	return &inspector{pages: [pageCount]func(*Model, int) []row{tableRows, new(keyList).rows, wayRows}}
}

func (*inspector) heading(m *Model) heading {
	h := heading{title: "Peer", pages: pageNames, page: int(m.page)}
	if p := m.selected(); p != nil {
		h.title, h.note = p.Name, p.Addr
		if _, port, ok := strings.Cut(p.Addr, ":"); ok {
			h.brief = ":" + port
		}
	}
	return h
}

func (in *inspector) rows(m *Model, width int) []row {
	p := m.selected()
	switch {
	case p == nil:
		return wrapped(part{}, "No peer yet. Press a to add one.", draw.Dim, width)
	case !p.State.Present():
		return append([]row{stateRow(m, p, width)}, wrapped(part{}, "It does not answer any more.", draw.Dim, width)...)
	}
	return in.pages[m.page](m, width)
}

// turnPage shows a page of the inspector.
func (m *Model) turnPage(to page) tea.Cmd {
	m.page = to
	m.panes[paneInspector].top()
	if room := len(m.arrange(0).columns) > 0; !room {
		return m.say(observe.Warning, fmt.Sprintf("%s: there is no room for it below %d x %d", pageNames[to], wideWidth, wideHeight))
	}
	return nil
}

// stateRow says what state a peer is in, in which process, and for how long if
// there is room for that.
func stateRow(m *Model, p *observe.Peer, width int) row {
	state := stateMark(p, m.pic.At)
	word := p.State.String()
	if state == frozenMark {
		word = "frozen"
	}
	head := line(part{state.glyph + " " + word, state.ink})
	if p.Paused {
		head.add("  paused", draw.Warn)
	}
	if p.Syncing {
		head.add("  fetching its keys", draw.Accent)
	}
	pid := ""
	if p.PID != 0 && p.PID != m.pid && p.State.Present() {
		pid = fmt.Sprintf("  pid %d", p.PID)
	}
	if age := m.pic.At - p.Since; age > 0 {
		if text := "  for " + seconds(age); head.width()+draw.Width(text+pid) <= width {
			head.add(text, draw.Dim)
		}
	}
	head.add(pid, draw.Plain)
	return head
}

// tableRows is everything the selected peer believes.
func tableRows(m *Model, width int) []row {
	p := m.selected()
	rows := append([]row{stateRow(m, p, width)}, hostRows(m.pic, p, width)...)
	if p.Sent+p.Received > 0 && !m.compact() {
		rows = append(rows, line(part{trafficRate(p), draw.Dim}))
	}
	if lone(m.pic, p) {
		itself := []part{{"itself ", draw.Plain}, {verdictMarks[observe.Right].glyph, verdictMarks[observe.Right].ink}}
		rows = append(rows,
			line(append([]part{{left("predecessor", nameColumn), draw.Dim}}, itself...)...),
			line(append([]part{{left("successors", nameColumn), draw.Dim}}, itself...)...))
	} else {
		rows = append(rows, pointerRows("predecessor", []observe.Pointer{p.Predecessor}, width)...)
		rows = append(rows, pointerRows("successors", p.Successors, width)...)
	}
	return append(rows, fingerRows(m, p, width)...)
}

// hostRows names the other virtual nodes on the peer's host, if it has any.
func hostRows(pic *observe.Picture, p *observe.Peer, width int) []row {
	current := line(part{left("same host", nameColumn), draw.Dim})
	var rows []row
	named := 0
	for i := range pic.Peers {
		q := &pic.Peers[i]
		if q.ID == p.ID || q.HostAddr() != p.HostAddr() || !q.State.Present() {
			continue
		}
		if named > 0 && current.width()+draw.Width(q.Name) > width {
			rows = append(rows, current)
			current = line(part{left("", nameColumn), draw.Plain})
		}
		current.add(q.Name+"  ", draw.Accent)
		named++
	}
	if named == 0 {
		return nil
	}
	return append(rows, current)
}

// lone reports whether p is a ring of its own, rightly: the only member, which
// needs no pointer to know that it comes after itself.
func lone(pic *observe.Picture, p *observe.Peer) bool {
	return pic.Health.Live == 1 && p.State.Live() && len(p.Successors) == 0
}

// nameColumn is the width of the names before pointers.
const nameColumn = 13

// pointerRows writes a named list of pointers, each with its verdict, over as
// many rows as it needs.
func pointerRows(name string, list []observe.Pointer, width int) []row {
	lead := part{left(name, nameColumn), draw.Dim}
	current := line(lead)
	var rows []row
	for i, s := range list {
		parts := pointerParts(s, width)
		w := 0
		for _, p := range parts {
			w += draw.Width(p.text)
		}
		if i > 0 && current.width()+w > width {
			rows = append(rows, current)
			current = line(part{left("", nameColumn), draw.Dim})
		}
		current.parts = append(current.parts, parts...)
		if len(list) == 1 && s.Verdict != observe.None {
			current = current.to(s.ID)
		}
	}
	if len(list) == 0 {
		current.add("none", draw.Dim)
	}
	return append(rows, current)
}

// pointerParts writes one pointer: its name, the verdict, and what it should
// be if that is another peer.
func pointerParts(s observe.Pointer, width int) []part {
	m := verdictMarks[s.Verdict]
	if s.Verdict == observe.None {
		parts := []part{{"none", draw.Dim}}
		if s.HasWant {
			parts = append(parts, part{" ~" + shouldBe(s, width), draw.Warn})
		}
		return parts
	}
	parts := []part{{s.Name + " ", draw.Plain}, {m.glyph, m.ink}}
	if want := wantText(s, width); want != "" {
		parts = append(parts, part{want, m.ink &^ draw.Bold})
	}
	return append(parts, part{"  ", draw.Plain})
}

// wantText says what a pointer should be, if it is not right.
func wantText(s observe.Pointer, width int) string {
	switch {
	case s.Verdict == observe.Right || s.Verdict == observe.None:
		return ""
	case s.HasWant:
		return shouldBe(s, width)
	case s.Verdict == observe.Dead:
		return " dead"
	}
	return ""
}

// spokenWidth is the width of a pane from which it says "should be" in words.
const spokenWidth = 42

func shouldBe(s observe.Pointer, width int) string {
	if width < spokenWidth {
		return " → " + s.WantName
	}
	return " should be " + s.WantName
}
