package tui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// ringText draws the ring of a picture alone, as text without colours.
func ringText(pic *observe.Picture) string {
	s := newScreen(120, 40, pic, nil)
	s.surface.Resize(70, 36)
	s.ring.draw(s.surface.All(), ringScene{pic: pic, floats: &s.floats, trouble: &s.trouble, aspect: usualAspect})
	return ansi.Strip(s.surface.Encode(s.theme))
}

// TestPeers_StatesOfManyDifferByShape: of 200 peers each state is seen without
// colours.
func TestPeers_StatesOfManyDifferByShape(t *testing.T) {
	plain := make(map[string]observe.State)
	for _, state := range []observe.State{observe.StateMember, observe.StateLeaving, observe.StateSilent, observe.StateDead, observe.StateLeft} {
		pic := newWorld(16, 4, spread(16, 200)...).picture()
		for i := 20; i < 30; i++ { // as they are seen, whatever others believe
			pic.Peers[i].State = state
		}
		text := ringText(pic)
		if other, ok := plain[text]; ok {
			t.Errorf("%v looks like %v", state, other)
		}
		plain[text] = state
	}
}

func TestPeers_SidesOfManyDifferByPlace(t *testing.T) {
	ids := spread(16, 200)
	halves := parted(newWorld(16, 4, ids...).picture(), ids[:100], ids[100:])
	s := newScreen(120, 40, halves, nil)
	s.View()
	out := make(map[int]bool)
	for i, p := range halves.Peers {
		c := s.ring.circle
		x, y := cell(c.point(s.ring.seats[i].turn, 1+5/c.ry))
		if l := s.ring.canvas.Level(x, y); l == draw.Outline {
			out[s.trouble.side[p.ID]] = true
		}
	}
	if len(out) != 1 {
		t.Errorf("%d sides reach 5 dots outside the circle, want one", len(out))
	}
}
