package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// The time of the ring is in the viewer's hand: maintenance stands still, goes
// on step by step, slower or faster. What peers answer to others is never held
// up by that.

// standsStill reports whether the maintenance of every member stands still.
func (m *Model) standsStill() bool {
	members := 0
	for i := range m.pic.Peers {
		if p := &m.pic.Peers[i]; p.State.Live() {
			if !p.Paused {
				return false
			}
			members++
		}
	}
	return members > 0
}

// stepsByHand reports whether time stands still and nothing else goes on, so
// that the next thing to do is a step.
func (m *Model) stepsByHand() bool { return m.standsStill() && !m.playing() }

// pace is how fast maintenance runs at the first member, as a binary logarithm.
func (m *Model) pace() int {
	for i := range m.pic.Peers {
		if p := &m.pic.Peers[i]; p.State.Live() && p.Pace > 0 {
			return int(math.Round(math.Log2(p.Pace)))
		}
	}
	return 0
}

// slowestPace and fastestPace bound the pace of maintenance.
const slowestPace, fastestPace = -6, 6

// timeKeys hold the ring's time in hand. Where a scenario plays, space, n, + and
// - steer that instead.
func timeKeys() []binding {
	return []binding{
		{keys: []string{"space", "P"}, show: "space", short: "go on", when: (*Model).stepsByHand, help: "stop all maintenance, or let it go on", command: "pause", act: (*Model).toggleTime},
		{keys: []string{"n"}, show: "n", short: "stabilize", when: (*Model).stepsByHand, help: "one stabilize of the selected peer", command: "step stabilize N8", act: func(m *Model) tea.Cmd { return m.step("stabilize") }},
		{keys: []string{"i"}, show: "i", short: "fix a finger", when: (*Model).stepsByHand, help: "it fixes one finger", command: "step fix N8", act: func(m *Model) tea.Cmd { return m.step("fix") }},
		{keys: []string{"c"}, show: "c", help: "it checks its predecessor", command: "step check N8", act: func(m *Model) tea.Cmd { return m.step("check") }},
		{keys: []string{"N"}, show: "N", short: "all step", when: (*Model).stepsByHand, help: "one stabilize of every peer", command: "step stabilize", act: func(m *Model) tea.Cmd { return m.run("step stabilize") }},
		{keys: []string{"+", "="}, show: "+ -", help: "maintenance twice as fast, or half as fast", command: "speed 1/4", act: func(m *Model) tea.Cmd { return m.changePace(1) }},
		{keys: []string{"-"}, act: func(m *Model) tea.Cmd { return m.changePace(-1) }},
		{keys: []string{"w"}, show: "w", help: "why: the procedure that the selected peer runs, line by line", act: (*Model).toggleCode},
	}
}

func (m *Model) toggleTime() tea.Cmd {
	if m.standsStill() {
		return m.run("resume")
	}
	return m.run("pause")
}

// step has the selected peer do one task once.
func (m *Model) step(task string) tea.Cmd {
	p := m.selectNext(observe.State.Live)
	if p == nil {
		return m.say(observe.Warning, "no peer is a member of the ring")
	}
	return m.run("step " + task + " " + p.Name)
}

// changePace changes it from what was asked for last, of which peers tell some
// time later.
func (m *Model) changePace(by int) tea.Cmd {
	from, told := m.pace(), m.pace()
	if m.pacing.asked && m.pacing.told == told {
		from = m.pacing.to
	}
	to := max(slowestPace, min(from+by, fastestPace))
	refused := m.run("speed " + paceText(to))
	if refused == nil {
		m.pacing = pacing{asked: true, to: to, told: told}
	}
	return refused
}

// pacing is the pace that was asked for last, and what peers told of theirs then.
type pacing struct {
	asked    bool
	to, told int
}

// paceText writes a pace of 2^n as the scenario language does.
func paceText(n int) string {
	if n < 0 {
		return fmt.Sprintf("1/%d", 1<<-n)
	}
	return fmt.Sprint(1 << n)
}

// timeParts says what is unusual about the ring's time; nil if nothing is.
func (m *Model) timeParts() []part {
	switch {
	case m.looksBack() && m.arrange(0).timeline.h == 0: // else it says so
		return []part{{" THE PAST ", draw.Warn | draw.Bold | draw.Reverse}, {" ", draw.Plain}}
	case m.standsStill():
		return []part{{" ‖ maintenance stands still ", draw.Warn | draw.Bold | draw.Reverse}, {" ", draw.Plain}}
	case m.pace() != 0:
		return []part{{"speed " + paceText(m.pace()) + "  ", draw.Warn}}
	}
	return nil
}

// mostTraced is how many peers are traced at once while time stands still.
const mostTraced = 64

// keepTraced keeps the tracing of peers in step with what the screen shows: the
// selected peer tells everything while somebody wants to read that, and while
// time stands still everybody does, since a step of one is answered by others.
func (m *Model) keepTraced() {
	if m.looksBack() {
		return
	}
	want := m.wantTraced()
	var on, off []string
	for name := range m.traced {
		if p, there := m.named(name); !there {
			delete(m.traced, name)
		} else if !want[name] && !p.Frozen {
			off = append(off, name)
		}
	}
	for name := range want {
		if !m.traced[name] {
			on = append(on, name)
		}
	}
	m.trace("off", off, func(name string) { delete(m.traced, name) })
	m.trace("on", on, func(name string) { m.traced[name] = true })
}

// trace asks peers to tell everything or not, and notes each of them if the
// order was taken.
func (m *Model) trace(how string, names []string, note func(name string)) {
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	if m.quietly("trace " + how + " " + strings.Join(names, " ")) {
		for _, name := range names {
			note(name)
		}
	}
}

func (m *Model) wantTraced() map[string]bool {
	want := make(map[string]bool)
	if !m.code.on && !m.viewing().traced {
		return want
	}
	if p := m.selected(); p != nil && p.State.Live() && !p.Frozen {
		want[p.Name] = true
	}
	if m.code.on && len(m.live.Peers) <= mostTraced && m.standsStill() {
		for i := range m.live.Peers {
			if p := &m.live.Peers[i]; p.State.Live() && !p.Frozen {
				want[p.Name] = true
			}
		}
	}
	return want
}

// named returns the peer with this name, if it is there and not gone.
func (m *Model) named(name string) (*observe.Peer, bool) {
	for i := range m.live.Peers {
		if p := &m.live.Peers[i]; p.Name == name && p.State.Present() {
			return p, true
		}
	}
	return nil, false
}
