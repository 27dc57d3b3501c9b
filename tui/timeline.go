package tui

import (
	"fmt"
	"image"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// timelineRows is the height of the timeline, which is there while the past is
// shown.
const timelineRows = 3

// drawTimeline draws the history from left to right: what happened, how the
// ring was, and what was told. The mouse goes to any moment of it.
func (m *Model) drawTimeline(r draw.Region) {
	h := &m.history
	if r.Dy() == 0 || len(h.moments) == 0 {
		return
	}
	line := r.Sub(0, 0, r.Dx(), min(2, r.Dy()))
	first, last := h.moments[0].pic.At, h.moments[len(h.moments)-1].pic.At
	column := func(at time.Duration) int {
		if last == first {
			return 0
		}
		return int(int64(line.Dx()-1) * int64(at-first) / int64(last-first))
	}
	from := 0
	for x := range line.Dx() { // the worst health of what falls into a column
		to := from
		for to < len(h.moments) && column(h.moments[to].pic.At) <= x {
			to++
		}
		worst := h.moments[max(from-1, 0)].pic
		for _, mo := range h.moments[from:to] {
			if healthRank(mo.pic) > healthRank(worst) || from == 0 {
				worst = mo.pic
			}
		}
		if from == to { // nothing new: as it was
			worst = h.moments[max(to-1, 0)].pic
		}
		glyph := healthBand[healthRank(worst)]
		line.Put(x, line.Dy()-1, glyph.glyph, glyph.ink)
		from = to
	}
	m.draggable(line.Rectangle, func(m *Model, at image.Point) tea.Cmd {
		part := float64(at.X-line.Min.X) / float64(max(line.Dx()-1, 1))
		return m.goNear(first + time.Duration(part*float64(last-first)))
	})
	if line.Dy() > 1 {
		m.drawHappenings(line, column)
	}
	x := column(m.pic.At)
	line.Put(x, line.Dy()-1, "┃", draw.Accent|draw.Bold|draw.Reverse)
	if r.Dy() > 2 {
		m.drawMomentText(r.Rest(2))
	}
}

// healthBand is how the timeline shows each rank of health.
var healthBand = [...]mark{
	{"━", draw.Good}, {"╌", draw.Warn}, {"✕", draw.Bad},
}

// healthRank is 0 for an ideal ring, 1 for a valid one and 2 for a broken one.
func healthRank(pic *observe.Picture) int {
	switch {
	case pic.Health.Stable || len(pic.Peers) == 0:
		return 0
	case pic.Health.Valid:
		return 1
	}
	return 2
}

// drawHappenings marks joins, leaves, crashes, faults and captions above the
// band; of several in one column the worst is shown.
func (m *Model) drawHappenings(r draw.Region, column func(time.Duration) int) {
	marks := map[int]int{} // by column, an index of happenings
	h := &m.history
	for i := 1; i < len(h.moments); i++ {
		a, b := &h.moments[i-1], &h.moments[i]
		x := column(b.pic.At)
		for k := range happenings {
			if have, ok := marks[x]; (!ok || k < have) && happenings[k].is(a, b) {
				marks[x] = k
			}
		}
	}
	for x, k := range marks {
		r.Put(x, 0, happenings[k].glyph, happenings[k].ink)
	}
}

// happenings are what the timeline marks, the most important first.
var happenings = [...]struct {
	mark
	is func(a, b *moment) bool
}{
	{mark{"✕", draw.Bad | draw.Bold}, func(a, b *moment) bool { return countIn(b, observe.StateDead) > countIn(a, observe.StateDead) }},
	{mark{"╳", draw.Warn | draw.Bold}, func(a, b *moment) bool { return len(b.pic.Faults) > len(a.pic.Faults) }},
	{mark{"○", draw.Warn}, func(a, b *moment) bool { return countIn(b, observe.StateSilent) > countIn(a, observe.StateSilent) }},
	{mark{"»", draw.Accent | draw.Bold}, func(a, b *moment) bool { return b.chapter != a.chapter }},
	{mark{"−", draw.Plain}, func(a, b *moment) bool { return countIn(b, observe.StateLeft) > countIn(a, observe.StateLeft) }},
	{mark{"+", draw.Good | draw.Bold}, func(a, b *moment) bool { return b.pic.Health.Live > a.pic.Health.Live }},
	{mark{"›", draw.Accent}, func(a, b *moment) bool { return b.caption != a.caption }},
}

// countIn counts the peers of a moment in a state.
func countIn(m *moment, s observe.State) int {
	n := 0
	for i := range m.pic.Peers {
		if m.pic.Peers[i].State == s {
			n++
		}
	}
	return n
}

// drawMomentText says which moment is shown, and what happened there.
func (m *Model) drawMomentText(r draw.Region) {
	ago := m.live.At - m.pic.At
	x := r.Put(0, 0, fmt.Sprintf(" THE PAST  %s before now ", seconds(ago)), draw.Warn|draw.Bold|draw.Reverse)
	x = r.Put(x+1, 0, fmt.Sprintf("at %s", seconds(m.pic.At)), draw.Plain) + 2
	if n := len(m.pic.Events); n > 0 {
		e := &m.pic.Events[n-1]
		text := e.Peer + " " + e.Text
		m.zones = append(m.zones, m.namesIn(r, x, 0, text, paneNone)...)
		r.PutFit(x, 0, r.Dx()-x, text, levelMarks[e.Level].ink)
	}
}
