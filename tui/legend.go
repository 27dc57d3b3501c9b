package tui

import (
	"fmt"
	"math"
	"slices"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// scale writes the identifiers of the quarters inside the circle.
func (f *ringFrame) scale() {
	inside, least := 8.0, 24.0 // dots
	if len(f.pic.Keys) > 0 {
		inside, least = inside+bandGap, least+2*bandGap
	}
	if f.ry < least || f.pic.Space.Bits() == 0 {
		return
	}
	names := quarters(f.r.Kind())
	for q := range 4 {
		turn := float64(q) / 4
		name := names[q]
		if f.pic.Space.Bits() <= 20 {
			name = f.pic.Space.Format(f.pic.Space.At(turn))
		}
		turn = f.lens.turn(turn)
		x, y := cell(f.point(turn, 1-inside/f.ry))
		sin := math.Round(math.Sin(2 * math.Pi * turn))
		x -= int(math.Round(float64(len([]rune(name))-1) * (1 + sin) / 2))
		if w := draw.Width(name); f.free(x, y, w) && !f.crossed(x, y, w) {
			f.r.Put(x, y, name, draw.Dim)
		}
	}
}

// crossed reports whether a chord runs through w cells from x, y on.
func (f *ringFrame) crossed(x, y, w int) bool {
	for i := range w {
		if f.canvas.Level(x+i, y) >= draw.Chord {
			return true
		}
	}
	return false
}

// legendHeight is the height of the pane from which the corners hold a legend.
const legendHeight = 30

// corners writes what the ring is into the top left corner, and in large panes
// a legend of what is on it into the others.
func (f *ringFrame) corners() {
	bits := f.pic.Space.Bits()
	if bits == 0 {
		return
	}
	ink := draw.Dim
	if f.focused {
		ink = draw.Accent
	}
	if f.large {
		f.lensCorner(0)
		return
	}
	f.r.Put(0, 0, fmt.Sprintf("m = %d", bits), ink)
	f.r.Put(0, 1, fmt.Sprintf("r = %d", f.pic.ListLen), draw.Dim)
	if f.pic.Data.Replicas > 0 {
		f.r.Put(0, 2, fmt.Sprintf("k = %d", f.pic.Data.Replicas), draw.Dim)
	}
	f.lensCorner(3)
	if f.r.Dy() < legendHeight {
		return
	}
	f.keyCorner()
	f.stateLegend()
	f.lineLegend()
}

// everything reports whether there is room for a legend of what could be on the
// ring, and not only of what is.
func (f *ringFrame) everything() bool { return f.r.Dy() >= 3*legendHeight/2 }

// lineLegend explains in the lower right corner what lines are.
func (f *ringFrame) lineLegend() {
	type entry struct {
		line string
		ink  draw.Ink
		name string
		here bool
	}
	all := f.everything()
	peer := f.selected != nil && f.selected.State.Live()
	list := []entry{
		{"━━━", draw.Good, "successor", true},
		{"╺━ ", draw.Warn, "stale", all || f.shown[observe.Stale]},
		{"·✕·", draw.Bad, "dead", all || f.shown[observe.Dead]},
		{"───", draw.Accent, "finger", all || peer},
		{"▬▬▬", draw.Accent, "own range", all || peer},
		{"╶╶╶", draw.Accent, "copies of", len(f.pic.Keys) > 0 && peer},
		{"━1▸", draw.Path, "lookup", all || f.trip != nil},
	}
	for kind := range linkKinds {
		list = append(list, entry{" " + linkMarks[kind].glyph + " ", linkMarks[kind].ink, linkWords[kind],
			slices.ContainsFunc(f.links, func(l *badLink) bool { return linkKind(l.LinkFault) == kind })})
	}
	list = slices.DeleteFunc(list, func(e entry) bool { return !e.here })
	width := 0
	for _, e := range list {
		width = max(width, draw.Width(e.name))
	}
	for i, e := range list {
		y := f.r.Dy() - len(list) + i
		f.write(f.r.Dx()-4-width, y, left(e.name, width), draw.Dim)
		f.write(f.r.Dx()-draw.Width(e.line), y, e.line, e.ink)
	}
}

// stateLegend explains in the lower left corner how peers are drawn.
func (f *ringFrame) stateLegend() {
	type entry struct {
		mark
		name string
	}
	var list []entry
	here := [len(stateMarks)]bool{observe.StateMember: true}
	for i := range f.pic.Peers {
		if p := &f.pic.Peers[i]; !p.Frozen {
			here[p.State] = true
		}
	}
	for s, m := range stateMarks {
		if here[s] || f.everything() && observe.State(s) != observe.StateLeft {
			list = append(list, entry{m, observe.State(s).String()})
		}
	}
	if len(frozen(f.pic)) > 0 {
		list = append(list, entry{frozenMark, "frozen"})
	}
	for i := range min(len(f.trouble.sides), len(sideInks)) {
		list = append(list, entry{mark{sideName(i), sideInk(i)}, "side " + sideName(i)})
	}
	for i, e := range list {
		y := f.r.Dy() - len(list) + i
		f.write(0, y, e.glyph, e.ink)
		f.write(2, y, e.name, draw.Dim)
	}
}

// keyCorner explains in the top right corner how keys are drawn.
func (f *ringFrame) keyCorner() {
	if len(f.pic.Keys) == 0 {
		return
	}
	own, copied := mark{"⡇", keyDots[owner].ink}, mark{"⠇", keyDots[keeper].ink}
	if f.fewKeys() {
		own, copied = keyDots[owner], keyDots[keeper]
	}
	lines := [...]struct {
		mark
		name string
	}{
		{own, "own key"},
		{copied, "copy kept"},
		{keyMarks[observe.UnderReplicated], "few copies"},
		{keyMarks[observe.Lost], "lost"},
	}
	width := 0
	for _, l := range lines {
		width = max(width, draw.Width(l.name))
	}
	for i, l := range lines {
		f.write(f.r.Dx()-2-width, i, left(l.name, width), draw.Dim)
		f.write(f.r.Dx()-1, i, l.glyph, l.ink)
	}
}
