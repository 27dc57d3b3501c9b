package tui

import (
	"math"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

func TestTrip_TimeOutsHaveNoHopNumber(t *testing.T) {
	trip := newTrip(paperLookup())
	want := []leg{
		{from: ring.FromUint64(8), to: ring.FromUint64(42), hop: 1},
		{from: ring.FromUint64(42), to: ring.FromUint64(48), hop: 2, timeout: true},
		{from: ring.FromUint64(42), to: ring.FromUint64(51), hop: 2},
		{from: ring.FromUint64(51), to: ring.FromUint64(56), hop: 3},
	}
	if len(trip.legs) != len(want) {
		t.Fatalf("%d legs, want %d", len(trip.legs), len(want))
	}
	for i := range want {
		if trip.legs[i] != want[i] {
			t.Errorf("leg %d is %+v, want %+v", i, trip.legs[i], want[i])
		}
	}
}

func TestTrip_WithoutTraceFollowsThePath(t *testing.T) {
	l := paperLookup()
	l.Steps = nil
	trip := newTrip(l)
	if len(trip.legs) != 3 || trip.legs[2].to != ring.FromUint64(56) {
		t.Errorf("legs are %+v", trip.legs)
	}
}

func TestTrip_VisitsOneAfterTheOther(t *testing.T) {
	trip := newTrip(paperLookup())
	for i, want := range []int{1, 2, 2, 3, 4} { // the time-out reaches nobody
		trip.elapsed = 0
		for range i {
			trip.elapsed += trip.legTime()
		}
		if got := len(trip.visited()); got != want {
			t.Errorf("after %d legs %d peers are visited, want %d", i, got, want)
		}
	}
}

func TestTrip_OfNoLegsStandsStill(t *testing.T) {
	if trip := newTrip(observe.Lookup{Done: true}); trip.moving() || trip.duration() != 0 {
		t.Error("a lookup that its origin answered moves")
	}
}

func TestTrip_LongOnesDoNotTakeForever(t *testing.T) {
	var l observe.Lookup
	for i := range uint64(160) {
		l.Path = append(l.Path, ring.FromUint64(i))
	}
	if d := newTrip(l).duration(); d > longTrip {
		t.Errorf("160 hops take %v on the screen", d)
	}
}

// TestCircle checks that identifiers stand where they belong: 0 at the top,
// the others clockwise by their value, not by their rank.
func TestCircle(t *testing.T) {
	space := ring.MustSpace(6)
	c := fitCircle(60, 30, 4, labelGap, 2)
	for _, p := range []struct {
		id     uint64
		dx, dy float64 // of the radius
	}{
		{0, 0, -1}, {16, 1, 0}, {32, 0, 1}, {48, -1, 0}, {8, math.Sqrt2 / 2, -math.Sqrt2 / 2},
	} {
		x, y := c.point(space.Turn(ring.FromUint64(p.id)), 1)
		if math.Abs(x-c.cx-p.dx*c.rx) > 1e-9 || math.Abs(y-c.cy-p.dy*c.ry) > 1e-9 {
			t.Errorf("N%d stands at %v, %v", p.id, x, y)
		}
	}
}

// TestCircle_IsRound checks that the circle fits and is as high as wide on the
// screen, whatever the shape of a cell.
func TestCircle_IsRound(t *testing.T) {
	for _, aspect := range []float64{1.6, 2, 2.4} {
		for _, size := range [][2]int{{40, 12}, {80, 24}, {60, 50}, {200, 60}} {
			c := fitCircle(size[0], size[1], 5, labelGap, aspect)
			if wide, high := c.rx/2, c.ry/4*aspect; math.Abs(wide-high) > 1e-9 {
				t.Errorf("aspect %v, size %v: %v cells wide, %v high", aspect, size, wide, high)
			}
			if c.cx-c.rx < 0 || c.cy-c.ry < 0 {
				t.Errorf("aspect %v, size %v: the circle leaves its pane", aspect, size)
			}
		}
	}
}

func TestCircle_ChordsEndAtThePeers(t *testing.T) {
	c := fitCircle(100, 50, 4, labelGap, 2)
	for what, line := range map[string]func(from, to float64) (func(float64) (x, y float64), float64){"chord": c.chord, "leap": c.leap} {
		for _, turns := range [][2]float64{{0, 0.5}, {0.1, 0.12}, {0.9, 0.2}, {0.3, 0.3}} {
			at, length := line(turns[0], turns[1])
			for end, turn := range turns {
				x, y := at(float64(end))
				px, py := c.point(turn, 1)
				if math.Hypot(x-px, y-py) > 1e-9 {
					t.Errorf("%s %v ends at %v, %v", what, turns, x, y)
				}
			}
			if math.IsNaN(length) {
				t.Errorf("%s %v has no length", what, turns)
			}
		}
	}
}

// TestCircle_LeapsAreSeenBetweenNeighbours: keys that move to the next peer
// must leave the band along the circle.
func TestCircle_LeapsAreSeenBetweenNeighbours(t *testing.T) {
	c := fitCircle(100, 50, 4, labelGap, 2)
	at, _ := c.leap(0.25, 0.2501)
	x, y := at(0.5)
	if depth := 1 - math.Hypot((x-c.cx)/c.rx, (y-c.cy)/c.ry); depth < 0.2 || depth > 0.5 {
		t.Errorf("a leap to the next peer goes %v of the way to the centre", depth)
	}
}
