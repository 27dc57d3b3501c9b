// Package draw is the drawing layer of the screen: a grid of character cells
// with meanings for colours, a canvas of dots, and the screen as text or SVG.
// It knows nothing of peers or of Bubble Tea. Nothing in it is safe for
// concurrent use, except a Theme, which never changes.
package draw

// Ink is how a cell is written: one colour by meaning, or'ed with attributes.
// The zero Ink is the terminal's own foreground colour.
type Ink uint16

// The colours, named by what they say. Every one of them always comes with a
// glyph or a word that says the same, for terminals and eyes without colour.
const (
	Plain  Ink = iota
	Dim        // what matters less: labels, units, captions of tables
	Rule       // lines that only divide, the circle itself
	Good       // right, alive, held
	Warn       // stale, suspected, silent
	Bad        // dead, refused, failed
	Accent     // what is selected or has the focus
	Path       // the way of a lookup
	Comet      // the lookup while it travels
	colours
)

// Attributes that are or'ed to a colour.
const (
	Bold Ink = 1 << (4 + iota)
	Underline
	Reverse
	Faint    // fading out; it takes Bold away
	Selected // on the ground of a selected row
	inks     = 1 << (4 + iota)
)

// colour returns the ink without its attributes.
func (i Ink) colour() Ink { return i & (Bold - 1) }
