package tui

import (
	"math"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// trip is a lookup on its way over the screen. The lookup itself was over in
// milliseconds; the trip shows its hops one after the other.
type trip struct {
	lookup  observe.Lookup
	legs    []leg
	elapsed time.Duration // since the trip began
}

// leg is one question of a lookup, from the peer whose table named the next
// one to that one.
type leg struct {
	from, to ring.ID
	hop      int  // its number, from 1; a time-out has that of the hop it delayed
	timeout  bool // nobody answered
}

const (
	legTime  = 550 * time.Millisecond
	longTrip = 5 * time.Second // at most, whatever the number of legs
)

// newTrip returns the trip of a lookup from its beginning.
func newTrip(l observe.Lookup) *trip {
	t := &trip{lookup: l}
	hop := 1
	for _, s := range l.Steps {
		if !s.HasNext || s.Next == s.At {
			continue
		}
		t.legs = append(t.legs, leg{from: s.At, to: s.Next, hop: hop, timeout: s.Timeout})
		if !s.Timeout {
			hop++
		}
	}
	if hop == 1 { // no trace of it came with the result
		for i := 1; i < len(l.Path); i++ {
			t.legs = append(t.legs, leg{from: l.Path[i-1], to: l.Path[i], hop: i})
		}
	}
	return t
}

// legTime is how long one leg takes on the screen.
func (t *trip) legTime() time.Duration {
	return min(legTime, longTrip/time.Duration(max(len(t.legs), 1)))
}

// moving reports whether the trip is still under way.
func (t *trip) moving() bool {
	return t.elapsed < t.duration()
}

// duration is how long the whole trip takes.
func (t *trip) duration() time.Duration { return t.legTime() * time.Duration(len(t.legs)) }

// finish shows the whole way at once.
func (t *trip) finish() { t.elapsed = t.duration() }

// at returns the leg under way and how much of it is done, from 0 to 1. It
// starts and stops gently.
func (t *trip) at() (leg int, part float64) {
	lt := t.legTime()
	part = float64(t.elapsed%lt) / float64(lt)
	return int(t.elapsed / lt), part * part * (3 - 2*part)
}

// visited returns the peers that the trip has reached until now.
func (t *trip) visited() []ring.ID {
	ids := []ring.ID{t.lookup.Origin}
	current, _ := t.at()
	for _, l := range t.legs[:min(current, len(t.legs))] {
		if !l.timeout {
			ids = append(ids, l.to)
		}
	}
	return ids
}

// drawTrip draws the legs that are done, the one under way up to its comet,
// and the key's mark.
func (f *ringFrame) drawTrip() {
	current, part := f.trip.at()
	for i, l := range f.trip.legs {
		if i > current || i == current && part == 0 {
			return
		}
		at, length := f.chord(f.turn(l.from), f.turn(l.to))
		pen := draw.Pen{Level: draw.Way, Ink: draw.Path | draw.Bold}
		if l.timeout {
			pen = draw.Pen{Level: draw.Way, Ink: draw.Bad, On: 1, Off: 2}
		}
		if i < current {
			f.line(at, length, pen)
			if !l.timeout {
				f.arrow(at, length, pen.Ink)
			}
			continue
		}
		f.line(func(t float64) (x, y float64) { return at(t * part) }, length*part, pen)
		f.comet(at, length, part)
	}
}

// olderTrips is how many lookups before the last one are still seen.
const olderTrips = 2

// olderPens are fainter the older a lookup is.
var olderPens = [olderTrips]draw.Pen{
	{Level: draw.Chord, Ink: draw.Path | draw.Faint, On: 5, Off: 3},
	{Level: draw.Chord, Ink: draw.Path | draw.Faint, On: 1, Off: 3},
}

// drawOlder draws the whole way of a lookup before the last one.
func (f *ringFrame) drawOlder(t *trip, age int) {
	for _, l := range t.legs {
		if !l.timeout {
			at, length := f.chord(f.turn(l.from), f.turn(l.to))
			f.line(at, length, olderPens[age])
		}
	}
}

// olderThan returns the lookups before a trip that somebody asked for and that
// were not put away, newest first. Those of puts are no questions of anybody.
func (m *Model) olderThan(t *trip) []*trip {
	var list []*trip
	for i := len(m.pic.Lookups) - 1; i >= 0 && len(list) < olderTrips; i-- {
		l := &m.pic.Lookups[i]
		if l.Done && l.For != "put" && l.Number < t.lookup.Number && l.Number > m.putAway {
			list = append(list, newTrip(*l))
		}
	}
	return list
}

// arrow draws a solid head at the end of a way, clear of the peer's glyph.
func (f *ringFrame) arrow(at func(float64) (x, y float64), length float64, ink draw.Ink) {
	const clear = 5                   // dots before the peer
	long := max(3, min(f.ry/14, 5.5)) // of the head, in dots
	half := long * 0.45
	x, y := at(max(1-clear/length, 0))
	bx, by := at(max(1-(clear+long)/length, 0))
	back := math.Atan2(by-y, bx-x)
	sin, cos := math.Sincos(back)
	pen := draw.Pen{Level: draw.Way, Ink: ink}
	for d := 0.0; d <= long; d += 0.5 {
		w := half * d / long
		side := func(t float64) (float64, float64) {
			s := w * (2*t - 1)
			return x + cos*d - sin*s, y + sin*d + cos*s
		}
		f.canvas.Curve(side, 2*w, pen)
	}
}

// comet draws the travelling lookup: a head of two dots square and a tail.
func (f *ringFrame) comet(at func(float64) (x, y float64), length, part float64) {
	pen := draw.Pen{Level: draw.Head, Ink: draw.Comet | draw.Bold}
	tail := min(part, 14/max(length, 1))
	f.canvas.Curve(func(t float64) (x, y float64) { return at(part - tail + tail*t) }, tail*length, pen)
	x, y := at(part)
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			f.canvas.Dot(int(x)+dx, int(y)+dy, pen)
		}
	}
}

// tripMarks writes the hops' numbers, a cross on each time-out, and the key.
func (f *ringFrame) tripMarks() {
	current, _ := f.trip.at()
	for _, l := range f.trip.legs[:min(current, len(f.trip.legs))] {
		at, _ := f.chord(f.turn(l.from), f.turn(l.to))
		x, y := cell(at(0.5))
		text, ink := strconv.Itoa(l.hop), draw.Path|draw.Bold|draw.Reverse
		if l.timeout {
			text, ink = "✕", draw.Bad|draw.Bold
		}
		f.write(x, y, text, ink)
	}
	key := f.trip.lookup.Key
	f.outside(f.turn(key), 0, keyName(f.pic, &f.trip.lookup), draw.Path)
	for _, scale := range [...]float64{1, 1 - 5/f.ry, 1 - 10/f.ry} {
		x, y := cell(f.point(f.turn(key), scale))
		if !f.taken.has(x, y) {
			f.glyph(x, y, "◆", draw.Path|draw.Bold)
			break
		}
	}
}

// again shows the last lookup's way once more.
func (m *Model) again() tea.Cmd {
	if m.trip == nil {
		return nil
	}
	m.trip.elapsed, m.noTrip = 0, false
	return m.animate()
}
