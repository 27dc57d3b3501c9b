package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// prompt reads a line of text for each of its fields, one after the other.
type prompt struct {
	label  string
	ink    draw.Ink // of the label
	fields []field
	at     int // the field that is typed into
	enter  func(m *Model, texts []string) tea.Cmd
}

// key edits the field. enter goes on to the next one, and from the last one
// does what was asked for; where a text is missing it does nothing.
func (p *prompt) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	switch k.String() {
	case "enter":
		if p.at < len(p.fields)-1 && len(p.fields[p.at].text) > 0 {
			p.move(1)
			return false, nil
		}
		return true, p.finish(m)
	case "tab", "down":
		p.move(1)
	case "shift+tab", "up":
		p.move(-1)
	default:
		p.fields[p.at].edit(k)
	}
	return false, nil
}

func (p *prompt) move(by int) { p.at = (p.at + by + len(p.fields)) % len(p.fields) }

func (p *prompt) finish(m *Model) tea.Cmd {
	texts := make([]string, len(p.fields))
	for i, f := range p.fields {
		texts[i] = strings.TrimSpace(string(f.text))
		if texts[i] == "" && !f.optional {
			return nil
		}
	}
	return p.enter(m, texts)
}

// paste inserts text into the field.
func (p *prompt) paste(_ *Model, text string) { p.fields[p.at].insert(text) }

func (p *prompt) draw(m *Model, _, footer draw.Region) {
	footer.Fill(draw.Plain)
	x := footer.Put(0, 0, p.label, p.ink|draw.Bold)
	for i := range p.fields {
		f := &p.fields[i]
		if i > 0 {
			x += 2
		}
		if f.name != "" {
			x = footer.Put(x, 0, f.name+" ", draw.Dim)
		}
		room := footer.Dx() - x - 1
		for _, later := range p.fields[i+1:] { // they keep a little room
			room -= min(draw.Width(later.name)+10, room/2)
		}
		x = f.draw(footer, x, room, i == p.at)
	}
}
