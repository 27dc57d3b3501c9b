package tui

import (
	"math"
	"testing"

	"chordscope/node/ring"
)

func TestLens_MagnifiesInPlace(t *testing.T) {
	for _, power := range []float64{0, 0.5, 1, 3, lensPower} {
		for _, middle := range []float64{0, 0.25, 0.99} {
			l := lens{middle, power}
			if got := l.turn(middle); math.Abs(got-middle) > 1e-9 {
				t.Errorf("%+v: the middle stands at %v", l, got)
			}
			end := wrap(middle + l.span()/2*0.999)
			if got := l.from(l.turn(end)); power > 0 && math.Abs(got-l.share()/2) > 0.01 {
				t.Errorf("%+v: the arc ends %v from its middle, want %v", l, got, l.share()/2)
			}
			if !l.shows(end) || power > 0 && l.shows(wrap(middle+l.span()/2*1.001)) {
				t.Errorf("%+v does not show its arc and nothing else", l)
			}
		}
	}
}

// TestLens_KeepsTheOrder round the circle, and back gives what turn was given.
func TestLens_KeepsTheOrder(t *testing.T) {
	for _, l := range []lens{{}, {0.1, 1}, {0.9, 4}, {0.5, lensPower}} {
		last := -1.0
		for i := range 1000 {
			turn := wrap(l.middle - 0.5 + (float64(i)+0.5)/1000)
			at := wrap(l.turn(turn) - l.middle + 0.5)
			if at <= last {
				t.Fatalf("%+v: %v does not come after what is before it", l, turn)
			}
			last = at
			if got := l.back(l.turn(turn)); math.Abs(got-turn) > 1e-9 {
				t.Fatalf("%+v: %v comes back as %v", l, turn, got)
			}
		}
	}
}

func TestZoom_MovesAndEnds(t *testing.T) {
	s := newScreen(120, 40, newWorld(16, 4, spread(16, 200)...).picture(), nil)
	s.wantNot(t, "× 3.5")
	s.keys("Z", "Z")
	if !s.moving() {
		t.Fatal("the lens jumps")
	}
	s.zoom.elapsed = lensTime
	s.dirty = true
	if s.moving() {
		t.Error("the lens never comes to rest")
	}
	s.want(t, "× 3.5", "0 whole ring")
	for range 100 { // the lens follows who is selected
		s.keys("j")
		s.zoom.elapsed = lensTime
		if turn := s.pic.Space.Turn(s.chosen); !s.zoom.at().shows(turn) {
			t.Fatalf("%s is selected and not magnified", s.selected().Name)
		}
	}
	far := s.zoom.to
	far.middle = wrap(far.middle + 0.5)
	s.zoom.to = far // as the wheel does elsewhere
	s.Update(pictureMsg{s.pic})
	if s.zoom.to != far {
		t.Error("the lens goes back to who is selected by itself")
	}
	s.keys("j", "U")
	s.zoom.elapsed = lensTime
	s.dirty = true
	s.want(t, "× 1.8 ")
	s.keys("esc")
	s.zoom.elapsed = lensTime
	s.dirty = true
	s.wantNot(t, "× ")
}

func TestZoom_WithoutMotion(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.trip.finish()
	s.noMotion = true
	if s.keys("Z"); s.moving() || s.zoom.at().power != 1 {
		t.Errorf("the lens is %+v", s.zoom)
	}
}

// TestZoom_ShowsMore: of 200 peers none is a glyph, and of those magnified all.
func TestZoom_ShowsMore(t *testing.T) {
	s := newScreen(120, 40, newWorld(16, 4, spread(16, 200)...).picture(), nil)
	glyphs := func() (n int) {
		s.dirty = true
		s.View()
		for _, seat := range s.ring.seats {
			if seat.glyph {
				n++
			}
		}
		return n
	}
	if n := glyphs(); n != 0 {
		t.Errorf("%d of 200 peers are glyphs", n)
	}
	s.noMotion = true
	s.keys("Z", "Z", "Z")
	if n := glyphs(); n < 10 || n > glyphPeers {
		t.Errorf("%d peers in the arc are glyphs", n)
	}
}

func TestRing_TurnAt(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.View()
	for i, seat := range s.spots {
		want := s.pic.Space.Turn(s.pic.Peers[i].ID)
		if got := s.ring.turnAt(seat.x, seat.y); math.Abs(lens{middle: want}.from(got)) > 0.01 {
			t.Errorf("%s is seen at turn %v, want %v", s.pic.Space.Format(ring.ID(seat.id)), got, want)
		}
	}
}
