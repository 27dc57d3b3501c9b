package tui

import (
	"math"

	"chordscope/tui/draw"
)

// namedKeys is the number of keys up to which their names are written beside
// them.
const namedKeys = 16

// keyNames writes the names of keys inside the circle while there are few of
// them and nothing else stands there.
func (f *ringFrame) keyNames() {
	if len(f.pic.Keys) > namedKeys || !f.fewKeys() || f.ry < 24 {
		return
	}
	const longest = 12 // cells
	for _, d := range f.pic.Keys {
		if f.trip != nil && f.trip.lookup.Key == d.Key.ID {
			continue // which is named outside
		}
		turn := f.turn(d.Key.ID)
		sin := math.Sin(2 * math.Pi * turn)
		x, y := cell(f.point(turn, 1-(bandGap+5)/f.ry))
		name := draw.Fit(d.Name, longest)
		w := draw.Width(name)
		switch {
		case sin > 0.2:
			x -= w - 1
		case sin >= -0.2:
			x -= w / 2
		}
		if !f.free(x, y, w) || f.crossed(x, y, w) {
			continue
		}
		ink := keyDots[stranger].ink
		if f.selected != nil {
			ink = keyDots[relate(d, f.selected.ID)].ink
		}
		f.write(x, y, name, ink)
	}
}
