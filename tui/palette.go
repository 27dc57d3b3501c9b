package tui

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// palette reads a line of the scenario language, completes it, and shows where
// a mistake in it is before anything runs.
type palette struct {
	field   field
	found   []scenarios.Completion // how what was typed may go on
	pick    int                    // index of the one that is in the line; -1: what was typed is
	back    int                    // how many lines before this one is shown; 0: none
	draft   string                 // what was typed before somebody looked back
	mistake *scenarios.Error       // in the line, once it was to be run
}

// openPalette opens the palette with a line in it, which may be empty.
func (m *Model) openPalette(line string) *palette {
	p := &palette{field: field{hint: "join 3, kill random 2, wait until stable …"}}
	p.put(m, line)
	m.dialog = p
	return p
}

// put replaces the line.
func (p *palette) put(m *Model, line string) {
	p.field.set(line)
	p.complete(m)
}

// complete finds out how the line may go on.
func (p *palette) complete(m *Model) {
	p.found = scenarios.Complete(string(p.field.text), p.field.at(), m.pic, m.settings)
	p.pick, p.mistake = -1, nil
}

func (p *palette) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	switch k.String() {
	case "enter":
		return p.enter(m)
	case "tab":
		p.next(m, 1)
	case "shift+tab":
		p.next(m, -1)
	case "up", "ctrl+p":
		p.look(m, 1)
	case "down", "ctrl+n":
		p.look(m, -1)
	default:
		at := p.field.at()
		if p.field.edit(k) {
			p.back = 0
			p.complete(m)
		} else if p.field.at() != at {
			p.complete(m)
		}
	}
	return false, nil
}

func (p *palette) paste(m *Model, text string) {
	p.field.insert(text)
	p.complete(m)
}

func (p *palette) wheel(m *Model, by int) { p.next(m, by) }

// enter runs the line, unless there is a mistake in it.
func (p *palette) enter(m *Model) (done bool, cmd tea.Cmd) {
	line := strings.TrimSpace(string(p.field.text))
	if line == "" {
		return true, nil
	}
	if act := programWord(line); act != nil {
		return true, act(m)
	}
	if m.remote() && scenarios.TouchesFiles(line) {
		return true, m.run(line) // which refuses it, before the file is looked at
	}
	if err := scenarios.CheckLine(string(p.field.text), m.settings); errors.As(err, &p.mistake) {
		p.field.back = max(len(p.field.text)-(p.mistake.Column-1), 0)
		return false, nil
	}
	m.lines.add(line)
	m.typed = line
	return true, m.run(line)
}

// programWord returns what a word means that is no command of the language, but
// of the program, as it is with --plain; nil if it is none.
func programWord(line string) func(*Model) tea.Cmd {
	switch line {
	case "help", helpKey:
		return (*Model).showHelp
	case "quit", "q", "exit":
		return (*Model).quit
	}
	return nil
}

// next puts the next way to go on into the line, or the one before it.
func (p *palette) next(m *Model, by int) {
	var can []int
	for i := range p.found {
		if !p.found[i].Hint { // which only says what is to be typed
			can = append(can, i)
		}
	}
	if len(can) == 0 {
		return
	}
	at := slices.Index(can, p.pick)
	if at < 0 && by < 0 {
		at = 0
	}
	p.take(m, can[(at+by+len(can))%len(can)])
}

// take puts a way to go on into the line. If it is the only one, completion
// goes on from there.
func (p *palette) take(m *Model, i int) {
	c := p.found[i]
	p.field.set(c.Line)
	p.field.back = max(len(p.field.text)-c.Cursor, 0)
	p.pick, p.mistake = i, nil
	if len(p.found) == 1 {
		p.complete(m)
	}
}

// look shows a line that was typed before, or after.
func (p *palette) look(m *Model, by int) {
	if p.back == 0 {
		p.draft = string(p.field.text)
	}
	to := max(0, min(p.back+by, len(m.lines.list)))
	if to == p.back {
		return
	}
	p.back = to
	if to == 0 {
		p.put(m, p.draft)
		return
	}
	p.put(m, m.lines.list[len(m.lines.list)-to])
}

// mostFound is how many ways to go on are shown at once.
const mostFound = 9

// draw draws the palette over the lowest rows of the screen: how the line may go
// on, the line, and below it what is wrong with it, or which keys do what.
func (p *palette) draw(m *Model, screen, _ draw.Region) {
	below := []row{line(part{"  tab completes   ↑ ↓ lines before   enter runs it   esc closes", draw.Dim})}
	if p.mistake != nil {
		below = wrapped(part{"  ", draw.Plain}, p.mistake.Message, draw.Bad, screen.Dx()-1)
		below = append([]row{{}}, below[:min(len(below), 3)]...)
	}
	shown := max(min(len(p.found), mostFound, screen.Dy()-len(below)-4), 0)
	h := 1 + shown + 1 + len(below)
	r := screen.Sub(0, screen.Dy()-h, screen.Dx(), h)
	r.Fill(draw.Plain)
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneNone})
	r.Line(0, 0, draw.Rule)
	r.Put(2, 0, " Command ", draw.Accent|draw.Bold)
	p.drawFound(m, r.Sub(0, 1, r.Dx(), shown))
	r = r.Rest(1 + shown)
	x := r.Put(0, 0, ": ", draw.Accent|draw.Bold)
	_, origin := p.field.drawCursor(r, x, r.Dx()-x-1)
	if len(p.field.text) == 0 {
		r.PutFit(x+2, 0, r.Dx(), p.field.hint, draw.Dim)
	}
	for i := range below {
		writeRow(r, 0, 1+i, &below[i])
	}
	if p.mistake != nil {
		before := p.field.text[:max(0, min(p.mistake.Column-1, len(p.field.text)))]
		r.Put(max(origin+draw.Width(string(before)), 0), 1, "^", draw.Bad|draw.Bold)
	}
}

// drawFound lists the ways to go on round the one that was picked; a click takes
// one.
func (p *palette) drawFound(m *Model, r draw.Region) {
	widest := 0
	for _, c := range p.found {
		widest = max(widest, draw.Width(c.Label))
	}
	widest = min(widest, r.Dx()/3)
	from := max(0, min(p.pick-r.Dy()/2, len(p.found)-r.Dy()))
	for y := range r.Dy() {
		i := from + y
		c := &p.found[i]
		ink := draw.Plain
		switch {
		case c.Hint:
			ink = draw.Dim
		case i == p.pick:
			r.Put(0, y, "▸", draw.Accent|draw.Bold)
			ink = draw.Accent | draw.Bold
		}
		r.PutFit(2, y, widest, c.Label, ink)
		x := 2 + widest + 2
		room := r.Dx() - x - 1
		if u := draw.Width(c.Usage); u > 0 && u+draw.Width(c.Help)+3 <= room {
			r.PutRight(r.Dx()-1, y, c.Usage, draw.Dim)
		}
		r.PutFit(x, y, room, cmp.Or(c.Help, c.Usage), draw.Dim)
		if !c.Hint {
			m.clickable(r.Sub(0, y, r.Dx(), 1), func(m *Model) tea.Cmd { p.take(m, i); return nil })
		}
	}
}
