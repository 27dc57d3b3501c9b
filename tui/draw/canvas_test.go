package draw

import (
	"math/bits"
	"testing"
)

// onto returns the first row of a canvas of w cells, as text.
func onto(c *Canvas, w int) string {
	s := newSurface(w, 1)
	c.Onto(s.All())
	return lines(s)[0]
}

func TestCanvas_Bits(t *testing.T) {
	// Each dot alone, row by row, against the braille patterns of Unicode.
	want := [DotsY][DotsX]string{{"⠁", "⠈"}, {"⠂", "⠐"}, {"⠄", "⠠"}, {"⡀", "⢀"}}
	for y := range DotsY {
		for x := range DotsX {
			var c Canvas
			c.Resize(1, 1)
			c.Dot(x, y, Pen{Level: Outline})
			if got := onto(&c, 1); got != want[y][x] {
				t.Errorf("dot %d, %d is %s, want %s", x, y, got, want[y][x])
			}
		}
	}
}

func TestCanvas_HigherLevelClearsItsCell(t *testing.T) {
	var c Canvas
	c.Resize(2, 1)
	for x := range 4 {
		c.Dot(x, 0, Pen{Level: Outline, Ink: Rule})
	}
	c.Dot(0, 3, Pen{Level: Way, Ink: Path})
	c.Dot(1, 1, Pen{Level: Chord, Ink: Accent}) // lower than what is there
	if got := onto(&c, 2); got != "⡀⠉" {
		t.Errorf("canvas is %s, want ⡀⠉", got)
	}
	if ink := c.cells[0].ink; ink != Path {
		t.Errorf("cell has ink %d, want that of the highest level", ink)
	}
}

func TestCanvas_DotsOutsideAreLeftOut(t *testing.T) {
	var c Canvas
	c.Resize(1, 1)
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {2, 0}, {0, 4}} {
		c.Dot(p[0], p[1], Pen{Level: Head})
	}
	if got := onto(&c, 1); got != " " {
		t.Errorf("canvas is %q, want it blank", got)
	}
}

// count returns how many dots a curve along one row of n dots sets.
func count(n int, pen Pen) int {
	var c Canvas
	c.Resize(n/DotsX, 1)
	pen.Level = Chord
	c.Curve(func(t float64) (x, y float64) { return t * float64(n-1), 0 }, float64(n), pen)
	dots := 0
	for _, d := range c.cells {
		dots += bits.OnesCount8(d.bits)
	}
	return dots
}

func TestCanvas_Dashes(t *testing.T) {
	if got := count(40, Pen{}); got != 40 {
		t.Errorf("a solid line of 40 dots has %d", got)
	}
	if got := count(40, Pen{On: 1, Off: 3}); got != 10 {
		t.Errorf("a dotted line of 40 dots has %d, want 10", got)
	}
	if got := count(40, Pen{On: 5, Off: 3}); got != 25 {
		t.Errorf("a dashed line of 40 dots has %d, want 25", got)
	}
}

func TestTheme(t *testing.T) {
	dark, light := NewTheme(true), NewTheme(false)
	if dark.on[Plain] != "" || light.on[Plain] != "" {
		t.Error("plain text is not in the terminal's own colour")
	}
	seen := make(map[string]Ink)
	for c := Dim; c < colours; c++ {
		on := dark.on[c]
		if other, ok := seen[on]; ok || on == "" {
			t.Errorf("colour %d is not its own: %q, as %d", c, on, other)
		}
		seen[on] = c
		if on == light.on[c] {
			t.Errorf("colour %d is the same on dark and light", c)
		}
		if dark.on[c|Bold] == on || dark.on[c|Reverse] == on {
			t.Errorf("colour %d does not change with its attributes", c)
		}
	}
}
