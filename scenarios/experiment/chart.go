package experiment

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Plot says what of a table is drawn.
type Plot struct {
	X    string // the column along the x axis; empty: no plot
	Log2 bool   // x grows by doubling
	Y    []string
	By   string // a column whose every value makes series of their own, as every number of peers does
	Axis string // what y is, with its unit
}

// chart is a table's plot with the numbers in it.
type chart struct {
	title, xAxis, yAxis string
	log2                bool
	series              []series
	x, y                axis
}

// series is one line of a chart.
type series struct {
	name   string
	paper  bool
	points []point // by x
}

// point is a number of a series. Where a row has none, y is not a number, and
// no line goes across: it would say what nobody has measured.
type point struct{ x, y float64 }

func (p point) missing() bool { return math.IsNaN(p.y) }

// axis is the stretch of numbers that an axis shows, with its marks.
type axis struct {
	low, high float64
	marks     []float64
}

// newChart makes the chart of a table. Without a number to draw it has no
// series.
func newChart(t *Table, rows []Row) *chart {
	c := &chart{title: t.Title, yAxis: t.Plot.Axis, log2: t.Plot.Log2}
	x := t.column(t.Plot.X)
	if x < 0 {
		return c
	}
	c.xAxis = t.Columns[x].label()
	rows = slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Table != t })
	by := t.column(t.Plot.By)
	if by < 0 && x > 0 && slices.ContainsFunc(rows, func(r Row) bool { return r.Values[0] != rows[0].Values[0] }) {
		by = 0
	}
	for _, r := range rows {
		for _, name := range t.Plot.Y {
			y := t.column(name)
			px, okX := number(r.Values[x])
			py, okY := number(r.Values[y])
			if !okX || c.log2 && px <= 0 {
				continue
			}
			if !okY {
				py = math.NaN()
			}
			col := &t.Columns[y]
			label := col.Title
			if by >= 0 {
				label = strings.TrimSpace(t.Columns[by].Title + " " + t.Columns[by].text(r.Values[by]))
				if by > 0 && t.Columns[by].Unit != "" {
					label += " " + t.Columns[by].Unit
				}
				if len(t.Plot.Y) > 1 {
					label += ": " + col.Title
				}
			}
			c.add(label, col.Paper, point{px, py})
		}
	}
	c.series = slices.DeleteFunc(c.series, func(s series) bool {
		slices.SortStableFunc(s.points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
		return !slices.ContainsFunc(s.points, func(p point) bool { return !p.missing() })
	})
	c.scale()
	return c
}

// lines returns the stretches of a series that a line goes through.
func (s *series) lines() [][]point {
	var out [][]point
	open := false
	for _, p := range s.points {
		switch {
		case p.missing():
			open = false
		case open:
			out[len(out)-1] = append(out[len(out)-1], p)
		default:
			out, open = append(out, []point{p}), true
		}
	}
	return out
}

func (c *Column) label() string {
	if c.Unit == "" {
		return c.Title
	}
	return c.Title + " (" + c.Unit + ")"
}

func (c *chart) add(name string, paper bool, p point) {
	i := slices.IndexFunc(c.series, func(s series) bool { return s.name == name && s.paper == paper })
	if i < 0 {
		i = len(c.series)
		c.series = append(c.series, series{name: name, paper: paper})
	}
	c.series[i].points = append(c.series[i].points, p)
}

// scale sets the axes so that all points are between them. y begins at 0.
func (c *chart) scale() {
	if len(c.series) == 0 {
		return
	}
	lowX, highX, highY := math.Inf(1), math.Inf(-1), 0.0
	lowY := 0.0
	for _, s := range c.series {
		for _, p := range slices.Concat(s.lines()...) {
			lowX, highX = min(lowX, p.x), max(highX, p.x)
			lowY, highY = min(lowY, p.y), max(highY, p.y)
		}
	}
	c.y = linear(lowY, highY)
	if !c.log2 {
		c.x = linear(lowX, highX)
		return
	}
	low, high := math.Floor(math.Log2(lowX)), math.Ceil(math.Log2(highX))
	if low == high {
		high++
	}
	c.x = axis{low: low, high: high}
	for k := low; k <= high; k += max(1, math.Ceil((high-low)/12)) {
		c.x.marks = append(c.x.marks, k)
	}
}

// linear is an axis with round marks, about six.
func linear(low, high float64) axis {
	if high <= low {
		high = low + 1
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/5)))
	for _, f := range []float64{5, 2} {
		if (high-low)/(step*f) >= 4 {
			step *= f
			break
		}
	}
	a := axis{low: math.Floor(low/step) * step, high: math.Ceil(high/step-1e-9) * step}
	for i := 0; ; i++ {
		m := a.low + float64(i)*step
		if m > a.high+step/2 {
			return a
		}
		a.marks = append(a.marks, m)
	}
}

// at returns where a number stands on the axis, from 0 to 1.
func (a axis) at(x float64) float64 { return (x - a.low) / (a.high - a.low) }

// place returns where a point stands, from 0 to 1 on both axes.
func (c *chart) place(p point) (x, y float64) {
	px := p.x
	if c.log2 {
		px = math.Log2(px)
	}
	return c.x.at(px), c.y.at(p.y)
}

// xMark writes a mark of the x axis.
func (c *chart) xMark(m float64) string {
	if c.log2 {
		return markText(math.Exp2(m))
	}
	return markText(m)
}

// markText writes a number in a few characters.
func markText(m float64) string {
	switch abs := math.Abs(m); {
	case abs >= 1e6:
		return strconv.FormatFloat(m/1e6, 'g', 4, 64) + "M"
	case abs >= 10_000:
		return strconv.FormatFloat(m/1e3, 'g', 4, 64) + "k"
	case abs < 1e-9:
		return "0"
	}
	return strconv.FormatFloat(m, 'g', 5, 64)
}

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch n := len([]rune(word)); {
		case column == 0:
			column = n
		case column+1+n > width:
			b.WriteByte('\n')
			column = n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}
