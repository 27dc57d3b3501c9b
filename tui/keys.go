package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// binding is one thing a key does. Keys, the footer and the help are all made
// from the one list of them.
type binding struct {
	keys    []string            // as Bubble Tea names them; the first is shown
	show    string              // how the keys are written for people
	short   string              // a word for the footer, "" if it is never shown there
	word    func(*Model) string // the word where it depends; nil: short
	help    string              // a sentence for the help
	command string              // the line of the scenario language it stands for, about examplePeer
	group   string              // of the help
	on      func(*Model) bool   // the keys mean this only while it holds; nil: always
	when    func(*Model) bool   // the footer shows it, first of all, while this holds; nil: if there is room, in its place
	act     func(*Model) tea.Cmd
}

// helpKey is in the footer in any case.
const helpKey = "?"

// examplePeer stands in a binding's command for the selected peer.
const examplePeer = "N8"

// scenarioGroup is of keys that steer the scenario, for everybody who looks on.
const scenarioGroup = "Scenario"

// keymap lists what keys do, in the groups and the order in which the help
// shows it. Each group stands beside what it steers. Keys that destroy stand
// apart from those that look, and ask once.
func keymap(list []*view) []binding {
	groups := []struct {
		title string
		keys  []binding
	}{
		{scenarioGroup, playKeys()},
		{"Look", slices.Concat(selectKeys(), viewKeys(list), zoomKeys(), paneKeys(), lookKeys())},
		{"Time", timeKeys()},
		{"The past", historyKeys()},
		{"Ask the ring", accessKeys()},
		{"Change the ring", breakKeys()},
		{"Program", slices.Concat(saveKeys(), programKeys())},
	}
	var keys []binding
	for _, g := range groups {
		for i := range g.keys {
			g.keys[i].group = g.title
		}
		keys = append(keys, g.keys...)
	}
	return keys
}

// programKeys steer the program itself.
func programKeys() []binding {
	return []binding{
		{keys: []string{":"}, show: ":", short: "command", help: "type any line of the scenario language; tab completes it", command: "kill random 2", act: func(m *Model) tea.Cmd { m.openPalette(""); return nil }},
		{keys: []string{"m"}, show: "m", help: "let the mouse select text, or peers again", act: (*Model).toggleMouse},
		{keys: []string{helpKey}, show: helpKey, short: "all keys", help: "this list; enter does what is chosen", act: (*Model).showHelp},
		{keys: []string{"q", "ctrl+c"}, show: "q", help: "quit; every peer ends with the program", act: (*Model).quit},
	}
}

// paneKeys move between panes, in them, and their borders.
func paneKeys() []binding {
	return []binding{
		{keys: []string{"tab"}, show: "tab", help: "move the focus to the next pane", act: func(m *Model) tea.Cmd { m.moveFocus(1); return nil }},
		{keys: []string{"shift+tab"}, act: func(m *Model) tea.Cmd { m.moveFocus(-1); return nil }},
		{keys: []string{"pgdown"}, show: "pgup pgdn", help: "scroll the pane in focus", act: func(m *Model) tea.Cmd { m.scroll(m.focus, pageRows); return nil }},
		{keys: []string{"pgup"}, act: func(m *Model) tea.Cmd { m.scroll(m.focus, -pageRows); return nil }},
		{keys: []string{"]"}, show: "[ ]", help: "make the left part wider or narrower; or drag its border", act: func(m *Model) tea.Cmd { m.widen(splitStep); return nil }},
		{keys: []string{"["}, act: func(m *Model) tea.Cmd { m.widen(-splitStep); return nil }},
		{keys: []string{"}"}, show: "{ }", help: "make the pane in focus higher or lower; or drag its title", act: func(m *Model) tea.Cmd { return m.heightenFocus(heightsStep) }},
		{keys: []string{"{"}, act: func(m *Model) tea.Cmd { return m.heightenFocus(-heightsStep) }},
		{keys: []string{"|"}, show: "|", help: "all borders where they are by themselves", act: (*Model).resetBorders},
		{keys: []string{"t"}, show: "t", help: "turn the inspector's page: table, keys or links", act: func(m *Model) tea.Cmd { return m.turnPage((m.page + 1) % pageCount) }},
		{keys: []string{"f"}, show: "f", help: "fold equal rows of finger tables, or unfold", act: func(m *Model) tea.Cmd { m.unfold = !m.unfold; return nil }},
	}
}

// pageRows is how far the page keys scroll.
const pageRows = 8

// splitStep is how far a key moves the border, in cells.
const splitStep = 4

// widen makes the left part so many cells wider, as far as the layout lets it.
func (m *Model) widen(by int) {
	border := func(split int) int {
		was := m.split
		m.split = split
		l := m.arrange(0)
		m.split = was
		return l.border.x
	}
	m.split += border(m.split+by) - border(m.split)
}

// bindings returns what keys do now, those of the past and of the view first. A
// key that one binding has is not another one's.
func (m *Model) bindings() []binding {
	var list, past []binding
	if m.looksBack() {
		past = pastKeys()
		for i := range past {
			past[i].group = "The past"
		}
	}
	taken := make(map[string]bool)
	for _, from := range [...][]binding{past, m.viewing().keys, m.keys} {
		for _, b := range from {
			if b.on != nil && !b.on(m) {
				continue
			}
			free := slices.DeleteFunc(slices.Clone(b.keys), func(k string) bool { return taken[k] })
			if len(free) == 0 {
				continue
			}
			if free[0] != b.keys[0] {
				b.show = strings.Join(free, " ")
			}
			b.keys = free
			for _, k := range free {
				taken[k] = true
			}
			list = append(list, b)
		}
	}
	return list
}

// do does what a binding stands for. In the past nothing can be done to the
// ring, so no question about it is asked there either, nor of a guest.
func (m *Model) do(b *binding) tea.Cmd {
	if m.looksBack() && b.command != "" {
		return m.refusePast()
	}
	if m.guest() && b.steers() {
		return m.lookOn()
	}
	return b.act(m)
}

// steers reports whether a binding does something to the ring or the scenario,
// for everybody who looks on.
func (b *binding) steers() bool { return b.command != "" || b.group == scenarioGroup }

// press does what a key stands for.
func (m *Model) press(key string) tea.Cmd {
	for _, b := range m.bindings() {
		if slices.Contains(b.keys, key) {
			return m.do(&b)
		}
	}
	return nil
}

func (m *Model) toggleMouse() tea.Cmd {
	m.noMouse = !m.noMouse
	if m.noMouse {
		return m.say(observe.Info, "the mouse selects text now; m takes it back")
	}
	return m.say(observe.Info, "the mouse selects peers now")
}
