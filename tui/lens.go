package tui

import (
	"fmt"
	"math"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// lens magnifies an arc of the circle in place: its middle stays where it is,
// the arc takes most of the circle, and the rest stands close together opposite.
// So nothing is lost, and a peer is found where it was. The zero lens magnifies
// nothing.
type lens struct {
	middle float64 // in turns
	power  float64 // binary logarithm of the magnification, 0 or more
}

const (
	lensShare = 5.0 / 6 // of the circle for an arc that is small
	lensPower = 10      // at most
	lensTime  = 250 * time.Millisecond
)

// span is the part of the circle that is magnified, and share what it takes.
func (l lens) span() float64  { return math.Exp2(-l.power) }
func (l lens) share() float64 { return lensShare + (1-lensShare)*l.span() }

// turn returns where on the screen an identifier's turn is.
func (l lens) turn(t float64) float64 { return l.bend(t, l.span(), l.share()) }

// back returns the turn of the identifier at a turn on the screen.
func (l lens) back(t float64) float64 { return l.bend(t, l.share(), l.span()) }

// bend moves a turn so that the arc of span turns takes share of them.
func (l lens) bend(t, span, share float64) float64 {
	if l.power == 0 {
		return t
	}
	d := l.from(t)
	if out := math.Abs(d) - span/2; out > 0 {
		d = math.Copysign(share/2+out*(1-share)/(1-span), d)
	} else {
		d *= share / span
	}
	return wrap(l.middle + d)
}

// from is how far a turn is from the middle, from -1/2 to 1/2.
func (l lens) from(t float64) float64 { return wrap(t-l.middle+0.5) - 0.5 }

// wrap returns t as a turn, from 0 to 1.
func wrap(t float64) float64 { return t - math.Floor(t) }

// shows reports whether a turn is in the arc.
func (l lens) shows(t float64) bool { return math.Abs(l.from(t)) <= l.span()/2 }

// zoom is a lens that moves from one place to another.
type zoom struct {
	from, to lens
	elapsed  time.Duration
	selected ring.ID // that was looked for last
}

func (z *zoom) moving() bool { return z.elapsed < lensTime && z.from != z.to }

// at returns the lens as it is now.
func (z *zoom) at() lens {
	if !z.moving() {
		return z.to
	}
	p := float64(z.elapsed) / float64(lensTime)
	p *= p * (3 - 2*p)
	return lens{
		middle: wrap(z.from.middle + p*z.from.from(z.to.middle)),
		power:  z.from.power + p*(z.to.power-z.from.power),
	}
}

// magnify moves the lens to the arc round a turn, by a power of two more, or
// makes the arc that it shows larger by one.
func (m *Model) magnify(middle, by float64) tea.Cmd {
	from := m.zoom.at()
	to := lens{middle, max(0, min(m.zoom.to.power+by, lensPower))}
	if by < 0 {
		to.middle = from.middle
	}
	if from.power == 0 { // it has been nowhere yet
		from.middle = to.middle
	}
	m.zoom.from, m.zoom.to, m.zoom.elapsed = from, to, 0
	if m.noMotion {
		m.zoom.elapsed = lensTime
	}
	return m.animate()
}

// zoomBy magnifies the arc round the selected peer.
func (m *Model) zoomBy(by float64) tea.Cmd {
	if !m.has {
		return nil
	}
	return m.magnify(m.pic.Space.Turn(m.chosen), by)
}

// zoomOut shows the whole ring again.
func (m *Model) zoomOut() tea.Cmd { return m.magnify(0, -lensPower) }

// zoomAt magnifies the arc round what is drawn at a cell of the screen.
func (m *Model) zoomAt(x, y int, by float64) tea.Cmd {
	return m.magnify(m.zoom.at().back(m.ring.turnAt(x, y)), by)
}

// followSelection moves the lens along when somebody else is selected who is
// outside.
func (m *Model) followSelection() tea.Cmd {
	changed := m.chosen != m.zoom.selected
	m.zoom.selected = m.chosen
	turn := m.pic.Space.Turn(m.chosen)
	if !m.has || !changed || m.zoom.to.power == 0 || m.zoom.to.shows(turn) {
		return nil
	}
	return m.magnify(turn, 0)
}

func zoomKeys() []binding {
	zoomed := func(m *Model) bool { return m.zoom.to.power > 0 }
	return []binding{
		{keys: []string{"Z", "shift+up"}, show: "Z U", help: "magnify the arc round the selected peer, or less; so does the wheel", act: func(m *Model) tea.Cmd { return m.zoomBy(1) }},
		{keys: []string{"U", "shift+down"}, act: func(m *Model) tea.Cmd { return m.zoomBy(-1) }},
		{keys: []string{"0"}, show: "0", short: "whole ring", when: zoomed, help: "the whole ring again", act: (*Model).zoomOut},
	}
}

// lensMarks draws a stroke across the circle where the arc that is magnified
// ends.
func (f *ringFrame) lensMarks() {
	if f.lens.power == 0 {
		return
	}
	for _, side := range [...]float64{-0.5, 0.5} {
		turn := wrap(f.lens.middle + side*f.lens.share())
		at := func(t float64) (x, y float64) { return f.point(turn, 1+(12*t-6)/f.ry) }
		f.canvas.Curve(at, 12, draw.Pen{Level: draw.Node, Ink: draw.Accent})
	}
}

// lensCorner says in the left corner which arc is magnified, and how much.
func (f *ringFrame) lensCorner(y int) {
	if f.lens.power == 0 {
		return
	}
	end := func(side float64) string {
		return short(f.pic.Space, f.pic.Space.At(wrap(f.lens.middle+side*f.lens.span())))
	}
	x := f.r.Put(0, y, fmt.Sprintf("× %.1f", f.lens.share()/f.lens.span()), draw.Accent|draw.Bold)
	f.r.Put(x+1, y, fmt.Sprintf("%s to %s", end(-0.5), end(0.5)), draw.Accent)
}

func (f *ringFrame) turn(id ring.ID) float64 { return f.lens.turn(f.pic.Space.Turn(id)) }
