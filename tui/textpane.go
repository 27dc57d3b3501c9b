package tui

import (
	"image"

	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// content is what a text pane shows. The model asks for it anew for each
// frame, so a pane holds no copy of what it shows.
type content interface {
	// title names the pane; note stands at the right of the same line.
	title(m *Model) (title, note string)
	rows(m *Model, width int) []row
}

// textPane is a titled list of rows that scrolls.
type textPane struct {
	content
	// follow says that the pane shows its end, or its marked row, until
	// somebody scrolls it.
	follow   bool
	scrolled bool
	offset   int
	overflow int // rows that do not fit, as of the last frame
}

// zone is a part of the screen that answers to the mouse.
type zone struct {
	image.Rectangle
	pane paneID
	peer ring.ID
	link bool
	key  string // pressed by a click, as in the footer
}

// scroll moves the content by n rows.
func (p *textPane) scroll(n int) {
	p.scrolled = true
	p.offset = max(0, min(p.offset+n, p.overflow))
	if p.follow && p.offset == p.overflow {
		p.scrolled = false
	}
}

// draw writes the pane and returns its clickable rows.
func (p *textPane) draw(r draw.Region, m *Model, id paneID) []zone {
	title, note := p.title(m)
	drawTitle(r, title, note, m.focus == id)
	body := r.Rest(1)
	rows := p.content.rows(m, body.Dx())
	p.overflow = max(len(rows)-body.Dy(), 0)
	p.place(rows, body.Dy())
	zones := []zone{{Rectangle: r.Rectangle, pane: id}}
	for y, row := range rows[p.offset:min(p.offset+body.Dy(), len(rows))] {
		x := 0
		for _, part := range row.parts {
			x = body.PutFit(x, y, body.Dx(), part.text, part.ink)
		}
		if row.link {
			zones = append(zones, zone{Rectangle: body.Sub(0, y, body.Dx(), 1).Rectangle, pane: id, peer: row.peer, link: true})
		}
	}
	if p.overflow > 0 && body.Dy() > 0 {
		p.thumb(r, body.Dy(), len(rows))
	}
	return zones
}

// place sets the offset: where the reader scrolled to, else the marked row in
// the middle, else the end.
func (p *textPane) place(rows []row, height int) {
	if p.follow && !p.scrolled {
		p.offset = p.overflow
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

// drawTitle writes a pane's title line: title, a rule, a note.
func drawTitle(r draw.Region, title, note string, focused bool) {
	ink := draw.Plain | draw.Bold
	if focused {
		ink = draw.Accent | draw.Bold
	}
	x := r.PutFit(0, 0, r.Dx()-2, title, ink)
	r.Line(x+1, 0, draw.Rule)
	if note != "" && x+draw.Width(note)+6 <= r.Dx() {
		r.PutRight(r.Dx()-3, 0, " "+note+" ", draw.Dim)
	}
}
