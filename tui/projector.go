package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// The projector's screen is for those who sit far away: peers are large shapes,
// lines are two dots wide, text has air, and what only the person at the keys
// needs is left out.

func (m *Model) toggleProjector() tea.Cmd {
	m.look.projector = !m.look.projector
	if m.look.projector {
		return m.say(observe.Info, "for the projector; L goes back. A larger font of the terminal does the rest")
	}
	return nil
}

// essential leaves out the panes that are read, not seen.
func (m *Model) essential(ids []paneID) []paneID {
	return slices.DeleteFunc(ids, func(id paneID) bool { return id == paneLog || id == paneLoad })
}

// spaced puts a blank row between any two.
func spaced(rows []row) []row {
	var out []row
	for i, r := range rows {
		if i > 0 && len(r.parts) > 0 && len(rows[i-1].parts) > 0 {
			out = append(out, row{})
		}
		out = append(out, r)
	}
	return out
}

// largePeers is the number of peers up to which they are large shapes, and
// largeHeight the rows that the ring then needs.
const largePeers, largeHeight = 24, 26

// stateDots says which dots a large peer has, by its state, in the likeness of
// its glyph: x and y from its middle, r2 the sum of their squares.
var stateDots = [...]func(x, y, r2 int) bool{
	observe.StateJoining: func(_, _, r2 int) bool { return r2 >= 9 && r2 <= 17 },
	observe.StateMember:  func(_, _, r2 int) bool { return r2 <= 13 },
	observe.StateLeaving: func(x, _, r2 int) bool { return r2 <= 17 && (r2 >= 9 || x >= 0) },
	observe.StateSilent:  func(x, y, r2 int) bool { return r2 >= 9 && r2 <= 17 && (x+y)%2 == 0 },
	observe.StateDead:    func(x, y, _ int) bool { return abs(abs(x)-abs(y)) <= 1 },
	observe.StateLeft:    func(x, y, _ int) bool { return abs(x)+abs(y) == 4 },
}

func frozenDots(x, y, _ int) bool    { return abs(x) <= 3 && abs(y) <= 3 }
func selectedDots(_, _, r2 int) bool { return r2 >= 25 && r2 <= 36 }

func abs(n int) int { return max(n, -n) }

// shapes draws the peers as large shapes: those that need attention over the
// others, and the selected one, with a ring round it, over all.
func (f *ringFrame) shapes() {
	for _, live := range [...]bool{true, false} {
		for i := range f.pic.Peers {
			if p := &f.pic.Peers[i]; p.State.Live() == live && p != f.selected {
				f.shape(p, &f.seats[i], f.peerMark(p).ink)
			}
		}
	}
	for i := range f.pic.Peers {
		if p := &f.pic.Peers[i]; p == f.selected {
			f.shape(p, &f.seats[i], draw.Accent|draw.Bold)
		}
	}
}

func (f *ringFrame) shape(p *observe.Peer, s *seat, ink draw.Ink) {
	in := stateDots[p.State]
	if p.Frozen && p.State.Present() {
		in = frozenDots
	}
	x, y := f.point(s.turn, 1+s.out/f.ry)
	pen := draw.Pen{Level: draw.Way, Ink: ink}
	if p == f.selected {
		f.dots(int(x), int(y), 6, selectedDots, pen)
	}
	f.dots(int(x), int(y), 4, in, pen)
}

// dots sets those of the dots at most size from x, y that are in a shape.
func (f *ringFrame) dots(x, y, size int, in func(x, y, r2 int) bool, pen draw.Pen) {
	for dy := -size; dy <= size; dy++ {
		for dx := -size; dx <= size; dx++ {
			if in(dx, dy, dx*dx+dy*dy) {
				f.canvas.Dot(x+dx, y+dy, pen)
			}
		}
	}
}
