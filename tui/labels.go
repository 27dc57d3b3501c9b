package tui

import (
	"math"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// labels writes the peers' names outside the circle. All of them while there
// are no more peers than rows; beyond that those that matter now and every
// 2^k-th. A name that finds no free place is left out.
func (f *ringFrame) labels() {
	ranks := f.labelRanks()
	for rank := range rankNever {
		for i := range f.seats {
			if ranks[i] == rank {
				f.label(&f.pic.Peers[i], &f.seats[i], rank)
			}
		}
	}
}

// The ranks of labels: the lower one is placed first.
const (
	rankSelected = iota
	rankLookup   // on the way of the last lookup
	rankUnsettled
	rankNeighbour
	rankOther
	rankNever
)

// labelRanks says how much each peer's label matters.
func (f *ringFrame) labelRanks() []int {
	ranks := make([]int, len(f.pic.Peers))
	step := 1 // every step-th gets a label
	inside := 0
	for i := range f.pic.Peers {
		if f.lens.shows(f.pic.Space.Turn(f.pic.Peers[i].ID)) {
			inside++
		}
	}
	for inside/step > f.r.Dy() {
		step *= 2
	}
	near := make(map[ring.ID]int)
	note := func(rank int, ids ...ring.ID) {
		for _, id := range ids {
			if have, ok := near[id]; !ok || rank < have {
				near[id] = rank
			}
		}
	}
	if f.selected != nil {
		note(rankSelected, f.selected.ID)
		note(rankNeighbour, f.selected.Predecessor.ID)
		for _, s := range f.selected.Successors {
			note(rankNeighbour, s.ID)
		}
	}
	if f.trip != nil {
		note(rankLookup, f.trip.visited()...)
	}
	for i := range f.pic.Peers {
		p := &f.pic.Peers[i]
		rank, ok := near[p.ID]
		switch {
		case ok:
			ranks[i] = rank
		case f.beside(p):
			ranks[i] = rankNeighbour
		case p.Frozen || p.State == observe.StateJoining || p.State == observe.StateLeaving || p.State == observe.StateSilent:
			ranks[i] = rankUnsettled
		case i%step == 0 && f.lens.shows(f.pic.Space.Turn(p.ID)):
			ranks[i] = rankOther
		default:
			ranks[i] = rankNever
		}
	}
	return ranks
}

// label writes one name beside its peer, if there is room.
func (f *ringFrame) label(p *observe.Peer, s *seat, rank int) {
	ink := draw.Plain
	switch {
	case rank == rankSelected:
		ink = draw.Accent | draw.Bold | draw.Reverse
	case f.beside(p) && p.State.Live():
		ink = draw.Accent | draw.Bold
	case !p.State.Present():
		ink = draw.Dim
	case rank == rankLookup:
		ink = draw.Path | draw.Bold
	case p.Frozen || !p.State.Live():
		ink = stateMark(p, f.pic.At).ink
	}
	if f.large {
		ink |= draw.Bold
	}
	text := p.Name
	if rank == rankSelected {
		text = " " + text + " "
	}
	f.outside(s.turn, s.out, text, ink)
}

// nameSpot is where a name was written beside the circle.
type nameSpot struct {
	turn    float64
	x, y, w int
}

// outside writes text just outside what stands at a turn, out dots off the
// circle: to the right of it on the right side, centred above and below. If that
// place is taken it tries the rows beside it, but not over the circle, nor so that
// the names there would stand in another order than their peers. It reports
// whether it found a place.
func (f *ringFrame) outside(turn, out float64, text string, ink draw.Ink) bool {
	x, y := cell(f.point(turn, 1+(max(out, 0)+f.gap)/f.ry))
	w := draw.Width(text)
	switch side(turn) {
	case -1:
		x -= w - 1
	case 0:
		x -= w / 2
	}
	x = max(0, min(x, f.r.Dx()-w))
	for _, dy := range [...]int{0, -1, 1} {
		at := nameSpot{turn, x, y + dy, w}
		if f.free(x, at.y, w) && (dy == 0 || !f.onCircle(x, at.y, w) && f.inOrder(at)) {
			f.write(x, at.y, text, ink)
			if out <= 0 {
				f.names = append(f.names, at)
			}
			return true
		}
	}
	return false
}

// side is on which side of the circle names stand one below the other: 1 the
// right one, -1 the left one, 0 above and below.
func side(turn float64) int {
	switch sin := math.Sin(2 * math.Pi * turn); {
	case sin > 0.2:
		return 1
	case sin < -0.2:
		return -1
	}
	return 0
}

// inOrder reports whether a name stands below those on its side of the circle
// whose peers stand above its own, and above the others.
func (f *ringFrame) inOrder(at nameSpot) bool {
	of := side(at.turn)
	for _, n := range f.names {
		if of == 0 || side(n.turn) != of || n.y == at.y || n.turn == at.turn || n.x >= at.x+at.w || at.x >= n.x+n.w {
			continue
		}
		if below := n.y > at.y; below != (n.turn > at.turn == (of > 0)) {
			return false
		}
	}
	return true
}

// onCircle reports whether the circle, or a peer on it, is in w cells from x, y
// on.
func (f *ringFrame) onCircle(x, y, w int) bool {
	for i := range w {
		if l := f.canvas.Level(x+i, y); l == draw.Outline || l == draw.Node {
			return true
		}
	}
	return false
}

// write puts text where nothing else will be written.
func (f *ringFrame) write(x, y int, text string, ink draw.Ink) {
	f.r.Put(x, y, text, ink)
	for i := range draw.Width(text) {
		f.taken.add(x+i, y)
	}
}

// free reports whether w cells from x, y on, and one on each side, are free.
func (f *ringFrame) free(x, y, w int) bool {
	if y < 0 || y >= f.r.Dy() || x < 0 || x+w > f.r.Dx() {
		return false
	}
	for i := x - 1; i <= x+w; i++ {
		if f.taken.has(i, y) {
			return false
		}
	}
	return true
}

// cellSet is a set of cells of a pane.
type cellSet struct {
	w, h int
	in   []bool
}

// resize makes the set one of w x h cells, and empty.
func (s *cellSet) resize(w, h int) {
	s.w, s.h = max(w, 0), max(h, 0)
	if n := s.w * s.h; n <= cap(s.in) {
		s.in = s.in[:n]
		clear(s.in)
		return
	}
	s.in = make([]bool, s.w*s.h)
}

// add puts a cell into the set, if it is one of the pane's.
func (s *cellSet) add(x, y int) {
	if x >= 0 && y >= 0 && x < s.w && y < s.h {
		s.in[y*s.w+x] = true
	}
}

func (s *cellSet) has(x, y int) bool {
	return x >= 0 && y >= 0 && x < s.w && y < s.h && s.in[y*s.w+x]
}
