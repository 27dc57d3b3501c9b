package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// binding is one thing a key does. Keys, the footer and the help are all made
// from the one list of them.
type binding struct {
	keys    []string          // as Bubble Tea names them; the first is shown
	show    string            // how the keys are written for people
	short   string            // a word for the footer, "" if it is not shown there
	help    string            // a sentence for the help
	command string            // the line of the scenario language it stands for
	play    bool              // only where a scenario is replayed
	when    func(*Model) bool // the footer shows it, first of all, while this holds; nil: always, in its place
	act     func(*Model) tea.Cmd
}

// keymap lists what keys do, grouped as the help shows it. Keys that destroy
// stand apart from those that look, and ask once.
func keymap() []binding {
	return []binding{
		{keys: []string{"space", "."}, show: "space .", short: "pause", help: "pause the scenario, or go on", play: true, act: (*Model).togglePause},
		{keys: []string{"n"}, show: "n", short: "next", help: "run the scenario's next line now", play: true, act: (*Model).next},
		{keys: []string{"+", "="}, show: "+ -", help: "play faster or slower", play: true, act: func(m *Model) tea.Cmd { return m.changeSpeed(1) }},
		{keys: []string{"-"}, play: true, act: func(m *Model) tea.Cmd { return m.changeSpeed(-1) }},
		{keys: []string{"right", "j", "down"}, show: "← → j k", short: "select", help: "select round the ring, or scroll the pane in focus", act: (*Model).forward},
		{keys: []string{"left", "k", "up"}, act: (*Model).backward},
		{keys: []string{"/"}, show: "/", short: "lookup", help: "look up a key, K54 or any text", command: `lookup "apple" from N8`, act: (*Model).askKey},
		{keys: []string{"p"}, show: "p", short: "put", help: "put a value under a key", command: `put "apple" "red" from N8`, act: (*Model).askPut},
		{keys: []string{"g"}, show: "g", short: "get", help: "get the value of a key", command: `get "apple" from N8`, act: (*Model).askGet},
		{keys: []string{"o"}, show: "o", help: "load 50 keys with a value each", command: "load 50 keys", act: func(m *Model) tea.Cmd { return m.run("load 50 keys") }},
		{keys: []string{"a"}, show: "a", short: "add", help: "add a peer", command: "join 1", act: func(m *Model) tea.Cmd { return m.run("join 1") }},
		{keys: []string{"l"}, show: "l", short: "leave", help: "let the peer leave gracefully (asks once)", command: "leave N8", act: (*Model).askLeave},
		{keys: []string{"x"}, show: "x", short: "kill", help: "crash the peer (asks once)", command: "kill N8", act: (*Model).askKill},
		{keys: []string{"d"}, show: "d", help: "delete a key (asks for it)", command: `delete "apple" from N8`, act: (*Model).askDelete},
		{keys: []string{"z"}, show: "z", help: "freeze the peer (asks once), or thaw it", command: "freeze N8", act: (*Model).toggleFreeze},
		{keys: []string{"F"}, show: "F", short: "faults", help: "more ways to break the ring, and to repair it", command: "cut N8 <-> N14", act: func(m *Model) tea.Cmd { m.dialog = &faultMenu{}; return nil }},
		{keys: []string{"h"}, show: "h", short: "heal", when: func(m *Model) bool { return len(m.pic.Faults) > 0 }, help: "heal all links", command: "heal", act: func(m *Model) tea.Cmd { return m.run("heal") }},
		{keys: []string{"R"}, show: "R", help: "restart the peer that crashed last", command: "restart N8", act: (*Model).restart},
		{keys: []string{"v"}, show: "v 1 2 3 4", short: "view", help: "turn to the peer's table, its keys, all loads, all faults", act: func(m *Model) tea.Cmd { return m.turnPage((m.page + 1) % pageCount) }},
		{keys: []string{"1"}, act: func(m *Model) tea.Cmd { return m.turnPage(pageTable) }},
		{keys: []string{"2"}, act: func(m *Model) tea.Cmd { return m.turnPage(pageKeys) }},
		{keys: []string{"3"}, act: func(m *Model) tea.Cmd { return m.turnPage(pageLoad) }},
		{keys: []string{"4"}, act: func(m *Model) tea.Cmd { return m.turnPage(pageFaults) }},
		{keys: []string{"b"}, show: "b", help: "how many keys each peer holds, as bars", act: (*Model).toggleLoad},
		{keys: []string{":"}, show: ":", short: "command", help: "type a line of the scenario language", command: "kill random 2", act: (*Model).askLine},
		{keys: []string{"tab"}, show: "tab", help: "move the focus to the next pane", act: func(m *Model) tea.Cmd { m.moveFocus(1); return nil }},
		{keys: []string{"shift+tab"}, act: func(m *Model) tea.Cmd { m.moveFocus(-1); return nil }},
		{keys: []string{"pgdown"}, show: "pgup pgdn", help: "scroll the pane in focus", act: func(m *Model) tea.Cmd { m.scroll(m.focus, 8); return nil }},
		{keys: []string{"pgup"}, act: func(m *Model) tea.Cmd { m.scroll(m.focus, -8); return nil }},
		{keys: []string{"r"}, show: "r", help: "show the last lookup's way again", act: (*Model).again},
		{keys: []string{"f"}, show: "f", help: "fold equal rows of finger tables, or unfold", act: func(m *Model) tea.Cmd { m.unfold = !m.unfold; return nil }},
		{keys: []string{"m"}, show: "m", help: "let the mouse select text, or peers again", act: (*Model).toggleMouse},
		{keys: []string{"?"}, show: "?", short: "help", help: "this help", act: func(m *Model) tea.Cmd { m.dialog = &help{}; return nil }},
		{keys: []string{"q", "ctrl+c"}, show: "q", short: "quit", help: "quit; every peer ends with the program", act: func(*Model) tea.Cmd { return tea.Quit }},
	}
}

