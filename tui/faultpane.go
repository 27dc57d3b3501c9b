package tui

import (
	"fmt"
	"strings"

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
	faults := faultRows(m)
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
func faultRows(m *Model) []row {
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
