package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// TestMatrix_CellsAreTheTruth compares the cells of every peer with its fingers'
// verdicts, on a ring where a third has just died.
func TestMatrix_CellsAreTheTruth(t *testing.T) {
	s := newScreen(200, 60, brokenPicture(), nil)
	s.showView("fingers")
	s.keys("f") // each finger a column of its own
	s.View()
	x := &s.matrix
	for _, r := range x.rows {
		p := &s.pic.Peers[r.peer]
		for c, got := range r.cells {
			want := truthNone
			if c < len(p.Fingers) {
				want = map[observe.Verdict]truth{observe.Right: truthRight, observe.Stale: truthStale, observe.Dead: truthDead}[p.Fingers[c].Verdict]
				if want == truthRight && p.Fingers[c].ID == p.ID {
					want = truthItself
				}
			}
			if got != want {
				t.Errorf("finger %d of %s is shown as %s, it is %s", c+1, p.Name, truthWords[got], truthWords[want])
			}
		}
		row := ""
		for _, l := range strings.Split(s.paneText(), "\n") {
			if strings.HasPrefix(strings.TrimLeft(l, "●○◐◌ "), p.Name+" ") {
				row = l
			}
		}
		dead := 0
		for _, c := range r.cells {
			if c == truthDead {
				dead++
			}
		}
		if n := strings.Count(row, "✕"); n != dead {
			t.Errorf("the row of %s has %d dead fingers, shown are %d: %s", p.Name, dead, n, row)
		}
	}
}

// TestMatrix_WordsOfTheCell: under the cursor a finger is said in words.
func TestMatrix_WordsOfTheCell(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.choose(ring.FromUint64(8))
	s.showView("fingers")
	s.want(t, "9→N14 ✓", "40→N42 ✓", "finger[6] of N8", "start 8 + 2^5 = 40", "interval [40, 8)", "N42 is right: the first member from the start on", "6")
	s.keys("left", "left")
	s.want(t, "finger[4] of N8", "start 8 + 2^3 = 16", "[16, 24)", "N21 is right")
	s.keys("down")
	s.want(t, "finger[4] of N14", "start 14 + 2^3 = 22", "N32 is right")
	s.keys("enter")
	if got := s.selected().Name; got != "N32" {
		t.Errorf("enter on a finger N32 selects %s", got)
	}
	s.zeroBased, s.dirty = true, true
	s.want(t, "finger[3] of N32")

	w := newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 3) // N21
	s = newScreen(120, 40, w.picture(), nil)
	s.choose(ring.FromUint64(8))
	s.showView("fingers")
	s.keys("e")
	s.want(t, "N21 is dead, should be N32")
	s.Update(pictureMsg{newWorld(6, 3, 8, 60).picture()})
	s.choose(ring.FromUint64(60))
	for range 3 {
		s.keys("left")
	}
	s.keys("right", "right", "right", "right", "right", "right")
	s.dirty = true
	s.want(t, "finger[6] of N60", "itself is right")
	s.keys("e")
	s.want(t, "every finger of every peer is right")
}

// TestMatrix_FoldsByTruth: on a wide ring the columns in which everybody should
// point at its successor are one, whatever they believe.
func TestMatrix_FoldsByTruth(t *testing.T) {
	w := newWorld(6, 4, paperRing...)
	w.space = ring.MustSpace(160)
	for i := range w.peers {
		w.peers[i].ID = w.space.At(float64(i) / 10)
	}
	pic := w.picture()
	spans := fingerSpans(pic, true)
	if len(spans) > 6 || spans[0].first != 1 || spans[0].last < 150 || spans[len(spans)-1].last != 160 {
		t.Fatalf("160 fingers of ten even peers are the columns %v", spans)
	}
	pic.Peers[3].Fingers[50].Verdict = observe.Stale
	if again := fingerSpans(pic, true); len(again) != len(spans) {
		t.Errorf("a stale finger makes %d columns of %d", len(again), len(spans))
	}
	if _, truth := spans[0].worst(&pic.Peers[3]); truth != truthStale {
		t.Errorf("a column with one stale finger is %s", truthWords[truth])
	}
	if n := len(fingerSpans(pic, false)); n != 160 {
		t.Errorf("unfolded there are %d columns", n)
	}
	for _, width := range []int{80, 120, 220} { // where they are dense, the number under the cursor is whole
		s := newScreen(width, 24, pic, nil)
		s.showView("fingers")
		s.keys("f")
		heads := strings.Split(s.paneText(), "\n")[2]
		if !strings.Contains(heads+" ", "160 ") {
			t.Errorf("at width %d the numbers are %q", width, heads)
		}
	}
}

// TestMatrix_ScrollsBothWays keeps the cursor in view at any size, and unfolded
// columns that do not fit can be reached.
func TestMatrix_ScrollsBothWays(t *testing.T) {
	w := newWorld(16, 4, spread(16, 300)...)
	w.set(observe.StateDead, 0, 150)
	s := newScreen(50, 24, w.picture(), nil)
	s.showView("fingers")
	s.keys("f")
	for _, rank := range []int{0, 299, 17, 160} {
		s.choose(s.pic.Peers[rank].ID)
		s.dirty = true
		if name := s.pic.Peers[rank].Name; !strings.Contains(s.paneText(), " "+name+" ") {
			t.Errorf("the row of %s is not in view:\n%s", name, s.paneText())
		}
	}
	s.View()
	s.Update(tea.MouseClickMsg{X: s.matrix.rail.Min.X, Y: s.matrix.rail.Max.Y - 1, Button: tea.MouseLeft})
	if i, _ := s.find(s.chosen); i < 280 {
		t.Errorf("a click at the end of the overview selects peer %d of 300", i)
	}
	s.View()
	at := s.matrix.grid.Min
	s.Update(tea.MouseClickMsg{X: at.X + 2*s.matrix.cell, Y: at.Y + 1, Button: tea.MouseLeft})
	if s.matrix.column() != s.matrix.left+2 || s.selected().Name != s.pic.Peers[s.matrix.rows[s.matrix.top+1].peer].Name {
		t.Errorf("a click into the third cell of the second row goes to column %d of %s", s.matrix.column(), s.selected().Name)
	}
	if x := &s.matrix; x.cell*len(x.spans) > 46 && x.left == 0 && x.column() == len(x.spans)-1 {
		t.Error("the last column is out of view")
	}
}
