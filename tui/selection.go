package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// picture takes a new picture of the ring. While the past is shown it is only
// remembered.
func (m *Model) picture(pic *observe.Picture) tea.Cmd {
	if pic.At < m.live.At { // another ring
		m.forget()
	}
	m.live = pic
	m.lookups.log.take(pic)
	m.remember()
	if m.looksBack() {
		return nil
	}
	return m.shows(pic)
}

// forget drops what is known of a ring that is not shown any more.
func (m *Model) forget() {
	m.history = history{}
	m.trip, m.noTrip, m.seen, m.noticed = nil, false, 0, 0
	m.lookups.log = lookupLog{}
	m.convoys, m.moved, m.crashed = nil, 0, nil
	m.code = reading{on: m.code.on && !m.code.opened}
	clear(m.traced)
}

// shows turns to the newest picture.
func (m *Model) shows(pic *observe.Picture) tea.Cmd {
	m.pic = pic
	m.trouble.find(pic)
	m.floats.follow(pic, m.noMotion)
	m.noteCrashed()
	m.keepSelection()
	m.turnToNewcomer()
	m.notice()
	m.openCode()
	ended := m.sendOff(pic)
	return tea.Batch(m.animate(), ended)
}

// crowd is the number of new lookups in one picture from which that of a put is
// not shown: somebody loads many keys, and no single way is of interest.
const crowd = 5

// notice shows the newest lookup that is done. That of a put does not cut off
// the one before it, which may be of the same load; it waits for its end.
func (m *Model) notice() {
	lookups := m.pic.Lookups
	for i := len(lookups) - 1; i >= 0; i-- {
		l := &lookups[i]
		if !l.Done {
			continue
		}
		news := l.Number - m.noticed
		m.noticed = l.Number
		switch {
		case l.For == "put" && news >= crowd:
			m.seen = l.Number
		case l.For != "put" || m.trip == nil || !m.trip.moving():
			m.show(l)
		}
		return
	}
}

// show starts the trip of a lookup over the ring, unless it was shown before.
// Lookups are taken from pictures only, whoever asked for them: the result of
// a line numbers them in another way.
func (m *Model) show(l *observe.Lookup) {
	if l.Number <= m.seen {
		return
	}
	m.seen = l.Number
	if m.lookups.pinned() {
		return
	}
	m.trip, m.noTrip = newTrip(*l), false
	if m.noMotion {
		m.trip.finish()
	}
	m.panes[paneLookup].top()
}

// selected returns the selected peer in the present picture, or nil.
func (m *Model) selected() *observe.Peer {
	if !m.has {
		return nil
	}
	i, ok := m.find(m.chosen)
	if !ok {
		return nil
	}
	return &m.pic.Peers[i]
}

// find returns where in the picture a peer stands, or would stand.
func (m *Model) find(id ring.ID) (int, bool) {
	return slices.BinarySearchFunc(m.pic.Peers, id, func(p observe.Peer, id ring.ID) int {
		return p.ID.Compare(id)
	})
}

// keepSelection moves the selection clockwise to the next peer if the selected
// one is gone, and selects the first peer there is.
func (m *Model) keepSelection() {
	n := len(m.pic.Peers)
	if n == 0 {
		m.has = false
		return
	}
	i, _ := m.find(m.chosen)
	if !m.has {
		i = 0
	}
	m.choose(m.pic.Peers[i%n].ID)
}

func (m *Model) choose(id ring.ID) {
	if !m.has || m.chosen != id {
		m.panes[paneInspector].top()
		m.panes[paneLoad].top()
	}
	m.chosen, m.has = id, true
}

// chooseName selects the peer with this name, if there is one.
func (m *Model) chooseName(name string) {
	if id, ok := m.byName(name); ok {
		m.choose(id)
	}
}

// turnToNewcomer selects the peer that somebody let in by name: what comes next
// is about it.
func (m *Model) turnToNewcomer() {
	if p, ok := m.named(m.newcomer); ok {
		m.choose(p.ID)
		m.newcomer = ""
	}
}

// selectStep moves the selection round the ring, clockwise if by is 1.
func (m *Model) selectStep(by int) {
	if n := len(m.pic.Peers); n > 0 && m.has {
		i, _ := m.find(m.chosen)
		m.choose(m.pic.Peers[(i+by+n)%n].ID)
	}
}

// nextThatIs returns the selected peer, or the next one clockwise, in a state
// that is; nil if there is none.
func (m *Model) nextThatIs(is func(observe.State) bool) *observe.Peer {
	if !m.has {
		return nil
	}
	at, _ := m.find(m.chosen)
	for k := range m.pic.Peers {
		if p := &m.pic.Peers[(at+k)%len(m.pic.Peers)]; is(p.State) {
			return p
		}
	}
	return nil
}

// selectNext selects that peer, so that a key goes on from a peer that crashed.
func (m *Model) selectNext(is func(observe.State) bool) *observe.Peer {
	p := m.nextThatIs(is)
	if p != nil {
		m.choose(p.ID)
	}
	return p
}

// mostCrashed is how many crashed peers are remembered.
const mostCrashed = 50

// noteCrashed keeps the names of crashed peers, which could be restarted when
// the picture does not show them any more.
func (m *Model) noteCrashed() {
	for i := range m.pic.Peers {
		p := &m.pic.Peers[i]
		at := slices.Index(m.crashed, p.Name)
		switch dead := p.State == observe.StateDead; {
		case dead && at < 0:
			m.crashed = append(m.crashed[max(len(m.crashed)+1-mostCrashed, 0):], p.Name)
		case !dead && at >= 0:
			m.crashed = slices.Delete(m.crashed, at, at+1)
		}
	}
}

// selectKeys select peers.
func selectKeys() []binding {
	return []binding{
		{keys: []string{"right"}, show: "← →", short: "select", help: "select round the ring, or move in the pane in focus; j k too", act: func(m *Model) tea.Cmd { return m.moveCursor(1, true) }},
		{keys: []string{"left"}, act: func(m *Model) tea.Cmd { return m.moveCursor(-1, true) }},
		{keys: []string{"down", "j"}, act: func(m *Model) tea.Cmd { return m.moveCursor(1, false) }},
		{keys: []string{"up", "k"}, act: func(m *Model) tea.Cmd { return m.moveCursor(-1, false) }},
		{keys: []string{"enter"}, show: "enter", help: "go to what the cursor of the pane in focus stands on", act: (*Model).enterCursor},
	}
}

// moveCursor moves what the focus is on: the selection round the ring, the
// cursor of a view, that of a text pane from name to name (across) or its rows.
func (m *Model) moveCursor(by int, across bool) tea.Cmd {
	switch {
	case m.focus == paneRing:
		m.selectStep(by)
	case m.focus == paneMain && m.viewing().move != nil:
		m.viewing().move(m, by, across)
	case m.focus > paneMain && across:
		m.panes[m.focus].moveTarget(by)
	default:
		m.scroll(m.focus, by)
	}
	return nil
}

// enterCursor goes to what the cursor stands on.
func (m *Model) enterCursor() tea.Cmd {
	if m.focus == paneMain {
		if f := m.viewing().pick; f != nil {
			return f(m)
		}
	}
	if m.focus > paneMain {
		if z := m.panes[m.focus].target(); z != nil {
			return m.follow(*z)
		}
	}
	return nil
}

// follow does what a click on a zone does.
func (m *Model) follow(z zone) tea.Cmd {
	if z.act != nil {
		return z.act(m)
	}
	if _, ok := m.find(z.peer); z.link && ok {
		m.choose(z.peer)
	}
	return nil
}
