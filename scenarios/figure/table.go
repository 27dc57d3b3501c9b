package figure

import (
	"fmt"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// The widest ring whose tables have a row for each finger, and the most rows.
// Beyond, neighbouring fingers that point at the same peer share a row.
const (
	fullTable = 16
	mostRows  = 20
)

// tableRow is one row of a finger table in words: i, start, interval, node.
type tableRow struct {
	cells   [4]string
	verdict observe.Verdict
}

// table writes the finger table of the peer in focus, as the papers print it,
// and returns where it ends.
func (d *drawing) table(y float64) float64 {
	d.open("g", "class", "table")
	defer d.close("g")
	y = d.heading(y, "Finger table of "+d.focus.Name)
	rows := d.rows()
	more := 0
	if len(rows) > mostRows+1 {
		rows, more = rows[:mostRows], len(rows)-mostRows
	}
	cols, font := fit(rows)
	d.row(cols, y, font, tableRow{cells: tableHead}, "fill", d.dim, "font-style", "italic")
	d.line(columnLeft, y+5, columnLeft+columnWidth, y+5, "stroke", d.rule)
	for _, r := range rows {
		y += lineHeight
		d.row(cols, y, font, r)
	}
	if more > 0 {
		y += lineHeight
		d.text("text", fmt.Sprintf("and %d more rows", more), "x", cols[1], "y", y, "fill", d.dim)
	}
	return y + lineHeight
}

var tableHead = [4]string{"i", "start", "interval", "node"}

// rows puts the table of the peer in focus into words.
func (d *drawing) rows() []tableRow {
	groups := groupFingers(d.focus.Fingers)
	if d.pic.Space.Bits() <= fullTable {
		groups = groups[:0]
		for i := range d.focus.Fingers {
			f := &d.focus.Fingers[i]
			groups = append(groups, fingerGroup{to: f.Pointer, from: f, up: f})
		}
	}
	rows := make([]tableRow, len(groups))
	for i, g := range groups {
		name := g.to.Name
		switch g.to.Verdict {
		case observe.None:
			name = "none"
		case observe.Stale:
			name += " ~ stale"
		case observe.Dead:
			name += " ✕ dead"
		}
		interval := fmt.Sprintf("[%s, %s)", d.short(g.from.Start), d.short(g.up.Interval.To))
		rows[i] = tableRow{[4]string{d.numbers(g), d.short(g.from.Start), interval, name}, g.to.Verdict}
	}
	return rows
}

// short writes an identifier, of a long one only the beginning.
func (d *drawing) short(id ring.ID) string {
	const most = 4
	s := d.pic.Space.Format(id)
	if d.pic.Space.Digits() > most {
		return s[:most] + "…"
	}
	return s
}

// fit returns where the columns of a table begin, or the first one ends, and
// the size of the letters at which it is no wider than its place.
func fit(rows []tableRow) (cols [4]float64, font float64) {
	const gap = 12
	var widths [4]float64
	for _, r := range append(rows, tableRow{cells: tableHead}) {
		for i, s := range r.cells {
			widths[i] = max(widths[i], 0.93*textWidth(s, textFont))
		}
	}
	total := widths[0] + widths[1] + widths[2] + widths[3] + 3*gap
	scale := min(1, columnWidth/total)
	spare := (columnWidth/scale - total) / 4 // a table is as wide as its column
	cols[0] = widths[0] + spare/2
	cols[1] = cols[0] + gap
	cols[2] = cols[1] + widths[1] + gap + spare
	cols[3] = cols[2] + widths[2] + gap + spare
	for i := range cols {
		cols[i] = columnLeft + cols[i]*scale
	}
	return cols, textFont * scale
}

func (d *drawing) row(cols [4]float64, y, font float64, r tableRow, looks ...any) {
	for i, s := range r.cells {
		attrs := []any{"x", cols[i], "y", y}
		if i == 0 {
			attrs = append(attrs, "text-anchor", "end")
		}
		if font < textFont {
			attrs = append(attrs, "font-size", font)
		}
		attrs = append(attrs, looks...)
		if i == 3 && len(looks) == 0 {
			attrs = append(attrs, "font-weight", "bold")
			if c := d.pens(r.verdict, d.ink).colour; c != d.ink {
				attrs = append(attrs, "fill", c)
			}
		}
		d.text("text", s, attrs...)
	}
}
