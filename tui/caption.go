package tui

import "chordscope/tui/draw"

// maxCaption is how many rows of text a caption has at most.
const maxCaption = 4

// captionLines wraps what the scenario tells for a width in cells: the last
// caption, and when it is over the verdict. It returns nil if there is nothing.
func (m *Model) captionLines(width int) []row {
	if m.play == nil {
		return nil
	}
	caption := m.play.caption
	if m.looksBack() {
		caption = m.history.moments[m.history.at].caption
	}
	var rows []row
	bar := part{"▌ ", draw.Accent | draw.Bold}
	if caption != "" {
		for _, l := range draw.Wrap(caption, max(width-2, 8)) {
			rows = append(rows, line(bar, part{l, draw.Plain | draw.Bold}))
		}
	}
	if m.play.over() && !m.looksBack() {
		mk := verdictMark(m.play)
		rows = append(rows, line(part{mk.glyph + " ", mk.ink}, part{m.play.verdict, mk.ink}))
	}
	return rows[:min(len(rows), maxCaption)]
}

func verdictMark(p *play) mark {
	if !p.report.Passed() {
		return mark{"✕", draw.Bad | draw.Bold}
	}
	return mark{"✓", draw.Good | draw.Bold}
}

// drawCaption writes the rows at the bottom of their region.
func (m *Model) drawCaption(r draw.Region, rows []row) {
	y := max(r.Dy()-len(rows), 0)
	for i, row := range rows[:min(len(rows), r.Dy())] {
		m.putRow(r, y+i, row)
	}
}
