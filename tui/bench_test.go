package tui

import "testing"

// BenchmarkFrame is the cost of drawing one frame of 200x60 cells anew.
func BenchmarkFrame(b *testing.B) {
	for name, s := range map[string]*screen{
		"10 peers":  newScreen(200, 60, paperPicture(), nil),
		"64 peers":  newScreen(200, 60, newWorld(16, 4, spread(16, 64)...).picture(), nil),
		"200 peers": newScreen(200, 60, newWorld(16, 4, spread(16, 200)...).picture(), nil),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.dirty = true
				s.View()
			}
		})
	}
}
