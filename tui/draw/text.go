package draw

import (
	"slices"
	"strings"
)

// Text writes the surface as lines of plain text, without blanks at their ends,
// each with a line break after it.
func (s *Surface) Text() string {
	var b strings.Builder
	for y := range s.h {
		blanks := 0
		for _, c := range s.cells[y*s.w : (y+1)*s.w] {
			switch c.r {
			case 0: // belongs to the one before
			case ' ':
				blanks++
			default:
				b.WriteString(strings.Repeat(" ", blanks))
				b.WriteRune(c.r)
				blanks = 0
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Copy returns a surface that shows the same and is drawn on separately.
func (s *Surface) Copy() *Surface {
	c := *s
	c.cells = slices.Clone(s.cells)
	return &c
}
