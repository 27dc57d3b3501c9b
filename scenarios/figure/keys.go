package figure

import (
	"math"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

const (
	namedKeys = 16  // up to here keys have their names
	dotKeys   = 240 // up to here each key is a dot; beyond, they are counted into strokes
	keyRadius = 3.0
	keyGap    = 8.0 // from a peer's mark to the keys inside the circle
)

// keys draws the keys along the inside of the circle, each where its
// identifier stands.
func (d *drawing) keys() {
	if !d.Keys || len(d.pic.Keys) == 0 {
		return
	}
	d.open("g", "class", "keys")
	if len(d.pic.Keys) > dotKeys {
		d.strokes()
	} else {
		for _, k := range d.pic.Keys {
			d.key(k)
		}
	}
	d.close("g")
}

func (d *drawing) key(k *observe.Datum) {
	x, y := d.point(d.turn(k.Key.ID), -d.size-keyGap)
	d.keyMark(k.State, x, y)
	d.explain(aboutKeys, keyWords[k.State], func(x, y float64) { d.keyMark(k.State, x, y) })
}

var keyWords = [...]string{
	observe.Healthy:         "key, with all its copies",
	observe.UnderReplicated: "key with too few copies",
	observe.Surplus:         "key with copies to spare",
	observe.Lost:            "key that is lost",
}

func (d *drawing) keyMark(s observe.KeyState, x, y float64) {
	d.open("g", "class", "key")
	switch s {
	case observe.Lost:
		d.cross(x, y, keyRadius, d.bad, 1.6)
	case observe.UnderReplicated:
		d.empty("circle", "cx", x, "cy", y, "r", keyRadius, "fill", d.paper, "stroke", d.warn, "stroke-width", 1.6)
	case observe.Surplus:
		d.empty("circle", "cx", x, "cy", y, "r", keyRadius-0.5, "fill", d.ink)
		d.empty("circle", "cx", x, "cy", y, "r", keyRadius+1.5, "fill", "none", "stroke", d.ink, "stroke-width", 0.8)
	default:
		d.empty("circle", "cx", x, "cy", y, "r", keyRadius, "fill", d.ink)
	}
	d.close("g")
}

// keyNames writes the names of few keys further inside, those that have room.
func (d *drawing) keyNames() {
	if !d.Keys || len(d.pic.Keys) > namedKeys {
		return
	}
	d.open("g", "class", "keynames", "font-size", smallFont, "fill", d.dim, "text-anchor", "middle")
	for _, k := range d.pic.Keys {
		if d.Lookup != nil && d.Lookup.Key == k.Key.ID {
			continue // it has its name from the lookup
		}
		x, y, w := d.inside(k.Key.ID, k.Name)
		if d.take(x, y, w, smallFont) {
			d.text("text", k.Name, "x", x, "y", y+middleShift*smallFont)
		}
	}
	d.close("g")
}

// inside is the middle of the place for a key's name, and its width.
func (d *drawing) inside(id ring.ID, name string) (x, y, w float64) {
	w = textWidth(name, smallFont) + 4
	turn := d.turn(id)
	x, y = d.point(turn, -d.size-keyGap-smallFont-w/2*math.Abs(math.Sin(2*math.Pi*turn)))
	return x, y, w
}

// strokes draws many keys: how many stand in each of equal stretches of the
// circle, as strokes towards the centre. Their lengths are in proportion, so
// the strokes are a histogram.
func (d *drawing) strokes() {
	const bins, longest = 180, 30.0
	var count [bins]int
	most := 0
	for _, k := range d.pic.Keys {
		b := int(d.turn(k.Key.ID) * bins)
		count[b]++
		most = max(most, count[b])
		if k.State != observe.Healthy && k.State != observe.Surplus {
			d.key(k)
		}
	}
	d.explain(aboutKeys, "number of keys on a stretch", func(x, y float64) {
		for i, h := range [...]float64{5, 11, 8} {
			d.line(x-5+5*float64(i), y-6, x-5+5*float64(i), y-6+h, "stroke", d.rule, "stroke-width", 3)
		}
	})
	for b, n := range count {
		if n == 0 {
			continue
		}
		turn := (float64(b) + 0.5) / bins
		x0, y0 := d.point(turn, -d.size-keyGap)
		x1, y1 := d.point(turn, -d.size-keyGap-max(longest*float64(n)/float64(most), 1))
		d.line(x0, y0, x1, y1, "stroke", d.rule, "stroke-width", max(2*math.Pi*d.r/bins*0.55, 1))
	}
}
