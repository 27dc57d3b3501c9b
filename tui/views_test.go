package tui

import (
	"math/rand/v2"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// TestViews_AnyKeyAndClick presses what views take and clicks anywhere while
// pictures of other rings come: nothing breaks, and each frame fits.
func TestViews_AnyKeyAndClick(t *testing.T) {
	pictures := []*observe.Picture{
		new(observe.Picture), paperPicture(), brokenPicture(), partedPicture(), faultyPicture(), wide(), talk(9), lookupsOf(50), withWays(),
		newWorld(16, 4, spread(16, 200)...).picture(), newWorld(6, 3, 8).picture(),
	}
	keys := []string{"up", "down", "left", "right", "enter", "e", "f", "t", "tab", "pgdown", "pgup", "1", "2", "3", "4", "5", "6", "esc", "]", "[", "w"}
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range [][2]int{{80, 24}, {120, 40}, {90, 60}, {45, 14}, {200, 60}} {
		s := newScreen(size[0], size[1], nil, nil)
		for i := range 600 {
			switch r.IntN(4) {
			case 0:
				s.Update(pictureMsg{pictures[r.IntN(len(pictures))]})
			case 1:
				s.Update(tea.MouseClickMsg{X: r.IntN(size[0]), Y: 1 + r.IntN(size[1]-3), Button: tea.MouseLeft})
				s.dialog = nil
			default:
				s.keys(keys[r.IntN(len(keys))])
			}
			if i%3 == 0 {
				s.dirty = true
				checkFrame(t, s, size, s.viewing().name)
			}
			for len(s.orders) > 0 {
				<-s.orders
			}
		}
	}
}

// TestViews_EachSaysHowItIsRead: the help stands below each view that has room
// for it, in two lines at most.
func TestViews_EachSaysHowItIsRead(t *testing.T) {
	s := newScreen(120, 40, talk(3), nil)
	for i, v := range s.views[1:] {
		s.turnView(i + 1)
		s.dirty = true
		s.want(t, v.help[:40])
		if n := len([]rune(v.help)); n > 2*70 {
			t.Errorf("the help of %s has %d characters", v.name, n)
		}
	}
}

// TestViews_TabReachesEveryPart: the focus goes round the view, the ring and the
// panes, and the arrows then move there.
func TestViews_TabReachesEveryPart(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.choose(ring.FromUint64(8))
	s.showView("fingers")
	if s.focus != paneMain {
		t.Fatalf("the focus is on %d, not on the view", s.focus)
	}
	s.View()
	seen := map[paneID]bool{}
	for range 5 {
		seen[s.focus] = true
		s.keys("tab")
		s.View()
	}
	for _, want := range []paneID{paneMain, paneRing, paneInspector} {
		if !seen[want] {
			t.Errorf("tab does not reach part %d", want)
		}
	}
	s.focus = paneRing
	s.keys("right")
	if got := s.selected().Name; got != "N14" {
		t.Errorf("with the focus on the ring an arrow selects %s", got)
	}
}
