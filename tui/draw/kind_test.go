package draw

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// everything is a frame with each kind of thing on it.
func everything(k Kind) string {
	s := newSurface(60, 8)
	s.Kind = k
	r := s.All()
	r.Box(Rule)
	r.Put(1, 1, "●◉○◐◌✕◇■ ✓~✕· ◆•◦× ╳◔ …–‖µ¼½¾≤ 日本 é ↔→ ▁▃▅█▌", Good)
	var c Canvas
	c.Resize(20, 4)
	c.Curve(func(t float64) (x, y float64) { return t * 39, t * 15 }, 40, Pen{Level: Chord, Ink: Path})
	c.Onto(r.Sub(2, 3, 20, 4))
	return ansi.Strip(s.Encode(NewTheme(true)))
}

func TestKind_OnlyItsCharacters(t *testing.T) {
	for _, c := range everything(ASCII) {
		if c != '\n' && (c < ' ' || c > '~') {
			t.Errorf("ascii has %q", c)
		}
	}
	for _, c := range everything(Block) {
		if c >= braille && c < braille+256 {
			t.Errorf("block has %q", c)
		}
	}
	for k := range kinds {
		for _, l := range strings.Split(everything(k), "\n") {
			if w := ansi.StringWidthWc(l); w != 60 {
				t.Errorf("%v: %q is %d cells wide", k, l, w)
			}
		}
	}
}

func TestParseKind(t *testing.T) {
	for k := range kinds {
		if got, err := ParseKind(k.String()); got != k || err != nil {
			t.Errorf("%v is read as %v, %v", k, got, err)
		}
	}
	if _, err := ParseKind("dots"); err == nil {
		t.Error("dots are drawn with something")
	}
}

// TestASCII_StatesStayApart: what is told apart by its shape is so in ASCII
// too, and not taken for the letter of a partition's side.
func TestASCII_StatesStayApart(t *testing.T) {
	for _, group := range []string{
		"●◉○◐◌✕◇■", // peers
		"✓~✕·",     // verdicts on pointers
		"◆◇•◦×",    // keys
		"╳%◔",      // links
		"·✓!✕",     // events
	} {
		seen := make(map[rune]rune)
		for _, r := range group {
			a := ASCII.glyph(r)
			if other, ok := seen[a]; ok || a == '?' && r != '◌' || a >= 'A' && a <= 'W' {
				t.Errorf("%c is %c, as %c", r, a, other)
			}
			seen[a] = r
		}
	}
}

// TestASCII_LinesLookLikeLines: straight lines of dots are the characters of
// their direction.
func TestASCII_LinesLookLikeLines(t *testing.T) {
	for dots, want := range map[rune]rune{'⠒': '-', '⣀': '_', '⡇': '|', '⢸': '|', '⡠': '_', '⠁': '\'', '⢀': '.', '⣿': '#', '⢣': '\\', '⡜': '/'} {
		if got := ASCII.glyph(dots); got != want {
			t.Errorf("%c is %c, want %c", dots, got, want)
		}
	}
}

func TestBlock_QuartersWithADotAreFilled(t *testing.T) {
	for dots, want := range map[rune]rune{'⠀': ' ', '⠁': '▘', '⡀': '▖', '⠈': '▝', '⣿': '█', '⡇': '▌', '⠉': '▀', '⢁': '▚'} {
		if got := Block.glyph(dots); got != want {
			t.Errorf("%c is %c, want %c", dots, got, want)
		}
	}
}
