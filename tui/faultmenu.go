package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// faultMenu offers ways to break the ring and to repair it, each with the line
// of the scenario language that it stands for.
type faultMenu struct {
	listBox
}

func (f *faultMenu) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	if f.scroll(k.String()) {
		return false, nil
	}
	return true, m.breakBy(k.String())
}

func (f *faultMenu) draw(m *Model, screen, _ draw.Region) {
	f.listBox.draw(screen, "Break it, or repair it", draw.Bad, menuRows(m, boxInner(screen.Dx())))
}

// menuRows is a row for each line that makes sense now: what breaks above, what
// repairs below.
func menuRows(m *Model, width int) []row {
	const key, words = 3, 32
	var harm, good []row
	for _, b := range breakings() {
		line := b.line(m)
		if line == "" {
			continue
		}
		ink := draw.Bad
		if b.how == asksNothing {
			ink = draw.Good
		}
		r := row{}
		r.add(left(b.key, key), ink|draw.Bold)
		if width >= key+words+24 {
			r.add(left(b.words, words), draw.Plain)
			r.add(right(draw.Fit(line, width-key-words), width-key-words), draw.Dim)
		} else {
			r.add(draw.Fit(line, width-key), draw.Plain)
		}
		if b.how == asksNothing {
			good = append(good, r)
		} else {
			harm = append(harm, r)
		}
	}
	return slices.Concat(harm, []row{{}}, good)
}
