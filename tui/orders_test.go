package tui

import (
	"testing"

	"chordscope/scenarios"
)

// TestJoin_ByNameSelectsTheNewcomer, as soon as it is seen, so that n steps it; a
// peer that was drawn is not looked at.
func TestJoin_ByNameSelectsTheNewcomer(t *testing.T) {
	for line, want := range map[string]string{"join N26 via N8": "N26", "join 1": "N1"} {
		s := newScreen(120, 40, paperPicture(), nil)
		s.Update(orderDoneMsg{line: line, result: scenarios.Result{OK: true, Text: "N26 joined", Peers: []string{"N26"}}})
		s.Update(pictureMsg{newWorld(6, 3, append([]uint64{26}, paperRing...)...).picture()})
		if p := s.selected(); p.Name != want {
			t.Errorf("after %q %s is selected", line, p.Name)
		}
		s.keys("right")
		was := s.selected().Name
		s.Update(pictureMsg{newWorld(6, 3, append([]uint64{26}, paperRing...)...).picture()})
		if now := s.selected().Name; now != was {
			t.Errorf("after %q the selection goes back to %s", line, now)
		}
	}
}
