package tui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// quietly asks for a line that the screen needs for itself: nothing is said of
// it. It reports whether there was room for it.
func (m *Model) quietly(line string) bool {
	if m.guest() {
		return true // others decide what peers tell
	}
	select {
	case m.orders <- order{kind: orderQuiet, line: line, from: m.viewer}:
		return true
	default:
		return false
	}
}

// run asks for a line of the scenario language to be run.
func (m *Model) run(line string) tea.Cmd { return m.give(order{kind: orderRun, line: line}) }

// lookOn tells a guest that this is not for guests.
func (m *Model) lookOn() tea.Cmd {
	return m.say(observe.Info, "this screen looks on; what the ring does is for the one who started it")
}

// give hands an order to the conductor, which may be busy with a long line.
func (m *Model) give(o order) tea.Cmd {
	if m.guest() {
		return m.lookOn()
	}
	if m.remote() && o.kind == orderRun && scenarios.TouchesFiles(o.line) {
		return m.refuseFiles()
	}
	if m.looksBack() {
		return m.refusePast()
	}
	o.from = m.viewer
	select {
	case m.orders <- o:
		if o.kind == orderRun {
			m.say(observe.Info, o.line+" …") // until it is done, however long
		}
		return nil
	default:
		return m.say(observe.Warning, "too many commands are waiting; let some of them end first")
	}
}

// orderDone tells what became of a line that somebody asked for.
func (m *Model) orderDone(msg orderDoneMsg) tea.Cmd {
	if msg.err != nil {
		m.pacing.asked = false
		var mistake *scenarios.Error // that only the runner could know of
		if msg.line == m.typed && m.dialog == nil && errors.As(msg.err, &mistake) {
			m.openPalette(msg.line).mistake = mistake
			m.toast.text = ""
			return nil
		}
		return m.say(observe.Bad, firstLine(msg.err.Error()))
	}
	level, text := observe.Good, cmp.Or(msg.result.Text, "done")
	if !msg.result.OK {
		level, text = observe.Bad, cmp.Or(msg.result.Text, "failed")
	}
	said := m.say(level, text)
	m.toast.command = "`" + msg.line + "`"
	command, _, _ := strings.Cut(msg.line, " ")
	m.turnTo(command, msg.result)
	if command == "join" && msg.result.OK && namesOne(msg.line, msg.result.Peers) {
		m.newcomer = msg.result.Peers[0]
		m.turnToNewcomer()
	}
	return said
}

// namesOne reports whether a line names the one peer that it was about.
func namesOne(line string, peers []string) bool {
	return len(peers) == 1 && slices.Contains(strings.Fields(line), peers[0])
}

// guest reports whether this screen only looks on.
func (m *Model) guest() bool { return m.viewer != nil && m.viewer.guest }

// remote reports whether this screen is over ssh: it must not read or write the
// files of this machine.
func (m *Model) remote() bool { return m.viewer != nil && m.viewer.remote }

// firstLine is an error without the excerpt of its line, which the toast shows
// anyway.
func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// turnTo turns to what a line is about: to the peer that it asks to look at, or
// that took a step, and with a new chapter away from lookups of the last one.
func (m *Model) turnTo(command string, result scenarios.Result) {
	switch {
	case command == "focus" && len(result.Peers) > 0, command == "step" && len(result.Peers) == 1:
		m.chooseName(result.Peers[0])
	case command == "chapter":
		m.clearLookups()
	}
}
