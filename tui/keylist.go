package tui

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// keyList is the inspector's page of keys: what the selected peer holds or
// should hold. Keys with their copies in the same places stand together, so
// that the places are said once. The rows of a picture are made once, since a
// peer may hold thousands.
type keyList struct {
	pic   *observe.Picture
	peer  ring.ID
	width int
	made  []row
}

func (l *keyList) rows(m *Model, width int) []row {
	p := m.selected()
	if l.pic != m.pic || l.peer != p.ID || l.width != width {
		l.pic, l.peer, l.width = m.pic, p.ID, width
		l.made = listKeys(m, p, width)
	}
	return l.made
}

// keyMarks tells how well a key is kept.
var keyMarks = [...]mark{
	observe.Healthy:         {"•", draw.Good},
	observe.UnderReplicated: {"◦", draw.Warn | draw.Bold},
	observe.Surplus:         {"•", draw.Good},
	observe.Lost:            {"×", draw.Bad | draw.Bold},
}

// relation is what a peer has to do with a key.
type relation uint8

const (
	stranger relation = iota
	keeper            // it has a copy for the owner, or should
	owner
)

func relate(d *observe.Datum, id ring.ID) relation {
	if d.Owner == id {
		return owner
	}
	for i := range d.Holders {
		if h := &d.Holders[i]; h.ID == id {
			return keeper
		}
	}
	return stranger
}

// keyGroup is a number of keys with the same owner, state and places.
type keyGroup struct {
	keys []*observe.Datum
}

func (g *keyGroup) like(d *observe.Datum) bool {
	first := g.keys[0]
	return first.Owner == d.Owner && first.State == d.State && slices.Equal(first.Holders, d.Holders)
}

// groupKeys gathers the keys that concern a peer: its own ones first, then
// those of the peers before it, nearest first.
func groupKeys(pic *observe.Picture, id ring.ID) []keyGroup {
	var groups []keyGroup
	start := sort.Search(len(pic.Keys), func(i int) bool { return id.Less(pic.Keys[i].Key.ID) })
	for i := range pic.Keys { // round the circle from behind the peer, so that its own range stays whole
		d := pic.Keys[(start+i)%len(pic.Keys)]
		if relate(d, id) == stranger {
			continue
		}
		at := slices.IndexFunc(groups, func(g keyGroup) bool { return g.like(d) })
		if at < 0 {
			at = len(groups)
			groups = append(groups, keyGroup{})
		}
		groups[at].keys = append(groups[at].keys, d)
	}
	slices.SortStableFunc(groups, func(a, b keyGroup) int {
		return pic.Space.Distance(a.keys[0].Owner, id).Compare(pic.Space.Distance(b.keys[0].Owner, id))
	})
	return groups
}

// listKeys writes the page.
func listKeys(m *Model, p *observe.Peer, width int) []row {
	rows := []row{stateRow(m, p, width)}
	groups := groupKeys(m.pic, p.ID)
	if len(groups) == 0 {
		text := "It holds no keys."
		if len(m.pic.Keys) == 0 {
			text = "No keys yet. Press p to put one, or o to load 50."
		}
		return append(rows, wrapped(part{}, text, draw.Dim, width)...)
	}
	rows = append(rows, line(part{keyCounts(p), draw.Dim}))
	for i := range groups {
		if !m.compact() {
			rows = append(rows, row{})
		}
		rows = append(rows, groups[i].rows(m, p.ID, width)...)
	}
	return rows
}

// keyCounts sums up what a peer holds.
func keyCounts(p *observe.Peer) string {
	return fmt.Sprintf("%s, %s, %s", numbered(p.Owned, "key"), copiesText(p.Copies), kilobytes(uint64(p.Bytes)))
}

// copiesText counts copies: "1 copy", "24 copies".
func copiesText(n int) string {
	if n == 1 {
		return "1 copy"
	}
	return count(uint64(n)) + " copies"
}

// listed is how many keys of a group are listed; nobody reads on for longer.
const listed = 200

// rows writes a group: where its keys are, and then each of them.
func (g *keyGroup) rows(m *Model, id ring.ID, width int) []row {
	first, n := g.keys[0], len(g.keys)
	whose, ink := numbered(n, "own key"), draw.Accent|draw.Bold
	if first.Owner != id {
		whose, ink = numbered(n, "key")+" of "+m.nameOf(first.Owner), draw.Plain|draw.Bold
	}
	mk := keyMarks[first.State]
	rows := wrapped(part{mk.glyph + " ", mk.ink}, whose+placesText(first), ink, width)
	rows[0] = rows[0].to(first.Owner)
	rows = append(rows, keyRows(m, g.keys[:min(n, listed)], width)...)
	if n > listed {
		rows = append(rows, line(part{fmt.Sprintf("  … and %s more", count(uint64(n-listed))), draw.Dim}))
	}
	return rows
}

// placesText says where the copies of a key are, the owner first, and what is
// wrong with that.
func placesText(d *observe.Datum) string {
	if d.State == observe.Lost {
		return ", lost: it was acknowledged, and no live peer holds it"
	}
	var has, missing, old, extra []string
	for i := range d.Holders {
		switch h := &d.Holders[i]; {
		case h.Has && h.Wanted:
			has = append(has, h.Name)
		case h.Has:
			extra = append(extra, h.Name)
		case h.Old:
			old = append(old, h.Name)
		case h.Wanted:
			missing = append(missing, h.Name)
		}
	}
	text := ""
	for _, places := range [...]struct {
		words string
		names []string
	}{
		{" on ", has}, {", missing on ", missing}, {", another value on ", old}, {", not yet dropped on ", extra},
	} {
		if len(places.names) > 0 {
			text += places.words + strings.Join(places.names, " ")
		}
	}
	return text
}

// keyRows writes keys as a table: name, where it stands, value, version.
func keyRows(m *Model, keys []*observe.Datum, width int) []row {
	const indent, gap = 2, 2
	names, stands, versions := 0, 0, 0
	for _, d := range keys {
		names = max(names, draw.Width(d.Name))
		versions = max(versions, draw.Width(versionText(d)))
		if d.Key.Name != "" && width >= spokenWidth {
			stands = max(stands, draw.Width(short(m.pic.Space, d.Key.ID)))
		}
	}
	names = min(names, (width-indent-versions-gap)*3/5)
	value := width - indent - names - gap - versions - gap
	if stands > 0 {
		value -= stands + gap
	}
	rows := make([]row, 0, len(keys))
	for _, d := range keys {
		r := line(part{left("", indent) + left(draw.Fit(d.Name, names), names+gap), draw.Plain})
		if stands > 0 {
			where := ""
			if d.Key.Name != "" {
				where = short(m.pic.Space, d.Key.ID)
			}
			r.add(right(where, stands)+left("", gap), draw.Dim)
		}
		r.add(left(valueText(d, value), value+gap), draw.Plain)
		r.add(right(versionText(d), versions), draw.Dim)
		rows = append(rows, r)
	}
	return rows
}

func versionText(d *observe.Datum) string { return fmt.Sprintf("v%d", d.Version.Counter) }

// valueText is the beginning of a value, and how long it is if that is not all.
func valueText(d *observe.Datum, width int) string {
	if d.Size <= len(d.Head) {
		return draw.Fit(d.Head, width)
	}
	size := " " + kilobytes(uint64(d.Size))
	return draw.Fit(d.Head+"…", max(width-draw.Width(size), 1)) + size
}
