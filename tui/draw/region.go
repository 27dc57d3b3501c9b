package draw

import (
	"image"
	"strings"
)

// Region is a rectangle of a surface. Coordinates are relative to its top left
// corner, and nothing that is drawn leaves it.
type Region struct {
	s *Surface
	image.Rectangle
}

// Kind is which characters the region is drawn with.
func (r Region) Kind() Kind { return r.s.Kind }

// Sub returns the rectangle at x, y as a region, cut to what lies inside r.
func (r Region) Sub(x, y, w, h int) Region {
	sub := image.Rect(r.Min.X+x, r.Min.Y+y, r.Min.X+x+max(w, 0), r.Min.Y+y+max(h, 0))
	return Region{r.s, sub.Intersect(r.Rectangle)}
}

// At returns the part of r that lies in a rectangle of the surface.
func (r Region) At(on image.Rectangle) Region { return Region{r.s, on.Intersect(r.Rectangle)} }

// Rest returns the region without its first y rows.
func (r Region) Rest(y int) Region { return r.Sub(0, y, r.Dx(), r.Dy()-y) }

// Above returns the region without its last y rows.
func (r Region) Above(y int) Region { return r.Sub(0, 0, r.Dx(), r.Dy()-y) }

// Put writes text at x, y, cut at the region's edge, and returns the x after
// it. Control characters are left out.
func (r Region) Put(x, y int, text string, ink Ink) int {
	for _, c := range text {
		w := runeWidth(c)
		if w == 0 {
			continue
		}
		if y < 0 || y >= r.Dy() || x+w > r.Dx() {
			return x
		}
		if x >= 0 {
			r.s.set(r.Min.X+x, r.Min.Y+y, cell{c, ink})
			if w == 2 {
				r.s.set(r.Min.X+x+1, r.Min.Y+y, cell{0, ink})
			}
		}
		x += w
	}
	return x
}

// PutFit writes text into the cells from x to the region's edge, or less if
// width is smaller, with an ellipsis if it is cut.
func (r Region) PutFit(x, y, width int, text string, ink Ink) int {
	return r.Put(x, y, Fit(text, min(width, r.Dx()-x)), ink)
}

// PutRight writes text so that it ends before x.
func (r Region) PutRight(x, y int, text string, ink Ink) {
	r.Put(x-Width(text), y, text, ink)
}

// PutCentre writes text in the middle of row y.
func (r Region) PutCentre(y int, text string, ink Ink) {
	text = Fit(text, r.Dx())
	r.Put((r.Dx()-Width(text))/2, y, text, ink)
}

// Line draws a horizontal line over the whole of row y from x on.
func (r Region) Line(x, y int, ink Ink) {
	r.Put(x, y, strings.Repeat("─", max(r.Dx()-x, 0)), ink)
}

// Fill blanks the region.
func (r Region) Fill(ink Ink) {
	for y := range r.Dy() {
		r.Put(0, y, strings.Repeat(" ", r.Dx()), ink)
	}
}

// Mark adds attributes to the ink of everything in the region.
func (r Region) Mark(attributes Ink) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			r.s.cells[y*r.s.w+x].ink |= attributes
		}
	}
}

// Box draws a rounded frame along the region's edge and returns what is inside.
func (r Region) Box(ink Ink) Region {
	w, h := r.Dx(), r.Dy()
	if w < 2 || h < 2 {
		return r.Sub(0, 0, 0, 0)
	}
	bar := strings.Repeat("─", w-2)
	r.Put(0, 0, "╭"+bar+"╮", ink)
	for y := 1; y < h-1; y++ {
		r.Put(0, y, "│", ink)
		r.Put(w-1, y, "│", ink)
	}
	r.Put(0, h-1, "╰"+bar+"╯", ink)
	return r.Sub(1, 1, w-2, h-2)
}

// Fit cuts text to width cells; the last one is an ellipsis then.
func Fit(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	if width < 1 {
		return ""
	}
	n := 0
	for i, c := range text {
		w := runeWidth(c)
		if n+w > width-1 {
			return text[:i] + "…"
		}
		n += w
	}
	return text
}

// Wrap breaks text into lines of at most width cells, between words where it
// can. Line breaks in the text stay. It returns at least one line.
func Wrap(text string, width int) []string {
	width = max(width, 2) // a wide character must fit
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line, used := "", 0
		for _, word := range strings.Fields(paragraph) {
			w := Width(word)
			if used > 0 && used+1+w <= width {
				line, used = line+" "+word, used+1+w
				continue
			}
			if used > 0 {
				lines = append(lines, line)
			}
			for w > width {
				head := cut(word, width)
				lines = append(lines, head)
				word = word[len(head):]
				w = Width(word)
			}
			line, used = word, w
		}
		lines = append(lines, line)
	}
	return lines
}

// cut returns the longest beginning of word that fits width, and at least one
// rune.
func cut(word string, width int) string {
	n := 0
	for i, c := range word {
		n += runeWidth(c)
		if n > width && i > 0 {
			return word[:i]
		}
	}
	return word
}
