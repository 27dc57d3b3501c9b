package tui

import (
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// glyphPeers is the number of peers up to which each is drawn as a glyph.
// Beyond it they are strokes across the circle, which becomes a band of health.
const glyphPeers = 96

// ringPane draws the circle, the peers on it, the selected peer's fingers and
// the last lookup. Between frames it keeps its canvas and the count of keys.
type ringPane struct {
	canvas draw.Canvas
	band   keyBand
	links  []*badLink // that were drawn
}

// ringScene is what one frame of the ring shows.
type ringScene struct {
	pic      *observe.Picture
	selected *observe.Peer // nil if there is none
	trip     *trip         // nil if there was no lookup
	convoys  []convoy
	trouble  *trouble // never nil
	still    bool     // nothing moves
	aspect   float64
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
	links  []*badLink      // that are drawn
	taken  map[[2]int]bool // cells with a glyph or a label
}

// draw draws the scene and returns where the peers stand.
func (p *ringPane) draw(r draw.Region, scene ringScene) []spot {
	f := &ringFrame{
		ringScene: scene,
		circle:    fitCircle(r.Dx(), r.Dy(), labelWidth(scene.pic), scene.aspect),
		r:         r, canvas: &p.canvas, band: &p.band, links: p.links[:0],
		taken: make(map[[2]int]bool),
	}
	f.canvas.Resize(r.Dx(), r.Dy())
	f.outline()
	for i := range f.pic.Peers {
		f.successor(&f.pic.Peers[i])
	}
	f.keys()
	f.fingers()
	f.drawFaults()
	p.links = f.links
	if f.trip != nil {
		f.drawTrip()
	}
	f.drawConvoys()
	spots := f.nodes()
	f.canvas.Onto(r)
	f.corners()
	f.keyGlyphs()
	f.crosses()
	f.glyphs(spots)
	f.faultMarks()
	if f.trip != nil {
		f.tripMarks()
	}
	f.labels(spots)
	f.convoyCounts()
	f.keyNames()
	f.scale()
	return spots
}

// labelWidth is the room in cells that the longest label needs.
func labelWidth(pic *observe.Picture) int {
	w := 3
	for i := range pic.Peers {
		w = max(w, draw.Width(pic.Peers[i].Name))
	}
	return w + 1
}

func (f *ringFrame) turn(id ring.ID) float64 { return f.pic.Space.Turn(id) }

// outline draws the identifier circle itself.
func (f *ringFrame) outline() {
	at, length := f.arc(0, 0, 1)
	f.canvas.Curve(at, length, draw.Pen{Level: draw.Outline, Ink: draw.Rule, On: 1, Off: 2})
	for q := range 4 {
		turn := float64(q) / 4
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
		f.canvas.Curve(at, length, pens[s.Verdict])
	}
}

// strip draws a right successor pointer: an arc, two dots strong on a circle
// that is large enough.
func (f *ringFrame) strip(from, to float64) {
	pen := draw.Pen{Level: draw.Outline, Ink: draw.Good}
	at, length := f.arc(from, to, 1)
	f.canvas.Curve(at, length, pen)
	if f.ry >= 36 {
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
		f.canvas.Curve(at, length, pens[g.Verdict])
	}
}

// nodes finds the peers' places, in the order of the picture, and draws them
// as strokes where there are too many for glyphs.
func (f *ringFrame) nodes() []spot {
	spots := make([]spot, len(f.pic.Peers))
	many := len(f.pic.Peers) > glyphPeers
	for i := range f.pic.Peers {
		p := &f.pic.Peers[i]
		turn := f.turn(p.ID)
		x, y := cell(f.point(turn, 1))
		spots[i] = spot{x, y, p.ID}
		if !many {
			continue
		}
		pen := draw.Pen{Level: draw.Node, Ink: stateMark(p, f.pic.At).ink}
		if p.State.Live() && !p.Frozen { // a mark on the circle, which stays whole there
			pen = draw.Pen{Level: draw.Outline, Ink: draw.Good}
			if _, sided := f.trouble.side[p.ID]; sided {
				pen.Ink = f.peerMark(p).ink
			}
		}
		at := func(t float64) (x, y float64) { return f.point(turn, 1+(t*4-2)/f.ry) }
		f.canvas.Curve(at, 5, pen)
	}
	return spots
}

// glyphs writes the peers: all of them while there are few, else those that
// need attention. The worse state wins a cell, and the selected peer always.
func (f *ringFrame) glyphs(spots []spot) {
	few := len(spots) <= glyphPeers
	for _, live := range []bool{true, false} {
		for i, s := range spots {
			p := &f.pic.Peers[i]
			if p.State.Live() == live && few {
				m := f.peerMark(p)
				f.glyph(s.x, s.y, m.glyph, m.ink)
			}
		}
	}
	for i, s := range spots {
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
			f.glyph(s.x, s.y, m.glyph, m.ink)
		}
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
	f.taken[[2]int{x, y}] = true
}

// crosses marks the end of each dead pointer to a peer that is no longer
// drawn; where it is drawn, its own cross stands there.
func (f *ringFrame) crosses() {
	cross := func(s observe.Pointer) {
		if s.Verdict == observe.Dead {
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
