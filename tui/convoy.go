package tui

import (
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// convoy is a batch of keys on its way over the screen, from one peer to
// another. The copies themselves went in a moment.
type convoy struct {
	from, to ring.ID
	why      string // as in observe.Move
	count    int
	elapsed  time.Duration // below 0 it has not set out yet
}

const (
	convoyTime = 650 * time.Millisecond
	stillTime  = 1500 * time.Millisecond // how long one is shown that does not move
	staleMove  = 2 * time.Second         // a move older than this is not shown any more
	maxConvoys = 48                      // at once; more would be no picture of anything
)

// convoysEnd ends the convoys that do not move.
type convoysEnd struct{ id int }

// sendOff lets convoys set out for the moves that are new in a picture.
func (m *Model) sendOff(pic *observe.Picture) tea.Cmd {
	news := false
	for i := range pic.Moves {
		move := &pic.Moves[i]
		if move.Number <= m.moved {
			continue
		}
		m.moved = move.Number
		if pic.At-move.At <= staleMove {
			m.join(move)
			news = true
		}
	}
	if !news || !m.noMotion {
		return nil
	}
	m.convoyID++
	id := m.convoyID
	return tea.Tick(stillTime, func(time.Time) tea.Msg { return convoysEnd{id} })
}

// join adds a move to the convoy that goes the same way and has not gone far,
// or makes a new one of it.
func (m *Model) join(move *observe.Move) {
	for i := range m.convoys {
		c := &m.convoys[i]
		if c.from == move.From && c.to == move.To && c.why == move.Why && c.elapsed < convoyTime/2 {
			c.count += move.Count
			return
		}
	}
	if len(m.convoys) == maxConvoys || move.Count == 0 {
		return
	}
	c := convoy{from: move.From, to: move.To, why: move.Why, count: move.Count}
	if t := m.trip; t != nil && move.Why == moveWrite && t.lookup.Owner == move.From {
		c.elapsed = min(t.elapsed-t.duration(), 0) // after the lookup that led there
	}
	m.convoys = append(m.convoys, c)
}

// advance moves all convoys on and drops those that have arrived.
func (m *Model) advance(by time.Duration) {
	for i := range m.convoys {
		m.convoys[i].elapsed += by
	}
	m.convoys = slices.DeleteFunc(m.convoys, func(c convoy) bool { return c.elapsed >= convoyTime })
}

const moveWrite = "write"

// convoyInks says why keys move.
var convoyInks = map[string]draw.Ink{
	"join": draw.Accent, "leave": draw.Path, "repair": draw.Warn, "surplus": draw.Plain, moveWrite: draw.Good,
}

func (c *convoy) ink() draw.Ink { return convoyInks[c.why] | draw.Bold }

// part is how much of its way a convoy has done, from 0 to 1.
func (c *convoy) part() float64 {
	p := float64(c.elapsed) / float64(convoyTime)
	return p * p * (3 - 2*p)
}

// drawConvoys draws each as a string of dots on its way, or, where nothing is
// to move, as an arrow.
func (f *ringFrame) drawConvoys() {
	const spacing = 5.0 // dots
	for i := range f.convoys {
		c := &f.convoys[i]
		at, length := f.leap(f.turn(c.from), f.turn(c.to))
		if f.still {
			f.canvas.Curve(at, length, draw.Pen{Level: draw.Way, Ink: c.ink(), On: 3, Off: 2})
			f.arrow(at, length, c.ink())
			continue
		}
		pen := draw.Pen{Level: draw.Head, Ink: c.ink()}
		for k := range min(c.count, 6) {
			part := c.part() - float64(k)*spacing/max(length, 1)
			if part < 0 || c.elapsed < 0 {
				break
			}
			x, y := at(part)
			for _, d := range [...][2]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				f.canvas.Dot(int(x)+d[0], int(y)+d[1], pen)
			}
		}
	}
}

// convoyCounts writes how many keys each convoy takes, beside its head, and
// why on a ring that is large enough. The copies of single writes need none.
func (f *ringFrame) convoyCounts() {
	for i := range f.convoys {
		c := &f.convoys[i]
		if c.elapsed < 0 || c.why == moveWrite && c.count == 1 {
			continue
		}
		part := c.part()
		if f.still {
			part = 0.5
		}
		at, _ := f.leap(f.turn(c.from), f.turn(c.to))
		x, y := cell(at(part))
		text := strconv.Itoa(c.count)
		if f.ry >= 48 {
			text += " " + c.why
		}
		if x++; f.free(x, y, draw.Width(text)) {
			f.write(x, y, text, c.ink())
		}
	}
}
