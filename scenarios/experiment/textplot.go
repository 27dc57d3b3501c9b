package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Size of a plot in the terminal, in characters, and of text below it.
const (
	plotWidth  = 78
	plotHeight = 18
	textWidth  = 78
)

// glyphs mark the points of each series, in turn.
var glyphs = []rune("●▲■◆○△□◇+x*#")

// text draws the chart with characters.
func (c *chart) text(width, height int) string {
	margin := 0
	for _, m := range c.y.marks {
		margin = max(margin, utf8.RuneCountInString(markText(m)))
	}
	inner := width - margin - 2
	cells := make([][]rune, height)
	for i := range cells {
		cells[i] = []rune(strings.Repeat(" ", inner))
	}
	for _, s := range c.series {
		for _, line := range s.lines() {
			c.connect(cells, line)
		}
	}
	for i := len(c.series) - 1; i >= 0; i-- { // above all lines, what is measured first above all others
		for _, p := range slices.Concat(c.series[i].lines()...) {
			x, y := c.cell(p, inner, height)
			cells[y][x] = glyphs[i%len(glyphs)]
		}
	}
	labels := make([]string, height)
	for _, m := range c.y.marks {
		labels[height-1-round(c.y.at(m)*float64(height-1))] = markText(m)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.yAxis)
	for y, row := range cells {
		edge := "│"
		if labels[y] != "" {
			edge = "┤"
		}
		fmt.Fprintf(&b, "%*s %s%s\n", margin, labels[y], edge, strings.TrimRight(string(row), " "))
	}
	ticks, numbers := c.xTicks(inner)
	fmt.Fprintf(&b, "%*s └%s\n%*s  %s\n%*s\n", margin, "", ticks, margin, "", numbers, width, c.xAxis)
	for i, s := range c.series {
		fmt.Fprintf(&b, "%*s  %c %s\n", margin, "", glyphs[i%len(glyphs)], s.legend())
	}
	return b.String()
}

// legend is what a series is called below or beside the chart.
func (s *series) legend() string {
	if s.paper && !strings.Contains(s.name, "paper") {
		return s.name + " (paper)"
	}
	return s.name
}

// cell returns the column and row of a point.
func (c *chart) cell(p point, width, height int) (x, y int) {
	fx, fy := c.place(p)
	return round(fx * float64(width-1)), height - 1 - round(fy*float64(height-1))
}

// connect draws a dotted line through points.
func (c *chart) connect(cells [][]rune, points []point) {
	height, width := len(cells), len(cells[0])
	for i := 1; i < len(points); i++ {
		x0, y0 := c.cell(points[i-1], width, height)
		x1, y1 := c.cell(points[i], width, height)
		steps := max(abs(x1-x0), abs(y1-y0))
		for k := 1; k < steps; k++ {
			x := x0 + round(float64((x1-x0)*k)/float64(steps))
			y := y0 + round(float64((y1-y0)*k)/float64(steps))
			if cells[y][x] == ' ' {
				cells[y][x] = '·'
			}
		}
	}
}

// xTicks returns the x axis, and the numbers below it as far as there is room.
func (c *chart) xTicks(width int) (ticks, numbers string) {
	line, below := []rune(strings.Repeat("─", width)), []rune(strings.Repeat(" ", width))
	free := 0
	for _, m := range c.x.marks {
		x := round(c.x.at(m) * float64(width-1))
		if x < 0 || x >= width {
			continue
		}
		line[x] = '┬'
		text := []rune(c.xMark(m))
		if start := max(0, min(x-len(text)/2, width-len(text))); start >= free {
			copy(below[start:], text)
			free = start + len(text) + 1
		}
	}
	return string(line), strings.TrimRight(string(below), " ")
}

func round(f float64) int { return int(math.Round(f)) }

func abs(n int) int { return max(n, -n) }
