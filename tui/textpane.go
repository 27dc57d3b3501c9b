package tui

import (
	"cmp"
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// content is what a text pane shows. The model asks for it anew for each
// frame, so a pane holds no copy of what it shows.
type content interface {
	heading(m *Model) heading
	rows(m *Model, width int) []row
}

// heading is a pane's first line: what it is about, the pages that it has,
// if there are several, and a note at the right.
type heading struct {
	title string
	pages []string
	page  int // the one that is shown
	note  string
	brief string // the note where there is no room for it
}

// textPane is a titled list of rows that scrolls.
type textPane struct {
	content
	// follow says that the pane shows its end until somebody scrolls it.
	follow   bool
	scrolled bool
	offset   int
	overflow int // rows that do not fit, as of the last frame
	// While it has the focus, a cursor goes from one to the next of what leads
	// anywhere, as of the last frame.
	targets []zone
	cursor  int
}

// zone is a part of the screen that answers to the mouse.
type zone struct {
	image.Rectangle
	pane paneID
	peer ring.ID
	link bool
	key  string               // pressed by a click, as in the footer
	act  func(*Model) tea.Cmd // done by a click
	drag dragging             // done by a click, and while the button is held
}

// scroll moves the content by n rows.
func (p *textPane) scroll(n int) {
	p.scrolled = true
	p.offset = max(0, min(p.offset+n, p.overflow))
	if p.follow && p.offset == p.overflow {
		p.scrolled = false
	}
}

// top goes back to where nobody has scrolled.
func (p *textPane) top() { p.scrolled, p.offset = false, 0 }

// moveTarget moves the cursor by so many targets; beyond the last one the pane
// scrolls.
func (p *textPane) moveTarget(by int) {
	to := p.cursor + by
	if to < 0 || to >= len(p.targets) {
		p.scroll(by)
	}
	p.cursor = max(0, min(to, len(p.targets)-1))
}

// target is what the cursor stands on, or nil.
func (p *textPane) target() *zone {
	if p.cursor >= len(p.targets) {
		return nil
	}
	return &p.targets[p.cursor]
}

// draw writes the pane and returns its clickable rows.
func (p *textPane) draw(r draw.Region, m *Model, id paneID) []zone {
	zones := append([]zone{{Rectangle: r.Rectangle, pane: id}}, drawHeading(r, p.heading(m), m.focus == id)...)
	p.targets = p.targets[:0]
	body := r.Rest(1)
	rows := p.content.rows(m, body.Dx())
	for len(rows) > 0 && rows[0].head && body.Dy() > 0 {
		zones = append(zones, p.drawRow(body, m, 0, &rows[0], id)...)
		rows, body = rows[1:], body.Rest(1)
	}
	if m.look.projector {
		if air := spaced(rows); len(air) <= body.Dy() {
			rows = air
		}
	}
	p.overflow = max(len(rows)-body.Dy(), 0)
	p.place(rows, body.Dy())
	shown := rows[p.offset:min(p.offset+body.Dy(), len(rows))]
	for y := range shown {
		zones = append(zones, p.drawRow(body, m, y, &shown[y], id)...)
	}
	if p.overflow > 0 && body.Dy() > 0 {
		p.thumb(r, body.Dy(), len(rows))
	}
	if t := p.target(); t != nil && m.focus == id {
		r.At(t.Rectangle).Mark(draw.Reverse)
	}
	return zones
}

// drawRow writes one row and returns its zones: of the row, if it leads
// anywhere, and of the peers that it names.
func (p *textPane) drawRow(body draw.Region, m *Model, y int, r *row, id paneID) []zone {
	var zones []zone
	if r.link || r.act != nil {
		zones = append(zones, zone{Rectangle: body.Sub(0, y, body.Dx(), 1).Rectangle, pane: id, peer: r.peer, link: r.link, act: r.act})
	}
	x := 0
	for _, part := range r.parts {
		if r.act == nil {
			zones = append(zones, m.namesIn(body, x, y, part.text, id)...)
		}
		x = body.PutFit(x, y, body.Dx(), part.text, part.ink)
	}
	if n := len(zones); n > 1 && r.link { // its names are targets enough
		p.targets = append(p.targets, zones[1:]...)
	} else {
		p.targets = append(p.targets, zones...)
	}
	return zones
}

// place sets the offset: where the reader scrolled to, else so that the marked
// row is in the middle, else the end of what follows.
func (p *textPane) place(rows []row, height int) {
	if !p.scrolled {
		if p.follow {
			p.offset = p.overflow
		}
		for i := range rows {
			if rows[i].mark {
				p.offset = i - height/2
			}
		}
	}
	p.offset = max(0, min(p.offset, p.overflow))
}

// thumb shows at the title's right end which way there is more.
func (p *textPane) thumb(r draw.Region, height, rows int) {
	up, down := " ", " "
	if p.offset > 0 {
		up = "↑"
	}
	if p.offset+height < rows {
		down = "↓"
	}
	r.Put(r.Dx()-2, 0, up+down, draw.Dim)
}

// noteMargin is what a note takes beside its text.
const noteMargin = 6

// drawHeading writes a pane's first line: title, pages, a rule, a note. It
// returns the pages' zones.
func drawHeading(r draw.Region, h heading, focused bool) []zone {
	ink := draw.Plain | draw.Bold
	if focused {
		ink = draw.Accent | draw.Bold
	}
	room := r.Dx() - 2
	if note := draw.Width(cmp.Or(h.brief, h.note)); note > 0 && draw.Width(h.title) > room {
		room = max(room-note-noteMargin, room/2) // a long title leaves the note its place
	}
	x := r.PutFit(0, 0, room, h.title, ink)
	gap := 2
	if w := draw.Width(strings.Join(h.pages, "  ")); len(h.pages) > 0 && x+gap+w > r.Dx()-2 {
		gap = 1
	}
	var zones []zone
	for i, name := range h.pages {
		of := draw.Dim
		if i == h.page {
			of = ink&^draw.Bold | draw.Underline
		}
		w := draw.Width(name)
		if x+gap+w > r.Dx()-2 {
			break
		}
		zones = append(zones, zone{Rectangle: r.Sub(x+gap, 0, w, 1).Rectangle, pane: paneNone, act: func(m *Model) tea.Cmd { return m.turnPage(page(i)) }})
		x = r.Put(x+gap, 0, name, of)
	}
	r.Line(x+1, 0, draw.Rule)
	for _, note := range [...]string{h.note, h.brief} {
		if note != "" && x+draw.Width(note)+noteMargin <= r.Dx() {
			r.PutRight(r.Dx()-3, 0, " "+note+" ", draw.Dim)
			break
		}
	}
	return zones
}
