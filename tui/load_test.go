package tui

import (
	"fmt"
	"strings"
	"testing"

	"chordscope/node/observe"
)

func TestLoad_BarsAreInProportion(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(numberedKeys(w.space, 15, 16, 17, 18, 19, 20, 22, 24, 9))
	s := newScreen(120, 40, pic, nil)
	s.showView("keys")
	s.want(t, "mean 0.9", "most 6 = 6.7 × mean")
	widest, most := 0, 0
	for _, p := range pic.Peers {
		l := loadLine(t, s, p.Name)
		own, copies := strings.Count(l, "━"), strings.Count(l, "─")
		if (own > 0) != (p.Owned > 0) || (copies > 0) != (p.Copies > p.Owned) {
			t.Errorf("%s owns %d of its %d keys, its bar is %s", p.Name, p.Owned, p.Copies, l)
		}
		if !strings.HasSuffix(strings.TrimSpace(l), fmt.Sprint(p.Owned)) {
			t.Errorf("%s owns %d keys, its row is %q", p.Name, p.Owned, l)
		}
		if p.Copies > most {
			widest, most = own+copies, p.Copies
		} else if own+copies > widest {
			t.Errorf("the bar of %s with %d copies is longer than one of %d", p.Name, p.Copies, most)
		}
	}
}

// loadLine returns the row of a peer.
func loadLine(t *testing.T, s *screen, name string) string {
	t.Helper()
	for _, l := range strings.Split(s.paneText(), "\n")[1:] { // without the heading
		if strings.HasPrefix(l, name+" ") {
			return l
		}
	}
	t.Fatalf("%s has no row:\n%s", name, s.text())
	return ""
}

func TestLoad_LeavesOutTheDead(t *testing.T) {
	w := newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 3)
	pic := w.withKeys(numberedKeys(w.space, 10, 24, 30))
	rows := loadRows(newScreen(120, 40, pic, nil).Model, 40)
	if want := 2 + len(pic.Peers) - 1; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, r := range rows {
		if strings.HasPrefix(r.parts[0].text, "N21") {
			t.Error("N21, which is dead, has a bar")
		}
	}
}

func TestLoad_KeepsHeadAndSelectedPeerInView(t *testing.T) {
	w := newWorld(16, 4, spread(16, 64)...)
	pic := w.withKeys(manyKeys(w.space, 500))
	s := newScreen(80, 24, pic, nil)
	s.showView("keys")
	for _, p := range []int{0, 31, 63} {
		s.choose(pic.Peers[p].ID)
		s.dirty = true
		s.want(t, "mean 7.8", "copies for others")
		if row := "\n" + pic.Peers[p].Name + " "; !strings.Contains(s.paneText(), row) {
			t.Errorf("the row of %s is not in view:\n%s", pic.Peers[p].Name, s.paneText())
		}
	}
}

func TestLoad_ClickSelects(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.showView("keys")
	s.clickText(t, "N56 ━")
	if got := s.selected().Name; got != "N56" {
		t.Errorf("a click on the bar of N56 selects %s", got)
	}
}

func TestLoad_HasItsOwnPlaceOnLargeScreens(t *testing.T) {
	for _, size := range [][2]int{{200, 60}, {260, 40}} { // with one column of panes, and two
		s := newScreen(size[0], size[1], keyedPicture(), nil)
		s.want(t, "[2, 3)", "Keys and load ─", "× mean")
		s.showView("keys")
		if n := strings.Count(s.text(), "× mean"); n != 1 {
			t.Errorf("the load is shown %d times", n)
		}
	}
	newScreen(200, 60, paperPicture(), nil).wantNot(t, "Keys and load ─")
}
