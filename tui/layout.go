package tui

// Sizes of the terminal in cells from which the screen is laid out.
const (
	minWidth, minHeight   = 40, 12 // below it there is only a message
	wideWidth, wideHeight = 72, 18 // from here on panes stand beside the ring
	tallHeight            = 32     // from here on they stand below it if they must
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
	header, ring, caption, status, footer rect
	columns                               []rect // for text panes, one below the other in each
}

// arrange lays out a screen of w x h cells. captionRows is the height of the
// caption, 0 if there is none.
func arrange(w, h, captionRows int, aspect float64) layout {
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
	if captionRows > 0 {
		rows := min(captionRows, body.h/3)
		body.h -= rows
		l.caption = rect{margin, body.y + body.h, inner, rows}
	}
	switch {
	case w >= wideWidth && h >= wideHeight:
		l.beside(body, aspect)
	case h >= tallHeight:
		ring := min(body.h*55/100, int(float64(body.w)/aspect)+legendRows)
		l.ring = rect{body.x, body.y, body.w, ring}
		l.columns = []rect{{body.x, body.y + ring + 1, body.w, body.h - ring - 1}}
	default:
		l.ring = body
	}
	return l
}

// beside puts the ring to the left, as wide as its height asks for, and the
// panes into what remains to its right.
func (l *layout) beside(body rect, aspect float64) {
	const labels, gap = 14, 2
	side := max(34, min(body.w*3/8, 50))
	ring := min(int(float64(body.h)*aspect)+labels, body.w-side-gap)
	l.ring = rect{body.x, body.y, ring, body.h}
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

// share divides height among panes that want so many rows each, in order of
// importance: everyone gets the least that is of use as far as it goes, then
// each in turn what it wants, and the last one what is left. gap is how many
// of the rows of each are blank.
func share(height, gap int, want []int) []int {
	const least = 4 // title and three rows
	got := make([]int, len(want))
	left := height
	for i, w := range want {
		if left >= least {
			got[i] = min(w, least+gap, left)
			left -= got[i]
		}
	}
	for i, w := range want {
		if got[i] > 0 {
			more := min(w-got[i], left)
			got[i] += more
			left -= more
		}
	}
	for i := len(got) - 1; i >= 0; i-- {
		if got[i] > 0 {
			got[i] += left
			break
		}
	}
	return got
}
