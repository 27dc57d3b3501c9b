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

// field is one text that a prompt asks for.
type field struct {
	name, hint string // name is empty where there is only one
	text       []rune
	preset     bool // text is a proposal, which the first key replaces
	optional   bool // it may be left empty
}

// promptLimit is the longest text that can be typed.
const promptLimit = 500

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

func (f *field) edit(k tea.KeyPressMsg) {
	switch k.String() {
	case "backspace", "ctrl+h":
		if f.preset {
			f.text = nil
		}
		f.text = f.text[:max(len(f.text)-1, 0)]
	case "ctrl+u":
		f.text = nil
	case "ctrl+w":
		trimmed := strings.TrimRight(string(f.text), " ")
		f.text = []rune(trimmed[:strings.LastIndex(trimmed, " ")+1])
	default:
		f.insert(k.Text)
		return
	}
	f.preset = false
}

// insert adds typed or pasted text; a line break is a blank.
func (f *field) insert(text string) {
	if text == "" {
		return
	}
	if f.preset {
		f.text, f.preset = nil, false
	}
	text = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(text)
	f.text = append(f.text, []rune(text)...)
	f.text = f.text[:min(len(f.text), promptLimit)]
}

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

// draw writes the field into room cells from x on and returns the x after it.
func (f *field) draw(r draw.Region, x, room int, current bool) int {
	text := f.text
	for draw.Width(string(text)) > room && len(text) > 0 { // show its end
		text = text[1:]
	}
	switch {
	case !current:
		return r.Put(x, 0, string(text), draw.Plain)
	case f.preset:
		return r.Put(x, 0, string(text), draw.Reverse)
	}
	x = r.Put(x, 0, string(text), draw.Plain)
	x = r.Put(x, 0, " ", draw.Reverse)
	if len(f.text) == 0 && f.hint != "" {
		x = r.PutFit(x+1, 0, room, f.hint, draw.Dim)
	}
	return x
}
