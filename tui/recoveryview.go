package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// recoveryView is what is broken now, and how the ring recovered until now.
func recoveryView() *view {
	v := paneView("recovery", "What is broken, and how the ring recovered from each fault, on one scale of time. A click on a line goes back there.", paneRecovery)
	v.beside = func(*Model) (first, second []paneID) { return []paneID{paneInspector}, []paneID{paneLog} }
	return v
}

// recoveryPane shows what is broken, and for each fault a card: what was done,
// when each part of the ring was right again, and what that cost.
type recoveryPane struct{}

func (recoveryPane) heading(*Model) heading { return heading{title: "Faults and recovery"} }

func (recoveryPane) rows(m *Model, width int) []row {
	rows := faultRows(m)
	if len(rows) == 0 {
		rows = wrapped(part{}, "Nothing is broken. Press F to break something.", draw.Dim, width)
	}
	list := m.pic.Recoveries
	if len(list) == 0 {
		return rows
	}
	s := scaleOf(list, m.pic.At, width)
	if !m.compact() {
		rows = append(rows, row{})
	}
	rows = append(rows, s.head())
	for i := len(list) - 1; i >= 0; i-- {
		if !m.compact() && i < len(list)-1 {
			rows = append(rows, row{})
		}
		rows = append(rows, cardRows(m, &list[i], s, width)...)
	}
	return rows
}

// momentMarks are the shapes of the moments on a line of time, in their order.
var momentMarks = [len(momentNames)]mark{
	{"◌", draw.Warn | draw.Bold}, {"○", draw.Good | draw.Bold}, {"◇", draw.Accent | draw.Bold}, {"◆", draw.Path | draw.Bold},
}

// timeScale places times along a line. It is logarithmic, since milliseconds
// count when a crash is noticed, and seconds until the last finger is right.
type timeScale struct {
	decades int // from a millisecond on
	width   int
}

// scaleOf returns the scale on which all recoveries have their place.
func scaleOf(list []observe.Recovery, now time.Duration, width int) timeScale {
	longest := time.Second
	for i := range list {
		longest = max(longest, recoveryTook(&list[i]))
		if !ended(&list[i]) {
			longest = max(longest, now-list[i].At)
		}
	}
	return timeScale{int(math.Ceil(math.Log10(float64(longest) / float64(time.Millisecond)))), width}
}

// at returns the cell of a time; 0 is what took no time.
func (s timeScale) at(d time.Duration) int {
	if d <= 0 {
		return 0
	}
	part := math.Log10(max(float64(d)/float64(time.Millisecond), 1)) / float64(s.decades)
	return min(2+int(part*float64(s.width-3)), s.width-1)
}

// ticks returns a line of n cells with a mark at each power of ten.
func (s timeScale) ticks(n int) []rune {
	out := []rune(strings.Repeat("─", n))
	for d, i := time.Millisecond, 0; i <= s.decades; d, i = d*10, i+1 {
		if x := s.at(d); x < n {
			out[x] = '┴'
		}
	}
	return out
}

// head writes the powers of ten at their places, each if there is room.
func (s timeScale) head() row {
	text := "0"
	for d, i := time.Millisecond, 0; i <= s.decades; d, i = d*10, i+1 {
		name := fmt.Sprintf("%d ms", d.Milliseconds())
		if d >= time.Second {
			name = fmt.Sprintf("%d s", int(d.Seconds()))
		}
		x := min(s.at(d), s.width-draw.Width(name))
		if x > draw.Width(text) {
			text = left(text, x) + name
		}
	}
	return line(part{text, draw.Dim})
}

// cardRows is one recovery as a line of time.
func cardRows(m *Model, r *observe.Recovery, s timeScale, width int) []row {
	age := m.pic.At - r.At
	until := s.width
	if !ended(r) {
		until = s.at(age) + 1
	}
	ticks := s.ticks(until)
	axis := row{act: func(m *Model) tea.Cmd { return m.goNear(r.At) }}
	order := momentOrder(r)
	marks := make(map[int]mark)
	place := make(map[int]int) // by moment
	for _, i := range order {
		x := s.at(moments(r)[i].After)
		for marks[x].glyph != "" && x < s.width-1 { // at the same time
			x++
		}
		marks[x], place[i] = momentMarks[i], x
	}
	for x, from := 0, 0; x <= until; x++ {
		mk, here := marks[x]
		if !here && x < until {
			continue
		}
		axis.add(string(ticks[min(from, until):min(x, until)]), draw.Rule)
		if here {
			axis.add(mk.glyph, mk.ink)
		}
		from = x + 1
	}
	if !ended(r) {
		axis.add("▸", draw.Accent|draw.Bold)
	}
	rows := []row{cardTitle(r, age, width), axis}
	rows = append(rows, momentLabels(r, order, place, width)...)
	return append(rows, cardCost(r, width))
}

// momentOrder lists the moments that have come, the earliest first.
func momentOrder(r *observe.Recovery) []int {
	var order []int
	for i, mo := range moments(r) {
		if mo.Reached {
			order = append(order, i)
		}
	}
	all := moments(r)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[a].After, all[b].After) })
	return order
}

// cardTitle says what was done, when, and whether it is over.
func cardTitle(r *observe.Recovery, age time.Duration, width int) row {
	state, ink := "under way for "+seconds(age), draw.Accent
	switch {
	case r.Interrupted:
		state, ink = "cut short by the next, "+seconds(age)+" ago", draw.Warn
	case r.Over:
		state, ink = "over, "+seconds(age)+" ago", draw.Good
	}
	title := draw.Fit(fmt.Sprintf("%d %s", r.Number, r.What), max(width-draw.Width(state)-2, width/2))
	l := line(part{title, draw.Plain | draw.Bold})
	l.add("  "+state, ink)
	return l
}

// momentLabels says what each moment was and how long it took, each below its
// mark where there is room, and then which have not come.
func momentLabels(r *observe.Recovery, order []int, place map[int]int, width int) []row {
	all := moments(r)
	texts := make(map[int]string)
	total := 0
	for _, i := range order {
		texts[i] = momentNames[i] + " " + tookText(r, i, all[i])
		total += draw.Width(texts[i]) + 4
	}
	open := ""
	for i, mo := range all {
		if !mo.Reached {
			open += "  " + momentMark(r, i, mo).glyph + " " + momentNames[i]
		}
	}
	if total+draw.Width(open) > width {
		return momentPairs(r, width)
	}
	// From the right, so that what stands late does not push out of the line.
	starts, end := make(map[int]int), width-draw.Width(open)
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		starts[i] = max(min(place[i], end-draw.Width(texts[i])-2), 0)
		end = starts[i] - 2
	}
	var l row
	x := 0
	for k, i := range order {
		start := starts[i]
		if k > 0 {
			start = max(start, x+2)
		}
		l.add(left("", start-x)+momentMarks[i].glyph+" ", momentMarks[i].ink)
		l.add(texts[i], draw.Plain)
		x = start + 2 + draw.Width(texts[i])
	}
	l.add(open, draw.Dim)
	return []row{l}
}

// cardCost says what a recovery cost.
func cardCost(r *observe.Recovery, width int) row {
	l := costRow(r, width)
	if !r.Ring.Reached || r.Rounds == 0 {
		return l
	}
	if rounds := fmt.Sprintf(" · the ring in %.1f stabilize intervals", r.Rounds); l.width()+draw.Width(rounds) <= width {
		l.add(rounds, draw.Dim)
	}
	return l
}
