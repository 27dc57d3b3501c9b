package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

func TestShare(t *testing.T) {
	usual := func(want int) slot { return slot{want: want, least: leastRows, need: needUsual} }
	most := func(want int) slot { return slot{want: want, least: want, need: needMost} }
	small := func(want int) slot { return slot{want: want, least: fewestRows, need: needSmall} }
	made := func(rows int) slot { return slot{want: rows, least: rows, need: needMade} }
	for _, c := range []struct {
		height int
		slots  []slot
		got    []int
	}{
		{20, []slot{usual(10), usual(5), usual(5)}, []int{10, 5, 5}},
		{30, []slot{usual(10), usual(5), usual(5)}, []int{10, 5, 15}},
		{16, []slot{usual(20), usual(20), usual(20)}, []int{8, 4, 4}},
		{10, []slot{usual(20), usual(20), usual(20)}, []int{6, 4, 0}},
		{2, []slot{usual(20)}, []int{0}},
		{16, []slot{usual(9), most(13), small(9)}, []int{3, 13, 0}},
		{20, []slot{usual(9), most(13), small(9)}, []int{4, 13, 3}},
		{20, []slot{most(13), made(10), small(9)}, []int{10, 10, 0}},
		{20, []slot{made(30), most(13), made(30)}, []int{14, 3, 3}},
		{20, []slot{made(12), usual(3)}, []int{12, 8}},
	} {
		share(c.height, c.slots)
		var got []int
		for _, s := range c.slots {
			got = append(got, s.got)
		}
		if !slices.Equal(got, c.got) {
			t.Errorf("of %d rows %v get %v, want %v", c.height, c.slots, got, c.got)
		}
	}
}

// TestColumn_FingerTableIsWhole: in a lesson with a caption of two rows, and with
// the code of a stopped ring, every row of the selected peer's finger table is on
// the screen.
func TestColumn_FingerTableIsWhole(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {200, 60}} {
		for name, set := range map[string]func(*screen){
			"as it is": func(*screen) {},
			"lookup":   func(s *screen) { s.keys("E") },
			"paused": func(s *screen) {
				for i := range s.pic.Peers {
					s.pic.Peers[i].Paused = true
				}
				next := *s.pic
				s.Update(pictureMsg{&next})
			},
		} {
			s := playScreen(t, size[0], size[1])
			s.line(6, scenarios.Result{OK: true, Text: strings.Repeat("a long story ", 10)})
			set(s)
			for i := range 6 {
				start := 8 + 1<<i
				if row := fmt.Sprintf("%d  %5d  [%d, ", i+1, start, start); !strings.Contains(s.text(), row) {
					t.Errorf("%v, %s: finger %d of N8 is not there:\n%s", size, name, i+1, s.text())
					break
				}
			}
		}
	}
}

// heightOf is how many rows a pane has on the screen.
func (s *screen) heightOf(id paneID) int {
	s.View()
	column, i := s.standing(id)
	if len(column) == 0 {
		return 0
	}
	return column[i].got
}

// presses presses a key several times, and lets each be seen.
func (s *screen) presses(key string, times int) {
	for range times {
		s.keys(key)
		s.View()
	}
}

func TestColumn_HeightsByKeysAndMouse(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.trip.finish()
	inspector, lookup, log := s.heightOf(paneInspector), s.heightOf(paneLookup), s.heightOf(paneLog)
	s.presses("}", 2) // nothing is in focus but the ring
	if a, b, c := s.heightOf(paneInspector), s.heightOf(paneLookup), s.heightOf(paneLog); a != inspector+4 || b != lookup-4 || c != log {
		t.Fatalf("} makes %d %d %d into %d %d %d", inspector, lookup, log, a, b, c)
	}
	s.Update(pictureMsg{brokenPicture()}) // another pane comes, and the height stays
	s.Update(pictureMsg{paperPicture()})
	s.presses("{", 1)
	if got := s.heightOf(paneInspector); got != inspector+2 {
		t.Errorf("{ leads to %d rows, want %d", got, inspector+2)
	}

	column, i := s.standing(paneLog)
	x, y := s.arrange(0).columns[0].x+20, column[i].y
	s.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	if s.focus != paneLog || s.heights[paneLog] != 0 {
		t.Error("a click on the title does more than to give the focus")
	}
	s.Update(tea.MouseMotionMsg{X: x, Y: y - 3, Button: tea.MouseLeft})
	s.View()
	s.Update(tea.MouseReleaseMsg{X: x, Y: y - 3})
	if got := s.heightOf(paneLog); got != log+3 {
		t.Errorf("dragged by 3 rows the log has %d, want %d", got, log+3)
	}
	s.Update(tea.MouseMotionMsg{X: x, Y: y - 9, Button: tea.MouseLeft})
	if got := s.heightOf(paneLog); got != log+3 {
		t.Error("the title follows a mouse that let go of it")
	}
	s.presses("}", 40) // of the log, the last pane
	if got := s.heightOf(paneLookup); got != fewestRows {
		t.Errorf("at the end the lookup has %d rows, want %d", got, fewestRows)
	}
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if s.heightOf(paneInspector) < fewestRows || s.heightOf(paneLog) < fewestRows {
		t.Errorf("on a small screen heights take the room from others:\n%s", s.text())
	}
	s.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	s.keys("|")
	if a, b, c := s.heightOf(paneInspector), s.heightOf(paneLookup), s.heightOf(paneLog); a != inspector || b != lookup || c != log {
		t.Errorf("| leads to %d %d %d, want %d %d %d", a, b, c, inspector, lookup, log)
	}
}

// TestColumn_TitlesStillAnswer: what can be clicked in a title that can be
// dragged.
func TestColumn_TitlesStillAnswer(t *testing.T) {
	s := playScreen(t, 120, 40) // the script stands above the inspector
	s.clickText(t, "links")
	if s.page != pageWays {
		t.Error("a click on a page does not turn to it")
	}
}
