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
	names := [4]string{"0", "¼", "½", "¾"}
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
// a legend into the lower ones.
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
	h := f.r.Dy()
	if h < legendHeight {
		return
	}
	f.keyCorner()
	f.stateLegend()
	type entry struct {
		line string
		ink  draw.Ink
		name string
	}
	pointers := []entry{
		{"━━━", draw.Good, "successor"}, {"╺━ ", draw.Warn, "stale    "}, {"·✕·", draw.Bad, "dead     "}, {"───", draw.Accent, "finger   "}, {"▬▬▬", draw.Accent, "own range"}, {"━1▸", draw.Path, "lookup   "},
	}
	if len(f.pic.Keys) > 0 {
		pointers = append(pointers, entry{"╶╶╶", draw.Accent, "copies of"})
	}
	for kind := range linkKinds {
		if slices.ContainsFunc(f.links, func(l *badLink) bool { return linkKind(l.LinkFault) == kind }) {
			pointers = append(pointers, entry{" " + linkMarks[kind].glyph + " ", linkMarks[kind].ink, left(linkWords[kind], 9)})
		}
	}
	for i, p := range pointers {
		y := h - len(pointers) + i
		f.write(f.r.Dx()-4-draw.Width(p.name), y, p.name, draw.Dim)
		f.write(f.r.Dx()-draw.Width(p.line), y, p.line, p.ink)
	}
}

// stateLegend explains how peers are drawn.
func (f *ringFrame) stateLegend() {
	type entry struct {
		mark
		name string
	}
	var list []entry
	for _, s := range [...]observe.State{observe.StateMember, observe.StateJoining, observe.StateLeaving, observe.StateSilent, observe.StateDead} {
		list = append(list, entry{stateMarks[s], s.String()})
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
