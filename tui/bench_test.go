package tui

import (
	"fmt"
	"testing"

	"chordscope/node/observe"
)

// halved is a ring of n peers in two sides.
func halved(n int) *observe.Picture {
	ids := spread(16, n)
	return parted(newWorld(16, 4, ids...).picture(), ids[:n/2], ids[n/2:])
}

// BenchmarkTrouble is the cost of finding the sides of a large partition.
func BenchmarkTrouble(b *testing.B) {
	pic := halved(200)
	for b.Loop() {
		new(trouble).find(pic)
	}
}

// BenchmarkFrame is the cost of drawing one frame of 200x60 cells anew.
func BenchmarkFrame(b *testing.B) {
	keyed := func(peers, keys int) *screen {
		w := newWorld(16, 4, spread(16, peers)...)
		return newScreen(200, 60, w.withKeys(manyKeys(w.space, keys)), nil)
	}
	for name, s := range map[string]*screen{
		"10 peers":             newScreen(200, 60, paperPicture(), nil),
		"64 peers":             newScreen(200, 60, newWorld(16, 4, spread(16, 64)...).picture(), nil),
		"200 peers":            newScreen(200, 60, newWorld(16, 4, spread(16, 200)...).picture(), nil),
		"1000 peers":           newScreen(200, 60, newWorld(16, 4, spread(16, 1000)...).picture(), nil),
		"200 peers, parted":    newScreen(200, 60, halved(200), nil),
		"24 peers, 5000 keys":  keyed(24, 5000),
		"64 peers, 10000 keys": keyed(64, 10_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.dirty = true
				s.View()
			}
		})
	}
}

// BenchmarkView is the cost of a frame of each view, and of the first one of a
// new picture, of which nothing is counted yet, at 1,000 peers.
func BenchmarkView(b *testing.B) {
	s := newScreen(200, 60, thousand(), nil)
	pictures := [2]pictureMsg{{s.pic}, {new(*s.pic)}}
	for i, v := range s.views {
		b.Run(v.name, func(b *testing.B) {
			s.turnView(i)
			for b.Loop() {
				s.dirty = true
				s.View()
			}
		})
		b.Run(v.name+", new picture", func(b *testing.B) {
			s.turnView(i)
			for i := 0; b.Loop(); i++ {
				s.Update(pictures[i%2])
				s.View()
			}
		})
	}
}

// BenchmarkRing is the cost of the ring alone, as wide as it gets in 200x60.
func BenchmarkRing(b *testing.B) {
	for _, n := range []int{8, 64, 512, 1000} {
		s := newScreen(200, 60, newWorld(16, 4, spread(16, n)...).picture(), nil)
		s.View()
		scene := ringScene{
			pic: s.pic, selected: s.selected(), floats: &s.floats, trouble: &s.trouble, aspect: usualAspect,
		}
		b.Run(fmt.Sprint(n, " peers"), func(b *testing.B) {
			for b.Loop() {
				s.surface.Resize(126, 56)
				s.ring.draw(s.surface.All(), scene)
			}
		})
	}
}

// thousand is a ring of 1,000 peers of which some have just died, with keys,
// lookups, messages and recoveries.
func thousand() *observe.Picture {
	w := newWorld(32, 4, spread(32, 1000)...)
	w.set(observe.StateDead, 0, 17, 400, 401)
	pic := w.withKeys(manyKeys(w.space, 2000))
	pic.Lookups, pic.Traffic = lookupsOf(32).Lookups, talk(44).Traffic
	me := pic.Peers[0]
	for i := range pic.Traffic {
		pic.Traffic[i].From, pic.Traffic[i].FromName = me.ID, me.Name
	}
	for range 16 {
		pic.Recoveries = append(pic.Recoveries, killed())
	}
	return pic
}

// BenchmarkPicture is the cost of a frame of a new picture, of which nothing
// is counted yet, on the page that lists keys.
func BenchmarkPicture(b *testing.B) {
	w := newWorld(16, 4, spread(16, 8)...)
	s := newScreen(200, 60, w.withKeys(manyKeys(w.space, 5000)), nil)
	s.turnPage(pageKeys)
	pictures := [2]pictureMsg{{s.pic}, {new(*s.pic)}}
	for i := 0; b.Loop(); i++ {
		s.Update(pictures[i%2])
		s.View()
	}
}