// press does what a key stands for.
func (m *Model) press(key string) tea.Cmd {
	for i := range m.keys {
		b := &m.keys[i]
		if slices.Contains(b.keys, key) && (!b.play || m.play != nil) {
			return b.act(m)
		}
	}
	return nil
}

func (m *Model) forward() tea.Cmd {
	if m.focus != paneRing {
		m.scroll(m.focus, 1)
	} else {
		m.selectStep(1)
	}
	return nil
}

func (m *Model) backward() tea.Cmd {
	if m.focus != paneRing {
		m.scroll(m.focus, -1)
	} else {
		m.selectStep(-1)
	}
	return nil
}

func (m *Model) askLine() tea.Cmd {
	m.dialog = &prompt{
		label: "command: ", ink: draw.Accent,
		fields: []field{{hint: "join N8, kill random 2, wait until stable …"}},
		enter:  func(m *Model, texts []string) tea.Cmd { return m.run(texts[0]) },
	}
	return nil
}

func (m *Model) askKill() tea.Cmd { return m.askAbout("kill", "x") }

func (m *Model) askLeave() tea.Cmd { return m.askAbout("leave", "l") }

// askAbout opens a question about a command on the selected peer.
func (m *Model) askAbout(command, key string) tea.Cmd {
	p := m.selected()
	if p == nil || p.State >= observe.StateDead {
		return m.say(mark{"!", draw.Warn | draw.Bold}, "select a live peer first")
	}
	m.askOnce(command+" "+p.Name, key)
	return nil
}

// askOnce opens a question that the key, pressed again, agrees to.
func (m *Model) askOnce(line, key string) {
	command, object, _ := strings.Cut(line, " ")
	verb := command
	if command == "registry" {
		verb = object // down
	}
	m.dialog = &confirm{
		question: line + "? " + consequences[command],
		verb:     verb,
		yes:      []string{key, "y", "enter"},
		act:      func(m *Model) tea.Cmd { return m.run(line) },
	}
}

func (m *Model) togglePause() tea.Cmd {
	m.play.paused = !m.play.paused
	if m.play.paused {
		return m.give(order{kind: orderPause})
	}
	return m.give(order{kind: orderResume})
}

func (m *Model) next() tea.Cmd { return m.give(order{kind: orderStep}) }

// slowest and fastest speeds of a play, as binary logarithms.
const slowest, fastest = -3, 4

func (m *Model) changeSpeed(by int) tea.Cmd {
	m.play.speed = max(slowest, min(m.play.speed+by, fastest))
	return m.give(order{kind: orderSpeed, n: m.play.speed})
}

func (m *Model) toggleMouse() tea.Cmd {
	m.noMouse = !m.noMouse
	if m.noMouse {
		return m.say(mark{"·", 0}, "the mouse selects text now; m takes it back")
	}
	return m.say(mark{"·", 0}, "the mouse selects peers now")
}

func (m *Model) again() tea.Cmd {
	if m.trip == nil {
		return nil
	}
	m.trip.elapsed, m.noTrip = 0, false
	return m.animate()
}
