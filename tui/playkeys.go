package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// playKeys steer the replay of a scenario. Presenter remotes send the full stop
// and the page keys.
func playKeys() []binding {
	return []binding{
		{keys: []string{"space"}, show: "space", word: pauseWord, help: "pause the scenario, or go on", on: (*Model).playing, act: (*Model).togglePause},
		{keys: []string{"n"}, show: "n", short: "next line", help: "run the scenario's next line now, and do not wait any longer for the one that runs", on: (*Model).playing, act: (*Model).next},
		{keys: []string{"p"}, show: "p", short: "again", help: "show again what was done last", on: (*Model).playing, act: (*Model).repeat},
		{keys: []string{"C"}, show: "C", short: "chapters", help: "the chapters; enter jumps to one", on: (*Model).replaying, act: (*Model).openChapters},
		{keys: []string{".", "pgdown"}, show: ". pgdn", help: "go on, as presenter remotes ask for it: the next line, or the end of a pause; what a line waits for still comes first", on: (*Model).playing, act: (*Model).goOn},
		{keys: []string{"pgup"}, show: "pgup", help: "show the last line again", on: (*Model).playing, act: (*Model).pageBack},
		{keys: []string{"+", "="}, show: "+ -", help: "play twice as fast, or half as fast", on: (*Model).playing, act: func(m *Model) tea.Cmd { return m.changeSpeed(1) }},
		{keys: []string{"-"}, on: (*Model).playing, act: func(m *Model) tea.Cmd { return m.changeSpeed(-1) }},
	}
}

func pauseWord(m *Model) string {
	if m.holds() {
		return "go on"
	}
	return "pause"
}

// holds reports whether the play is paused. While it hurries somewhere, a pause
// is still to come.
func (m *Model) holds() bool { return m.play.paused && !m.play.hurries }

func (m *Model) togglePause() tea.Cmd {
	o := order{kind: orderPause}
	if m.holds() {
		o.kind = orderResume
	}
	refused := m.give(o)
	if refused == nil {
		m.play.paused, m.play.hurries = o.kind == orderPause, false
	}
	return refused
}

func (m *Model) next() tea.Cmd { return m.give(order{kind: orderStep}) }

// goOn ends a pause, or does not wait any longer for the next line. What a line
// waits for it leaves alone, unless that is time alone: a key that is pressed once
// too often must not make the claims after it fail. From the past it leads back to
// now, and in a pane that has the focus it is the page key.
func (m *Model) goOn() tea.Cmd {
	switch {
	case m.looksBack():
		return m.returnToNow()
	case m.focus != paneRing:
		m.scroll(m.focus, pageRows)
		return nil
	case m.holds():
		return m.togglePause()
	case m.play.waits():
		return m.say(observe.Info, "still waiting: "+m.play.script.Lines[m.play.current].Text+"   n goes on without")
	}
	return m.next()
}

func (m *Model) pageBack() tea.Cmd {
	if m.focus != paneRing {
		m.scroll(m.focus, -pageRows)
		return nil
	}
	return m.repeat()
}

// silent are the commands after which there is nothing to be seen again: what
// they tell stays, or they only judge and wait for what was done before them.
var silent = []string{"title", "set", "chapter", "say", "note", "ask", "expect", "always", "wait", "sleep", "figure", "snapshot"}

// repeat shows again what was done last: the way of its lookup, or what was
// seen from its beginning on, as part of the past.
func (m *Model) repeat() tea.Cmd {
	p := m.play
	i := p.current
	for i >= 0 && (p.lines[i].state == linePending || slices.Contains(silent, p.script.Lines[i].Command)) {
		i--
	}
	if i < 0 || len(m.history.moments) == 0 {
		return m.say(observe.Info, "nothing has been done yet that could be shown again")
	}
	l := &p.lines[i]
	if l.state != lineRunning {
		m.turnTo(p.script.Lines[i].Command, l.shown)
		if l.shown.Lookup != nil && !m.looksBack() {
			return m.again()
		}
	}
	m.goTo(m.history.last(l.began))
	m.history.runs, m.history.clock = true, l.began
	return m.animate()
}

// slowest and fastest speeds of a play, as binary logarithms.
const slowest, fastest = -3, 4

func (m *Model) changeSpeed(by int) tea.Cmd {
	to := max(slowest, min(m.play.speed+by, fastest))
	refused := m.give(order{kind: orderSpeed, n: to})
	if refused == nil {
		m.play.speed = to
	}
	return refused
}
