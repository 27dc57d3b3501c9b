package tui

import (
	"fmt"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// tally counts keys, copies and what is wrong with them, in as much detail as
// fits into room cells. What is wrong is left out last. Without keys it is
// empty.
func tally(pic *observe.Picture, room int) row {
	d := &pic.Data
	if d.Keys+d.Lost == 0 {
		return row{}
	}
	keys := part{numbered(d.Keys, "key"), draw.Plain}
	copies := part{copiesText(d.Copies), draw.Dim}
	few := part{fmt.Sprintf("%s %s short of copies", keyMarks[observe.UnderReplicated].glyph, count(uint64(d.UnderReplicated))), draw.Warn}
	fewer := part{fmt.Sprintf("%s %s", keyMarks[observe.UnderReplicated].glyph, count(uint64(d.UnderReplicated))), draw.Warn}
	lost := part{"0 lost", draw.Dim}
	if d.Lost > 0 {
		lost = part{fmt.Sprintf("%s %s lost", keyMarks[observe.Lost].glyph, count(uint64(d.Lost))), draw.Bad | draw.Bold}
	}
	choices := [][]part{{keys, copies, few, lost}, {keys, copies, fewer, lost}, {keys, fewer, lost}, {fewer, lost}, {lost}}
	if d.UnderReplicated == 0 {
		choices = [][]part{{keys, copies, lost}, {keys, lost}, {keys}}
		if d.Lost > 0 {
			choices[2] = []part{lost}
		}
	}
	for _, parts := range choices {
		if r := dotted(parts); r.width() <= room {
			return r
		}
	}
	return row{}
}

// dotted joins parts with dots between them.
func dotted(parts []part) row {
	var r row
	for i, p := range parts {
		if i > 0 {
			r.add(" · ", draw.Dim)
		}
		r.parts = append(r.parts, p)
	}
	return r
}

// numbered is plural with the thousands apart.
func numbered(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(uint64(n)) + " " + noun + "s"
}
