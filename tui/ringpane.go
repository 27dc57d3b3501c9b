package tui

import (
	"image"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// glyphPeers is the number of peers up to which each is drawn as a glyph.
// Beyond it they are strokes across the circle, which becomes a band of health.
const glyphPeers = 96

// ringPane draws the circle, the peers on it, the selected peer's fingers and
// the last lookups. Between frames it keeps what can be used again.
type ringPane struct {
	canvas draw.Canvas
	band   keyBand
	links  []*badLink // that were drawn
	seats  []seat
	taken  cellSet
	circle circle
	origin image.Point // of the pane on the screen
}

// ringScene is what one frame of the ring shows.
type ringScene struct {
	pic      *observe.Picture
	selected *observe.Peer // nil if there is none
	trip     *trip         // nil if there was no lookup
	older    []*trip       // before it, the newest first
	convoys  []convoy
	floats   *floats
	trouble  *trouble // never nil
	lens     lens
	still    bool // nothing moves
	aspect   float64
	large    bool // for the projector
	focused  bool
}

// spot is a peer's place on the screen, for the mouse.
type spot struct {
	x, y int
	id   ring.ID
}

// seat is where a peer of the picture stands.
type seat struct {
	spot
	turn, out float64 // out is how far outside the circle it is, in dots
	glyph     bool    // drawn as one; else as a stroke across the circle
}

// ringFrame is the state of drawing one frame.
type ringFrame struct {
	ringScene
	circle
	r      draw.Region
	canvas *draw.Canvas
	band   *keyBand
	links  []*badLink              // that are drawn
	seats  []seat                  // of the peers, in the order of the picture
	taken  *cellSet                // by glyphs and labels
	shaped bool                    // peers are large shapes
	shown  [len(verdictMarks)]bool // which pointers are drawn
}

// draw draws the scene and returns where the peers stand.
func (p *ringPane) draw(r draw.Region, scene ringScene) []seat {
	gap := labelGap
	shaped := scene.large && len(scene.pic.Peers) <= largePeers && r.Dy() >= largeHeight
	if shaped {
		gap = largeGap
	}
	f := &ringFrame{
		ringScene: scene, shaped: shaped,
		circle: fitCircle(r.Dx(), r.Dy(), labelWidth(scene.pic), gap, scene.aspect),
		r:      r, canvas: &p.canvas, band: &p.band, links: p.links[:0],
		seats: p.seats[:0], taken: &p.taken,
	}
	f.canvas.Resize(r.Dx(), r.Dy())
	f.taken.resize(r.Dx(), r.Dy())
	f.sit()
	f.lines()
	p.links, p.seats, p.circle, p.origin = f.links, f.seats, f.circle, r.Min
	f.canvas.Onto(r)
	f.corners()
	f.keyGlyphs()
	f.crosses()
	f.glyphs()
	f.faultMarks()
	if f.trip != nil {
		f.tripMarks()
	}
	f.labels()
	f.convoyCounts()
	f.keyNames()
	f.scale()
	return f.seats
}

// turnAt returns the turn at which a cell of the screen is seen from the
// middle of the circle.
func (p *ringPane) turnAt(x, y int) float64 {
	at := image.Pt(x, y).Sub(p.origin)
	return p.circle.turnOf((float64(at.X)+0.5)*draw.DotsX, (float64(at.Y)+0.5)*draw.DotsY)
}

// lines draws what is made of dots, from the outline to what moves.
func (f *ringFrame) lines() {
	f.outline()
	for i := range f.pic.Peers {
		f.successor(&f.pic.Peers[i])
	}
	f.ranges()
	f.keys()
	for i := len(f.older) - 1; i >= 0; i-- {
		f.drawOlder(f.older[i], i)
	}
	f.fingers()
	f.drawFaults()
	if f.trip != nil {
		f.holders(f.trip)
		f.drawTrip()
	}
	f.drawConvoys()
	f.strokes()
	if f.shaped {
		f.shapes()
	}
	f.lensMarks()
}

// line draws a line that is not the circle itself, wider for the projector.
func (f *ringFrame) line(at func(t float64) (x, y float64), length float64, pen draw.Pen) {
	pen.Wide = f.large
	f.canvas.Curve(at, length, pen)
}

// labelWidth is the room in cells that the longest label needs.
func labelWidth(pic *observe.Picture) int {
	w := 3
	for i := range pic.Peers {
		w = max(w, draw.Width(pic.Peers[i].Name))
	}
	return w + 1
}

// outline draws the identifier circle itself.
func (f *ringFrame) outline() {
	at, length := f.arc(0, 0, 1)
	f.canvas.Curve(at, length, draw.Pen{Level: draw.Outline, Ink: draw.Rule, On: 1, Off: 2})
	for q := range 4 {
		turn := f.lens.turn(float64(q) / 4)
		at := func(t float64) (x, y float64) { return f.point(turn, 1-t*3/f.ry) }
		f.canvas.Curve(at, 3, draw.Pen{Level: draw.Outline, Ink: draw.Dim})
	}
}

// successor draws where a peer's first successor pointer goes. A right one
// follows the circle, so a whole ring is a closed line; any other one leaves it.
func (f *ringFrame) successor(p *observe.Peer) {
	if lone(f.pic, p) {
		f.strip(f.turn(p.ID), f.turn(p.ID))
	}
	if len(p.Successors) == 0 || p.State >= observe.StateDead {
		return
	}
	s := p.Successors[0]
	from, to := f.turn(p.ID), f.turn(s.ID)
	switch {
	case s.Verdict == observe.None:
	case p.State == observe.StateJoining:
		at, length := f.arc(from, to, 1-4/f.ry)
		f.canvas.Curve(at, length, draw.Pen{Level: draw.Outline, Ink: draw.Accent, On: 2, Off: 3})
	case s.Verdict == observe.Right:
		f.strip(from, to)
	default:
		at, length := f.chord(from, to)
		f.line(at, length, pens[s.Verdict])
		f.shown[s.Verdict] = true
	}
}

// strip draws a right successor pointer: an arc, two dots strong on a circle
// that is large enough.
func (f *ringFrame) strip(from, to float64) {
	pen := draw.Pen{Level: draw.Outline, Ink: draw.Good}
	at, length := f.arc(from, to, 1)
	f.canvas.Curve(at, length, pen)
	if f.ry >= 36 || f.large {
		at, length = f.arc(from, to, 1-1/f.ry)
		f.canvas.Curve(at, length, pen)
	}
}

// fingers draws the selected peer's fingers as chords, one for each peer they
// point at.
func (f *ringFrame) fingers() {
	if f.selected == nil || f.selected.State >= observe.StateDead {
		return
	}
	drawn := map[ring.ID]bool{f.selected.ID: true}
	for _, g := range f.selected.Fingers {
		if g.Verdict == observe.None || drawn[g.ID] {
			continue
		}
		drawn[g.ID] = true
		at, length := f.chord(f.turn(f.selected.ID), f.turn(g.ID))
		f.line(at, length, pens[g.Verdict])
		f.shown[g.Verdict] = true
	}
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
			if p.Frozen && p.State < observe.StateDead {
				k = stateStrokes[observe.StateSilent]
			}
			k.pen.Ink = f.peerMark(p).ink
			if _, sided := f.trouble.side[p.ID]; calm && !sided {
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

// crosses marks the end of each dead pointer to a peer that is no longer
// drawn, or is a glyph, whose own cross stands there.
func (f *ringFrame) crosses() {
	cross := func(s observe.Pointer) {
		if s.Verdict != observe.Dead {
			return
		}
		if at := f.seatOf(s.ID); at == nil || at.glyph && !f.shaped {
			x, y := cell(f.point(f.turn(s.ID), 1))
			f.glyph(x, y, "✕", draw.Bad)
		}
	}
	for i := range f.pic.Peers {
		if p := &f.pic.Peers[i]; len(p.Successors) > 0 && p.State < observe.StateDead {
			cross(p.Successors[0])
		}
	}
	if f.selected != nil && f.selected.State < observe.StateDead {
		for _, g := range f.selected.Fingers {
			cross(g.Pointer)
		}
	}
}
