package figure

import (
	"fmt"
	"math"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// badgeRadius is the radius of the disc with a hop's number.
const badgeRadius = 9.0

// peerAt returns the peer of the Picture with an identifier, the live one if
// it has lived before, or nil.
func (d *drawing) peerAt(id ring.ID) (best *observe.Peer) {
	for i := range d.pic.Peers {
		if p := &d.pic.Peers[i]; p.ID == id && (best == nil || p.State.Live()) {
			best = p
		}
	}
	return best
}

// owner is the peer that the lookup has found, or nil.
func (d *drawing) owner() *observe.Peer {
	if l := d.Lookup; l != nil && l.Done && l.Failed == "" {
		return d.peerAt(l.Owner)
	}
	return nil
}

// hop is one hop of the lookup as it is drawn.
func (d *drawing) hop(i int) curve {
	l := d.Lookup
	return d.leap(d.turn(l.Path[i]), d.turn(l.Path[i+1]))
}

// lookup draws the way of the lookup: its hops, who was asked in vain, and the
// key.
func (d *drawing) lookup() {
	l := d.Lookup
	if l == nil {
		return
	}
	d.open("g", "class", "lookup")
	for _, s := range l.Steps {
		if s.Timeout && s.HasNext && s.Next != s.At {
			p := pen{d.path, 1.8, "2 4"}
			d.explain(aboutLookup, "asked in vain", func(x, y float64) { d.arrow(across(x, y), p) })
			d.between(d.leap(d.turn(s.At), d.turn(s.Next)), p)
		}
	}
	for i := range max(len(l.Path)-1, 0) {
		p := pen{d.path, 3.4, ""}
		d.explain(aboutLookup, "hop of the lookup", func(x, y float64) { d.arrow(across(x, y), p) })
		d.between(d.hop(i), p)
	}
	d.close("g")
}

// wanted marks the place of the key.
func (d *drawing) wanted(x, y float64) {
	d.empty("path", "d", diamond(x, y, 5.5), "fill", d.path, "stroke", d.paper)
}

// badges marks the key, and writes on each hop its number.
func (d *drawing) badges() {
	l := d.Lookup
	if l == nil {
		return
	}
	d.open("g", "class", "hops", "font-size", textFont-1, "font-weight", "bold", "text-anchor", "middle")
	d.explain(aboutLookup, "key that is looked up", d.wanted)
	x, y := d.point(d.turn(l.Key), -d.size-keyGap)
	d.wanted(x, y)
	x, y, w := d.inside(l.Key, l.KeyName)
	d.take(x, y, w, smallFont)
	d.note(x, y, l.KeyName, d.path)
	for i := range max(len(l.Path)-1, 0) {
		q := d.hop(i)
		x, y := d.badgePlace(q)
		mx, my := q.at(0.5)
		if math.Hypot(x-mx, y-my) > q.length()/2 {
			d.line(mx, my, x, y, "stroke", d.path)
		}
		d.badge(x, y, fmt.Sprint(i+1))
	}
	d.close("g")
}

// badgePlace finds room for a hop's number: on its line, else further inside
// the circle, where no other hop is near.
func (d *drawing) badgePlace(q curve) (x, y float64) {
	const across = 2*badgeRadius + 1
	for _, t := range [...]float64{0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8} {
		if x, y = q.at(t); d.take(x, y, across, across) {
			return x, y
		}
	}
	mx, my := q.at(0.5)
	for in := 0.1; in < 1; in += 0.1 {
		if x, y = mx+(d.cx-mx)*in, my+(d.cy-my)*in; d.take(x, y, across, across) {
			return x, y
		}
	}
	return mx, my
}

func (d *drawing) badge(x, y float64, number string) {
	d.empty("circle", "cx", x, "cy", y, "r", badgeRadius, "fill", d.path, "stroke", d.paper)
	d.text("text", number, "x", x, "y", y+middleShift*(textFont-1), "fill", d.paper)
}

// steps writes each hop with its reason into the column, from y on, and
// returns where they end.
func (d *drawing) steps(y float64) float64 {
	l := d.Lookup
	y = d.heading(y, "Lookup of "+l.KeyName+": "+outcome(l))
	const most = 12
	hop, lines := 0, 0
	for _, s := range l.Steps {
		if lines == most {
			d.text("text", "…", "x", columnLeft, "y", y, "fill", d.dim)
			return y + lineHeight
		}
		lines++
		way := s.AtName
		switch {
		case s.Timeout:
			way = fmt.Sprintf("%s asks %s in vain", s.AtName, s.NextName)
		case s.HasNext && hop+1 < len(l.Path) && s.Next == l.Path[hop+1]:
			hop++
			way = fmt.Sprintf("%s → %s", s.AtName, s.NextName)
			d.text("text", fmt.Sprint(hop), "x", columnLeft, "y", y, "fill", d.path, "font-weight", "bold")
		}
		d.text("text", way, "x", columnLeft+20, "y", y, "fill", d.path)
		y = d.wrapped(s.Why, columnLeft+20, y+lineHeight*0.8, columnWidth-20)
		y += lineHeight * 0.2
	}
	return y
}

func outcome(l *observe.Lookup) string {
	switch {
	case !l.Done:
		return "under way"
	case l.Failed != "":
		return "failed, " + l.Failed
	}
	return fmt.Sprintf("%s, %s", l.OwnerName, observe.Plural(l.Hops, "hop"))
}
