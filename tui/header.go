package tui

import (
	"cmp"
	"fmt"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// drawHeader writes the first line: the program, what is shown, the keys, and
// how it stands with that.
func (m *Model) drawHeader(r draw.Region) {
	const gap = 3
	x := 0
	if m.width >= roomyWidth {
		x = r.Put(0, 0, "Chordscope", draw.Accent|draw.Bold) + gap
	}
	end := m.registry()
	least := 0 // what the words in the middle need
	if m.play != nil {
		end = m.score()
		least = min(draw.Width(m.play.heading())+gap, 28)
	}
	rightParts(r, end.parts)
	if m.play == nil || r.Dx() >= roomyWidth {
		x = m.drawTabs(r.Sub(0, 0, r.Dx()-end.width()-gap-least, 1), x) + 1
	}
	middle := r.Sub(x, 0, r.Dx()-x-end.width()-gap, 1)
	room := middle.Dx() - least
	if m.play != nil { // the chapter comes before all details of the keys
		room = max(middle.Dx()-m.play.titleWidth()-gap, min(room, leastTally))
	}
	keys := tally(m.pic, room)
	switch {
	case m.play != nil:
		rightParts(middle, keys.parts)
		if w := keys.width(); w > 0 {
			middle = middle.Sub(0, 0, middle.Dx()-w-gap, 1)
		}
		m.drawTitle(middle)
	case len(keys.parts) > 0:
		putParts(middle, 0, keys.parts)
	}
}

// leastTally is the room that keys and lost keys have beside any title.
const leastTally = 10

// intoChapter stands between the title of a scenario and that of its chapter.
const intoChapter = "  ›  "

// titleWidth is the width of what drawTitle writes where there is room.
func (p *play) titleWidth() int {
	w := draw.Width(p.heading())
	if p.chapter != "" {
		w += draw.Width(intoChapter + p.chapter)
	}
	return w
}

// drawTitle writes what is replayed: the scenario, and its chapter. A click
// lists the chapters.
func (m *Model) drawTitle(r draw.Region) {
	if m.playing() {
		m.clickable(r, (*Model).openChapters)
	}
	x := r.PutFit(0, 0, r.Dx(), m.play.heading(), draw.Plain|draw.Bold)
	if m.play.chapter != "" && r.Dx()-x > 12 {
		x = r.Put(x, 0, intoChapter, draw.Dim)
		r.PutFit(x, 0, r.Dx(), m.play.chapter, draw.Plain)
	}
}

// score says how far the scenario is and what held.
func (m *Model) score() row {
	parts := []part{{m.play.position() + "  ", draw.Dim}}
	if m.play.passed > 0 {
		parts = append(parts, part{fmt.Sprintf("✓ %d  ", m.play.passed), draw.Good | draw.Bold})
	}
	if m.play.failed > 0 {
		parts = append(parts, part{fmt.Sprintf("✕ %d  ", m.play.failed), draw.Bad | draw.Bold})
	}
	switch {
	case m.play.over():
		parts = append(parts, part{"ended", draw.Dim})
	case m.play.hurries:
		parts = append(parts, part{"» hurries", draw.Accent | draw.Bold})
	case m.play.paused:
		parts = append(parts, part{"‖ paused", draw.Warn | draw.Bold})
	default:
		parts = append(parts, part{"▸ playing", draw.Good})
	}
	return line(parts...)
}

// registry says where the registry is.
func (m *Model) registry() row {
	reg := m.pic.Registry
	if reg.Addr == "" {
		return row{}
	}
	state := part{" ✓", draw.Good}
	if !reg.Up {
		state = part{" ✕ down", draw.Bad | draw.Bold}
	}
	return line(part{"registry ", draw.Dim}, part{reg.Addr, draw.Plain}, state)
}

// rightParts writes parts so that they end at the region's right edge.
func rightParts(r draw.Region, parts []part) {
	l := line(parts...)
	putParts(r, r.Dx()-l.width(), parts)
}

func putParts(r draw.Region, x int, parts []part) {
	for _, p := range parts {
		x = r.Put(x, 0, p.text, p.ink)
	}
}

// drawStatus writes the line that says how the ring is.
func (m *Model) drawStatus(r draw.Region) {
	h := &m.pic.Health
	mk, text := healthMark(m.pic)
	broken := troubleText(m.pic, &m.trouble, r.Dx()/4)
	facts := m.facts(r.Dx() - min(draw.Width(text)+4, r.Dx()*3/5) - draw.Width(broken))
	r.PutRight(r.Dx(), 0, facts, draw.Dim)
	room := r.Dx() - draw.Width(facts)
	r.PutRight(room, 0, broken, draw.Warn)
	room -= draw.Width(broken) + 2
	x := 0
	for _, p := range append(m.recordParts(), m.timeParts()...) {
		x = r.Put(x, 0, p.text, p.ink)
	}
	x = r.Put(x, 0, mk.glyph+" ", mk.ink|draw.Bold)
	text = draw.Fit(text, room-x)
	m.zones = append(m.zones, m.namesIn(r, x, 0, text, paneNone)...)
	x = r.Put(x, 0, text, mk.ink)
	if h.Live > 0 && !h.Guaranteed && h.Valid {
		r.Put(x, 0, guarantee(m.pic.ListLen, room-x), draw.Warn)
	}
}

// facts counts those who watch, peers, rings, messages and time, as many of them as fit.
func (m *Model) facts(room int) string {
	pic, h := m.pic, &m.pic.Health
	text := observe.Plural(h.Live, "peer")
	if h.Joining > 0 {
		text += fmt.Sprintf(" + %d joining", h.Joining)
	}
	if m.audience > 1 {
		text += fmt.Sprintf(" · %d watch", m.audience-1)
	}
	more := []string{
		observe.Plural(h.Rings, "ring"),
		fmt.Sprintf("%.0f messages/s", pic.MessageRate),
		seconds(pic.At),
	}
	if h.Live == 0 {
		more = nil
	}
	for _, fact := range more {
		if draw.Width(text)+3+draw.Width(fact) > room {
			break
		}
		text += " · " + fact
	}
	return text
}

// guarantee warns, in as many words as fit, that the ring is smaller than the
// protocol's guarantees ask for: the list's length r, and two peers more.
func guarantee(listLen, room int) string {
	for _, text := range [...]string{
		fmt.Sprintf("   ! guaranteed to survive crashes only from r + 2 = %d peers on", listLen+2),
		fmt.Sprintf("   ! no guarantee below r + 2 = %d peers", listLen+2),
		fmt.Sprintf("   ! fewer than r + 2 = %d", listLen+2),
		fmt.Sprintf("  ! safe from %d peers on", listLen+2),
		fmt.Sprintf("  ! N < %d", listLen+2),
	} {
		if draw.Width(text) <= room {
			return text
		}
	}
	return ""
}

// healthMark puts the ring's health into a glyph and words.
func healthMark(pic *observe.Picture) (mark, string) {
	h := &pic.Health
	switch {
	case len(pic.Peers) == 0:
		return mark{"○", draw.Dim}, "no peers yet"
	case h.Live == 0:
		return mark{"✕", draw.Bad}, "no peer is a member of the ring"
	case h.Stable && pic.Data.Lost > 0: // which the header counts
		return mark{"●", draw.Good}, "ideal ring: every pointer is right, not every key is left"
	case h.Stable && pic.Data.Keys > 0:
		return mark{"●", draw.Good}, "ideal ring: every pointer and copy is right"
	case h.Stable:
		return mark{"●", draw.Good}, "ideal ring: every pointer is right"
	case h.Valid:
		return mark{"◐", draw.Warn}, "valid, repairing: " + cmp.Or(h.Why, repairs(h))
	}
	return mark{"✕", draw.Bad}, "not valid: " + cmp.Or(h.Why, repairs(h))
}

// repairs counts what is left to repair.
func repairs(h *observe.Health) string {
	return fmt.Sprintf("%d successors, %d predecessors, %d lists, %d fingers to go",
		h.WrongSuccessors, h.WrongPredecessors, h.WrongLists, h.WrongFingers)
}
