package tui

import (
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// inkAt returns with which ink the circle is drawn at an identifier.
func inkAt(s *screen, id uint64, out float64) draw.Ink {
	s.dirty = true
	s.View()
	c := s.ring.circle
	x, y := cell(c.point(s.pic.Space.Turn(ring.FromUint64(id)), 1+out/c.ry))
	return s.ring.canvas.Ink(x, y)
}

// TestRanges: N32 owns (21, 32] and keeps copies of (8, 21], as k is 3.
func TestRanges(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.choose(ring.FromUint64(32))
	for id, want := range map[uint64]draw.Ink{26: draw.Accent, 29: draw.Accent, 17: draw.Good, 35: draw.Good} {
		if got := inkAt(s, id, 0); got != want {
			t.Errorf("at %d the circle has ink %d, want %d", id, got, want)
		}
	}
	dashes := func(from, to uint64) (n int) {
		for id := from; id < to; id++ {
			if inkAt(s, id, 3.5) == draw.Accent {
				n++
			}
		}
		return n
	}
	if in, out := dashes(10, 20), dashes(40, 60); in < 5 || out != 0 {
		t.Errorf("of the copies' range %d places are marked, of others %d", in, out)
	}
	s.choose(ring.FromUint64(1))
	if got := inkAt(s, 26, 0); got != draw.Good {
		t.Errorf("N1's range is drawn where it is not: %d", got)
	}
}

func TestRanges_AWrongPredecessorIsSeen(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).picture()
	p := &pic.Peers[rankOf(pic, 32)]
	p.Predecessor.Verdict = observe.Stale
	s := newScreen(120, 40, pic, nil)
	s.choose(p.ID)
	found := false
	for id := uint64(22); id < 32; id++ {
		found = found || inkAt(s, id, 0) == draw.Warn
	}
	if !found {
		t.Error("a range by a stale predecessor looks like any other")
	}
}

// TestOlderLookups are seen until somebody puts them away, and no more than two.
func TestOlderLookups(t *testing.T) {
	pic := paperPicture()
	for n := uint64(2); n <= 5; n++ {
		l := paperLookup()
		l.Number = n
		if n == 4 {
			l.For = "put"
		}
		pic.Lookups = append(pic.Lookups, l)
	}
	s := newScreen(120, 40, pic, nil)
	older := s.olderThan(s.trip)
	if len(older) != 2 || older[0].lookup.Number != 3 || older[1].lookup.Number != 2 {
		t.Fatalf("%d older ones", len(older))
	}
	s.keys("esc")
	l := paperLookup()
	l.Number = 6
	next := *pic
	next.Lookups = append(next.Lookups, l)
	s.Update(pictureMsg{&next})
	if older := s.olderThan(s.trip); s.trip.lookup.Number != 6 || len(older) != 0 {
		t.Errorf("after esc %d older ones are seen", len(older))
	}
}
