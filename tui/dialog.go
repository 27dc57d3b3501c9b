package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// dialog has the keyboard while it is open: it sees keys first and is drawn
// last. esc always closes it.
type dialog interface {
	// key handles a key press and reports whether the dialog is done.
	key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd)
	// draw draws it over the frame; footer is the last line's region.
	draw(m *Model, screen, footer draw.Region)
}

// confirm asks once before something is destroyed.
type confirm struct {
	question, verb string
	yes            []string // keys that agree; every other one declines
	act            func(*Model) tea.Cmd
}

func (c *confirm) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	if slices.Contains(c.yes, k.String()) {
		return true, c.act(m)
	}
	return true, nil
}

func (c *confirm) draw(m *Model, _, footer draw.Region) {
	footer.Fill(draw.Plain)
	x := footer.Put(0, 0, "✕ ", draw.Bad|draw.Bold)
	tail := "   " + c.yes[0] + " " + c.verb + "  esc cancel"
	x = footer.PutFit(x, 0, footer.Dx()-x-draw.Width(tail), c.question, draw.Bad|draw.Bold)
	footer.Put(x, 0, tail, draw.Plain)
}

// prompt reads one line of text.
type prompt struct {
	label, hint string
	text        []rune
	enter       func(m *Model, text string) tea.Cmd
}

// promptLimit is the longest line that can be typed.
const promptLimit = 500

func (p *prompt) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	switch k.String() {
	case "enter":
		if text := strings.TrimSpace(string(p.text)); text != "" {
			return true, p.enter(m, text)
		}
		return true, nil
	case "backspace", "ctrl+h":
		p.text = p.text[:max(len(p.text)-1, 0)]
	case "ctrl+u":
		p.text = nil
	case "ctrl+w":
		trimmed := strings.TrimRight(string(p.text), " ")
		p.text = []rune(trimmed[:strings.LastIndex(trimmed, " ")+1])
	default:
		p.insert(k.Text)
	}
	return false, nil
}

// insert adds typed or pasted text; a line break is a blank.
func (p *prompt) insert(text string) {
	text = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(text)
	p.text = append(p.text, []rune(text)...)
	p.text = p.text[:min(len(p.text), promptLimit)]
}

func (p *prompt) draw(m *Model, _, footer draw.Region) {
	footer.Fill(draw.Plain)
	x := footer.Put(0, 0, p.label, draw.Accent|draw.Bold)
	room := footer.Dx() - x - 1
	text := p.text
	for draw.Width(string(text)) > room && len(text) > 0 { // show its end
		text = text[1:]
	}
	x = footer.Put(x, 0, string(text), draw.Plain)
	x = footer.Put(x, 0, " ", draw.Reverse)
	if len(p.text) == 0 {
		footer.PutFit(x+1, 0, footer.Dx(), p.hint, draw.Dim)
	}
}
