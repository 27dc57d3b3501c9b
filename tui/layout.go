package tui

// Sizes of the terminal in cells from which the screen is laid out.
const (
	minWidth, minHeight   = 40, 12 // below it there is only a message
	wideWidth, wideHeight = 72, 18 // from here on panes stand beside the ring
	tallHeight            = 32     // from here on they stand below it if they must
	viewWidth             = 110    // from here on the ring stands beside other views
	roomyWidth            = 100    // from here on there is an outer margin
	sideBySide            = 110    // from here on the panes stand in two columns
	roomyHeight           = 50     // from here on the load of all peers has a place of its own
)

// legendRows is what the legend adds to a circle that leaves it no corners.
const legendRows = 4

// rect is a place on the screen, in cells.
type rect struct{ x, y, w, h int }

// layout is where everything stands. A part that has no place has no height.
type layout struct {
	header, caption, timeline, status, footer rect

	main    rect   // what another view than the ring is about
	ring    rect   // the main part, or small beside it
	columns []rect // for text panes, one below the other in each
	border  rect   // between the left part and what is beside it
}

// needs is what the layout makes room for.
type needs struct {
	view     bool // another one than the ring
	caption  int  // rows; 0: there is none
	timeline int
	split    int     // cells that the left part is wider than by itself
	aspect   float64 // of a cell
	large    bool    // for the projector: the ring before all else
}

// arrange lays out a screen of w x h cells.
func arrange(w, h int, n needs) layout {
	margin := 0
	if w >= roomyWidth {
		margin = 1
	}
	inner := w - 2*margin
	l := layout{
		header: rect{margin, 0, inner, 1},
		status: rect{margin, h - 2, inner, 1},
		footer: rect{margin, h - 1, inner, 1},
	}
	body := rect{margin, 1, inner, h - 3}
	if h >= legendHeight { // air above and below the body
		body.y++
		body.h -= 2
	}
	if n.timeline > 0 && body.h > 3*n.timeline {
		body.h -= n.timeline
		l.timeline = rect{margin, body.y + body.h, inner, n.timeline}
	}
	if n.caption > 0 {
		rows := min(n.caption, body.h/3)
		body.h -= rows
		l.caption = rect{margin, body.y + body.h, inner, rows}
	}
	switch {
	case n.view && w >= viewWidth && h >= tallHeight:
		l.around(body, n)
	case n.view && w >= wideWidth && h >= roomyHeight:
		l.above(body, n)
	case n.view:
		l.main = body
	case w >= wideWidth && h >= wideHeight:
		l.beside(body, n)
	case h >= tallHeight:
		ring := min(body.h*55/100, int(float64(body.w)/n.aspect)+legendRows)
		l.ring = rect{body.x, body.y, body.w, ring}
		l.columns = []rect{{body.x, body.y + ring + 1, body.w, body.h - ring - 1}}
	default:
		l.ring = body
	}
	return l
}

// beside puts the ring to the left, as wide as its height asks for, and the
// panes into what remains to its right.
func (l *layout) beside(body rect, n needs) {
	const labels, gap = 14, 2
	side := max(34, min(body.w*3/8, 50))
	if n.large {
		side = 34
	}
	ring := min(int(float64(body.h)*n.aspect)+labels, body.w-side-gap)
	ring = max(min(ring+n.split, body.w-34-gap), min(ring, 30))
	l.ring = rect{body.x, body.y, ring, body.h}
	l.border = rect{body.x + ring, body.y, gap, body.h}
	right := rect{body.x + ring + gap, body.y, body.w - ring - gap, body.h}
	if right.w < sideBySide {
		l.columns = []rect{right}
		return
	}
	half := (right.w - gap) / 2
	l.columns = []rect{
		{right.x, right.y, half, right.h},
		{right.x + half + gap, right.y, right.w - half - gap, right.h},
	}
}

// around gives a view most of the width, and puts the ring, small, and the
// panes beside it.
func (l *layout) around(body rect, n needs) {
	const gap = 2
	side := max(40, min(body.w*3/10, 64)) - n.split
	side = max(30, min(side, body.w-40-gap))
	l.main = rect{body.x, body.y, body.w - side - gap, body.h}
	l.border = rect{body.x + l.main.w, body.y, gap, body.h}
	x := body.x + body.w - side
	ring := min(body.h*9/20, int(float64(side)/n.aspect)+legendRows)
	l.ring = rect{x, body.y, side, ring}
	l.columns = []rect{{x, body.y + ring + 1, side, body.h - ring - 1}}
}

// above gives a view the upper part, and puts the ring and the panes side by
// side below it.
func (l *layout) above(body rect, n needs) {
	const gap, labels = 2, 14
	main := body.h * 6 / 10
	l.main = rect{body.x, body.y, body.w, main}
	rest := rect{body.x, body.y + main + 1, body.w, body.h - main - 1}
	ring := min(int(float64(rest.h)*n.aspect)+labels, body.w/2) + n.split
	ring = max(min(ring, body.w-34-gap), 30)
	l.ring = rect{rest.x, rest.y, ring, rest.h}
	l.border = rect{rest.x + ring, rest.y, gap, rest.h}
	l.columns = []rect{{rest.x + ring + gap, rest.y, rest.w - ring - gap, rest.h}}
}
