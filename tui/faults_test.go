package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// sidesText writes sides as "1 8 | 14".
func sidesText(sides [][]ring.ID) string {
	var list []string
	for _, side := range sides {
		var ids []string
		for _, id := range side {
			ids = append(ids, ring.MustSpace(6).Format(id))
		}
		list = append(list, strings.Join(ids, " "))
	}
	return strings.Join(list, " | ")
}

func TestSides(t *testing.T) {
	ids := func(v ...uint64) []uint64 { return v }
	ten := func() *observe.Picture { return newWorld(6, 3, paperRing...).picture() }
	oneWay := parted(ten(), ids(1, 8, 14, 21, 32), ids(38, 42, 48, 51, 56))
	for i, f := range oneWay.Faults { // N1 still reaches N56, so they are not apart
		if f.FromName == "N1" && f.ToName == "N56" {
			oneWay.Faults = append(oneWay.Faults[:i:i], oneWay.Faults[i+1:]...)
			break
		}
	}
	late := parted(ten(), ids(1, 8, 14, 21), ids(38, 42, 48, 51, 56)) // N32 joined later
	star := ten()
	fault(star, 1, 8, aCut)
	fault(star, 8, 1, aCut)
	slow := ten()
	for _, to := range paperRing[1:] {
		fault(slow, 1, to, aDelay)
		fault(slow, to, 1, aDelay)
	}
	for name, c := range map[string]struct {
		pic  *observe.Picture
		want string
	}{
		"none":     {ten(), ""},
		"halves":   {parted(ten(), ids(1, 8, 14, 21, 32), ids(38, 42, 48, 51, 56)), "1 8 14 21 32 | 38 42 48 51 56"},
		"mixed":    {parted(ten(), ids(1, 14, 32, 42, 51), ids(8, 21, 38, 48, 56)), "1 14 32 42 51 | 8 21 38 48 56"},
		"three":    {parted(ten(), ids(1, 8), ids(14, 21, 32), ids(38, 42, 48, 51, 56)), "1 8 | 14 21 32 | 38 42 48 51 56"},
		"one way":  {oneWay, ""},
		"late":     {late, "1 8 14 21 | 38 42 48 51 56"},
		"one link": {star, ""},
		"slow":     {slow, ""},
	} {
		var got trouble
		got.find(c.pic)
		if text := sidesText(got.sides); text != c.want {
			t.Errorf("%s: the sides are %q, want %q", name, text, c.want)
		}
		if c.want != "" && len(got.links) > 0 {
			t.Errorf("%s: the partition leaves %d links unexplained", name, len(got.links))
		}
	}
}

func TestTrouble_LinksBothWaysAreOne(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).picture()
	fault(pic, 1, 8, aCut)
	fault(pic, 8, 1, aCut)
	fault(pic, 14, 21, aDelay)
	fault(pic, 21, 14, aStall)
	var tr trouble
	tr.find(pic)
	var got []string
	for i := range tr.links {
		got = append(got, tr.links[i].ends())
	}
	if text := strings.Join(got, ", "); text != "N1 ↔ N8, N14 → N21, N21 → N14" {
		t.Errorf("the links are %s", text)
	}
}

func TestTrouble_IsGoneWhenHealed(t *testing.T) {
	s := newScreen(120, 40, partedPicture(), nil)
	s.want(t, "A side of 6: N1 N38", "B side of 4: N8 N14", "N14 → N32  cut", "h heal ", "2 sides, 1 cut")
	s.Update(pictureMsg{newWorld(6, 3, paperRing...).picture()})
	for _, gone := range []string{"side", "cut", "h heal", "Faults ─"} {
		s.wantNot(t, gone)
	}
	if ring := s.ringText(); strings.Count(ring, "●") != 10 { // nine that are not selected, and the legend
		t.Errorf("members are not drawn as such after the partition:\n%s", ring)
	}
}

func TestFaults_AreToldAndDrawn(t *testing.T) {
	s := newScreen(120, 50, faultyPicture(), nil)
	s.want(t, "N1 ↔ N38  cut", "N42 → N56  delay", "N14 ↔ N51  ", "N21  frozen", "registry  down", "4 faults")
	ring := s.ringText()
	for _, glyph := range []string{"╳", "◔", "%", "■"} {
		if !strings.Contains(ring, glyph) {
			t.Errorf("the ring has no %s:\n%s", glyph, ring)
		}
	}
	s.choose(ringID(21))
	s.dirty = true
	s.want(t, "■ frozen  for", "pid 4711")
	s.clickText(t, "N42 → N56")
	if got := s.selected().Name; got != "N42" {
		t.Errorf("a click on a fault selects %s, want N42", got)
	}
}

// TestFaults_ManyLinks: of very many links only the selected peer's are drawn,
// and the pane stays short.
func TestFaults_ManyLinks(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).picture()
	for _, from := range paperRing {
		for _, to := range paperRing {
			if from < to {
				fault(pic, from, to, aStall)
			}
		}
	}
	s := newScreen(120, 40, pic, nil)
	s.want(t, "… and 37 links more", "45 lossy")
	if n := len(s.ring.links); n != 9 {
		t.Errorf("%d links are drawn, want the 9 of the selected peer", n)
	}
	s.Update(pictureMsg{faultyPicture()})
	s.View()
	if n := len(s.ring.links); n != 3 {
		t.Errorf("%d links are drawn, want all 3", n)
	}
}

func ringID(v uint64) ring.ID { return ring.FromUint64(v) }

func TestFaults_OwnProcessHasNoPID(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).picture()
	s := newScreen(120, 40, nil, nil)
	pic.Peers[0].PID = s.pid
	s.Update(pictureMsg{pic})
	s.wantNot(t, "pid")
}
