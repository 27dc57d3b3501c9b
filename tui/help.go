package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// help lists what keys do, from the one table of them, over the screen. What is
// typed filters the list.
type help struct {
	listBox
	filter field
}

func (m *Model) showHelp() tea.Cmd {
	m.dialog = &help{}
	return nil
}

func (h *help) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	if k.String() == "?" && len(h.filter.text) == 0 {
		return true, nil
	}
	if handled, done, cmd := h.listBox.key(m, k.String(), h.items(m, boxWidth)); handled {
		return done, cmd
	}
	if h.filter.edit(k) {
		h.cursor, h.offset = 0, 0
	}
	return false, nil
}

func (h *help) wheel(m *Model, by int) { h.move(by, h.items(m, boxWidth)) }

func (h *help) paste(_ *Model, text string) { h.filter.insert(text) }

func (h *help) draw(m *Model, screen, _ draw.Region) {
	head := line(part{" find  ", draw.Dim})
	if len(h.filter.text) == 0 {
		head.add(" ", draw.Reverse)
		head.add(" type a word, such as lookup or stop", draw.Dim)
	} else {
		head.add(string(h.filter.text), draw.Plain|draw.Bold)
		head.add(" ", draw.Reverse)
	}
	h.listBox.draw(m, screen, "What keys do", draw.Accent, []row{head}, h.items(m, boxInner(screen.Dx())))
}

// items is one for each binding that fits the filter, below the heading of its
// group, and what else is good to know.
func (h *help) items(m *Model, width int) []item {
	words := strings.Fields(strings.ToLower(string(h.filter.text)))
	items := keyItems(m, width, func(b *binding) bool { return matches(words, b.show, b.help, b.command) })
	if len(items) == 0 { // look is first of all lookup, and then the group of this name
		items = keyItems(m, width, func(b *binding) bool { return matches(words, b.show, b.help, b.command, b.group) })
	}
	if v := m.viewing(); matches(words, v.name, v.help, "view") {
		items = append(items, groupHeading("This view: "+v.name, width)...)
		items = append(items, item{rows: wrapped(part{}, v.help, draw.Plain, width)})
	}
	if addr := m.pic.Registry.Addr; addr != "" && matches(words, "another terminal", addr) {
		items = append(items, groupHeading("From another terminal", width)...)
		items = append(items, item{rows: []row{line(part{"chordscope get apple --registry " + addr, draw.Plain})}})
	}
	if m.served != "" && matches(words, "look on ssh", m.served) {
		items = append(items, groupHeading("To look on, each with a view of their own", width)...)
		items = append(items, item{rows: []row{line(part{m.served, draw.Plain})}})
	}
	if len(items) == 0 {
		items = []item{{rows: []row{line(part{"nothing fits that; backspace", draw.Dim})}}}
	}
	return items
}

// keyItems is one for each binding that fits, below the heading of its group.
func keyItems(m *Model, width int, fits func(*binding) bool) []item {
	var items []item
	group := ""
	for _, b := range m.bindings() {
		if b.help == "" || !fits(&b) {
			continue
		}
		if b.group != group {
			group = b.group
			items = append(items, groupHeading(group, width)...)
		}
		items = append(items, item{rows: helpRows(m, &b, width), act: func(m *Model) tea.Cmd { return m.do(&b) }})
	}
	return items
}

// groupHeading is the heading of a group in a list.
func groupHeading(text string, width int) []item {
	rule := strings.Repeat("─", max(width-draw.Width(text)-1, 0))
	return []item{{rows: []row{line(part{text + " ", draw.Plain | draw.Bold}, part{rule, draw.Rule})}}}
}

// matches reports whether every word is in one of the texts.
func matches(words []string, texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, " "))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// helpRows is a binding in the help: the keys, what they do, and at the right
// the line that does the same, about the selected peer.
func helpRows(m *Model, b *binding, width int) []row {
	const keys = 11
	rows := wrapped(part{left(b.show, keys), draw.Accent | draw.Bold}, b.help, draw.Plain, width)
	if b.command == "" {
		return rows
	}
	command := b.command
	if p := m.selected(); p != nil {
		command = strings.ReplaceAll(command, examplePeer, p.Name)
	}
	last := &rows[len(rows)-1]
	if last.width()+2+draw.Width(command) > width {
		rows = append(rows, row{})
		last = &rows[len(rows)-1]
	}
	last.add(right(command, width-last.width()), draw.Dim)
	return rows
}
