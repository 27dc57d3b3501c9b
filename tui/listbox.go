package tui

import (
	"image"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// item is one thing that a list offers: enter or a click does act. Without act
// it is only read, as a heading is.
type item struct {
	rows []row
	act  func(*Model) tea.Cmd
}

// listBox is a framed list over the middle of the screen, with a cursor on what
// enter would do. It scrolls where the screen is lower than it.
type listBox struct {
	cursor int // index of the item under the cursor
	offset int // first row that is shown
}

// boxWidth is the widest that a box becomes, in cells.
const boxWidth = 84

// boxInner is how much of an item's row can be seen on a screen of this width.
func boxInner(screen int) int { return min(boxWidth, screen) - 6 }

// key moves the cursor, or does what it stands on; others are not handled.
func (b *listBox) key(m *Model, k string, items []item) (handled, done bool, cmd tea.Cmd) {
	switch k {
	case "down":
		b.move(1, items)
	case "up":
		b.move(-1, items)
	case "pgdown":
		b.move(8, items)
	case "pgup":
		b.move(-8, items)
	case "home":
		b.move(-len(items), items)
	case "end":
		b.move(len(items), items)
	case "enter":
		b.settle(items)
		if b.cursor < len(items) && items[b.cursor].act != nil {
			return true, true, items[b.cursor].act(m)
		}
	default:
		return false, false, nil
	}
	return true, false, nil
}

// move goes on by so many items that can be chosen.
func (b *listBox) move(by int, items []item) {
	b.settle(items)
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for at := b.cursor + step; by > 0 && at >= 0 && at < len(items); at += step {
		if items[at].act != nil {
			b.cursor = at
			by--
		}
	}
}

// settle puts the cursor on something that can be chosen, if there is any.
func (b *listBox) settle(items []item) {
	b.cursor = max(0, min(b.cursor, len(items)-1))
	for at := range items {
		if i := (b.cursor + at) % len(items); items[i].act != nil {
			b.cursor = i
			return
		}
	}
}

// draw draws the box with fixed rows above the items, and notes what can be
// clicked.
func (b *listBox) draw(m *Model, screen draw.Region, title string, ink draw.Ink, head []row, items []item) {
	b.settle(items)
	total := len(head)
	for _, it := range items {
		total += len(it.rows)
	}
	w, h := min(boxWidth, screen.Dx()), min(total+2, screen.Dy())
	box := screen.Sub((screen.Dx()-w)/2, (screen.Dy()-h)/2, w, h)
	box.Fill(draw.Plain)
	m.zones = append(m.zones, zone{Rectangle: box.Rectangle, pane: paneNone}) // a click into it does not close it
	inner := box.Box(ink)
	box.Put(2, 0, " "+title+" ", ink|draw.Bold)
	box.Put(2, h-1, " ↑ ↓ choose  enter does it  esc closes ", draw.Dim)
	for y := range head {
		writeRow(inner, 1, y, &head[y])
	}
	b.drawItems(m, inner.Rest(len(head)), items)
}

// drawItems draws the items, scrolled so that the cursor can be seen.
func (b *listBox) drawItems(m *Model, r draw.Region, items []item) {
	y, top, bottom := 0, 0, 0
	for i, it := range items {
		if i == b.cursor {
			top, bottom = y, y+len(it.rows)
		}
		y += len(it.rows)
	}
	if before := b.cursor - 1; before >= 0 && items[before].act == nil { // its heading too
		top -= len(items[before].rows)
	}
	if b.last(items) {
		bottom = y
	}
	b.offset = max(0, min(max(b.offset, bottom-r.Dy()), top, y-r.Dy()))
	y = -b.offset
	for i, it := range items {
		if it.act != nil {
			b.zone(m, r, image.Rect(0, y, r.Dx(), y+len(it.rows)), it.act)
		}
		for k := range it.rows {
			if y >= 0 && y < r.Dy() {
				if i == b.cursor && it.act != nil && k == 0 {
					r.Put(0, y, "▸", draw.Accent|draw.Bold)
				}
				writeRow(r, 2, y, &it.rows[k])
			}
			y++
		}
	}
}

// last reports whether nothing after the cursor can be chosen.
func (b *listBox) last(items []item) bool {
	for i := b.cursor + 1; i < len(items); i++ {
		if items[i].act != nil {
			return false
		}
	}
	return true
}

// zone lets a click on an item, as far as it is shown, close the list and do
// what it stands for.
func (b *listBox) zone(m *Model, r draw.Region, at image.Rectangle, act func(*Model) tea.Cmd) {
	at = at.Intersect(image.Rect(0, 0, r.Dx(), r.Dy()))
	m.choice(r.Sub(at.Min.X, at.Min.Y, at.Dx(), at.Dy()), act)
}

// writeRow writes the parts of a row from x on.
func writeRow(r draw.Region, x, y int, l *row) {
	for _, p := range l.parts {
		x = r.PutFit(x, y, r.Dx(), p.text, p.ink)
	}
}
