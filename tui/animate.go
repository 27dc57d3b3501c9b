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
	if m.ticking || m.trip == nil || !m.trip.moving() {
		return nil
	}
	m.ticking, m.lastTick = true, time.Time{}
	return tick()
}

// tick moves the trip by the time since the last tick.
func (m *Model) tick(now time.Time) tea.Cmd {
	if m.trip == nil {
		m.ticking = false
		return nil
	}
	step := frameTime
	if !m.lastTick.IsZero() {
		// A terminal that was stopped for a while goes on where it was.
		step = max(0, min(now.Sub(m.lastTick), 4*frameTime))
	}
	m.lastTick = now
	m.trip.elapsed += step
	if !m.trip.moving() {
		m.ticking = false
		return nil
	}
	return tick()
}
