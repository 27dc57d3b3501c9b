package experiment

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is what an experiment's rows look like.
type Table struct {
	Name    string // a word, part of file names; the first table's is not used there
	Title   string
	Columns []Column
	Plot    Plot
}

// Column is one column of a table.
type Column struct {
	Name   string // the field of JSON and CSV; part of the interface
	Title  string // for people
	Unit   string // "hops", "s"; may be empty
	Digits int    // after the point, for people
	Width  int    // at least, in characters, for long numbers
	Paper  bool   // published, or computed from what is published; not measured here
	Extra  bool   // left out where the terminal is too narrow for all
}

// Row is one line of a table.
type Row struct {
	Table *Table
	// Values are int, float64 or string, one for each column. nil: there is
	// none.
	Values []any
}

// column returns where the column with the name stands, or -1.
func (t *Table) column(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// text writes a value for people.
func (c *Column) text(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case float64:
		return strconv.FormatFloat(v, 'f', c.Digits, 64)
	}
	return fmt.Sprint(v)
}

// number returns a value as a number; ok is false if it is none.
func number(v any) (f float64, ok bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}

// leastWidth of a column, in characters.
const leastWidth = 5

func (c *Column) width() int {
	return max(leastWidth, c.Width, utf8.RuneCountInString(c.Title), utf8.RuneCountInString(c.Unit))
}

// fitting returns the columns that are shown in so many characters: all, or
// without some that are extra, the last ones first. 0 characters are as many as
// it takes.
func (t *Table) fitting(width int) []int {
	var out []int
	total := -gap
	for i := range t.Columns {
		out = append(out, i)
		total += t.Columns[i].width() + gap
	}
	for k := len(out) - 1; k >= 0 && width > 0 && total > width; k-- {
		if c := &t.Columns[out[k]]; c.Extra {
			total -= c.width() + gap
			out = slices.Delete(out, k, k+1)
		}
	}
	return out
}

// gap is between two columns, in characters.
const gap = 2

// header is the head of the table as text: its title, and two lines with the
// titles and units of these columns.
func (t *Table) header(columns []int) string {
	titles := t.line(columns, func(c *Column, _ int) string { return c.Title })
	units := t.line(columns, func(c *Column, _ int) string { return c.Unit })
	return t.Title + "\n\n" + titles + units
}

// line is the row as text, below its table's header.
func (r Row) line(columns []int) string {
	return r.Table.line(columns, func(c *Column, i int) string { return c.text(r.Values[i]) })
}

func (t *Table) line(columns []int, text func(c *Column, i int) string) string {
	var b strings.Builder
	for _, i := range columns {
		c := &t.Columns[i]
		fmt.Fprintf(&b, "%*s%*s", c.width(), text(c, i), gap, "")
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}
