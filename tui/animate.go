package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// frameTime is the time between two frames while something moves. Nothing
// ticks while nothing does.
const frameTime = time.Second / 30

type tickMsg time.Time

func tick() tea.Cmd { return tea.Tick(frameTime, func(t time.Time) tea.Msg { return tickMsg(t) }) }

// animate starts the ticks, unless they run already or nothing moves.
func (m *Model) animate() tea.Cmd {
	if m.ticking || !m.moving() {
		return nil
	}
	m.ticking, m.lastTick = true, time.Time{}
	return tick()
}

// moving reports whether a lookup or keys are under way.
func (m *Model) moving() bool {
	if !m.noMotion && (m.zoom.moving() || m.floats.moving()) {
		return true
	}
	return m.history.runs || m.reads() || m.trip != nil && m.trip.moving() || len(m.convoys) > 0 && !m.noMotion
}

// tick moves everything by the time since the last tick.
func (m *Model) tick(now time.Time) tea.Cmd {
	step := frameTime
	if !m.lastTick.IsZero() {
		// A terminal that was stopped for a while goes on where it was.
		step = max(0, min(now.Sub(m.lastTick), 4*frameTime))
	}
	m.lastTick = now
	if m.trip != nil && m.trip.moving() {
		if m.trip.elapsed += step; !m.trip.moving() {
			m.notice()
		}
	}
	if m.code.on {
		m.readOn(step)
	}
	var shown tea.Cmd
	if m.history.runs {
		shown = m.runPast(step)
	}
	if !m.noMotion {
		m.advance(step)
		m.zoom.elapsed += step
		m.floats.advance(step)
	}
	if !m.moving() {
		m.ticking = false
		return shown
	}
	return tea.Batch(shown, tick())
}
