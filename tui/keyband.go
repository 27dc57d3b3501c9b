package tui

import (
	"math/bits"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// keyBand is the keys of a picture as they are drawn: along the inside of the
// circle, each where its identifier stands. Where several fall together they
// are a stroke towards the centre, which grows by a dot as their number
// doubles, so that ten thousand keys are a fringe and not a cloud. It is counted
// once for a picture, and drawn stretch by stretch.
type keyBand struct {
	pic      *observe.Picture
	lens     lens
	selected ring.ID
	has      bool // somebody is selected
	bins     []keyBin
}

// keyBin is what stands in one of many equal stretches of the circle.
type keyBin struct {
	keys  int
	near  relation // the nearest that a key here has to the selected peer
	worst observe.KeyState
}

// count counts the keys of a picture into n stretches.
func (b *keyBand) count(pic *observe.Picture, selected *observe.Peer, l lens, n int) {
	var id ring.ID
	if selected != nil {
		id = selected.ID
	}
	if b.pic == pic && b.selected == id && b.has == (selected != nil) && b.lens == l && len(b.bins) == n {
		return
	}
	b.pic, b.selected, b.has, b.lens = pic, id, selected != nil, l
	b.bins = make([]keyBin, n)
	for _, d := range pic.Keys {
		bin := &b.bins[int(l.turn(pic.Space.Turn(d.Key.ID))*float64(n))%n]
		bin.keys++
		if b.has {
			bin.near = max(bin.near, relate(d, id))
		}
		if short := d.State == observe.UnderReplicated || d.State == observe.Lost; short {
			bin.worst = max(bin.worst, d.State)
		}
	}
}

// bandGap is how far inside the circle the keys stand, in dots.
const bandGap = 5

// keyDots is how one key alone is drawn, by what the selected peer has to do
// with it.
var keyDots = [...]mark{
	stranger: {"•", draw.Dim},
	keeper:   {"◇", draw.Plain | draw.Bold},
	owner:    {"◆", draw.Accent | draw.Bold},
}

// keys counts the band, and draws it into the canvas unless the keys are so few
// that each can have a cell.
func (f *ringFrame) keys() {
	if len(f.pic.Keys) == 0 {
		return
	}
	f.band.count(f.pic, f.selected, f.lens, max(int(6*f.ry), 24))
	if f.fewKeys() {
		return
	}
	for near := stranger; near <= owner; near++ { // the nearest wins a cell
		for i, bin := range f.band.bins {
			if bin.keys > 0 && bin.near == near {
				f.stroke(i, bin)
			}
		}
	}
}

func (f *ringFrame) fewKeys() bool { return len(f.pic.Keys) <= int(f.ry) }

// stroke draws one stretch of the band. Those that the selected peer has to do
// with come nearer to the circle.
func (f *ringFrame) stroke(i int, bin keyBin) {
	pen := draw.Pen{Level: draw.Datum, Ink: keyDots[bin.near].ink}
	for d := -int(bin.near); d < f.depth(bin.keys); d++ {
		x, y := f.point(f.binTurn(i), 1-(bandGap+float64(d))/f.ry)
		f.canvas.Dot(int(x), int(y), pen)
	}
}

// depth is how many dots towards the centre a number of keys reaches.
func (f *ringFrame) depth(keys int) int {
	return min(bits.Len(uint(keys)), max(int(f.ry/9), 2))
}

func (f *ringFrame) binTurn(i int) float64 {
	return (float64(i) + 0.5) / float64(len(f.band.bins))
}

// keyGlyphs writes a glyph for each key where they are few, and over those
// with too few copies and those that are lost however many there are.
func (f *ringFrame) keyGlyphs() {
	if len(f.pic.Keys) == 0 {
		return
	}
	for near := stranger; near <= owner && f.fewKeys(); near++ {
		for i, bin := range f.band.bins {
			if bin.keys > 0 && bin.near == near {
				f.keyGlyph(i, keyDots[near])
			}
		}
	}
	for _, state := range [...]observe.KeyState{observe.UnderReplicated, observe.Lost} {
		for i, bin := range f.band.bins {
			if bin.worst == state {
				f.keyGlyph(i, keyMarks[state])
			}
		}
	}
}

func (f *ringFrame) keyGlyph(i int, m mark) {
	x, y := cell(f.point(f.binTurn(i), 1-bandGap/f.ry))
	f.r.Put(x, y, m.glyph, m.ink)
}
