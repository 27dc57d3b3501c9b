package experiment

import (
	"fmt"
	"math"
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
	Paper  bool   // published, or computed from what is published; not measured here
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
const leastWidth = 7

func (c *Column) width() int {
	return max(leastWidth, utf8.RuneCountInString(c.Title), utf8.RuneCountInString(c.Unit))
}

// header is the head of the table as text: its title, and two lines with the
// titles and units of the columns.
func (t *Table) header() string {
	var titles, units strings.Builder
	for i := range t.Columns {
		c := &t.Columns[i]
		fmt.Fprintf(&titles, "%*s  ", c.width(), c.Title)
		fmt.Fprintf(&units, "%*s  ", c.width(), c.Unit)
	}
	return t.Title + "\n\n" + strings.TrimRight(titles.String(), " ") + "\n" + strings.TrimRight(units.String(), " ") + "\n"
}

// line is the row as text, below its table's header.
func (r Row) line() string {
	var b strings.Builder
	for i, v := range r.Values {
		c := &r.Table.Columns[i]
		fmt.Fprintf(&b, "%*s  ", c.width(), c.text(v))
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}
