package tui

import (
	"image"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

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
	names  []nameSpot              // beside the circle
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
	if len(p.Successors) == 0 || !p.State.Present() {
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
	if f.selected == nil || !f.selected.State.Present() {
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
		if p := &f.pic.Peers[i]; len(p.Successors) > 0 && p.State.Present() {
			cross(p.Successors[0])
		}
	}
	if f.selected != nil && f.selected.State.Present() {
		for _, g := range f.selected.Fingers {
			cross(g.Pointer)
		}
	}
}
