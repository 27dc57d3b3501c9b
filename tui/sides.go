package tui

import (
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// findSides returns the sides of a partition in the order of the circle: peers
// are on the same side unless all ways between them are cut. A few cut links are
// no partition: most of the peers must be on a side. Those that came later, and
// are not cut off from anybody, are on none.
func findSides(pic *observe.Picture) [][]ring.ID {
	ids, cut := cutOff(pic.Faults)
	present := 0
	for i := range pic.Peers {
		if pic.Peers[i].State.Present() {
			present++
		}
	}
	if len(ids) < 3 || 3*len(ids) < 2*present {
		return nil
	}
	var sides [][]ring.ID
	placed := make([]bool, len(ids))
	for i := range ids {
		if placed[i] {
			continue
		}
		placed[i] = true
		side := []int{i}
		for at := 0; at < len(side); at++ {
			a := side[at]
			for b := range ids {
				if !placed[b] && !(cut[a][b] && cut[b][a]) {
					placed[b] = true
					side = append(side, b)
				}
			}
		}
		slices.Sort(side)
		members := make([]ring.ID, len(side))
		for k, a := range side {
			members[k] = ids[a]
		}
		sides = append(sides, members)
	}
	if len(sides) < 2 {
		return nil
	}
	return sides
}

// cutOff returns who is at an end of a cut link, in the order of the circle,
// and from whom to whom, by index, the links are cut.
func cutOff(faults []observe.Fault) (ids []ring.ID, cut [][]bool) {
	index := make(map[ring.ID]int)
	for i := range faults {
		if f := &faults[i]; f.Cut {
			index[f.From], index[f.To] = 0, 0
		}
	}
	for id := range index {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, ring.ID.Compare)
	cut = make([][]bool, len(ids))
	for i, id := range ids {
		index[id] = i
		cut[i] = make([]bool, len(ids))
	}
	for i := range faults {
		if f := &faults[i]; f.Cut {
			cut[index[f.From]][index[f.To]] = true
		}
	}
	return ids, cut
}

// sideName is the letter of a side; beyond the alphabet they share the last.
func sideName(i int) string { return string(rune('A' + min(i, 25))) }

var sideInks = [...]draw.Ink{draw.Accent, draw.Path, draw.Good, draw.Warn}

func sideInk(i int) draw.Ink { return sideInks[i%len(sideInks)] | draw.Bold }
