package tui

import (
	"fmt"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// faultPane shows what is broken until it is healed, and the last recovery
// while it happens and for a while after. It is on the screen only while there
// is one of them.
type faultPane struct{}

// troubled reports whether there is anything to show.
func (m *Model) troubled() bool { return m.broken() || m.recovery() != nil }

// broken reports whether anything is broken that does not heal by itself.
func (m *Model) broken() bool {
	return len(m.pic.Faults) > 0 || registryDown(m.pic) || len(frozen(m.pic)) > 0
}

func (faultPane) heading(m *Model) heading {
	if r := m.recovery(); r != nil {
		return recoveryHeading(r)
	}
	h := heading{title: "Faults"}
	if len(m.pic.Faults) > 0 {
		h.note = "h heals"
	}
	return h
}

// rows tells the news first: the ring shows the faults, too.
func (faultPane) rows(m *Model, width int) []row {
	faults := faultRows(m, width)
	r := m.recovery()
	if r == nil {
		return faults
	}
	rows := recoveryRows(m, r, width)
	if len(faults) > 0 && !m.compact() {
		rows = append(rows, row{})
	}
	return append(rows, faults...)
}

// listedLinks is how many bad links are told one by one.
const listedLinks = 8

// faultRows tells what is broken: partition, links, frozen peers, registry.
func faultRows(m *Model, width int) []row {
	var rows []row
	t := &m.trouble
	for i, ids := range t.sides {
		name := sideName(i)
		rows = append(rows, line(
			part{name + " ", sideInk(i)},
			part{fmt.Sprintf("side of %d: ", len(ids)), draw.Dim},
			part{m.names(ids), draw.Plain},
		))
	}
	for i := range t.links[:min(len(t.links), listedLinks)] {
		l := &t.links[i]
		mk := linkMarks[linkKind(l.LinkFault)]
		r := line(part{mk.glyph + " ", mk.ink}, part{l.ends(), draw.Plain}, part{"  " + l.LinkFault.String(), mk.ink &^ draw.Bold})
		rows = append(rows, r.to(l.From))
	}
	if n := len(t.links) - listedLinks; n > 0 {
		rows = append(rows, line(part{fmt.Sprintf("  … and %d links more", n), draw.Dim}))
	}
	if list := frozen(m.pic); len(list) > 0 {
		names := make([]string, len(list))
		for i, p := range list {
			names[i] = p.Name
		}
		r := line(part{frozenMark.glyph + " ", frozenMark.ink}, part{strings.Join(names, " "), draw.Plain}, part{"  frozen", draw.Warn})
		rows = append(rows, r.to(list[0].ID))
	}
	if registryDown(m.pic) {
		rows = append(rows, line(part{"✕ ", draw.Bad | draw.Bold}, part{"registry", draw.Plain}, part{"  down", draw.Bad}))
	}
	return rows
}

// names writes the names of peers; of those that have gone, their identifiers.
func (m *Model) names(ids []ring.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = m.nameOf(id)
	}
	return strings.Join(names, " ")
}

// nameOf is the name of a peer, or of one that has gone its identifier.
func (m *Model) nameOf(id ring.ID) string {
	if i, ok := m.find(id); ok {
		return m.pic.Peers[i].Name
	}
	return "N" + short(m.pic.Space, id)
}

// recoveryView is what is broken now, and how the ring recovered until now.
func recoveryView() *view {
	return paneView("recovery", "what is broken, and how long the ring took to be right again after each fault", paneRecovery)
}

// recoveryPane shows what is broken, and how the ring recovered from what was
// broken before.
type recoveryPane struct{}

func (recoveryPane) heading(*Model) heading { return heading{title: "Faults and recovery"} }

func (recoveryPane) rows(m *Model, width int) []row {
	rows := faultRows(m, width)
	if len(rows) == 0 {
		rows = wrapped(part{}, "Nothing is broken. Press F to break something.", draw.Dim, width)
	}
	return append(rows, pastRows(m.pic, width, m.compact())...)
}

// pastRows is a table of recoveries, the latest first, two rows each: what was
// done, and how long it took until each part was right again.
func pastRows(pic *observe.Picture, width int, compact bool) []row {
	if len(pic.Recoveries) == 0 {
		return nil
	}
	column := min(width/len(momentNames), 12)
	head := row{}
	for _, name := range momentNames {
		head.add(right(name, column), draw.Dim)
	}
	var rows []row
	if !compact {
		rows = append(rows, row{})
	}
	rows = append(rows, line(part{"Time until it was right again, after", draw.Dim}), head)
	for i := len(pic.Recoveries) - 1; i >= 0; i-- {
		r := &pic.Recoveries[i]
		rows = append(rows, line(part{draw.Fit(fmt.Sprintf("%d %s", r.Number, r.What), width), draw.Plain | draw.Bold}))
		times := row{}
		for _, mo := range moments(r) {
			text, ink := "…", draw.Accent
			switch {
			case mo.Reached && mo.After == 0:
				text, ink = "0", draw.Dim // it was never wrong
			case mo.Reached:
				text, ink = spent(mo.After), draw.Plain
			case ended(r):
				text, ink = "–", draw.Dim
			}
			times.add(right(text, column), ink)
		}
		rows = append(rows, times)
	}
	return rows
}
