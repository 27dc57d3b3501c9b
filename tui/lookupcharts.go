package tui

import (
	"fmt"
	"math"
	"strings"

	"chordscope/tui/draw"
)

// drawCharts draws how many hops lookups took and how long, side by side or one
// below the other, and counts those that went wrong.
func (m *Model) drawCharts(r draw.Region, s *lookupSum, sideBySide bool) {
	if s.found == 0 {
		m.putRow(r, 0, s.wrongs())
		return
	}
	if sideBySide {
		half := (r.Dx() - 3) / 2
		m.drawHops(r.Sub(0, 0, half, r.Dy()-1), s)
		m.drawTimes(r.Sub(half+3, 0, r.Dx()-half-3, r.Dy()-1), s)
		m.putRow(r, r.Dy()-1, s.wrongs())
		return
	}
	m.putRow(r, 0, s.wrongs())
	r = r.Rest(2)
	const text = 5 // rows beside the bars
	bars := max(min((r.Dy()-len(s.latency)-text-4), 12), 3)
	m.drawHops(r.Sub(0, 0, r.Dx(), bars+text), s)
	m.drawTimes(r.Rest(bars+text+1), s)
}

// wrongs counts the lookups that failed or lost time.
func (s *lookupSum) wrongs() row {
	failed := part{fmt.Sprintf("none of %s failed", count(uint64(s.Ended))), draw.Good}
	mk := levelMarks[1]
	if s.Failed > 0 {
		mk = mark{"✕", draw.Bad | draw.Bold}
		failed = part{fmt.Sprintf("%s of %s failed", count(uint64(s.Failed)), count(uint64(s.Ended))), draw.Bad}
	}
	r := line(part{mk.glyph + " ", mk.ink}, failed)
	if s.Delayed > 0 {
		r.add(fmt.Sprintf("  ! %s lost time on a peer that did not answer", count(uint64(s.Delayed))), draw.Warn)
	}
	return r
}

// eighths are bars of a cell, from an eighth to the whole of it.
const eighths = "▁▂▃▄▅▆▇█"

// drawHops draws the histogram of hops: a column for each number, and below it
// where the mean is, and where the papers expect it.
func (m *Model) drawHops(r draw.Region, s *lookupSum) {
	if r.Dy() < 4 {
		return
	}
	forwards, hops := expected(m.pic.Health.Live)
	half := quarters(r.Kind())[2]
	title := "Hops, owner included"
	said := []string{
		fmt.Sprintf("mean %.2f", s.mean),
		fmt.Sprintf("papers' %s log2 N = %.2f forwards, + 1 for the owner = %.2f", half, forwards, hops),
	}
	if r.Dy() < 8 || r.Dx() < 30 { // the numbers beside the title, the marks in one row
		title = fmt.Sprintf("Hops incl. owner: mean %.2f", s.mean)
		said = []string{fmt.Sprintf("%s log2 N + 1 = %.2f", half, hops)}
	}
	lines := []string{}
	for _, t := range said {
		lines = append(lines, draw.Wrap(t, r.Dx()-2)...)
	}
	x := r.PutFit(0, 0, r.Dx(), title, draw.Plain|draw.Bold)
	r.Line(x+1, 0, draw.Rule)
	bars := r.Dy() - 2 - len(lines)
	if bars < 1 {
		lines, bars = nil, r.Dy()-2
	}
	top := max(len(s.Hops), int(math.Ceil(hops))+1)
	step := max(min(r.Dx()/top, 5), 1)
	for h, n := range s.Hops {
		drawBar(r.Sub(h*step, 1, max(step-1, 1), bars), n, s.longestH)
		if step > 2 || h%5 == 0 {
			r.Put(h*step, 1+bars, fmt.Sprint(h), draw.Dim)
		}
	}
	// Both marks point at their place along the axis.
	place := func(v float64) int { return min(int(math.Round(v*float64(step)))+(step-1)/2, r.Dx()-1) }
	r.Put(place(hops), 1+bars, "↑", draw.Accent|draw.Bold)
	r.Put(place(s.mean), 1+bars, "▴", draw.Good|draw.Bold)
	for i, l := range lines {
		mk := mark{"↑ ", draw.Accent | draw.Bold}
		switch {
		case len(said) == 2 && i == 0:
			mk = mark{"▴ ", draw.Good | draw.Bold}
		case len(said) == 2 && i > 1:
			mk = mark{"  ", draw.Plain}
		}
		x := r.Put(0, 2+bars+i, mk.glyph, mk.ink)
		r.PutFit(x, 2+bars+i, r.Dx(), l, draw.Plain)
	}
}

// drawBar draws a column as high as n of most.
func drawBar(r draw.Region, n, most int) {
	if n == 0 || most == 0 {
		return
	}
	full := max(r.Dy()*8*n/most, 1)
	for y := r.Dy() - 1; y >= 0 && full > 0; y-- {
		of := min(full, 8)
		full -= of
		r.Put(0, y, strings.Repeat(string([]rune(eighths)[of-1]), r.Dx()), draw.Path)
	}
}

// drawTimes draws how long lookups took, in bins, and the usual percentiles.
func (m *Model) drawTimes(r draw.Region, s *lookupSum) {
	if r.Dy() < 3 {
		return
	}
	x := r.PutFit(0, 0, r.Dx(), "Took", draw.Plain|draw.Bold)
	r.Line(x+1, 0, draw.Rule)
	sum := fmt.Sprintf("half %s  95%% %s  99%% %s", milliseconds(s.within(0.5)), milliseconds(s.within(0.95)), milliseconds(s.within(0.99)))
	if draw.Width(sum) > r.Dx() {
		sum = fmt.Sprintf("half %s  99%% %s", milliseconds(s.within(0.5)), milliseconds(s.within(0.99)))
	}
	r.PutFit(0, 1, r.Dx(), sum, draw.Plain)
	bins := s.latency
	if n := r.Dy() - 2; len(bins) > n { // the longest matter more than the shortest
		first := latencyBin{most: bins[len(bins)-n].most}
		for _, b := range bins[:len(bins)-n+1] {
			first.n += b.n
		}
		bins = append([]latencyBin{first}, bins[len(bins)-n+1:]...)
	}
	const label = 10
	longest := 1
	for _, b := range bins {
		longest = max(longest, b.n)
	}
	digits := len(count(uint64(longest))) + 1
	for i, b := range bins {
		r.Put(0, 2+i, right("≤ "+milliseconds(b.most), label), draw.Dim)
		if b.n > 0 {
			bar := max((r.Dx()-label-3-digits)*b.n/longest, 1)
			r.Put(label+1, 2+i, strings.Repeat("━", bar), draw.Path)
		}
		r.PutRight(r.Dx(), 2+i, count(uint64(b.n)), draw.Dim)
	}
}
