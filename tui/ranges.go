package tui

import (
	"slices"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// ranges draws what the selected peer is there for: the arc of the keys that it
// owns, by its own predecessor, three dots strong, which is the whole circle where
// it has none but itself, and, where there are keys, dashed outside the circle the
// arc of those that it keeps copies of.
func (f *ringFrame) ranges() {
	p := f.selected
	if p == nil || !p.State.Live() || p.Predecessor.Verdict == observe.None && !lone(f.pic, p) {
		return
	}
	from, to := f.turn(p.Predecessor.ID), f.turn(p.ID)
	pen := draw.Pen{Level: draw.Outline, Ink: draw.Accent}
	switch {
	case lone(f.pic, p):
		from = to
	case p.Predecessor.Verdict != observe.Right:
		pen = pens[p.Predecessor.Verdict]
		pen.Level = draw.Outline
	}
	for _, d := range [...]float64{-1, 0, 1} {
		at, length := f.arc(from, to, 1+d/f.ry)
		f.canvas.Curve(at, length, pen)
	}
	if len(f.pic.Keys) == 0 {
		return
	}
	if first := f.before(p, f.pic.Data.Replicas); first != nil && first != p {
		at, length := f.arc(f.turn(first.ID), from, 1+3.5/f.ry)
		f.canvas.Curve(at, length, draw.Pen{Level: draw.Datum, Ink: draw.Accent, On: 2, Off: 3})
	}
}

// before returns the n-th member before p, or p where there are not so many.
func (f *ringFrame) before(p *observe.Peer, n int) *observe.Peer {
	var members []*observe.Peer
	for i := range f.pic.Peers {
		if q := &f.pic.Peers[i]; q.State.Live() {
			members = append(members, q)
		}
	}
	at := slices.Index(members, p)
	if at < 0 || n >= len(members) {
		return p
	}
	return members[(at-n+len(members))%len(members)]
}

// holders draws, once the way of a lookup is done, from the owner to the others
// that hold the key.
func (f *ringFrame) holders(t *trip) {
	d := f.datum(t)
	if d == nil || t.moving() {
		return
	}
	for _, h := range d.Holders {
		if h.ID == d.Owner || !h.Has {
			continue
		}
		at, length := f.leap(f.turn(d.Owner), f.turn(h.ID))
		f.line(at, length, draw.Pen{Level: draw.Chord, Ink: draw.Good, On: 1, Off: 2})
	}
}

// datum is the key that a lookup was for, if it is stored; else nil.
func (f *ringFrame) datum(t *trip) *observe.Datum {
	for _, d := range f.pic.Keys {
		if d.Key.ID == t.lookup.Key {
			return d
		}
	}
	return nil
}
