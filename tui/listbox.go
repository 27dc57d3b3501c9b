package tui

import "chordscope/tui/draw"

// listBox is a framed list over the middle of the screen, which scrolls where
// the screen is lower than it.
type listBox struct {
	offset int
}

// boxWidth is the widest that a box becomes, in cells.
const boxWidth = 76

// boxInner is how much of a row can be seen on a screen of this width.
func boxInner(screen int) int { return min(boxWidth, screen) - 4 }

// scroll reports whether a key only scrolls the list, and does it.
func (b *listBox) scroll(key string) bool {
	switch key {
	case "down", "pgdown", "space":
		b.offset++
	case "up", "pgup":
		b.offset = max(b.offset-1, 0)
	default:
		return false
	}
	return true
}

func (b *listBox) draw(screen draw.Region, title string, ink draw.Ink, rows []row) {
	w := min(boxWidth, screen.Dx())
	height := min(len(rows)+2, screen.Dy())
	box := screen.Sub((screen.Dx()-w)/2, (screen.Dy()-height)/2, w, height)
	box.Fill(draw.Plain)
	inner := box.Box(ink)
	box.Put(2, 0, " "+title+" ", ink|draw.Bold)
	box.Put(2, height-1, " esc closes ", draw.Dim)
	b.offset = max(0, min(b.offset, len(rows)-inner.Dy()))
	for y, row := range rows[b.offset:min(b.offset+inner.Dy(), len(rows))] {
		x := 1
		for _, p := range row.parts {
			x = inner.PutFit(x, y, inner.Dx(), p.text, p.ink)
		}
	}
}
