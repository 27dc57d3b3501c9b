package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// wayRows is the inspector's page of links: whom the selected peer talks to, what
// each of them is to it, how long an answer takes, and how much was said.
func wayRows(m *Model, width int) []row {
	p := m.selected()
	rows := []row{stateRow(m, p, width)}
	rows = append(rows, trafficRows(p, width)...)
	if len(p.Ways) == 0 {
		return append(rows, wrapped(part{}, "It has not told yet what it counts of its messages.", draw.Dim, width)...)
	}
	if !m.compact() {
		rows = append(rows, row{})
	}
	return append(rows, wayTable(m, p, width)...)
}

// trafficRows says how much a peer sends, in one row or two.
func trafficRows(p *observe.Peer, width int) []row {
	now := line(part{trafficRate(p), draw.Plain})
	all := part{fmt.Sprintf("%s sent · %s received · %s", count(p.Sent), count(p.Received), kilobytes(p.BytesOut+p.BytesIn)), draw.Dim}
	if now.width()+3+draw.Width(all.text) <= width {
		now.parts = append(now.parts, part{"   ", draw.Dim}, all)
		return []row{now}
	}
	return []row{now, line(all)}
}

// trafficRate says how much a peer sends now.
func trafficRate(p *observe.Peer) string {
	return fmt.Sprintf("%s · %.0f messages/s · %s/s", observe.Plural(p.Links, "link"), p.MessageRate, kilobytes(uint64(p.ByteRate)))
}

// wayCells is the number of columns of the page.
const wayCells = 5

// briefRoles are the words for what others are to a peer where there is little
// room.
var briefRoles = strings.NewReplacer("predecessor", "pred.", "successor", "succ.", "finger ", "f ")

// wayTable writes one row for each way, clockwise from the peer itself. Where
// there is no room words are shorter, and then what the other one is to it is left
// out.
func wayTable(m *Model, p *observe.Peer, width int) []row {
	ways := slices.Clone(p.Ways)
	slices.SortFunc(ways, func(a, b observe.Way) int {
		return m.pic.Space.Distance(p.ID, a.ID).Compare(m.pic.Space.Distance(p.ID, b.ID))
	})
	roles, broken := m.rolesOf(p), m.brokenFrom(p)
	cells := [][wayCells]string{{"peer", "as", "round trip", "sent", "received"}}
	longest := time.Duration(1)
	for _, w := range ways {
		rtt := "–"
		if w.RTT > 0 {
			rtt = milliseconds(w.RTT)
		}
		longest = max(longest, w.RTT)
		cells = append(cells, [wayCells]string{w.Name, roles[w.ID], rtt, count(w.Sent), count(w.Received)})
	}
	w, total := wayWidths(cells)
	if total-2 > width {
		cells[0] = [wayCells]string{"peer", "as", "RTT", "sent", "got"}
		for i := range cells[1:] {
			cells[i+1][1] = briefRoles.Replace(cells[i+1][1])
		}
		w, total = wayWidths(cells)
	}
	if over := total - 2 - width; over > 0 {
		if w[1] -= over; w[1] < 6 {
			w[1] = 0
		}
	}
	bar := min(width-total-1, 20) // round trips compared
	var rows []row
	for i, c := range cells {
		ink, dim := draw.Plain, draw.Dim
		if i == 0 {
			ink = draw.Dim
		}
		l := line(part{left(c[0], w[0]) + "  ", ink})
		if w[1] > 0 {
			l.add(left(draw.Fit(c[1], w[1]), w[1])+"  ", dim)
		}
		l.add(right(c[2], w[2])+"  ", ink)
		l.add(right(c[3], w[3])+"  "+right(c[4], w[4]), dim)
		if i == 0 {
			rows = append(rows, l)
			continue
		}
		way := ways[i-1]
		if bar >= 4 && way.RTT > 0 {
			l.add("  "+strings.Repeat("━", max(int(int64(bar)*int64(way.RTT)/int64(longest)), 1)), draw.Accent)
		}
		rows = append(rows, l.to(way.ID))
		if said := broken[way.ID]; said != "" {
			rows = append(rows, line(part{"  ╳ ", draw.Bad | draw.Bold}, part{"the way there: " + said, draw.Bad}))
		}
	}
	return rows
}

// wayWidths returns how wide each column is, and all with the gaps behind them.
func wayWidths(cells [][wayCells]string) (w [wayCells]int, total int) {
	for k := range w {
		for _, c := range cells {
			w[k] = max(w[k], draw.Width(c[k]))
		}
		total += w[k] + 2
	}
	return w, total
}

// rolesOf says what others are to a peer: predecessor, successor, fingers.
func (m *Model) rolesOf(p *observe.Peer) map[ring.ID]string {
	roles := make(map[ring.ID]string)
	add := func(id ring.ID, role string) {
		if roles[id] != "" {
			role = roles[id] + ", " + role
		}
		roles[id] = role
	}
	if p.Predecessor.Verdict != observe.None {
		add(p.Predecessor.ID, "predecessor")
	}
	for i, s := range p.Successors {
		if i == 0 {
			add(s.ID, "successor")
		} else {
			add(s.ID, fmt.Sprintf("list %d", i+1))
		}
	}
	for _, run := range fingerRuns(p.Fingers, true) {
		if run.first.Verdict != observe.None {
			add(run.first.ID, "finger "+m.numbers(run.first.Index, run.last.Index))
		}
	}
	return roles
}

// brokenFrom says what is wrong with the ways from a peer to others.
func (m *Model) brokenFrom(p *observe.Peer) map[ring.ID]string {
	broken := make(map[ring.ID]string)
	for i := range m.pic.Faults {
		if f := &m.pic.Faults[i]; f.From == p.ID {
			broken[f.To] = f.LinkFault.String()
		}
	}
	return broken
}
