package tui

import (
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// glyphPeers is the number of peers up to which each is drawn as a glyph.
// Beyond it they are strokes across the circle, which becomes a band of health.
const glyphPeers = 96

// seat is where a peer of the picture stands.
type seat struct {
	spot
	turn, out float64 // out is how far outside the circle it is, in dots
	glyph     bool    // drawn as one; else as a stroke across the circle
}

// sit finds the peers' places, and who of them is drawn as a glyph: everyone
// while they are few, else those in the arc that is magnified if those are.
func (f *ringFrame) sit() {
	inside := 0
	for i := range f.pic.Peers {
		p := &f.pic.Peers[i]
		t := f.pic.Space.Turn(p.ID)
		s := seat{turn: f.lens.turn(t), out: f.floats.out(p) * f.drift(), glyph: f.lens.shows(t)}
		s.x, s.y = cell(f.point(s.turn, 1+s.out/f.ry))
		s.id = p.ID
		if s.glyph {
			inside++
		}
		f.seats = append(f.seats, s)
	}
	for i := range f.seats {
		s := &f.seats[i]
		s.glyph = len(f.seats) <= glyphPeers || s.glyph && inside <= glyphPeers
	}
}

// seatOf returns where a peer stands, or nil if it is not drawn.
func (f *ringFrame) seatOf(id ring.ID) *seat {
	i, ok := slices.BinarySearchFunc(f.seats, id, func(s seat, id ring.ID) int { return s.id.Compare(id) })
	if !ok {
		return nil
	}
	return &f.seats[i]
}

// drift is how far from the circle those are who are not in the ring, in dots.
func (f *ringFrame) drift() float64 { return max(5, min(f.ry/6, 9)) }

// stateStrokes are the strokes of peers by their state, with where they begin
// and end, in dots off the circle. A live peer is a mark on the circle, which
// stays whole there; a dead one is dotted and sticks out both ways, a silent one
// sticks out, a leaving one in.
var stateStrokes = [...]struct {
	from, to float64
	pen      draw.Pen
}{
	observe.StateJoining: {-2, 2, draw.Pen{Level: draw.Node}},
	observe.StateMember:  {-2, 2, draw.Pen{Level: draw.Outline}},
	observe.StateLeaving: {-5, 2, draw.Pen{Level: draw.Node}},
	observe.StateSilent:  {-2, 5, draw.Pen{Level: draw.Node}},
	observe.StateDead:    {-4, 4, draw.Pen{Level: draw.Node, On: 1, Off: 1}},
	observe.StateLeft:    {-2, 2, draw.Pen{Level: draw.Node, On: 1, Off: 1}},
}

// strokes draws the peers that are too many for glyphs as strokes across the
// circle: those alive first, and over them those that need attention.
func (f *ringFrame) strokes() {
	for _, calm := range [...]bool{true, false} {
		for i := range f.pic.Peers {
			p, s := &f.pic.Peers[i], &f.seats[i]
			if s.glyph || calm != (p.State.Live() && !p.Frozen) {
				continue
			}
			k := stateStrokes[p.State]
			if p.Frozen && p.State.Present() {
				k = stateStrokes[observe.StateSilent]
			}
			k.pen.Ink = f.peerMark(p).ink
			if side, sided := f.trouble.side[p.ID]; calm && sided { // each side stands at its own distance
				shift := [...]float64{-3, 3, 0}[side%3]
				k.from, k.to = k.from+shift, k.to+shift
			} else if calm {
				k.pen.Ink = draw.Good
			}
			at := func(t float64) (x, y float64) { return f.point(s.turn, 1+(s.out+k.from+t*(k.to-k.from))/f.ry) }
			f.canvas.Curve(at, k.to-k.from+1, k.pen)
		}
	}
}

// glyphs writes the peers that are glyphs. The worse state wins a cell, and the
// selected peer always.
func (f *ringFrame) glyphs() {
	for _, live := range [...]bool{true, false} {
		for i, s := range f.seats {
			p := &f.pic.Peers[i]
			if p.State.Live() == live && s.glyph && p != f.selected {
				m := f.peerMark(p)
				if f.beside(p) && live {
					m.glyph, m.ink = "◉", draw.Accent|draw.Bold
				}
				f.peerGlyph(&s, m)
			}
		}
	}
	for i, s := range f.seats {
		if p := &f.pic.Peers[i]; p == f.selected {
			m := f.peerMark(p)
			m.ink = draw.Accent | draw.Bold
			switch _, sided := f.trouble.side[p.ID]; {
			case p.Frozen || !p.State.Live():
			case sided:
				m.ink |= draw.Reverse
			default:
				m.glyph = "◉"
			}
			f.peerGlyph(&s, m)
		}
	}
}

// beside reports whether p is another virtual node of the selected peer's host.
func (f *ringFrame) beside(p *observe.Peer) bool {
	return f.selected != nil && p.ID != f.selected.ID && p.HostAddr() == f.selected.HostAddr()
}

// peerGlyph writes a peer's glyph, unless it has a shape already. On a shape
// stands only the letter of its side.
func (f *ringFrame) peerGlyph(s *seat, m mark) {
	if !f.shaped {
		f.glyph(s.x, s.y, m.glyph, m.ink)
		return
	}
	for dx := -1; dx <= 1; dx++ {
		f.taken.add(s.x+dx, s.y)
	}
	if _, sided := f.trouble.side[s.id]; sided {
		f.r.Put(s.x, s.y, m.glyph, m.ink|draw.Reverse)
	}
}

// peerMark is how a peer is drawn: by its state, and a member of a ring that is
// partitioned by the letter of its side.
func (f *ringFrame) peerMark(p *observe.Peer) mark {
	if side, ok := f.trouble.side[p.ID]; ok && p.State.Live() && !p.Frozen {
		return mark{sideName(side), sideInk(side)}
	}
	return stateMark(p, f.pic.At)
}

func (f *ringFrame) glyph(x, y int, glyph string, ink draw.Ink) {
	f.r.Put(x, y, glyph, ink)
	f.taken.add(x, y)
}
