package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// looksBack reports whether a moment of the past is shown.
func (m *Model) looksBack() bool { return m.history.past }

// goTo shows a moment of the history, and stops there; beyond the last one it
// is now.
func (m *Model) goTo(at int) tea.Cmd {
	m.history.runs = false
	return m.showMoment(at)
}

func (m *Model) showMoment(at int) tea.Cmd {
	h := &m.history
	if len(h.moments) == 0 || at >= len(h.moments) {
		return m.returnToNow()
	}
	if !h.past {
		h.left, h.noLeft = m.trip, m.noTrip
	}
	h.past, h.at = true, max(at, 0)
	m.pic = h.moments[h.at].pic
	m.trouble.find(m.pic)
	m.keepSelection()
	m.convoys = nil
	m.recall()
	return nil
}

// recallTime is how long after its end a lookup of the past is still shown.
const recallTime = 3 * time.Second

// recall shows the way of the lookup that the moment is about, at once.
func (m *Model) recall() {
	m.trip, m.noTrip = nil, true
	for i := len(m.pic.Lookups) - 1; i >= 0; i-- {
		l := &m.pic.Lookups[i]
		if !l.Done {
			continue
		}
		m.trip = newTrip(*l)
		m.trip.finish()
		m.noTrip = m.pic.At-l.Started-l.Took > recallTime
		return
	}
}

// returnToNow ends looking back.
func (m *Model) returnToNow() tea.Cmd {
	h := &m.history
	if !h.past {
		return nil
	}
	h.past, h.runs = false, false
	m.trip, m.noTrip = h.left, h.noLeft
	return m.shows(m.live)
}

// stepBack goes to the moment before whatever changed last, or, with by -1, to
// after what changes next.
func (m *Model) stepBack(by int) tea.Cmd {
	h := &m.history
	at := h.at
	if !h.past {
		if by < 0 || len(h.moments) < 2 {
			return nil
		}
		at = len(h.moments) - 1
	}
	if by > 0 {
		for at > 0 && !differs(&h.moments[at-1], &h.moments[at]) {
			at--
		}
		return m.goTo(at - 1)
	}
	for at++; at < len(h.moments) && !differs(&h.moments[at-1], &h.moments[at]); {
		at++
	}
	return m.goTo(at)
}

// differs reports whether there is more between two moments than the count of
// messages and the time.
func differs(a, b *moment) bool {
	latest := func(p *observe.Picture) (event observe.Event, lookup uint64, lines int) {
		if n := len(p.Events); n > 0 {
			event = p.Events[n-1]
		}
		if n := len(p.Lookups); n > 0 {
			lookup = p.Lookups[n-1].Number
		}
		if n := len(p.Runs); n > 0 {
			lines = len(p.Runs[n-1].Lines)
		}
		return event, lookup, lines
	}
	event1, lookup1, lines1 := latest(a.pic)
	event2, lookup2, lines2 := latest(b.pic)
	return notable(a.pic, b.pic) || a.pic.Health != b.pic.Health || a.caption != b.caption ||
		event1 != event2 || lookup1 != lookup2 || lines1 != lines2
}

// leap goes to the moment d before the one that is shown, or after it if d is
// negative.
func (m *Model) leap(d time.Duration) tea.Cmd {
	h := &m.history
	if len(h.moments) == 0 || !h.past && d < 0 {
		return nil
	}
	at := h.last(m.pic.At - d)
	if d < 0 {
		at = max(at, h.at+1)
	}
	return m.goTo(at)
}

// goNear shows the moment of a time, which may be outside of what was seen.
func (m *Model) goNear(t time.Duration) tea.Cmd {
	if len(m.history.moments) == 0 {
		return nil
	}
	return m.goTo(m.history.last(t))
}

// refusePast says why nothing is done.
func (m *Model) refusePast() tea.Cmd {
	return m.say(observe.Warning, "this is the past, only to be looked at: end goes back to now")
}

// runOn lets the past go on by itself, as it went, up to now, or stops it.
func (m *Model) runOn() tea.Cmd {
	m.history.runs, m.history.clock = !m.history.runs, m.pic.At
	return m.animate()
}

// quietTime is the longest time in which nothing happens while the past runs.
const quietTime = time.Second

// runPast lets the past go on by the time since the last tick.
func (m *Model) runPast(step time.Duration) tea.Cmd {
	h := &m.history
	h.clock += step
	at := max(h.last(h.clock), h.at)
	next := at + 1
	for next < len(h.moments) && !differs(&h.moments[next-1], &h.moments[next]) {
		next++
	}
	switch now := next == len(h.moments); { // where nothing happens for long, it does not take long
	case now && h.clock-h.moments[at].pic.At > quietTime:
		return m.returnToNow()
	case !now:
		h.clock = max(h.clock, h.moments[next].pic.At-quietTime)
	}
	switch {
	case at == len(h.moments)-1:
		return m.returnToNow()
	case at != h.at:
		return m.showMoment(at)
	}
	return nil
}

// historyKeys go back into what was seen.
func historyKeys() []binding {
	return []binding{
		{keys: []string{"b", "shift+left"}, show: "b B", help: "back to before what changed last, and forward; shift+← → too", act: func(m *Model) tea.Cmd { return m.stepBack(1) }},
		{keys: []string{"B", "shift+right"}, act: func(m *Model) tea.Cmd { return m.stepBack(-1) }},
		{keys: []string{"ctrl+left"}, show: "ctrl+← →", help: "back and forward by 5 seconds", act: func(m *Model) tea.Cmd { return m.leap(5 * time.Second) }},
		{keys: []string{"ctrl+right"}, act: func(m *Model) tea.Cmd { return m.leap(-5 * time.Second) }},
		{keys: []string{"home"}, show: "home", help: "the beginning of what was seen", act: func(m *Model) tea.Cmd { return m.goTo(0) }},
	}
}

// pastKeys work while the past is shown, before all others.
func pastKeys() []binding {
	runs := func(m *Model) string {
		if m.history.runs {
			return "stop here"
		}
		return "let it run"
	}
	return []binding{
		{keys: []string{"end"}, show: "end", short: "back to now", when: (*Model).looksBack, help: "back to now; esc too", act: (*Model).returnToNow},
		{keys: []string{"space"}, show: "space", word: runs, when: (*Model).looksBack, help: "let the past run as it ran, up to now, or stop it", act: (*Model).runOn},
		{keys: []string{"b"}, show: "b B", short: "step", when: (*Model).looksBack, act: func(m *Model) tea.Cmd { return m.stepBack(1) }},
		{keys: []string{"ctrl+left"}, show: "ctrl+← →", short: "5 s", when: (*Model).looksBack, act: func(m *Model) tea.Cmd { return m.leap(5 * time.Second) }},
	}
}
