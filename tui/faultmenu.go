package tui

import (
	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// faultMenu offers ways to break the ring and to repair it, each with the line
// of the scenario language that it stands for.
type faultMenu struct {
	listBox
}

func (f *faultMenu) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	if handled, done, cmd := f.listBox.key(m, k.String(), menuItems(m, boxWidth)); handled {
		return done, cmd
	}
	return true, m.breakBy(k.String())
}

func (f *faultMenu) wheel(m *Model, by int) { f.move(by, menuItems(m, boxWidth)) }

func (f *faultMenu) draw(m *Model, screen, _ draw.Region) {
	f.listBox.draw(m, screen, "Break it, or repair it", draw.Bad, nil, menuItems(m, boxInner(screen.Dx())))
}

// menuItems is an item for each line that makes sense now: what breaks above,
// what repairs below.
func menuItems(m *Model, width int) []item {
	const key, words = 3, 32
	var harm, good []item
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
		it := item{rows: []row{r}, act: func(m *Model) tea.Cmd { return m.breakBy(b.key) }}
		if b.how == asksNothing {
			good = append(good, it)
		} else {
			harm = append(harm, it)
		}
	}
	harm = append(harm, item{rows: []row{{}}})
	return append(harm, good...)
}
