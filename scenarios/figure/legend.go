package figure

import (
	"cmp"
	"slices"
)

// topic is what an entry of the legend is about. Entries stand in the order of
// their topics, and of one topic in the order in which they were drawn first.
type topic uint8

const (
	aboutPeers topic = iota
	aboutPointers
	aboutLookup
	aboutKeys
	aboutLinks
)

// entry explains one kind of mark or line that the figure has.
type entry struct {
	topic  topic
	text   string
	sample func(x, y float64) // draws it around a place
}

// explain has the legend explain something that is drawn. What the figure does
// not have is not in its legend.
func (d *drawing) explain(about topic, text string, sample func(x, y float64)) {
	if !slices.ContainsFunc(d.entries, func(e entry) bool { return e.text == text }) {
		d.entries = append(d.entries, entry{about, text, sample})
	}
}

// The size of a sample, and the room for it left of its text.
const (
	sampleMark = 6.0  // radius of a mark
	sampleLine = 28.0 // length of a line
	sampleRoom = 40.0
)

// across is the line that a sample of lines is drawn on.
func across(x, y float64) curve {
	return curve{x - sampleLine/2, y, x, y, x + sampleLine/2, y}
}

// legend writes the legend at the bottom of the ring's square if there is room,
// else from y on. It returns where it ends.
func (d *drawing) legend(y float64) float64 {
	slices.SortStableFunc(d.entries, func(a, b entry) int { return cmp.Compare(a.topic, b.topic) })
	y = max(y, d.top+ringSide-float64(len(d.entries))*lineHeight)
	d.open("g", "class", "legend", "font-size", textFont-1)
	for _, e := range d.entries {
		e.sample(columnLeft+2+sampleLine/2, y-middleShift*textFont)
		d.text("text", e.text, "x", columnLeft+sampleRoom, "y", y)
		y += lineHeight
	}
	d.close("g")
	return y
}
