package figure

// colours are named by what they say, as those of the screen are. Nothing is
// said by colour alone: a shape, a dash or a word says it too, so that a figure
// may be printed in black and white.
type colours struct {
	paper  string // the background
	ink    string // text, peers that are members
	dim    string // what matters less: captions, reasons
	rule   string // lines that only divide, the circle itself
	good   string // right
	warn   string // stale, silent
	bad    string // dead, lost
	accent string // what is in focus
	path   string // the way of a lookup
}

// Okabe and Ito's colours, which people with any kind of colour blindness tell
// apart, as light or dark as each background needs them.
var (
	light = colours{
		paper: "#FFFFFF", ink: "#1B1F24", dim: "#5F6670", rule: "#B9BEC6",
		good: "#00795A", warn: "#A86E00", bad: "#C04A00", accent: "#0072B2", path: "#A8487F",
	}
	dark = colours{
		paper: "#14171C", ink: "#E8EAED", dim: "#9AA1AD", rule: "#4A5160",
		good: "#14B285", warn: "#E69F00", bad: "#F0713A", accent: "#56B4E9", path: "#DE8CBB",
	}
)

// pen is how a line is drawn.
type pen struct {
	colour string
	width  float64
	dash   string // lengths of strokes and gaps; empty: solid
}
