package tui

import (
	"fmt"
	"strings"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// loadView is how evenly the keys are spread.
func loadView() *view {
	return paneView("keys", "Each bar is a peer: the keys that it owns, and the copies that it keeps for others. ← → selects, t turns to its keys.", paneLoad)
}

// loadPane shows how many keys each peer holds.
type loadPane struct{}

func (loadPane) heading(*Model) heading { return heading{title: "Keys and load"} }

func (loadPane) rows(m *Model, width int) []row { return loadRows(m, width) }

// loadRows is one bar for each peer that is still there: its own keys as a
// strong line, the copies that it keeps for others as a thin one.
func loadRows(m *Model, width int) []row {
	if len(m.pic.Keys) == 0 {
		return wrapped(part{}, "No keys yet. Press p to put one, or o to load 50.", draw.Dim, width)
	}
	names, longest := 0, 1
	for i := range m.pic.Peers {
		if p := &m.pic.Peers[i]; p.State.Present() {
			names = max(names, draw.Width(p.Name))
			longest = max(longest, p.Copies)
		}
	}
	digits := len(count(uint64(longest)))
	bar := max(width-names-digits-3, 4)
	rows := []row{balance(m.pic), line(
		part{left("", names+1) + "━ own", draw.Good}, part{"  ─ copies for others", draw.Dim},
	)}
	rows[0].head, rows[1].head = true, true
	for i := range m.pic.Peers {
		p := &m.pic.Peers[i]
		if !p.State.Present() {
			continue
		}
		name := draw.Plain
		if p.ID == m.chosen {
			name = draw.Accent | draw.Bold
		}
		own, all := bar*p.Owned/longest, bar*p.Copies/longest
		if p.Owned > 0 {
			own = max(own, 1)
		}
		all = max(all, own)
		r := line(
			part{left(p.Name, names) + " ", name},
			part{strings.Repeat("━", own), draw.Good},
			part{strings.Repeat("─", all-own), draw.Dim},
			part{left("", bar-all+1) + right(count(uint64(p.Owned)), digits), draw.Plain},
		).to(p.ID)
		r.mark = p.ID == m.chosen
		rows = append(rows, r)
	}
	return rows
}

// balance says how evenly the members share the keys.
func balance(pic *observe.Picture) row {
	members, owned, most := 0, 0, 0
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.State.Live() {
			members++
			owned += p.Owned
			most = max(most, p.Owned)
		}
	}
	if owned == 0 {
		return line(part{"no member holds a key of its own", draw.Dim})
	}
	mean := float64(owned) / float64(members)
	return line(
		part{"mean ", draw.Dim}, part{fmt.Sprintf("%.1f", mean), draw.Plain},
		part{"  most ", draw.Dim}, part{count(uint64(most)), draw.Plain},
		part{fmt.Sprintf(" = %.1f × mean", float64(most)/mean), draw.Plain},
	)
}
