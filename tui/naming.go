package tui

import (
	"image"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// nameIndex finds the peers of a picture by their names, so that every name on
// the screen leads to its peer, whatever text it stands in.
type nameIndex struct {
	pic *observe.Picture
	ids map[string]ring.ID
}

// byName returns the peer of the present picture with a name.
func (m *Model) byName(name string) (ring.ID, bool) {
	x := &m.known
	if x.pic != m.pic {
		x.pic = m.pic
		x.ids = make(map[string]ring.ID, len(m.pic.Peers))
		for i := range m.pic.Peers {
			x.ids[m.pic.Peers[i].Name] = m.pic.Peers[i].ID
		}
	}
	id, ok := x.ids[name]
	return id, ok
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

// namesIn returns a zone for each name of a peer in a text that was put at x, y.
func (m *Model) namesIn(r draw.Region, x, y int, text string, pane paneID) []zone {
	var zones []zone
	for i := 0; i < len(text); i++ {
		if text[i] != 'N' || i > 0 && wordByte(text[i-1]) {
			continue
		}
		end := i + 1
		for end < len(text) && wordByte(text[end]) {
			end++
		}
		if id, ok := m.byName(text[i:end]); ok {
			from := x + draw.Width(text[:i])
			if from >= r.Dx() {
				break
			}
			at := r.Sub(from, y, end-i, 1).Rectangle
			if at != (image.Rectangle{}) {
				zones = append(zones, zone{Rectangle: at, pane: pane, peer: id, link: true})
			}
		}
		i = end - 1
	}
	return zones
}

// putRow writes a row that stands alone, with its names as zones.
func (m *Model) putRow(r draw.Region, y int, l row) {
	x := 0
	for _, p := range l.parts {
		m.zones = append(m.zones, m.namesIn(r, x, y, p.text, paneNone)...)
		x = r.PutFit(x, y, r.Dx(), p.text, p.ink)
	}
}

func wordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
