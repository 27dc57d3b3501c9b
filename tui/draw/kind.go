package draw

import "fmt"

// Kind is which characters a surface may use. What draws on a surface need not
// know it: each rune that is put becomes one that the kind has.
type Kind uint8

// The kinds. Canvases have the same dots in all of them.
const (
	Braille Kind = iota // dots, two across and four down in a cell
	Block               // quadrants of a cell, for fonts without braille
	ASCII               // printable ASCII and nothing else
	kinds
)

var kindNames = [kinds]string{Braille: "braille", Block: "block", ASCII: "ascii"}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// ParseKind returns the kind of a name: braille, block or ascii.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("nothing is drawn with %q: use braille, block or ascii", name)
}

// braille is the first of the 256 braille patterns; the bits of the others are
// added to it.
const braille = 0x2800

// glyph returns what stands for r, which is always one cell wide unless r is
// wide and the kind has it. The right half of a wide character, which is 0,
// becomes a character of its own where the whole does.
func (k Kind) glyph(r rune) rune {
	dots := r - braille
	switch {
	case r >= ' ' && r < 0x7f, k == Braille:
		return r
	case dots >= 0 && dots < 256 && k == Block:
		return quadrants[quadrantsOf(uint8(dots))]
	case dots >= 0 && dots < 256:
		return asciiDots[dots]
	case k == ASCII:
		return ascii(r)
	}
	return r
}

// quadrants are the runes by which quarters of a cell are filled: bit 0 upper
// left, 1 upper right, 2 lower left, 3 lower right.
var quadrants = [16]rune{' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'}

// quadrantsOf returns the quarters of a cell in which a braille pattern has a
// dot.
func quadrantsOf(bits uint8) (quarters uint8) {
	for y, row := range bitOf {
		for x, bit := range row {
			if bits&bit != 0 {
				quarters |= 1 << (y/2*2 + x)
			}
		}
	}
	return quarters
}
