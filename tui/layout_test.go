package tui

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

var layoutAll = flag.Bool("layout.all", false, "draw every picture in every state at every size")

// sizes are those the layout changes at, those people have, and some others.
func sizes() [][2]int {
	list := [][2]int{
		{1, 1}, {2, 1}, {1, 30}, {220, 1}, {40, 10}, {39, 12}, {40, 11}, {40, 12}, {71, 18}, {72, 17}, {72, 18},
		{50, 70}, {80, 24}, {80, 29}, {80, 30}, {99, 30}, {100, 30}, {120, 40}, {200, 60}, {220, 24}, {220, 70},
		{3, 100}, {300, 3}, {40, 100}, {300, 12}, {300, 100},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 12 {
		list = append(list, [2]int{1 + r.IntN(220), 1 + r.IntN(70)})
	}
	return list
}

// wide is a picture of a ring whose names and numbers are as long as they get.
func wide() *observe.Picture {
	w := newWorld(6, 4, paperRing...)
	w.space = ring.MustSpace(160)
	for i := range w.peers {
		w.peers[i].ID = w.space.At(float64(i) / 10)
		w.peers[i].Name = "N" + w.space.Format(w.peers[i].ID)[:8]
	}
	return w.picture()
}

// TestLayout_EveryFrameFitsExactly draws everything at many sizes: each frame
// must have as many lines as the terminal, each as wide as it. Every picture is
// drawn in every state at the smallest size and at the usual one; at each of the
// others every picture and every state is drawn, in different company at each.
// The flag -layout.all draws all of all.
func TestLayout_EveryFrameFitsExactly(t *testing.T) {
	pictures := map[string]*observe.Picture{
		"empty": new(observe.Picture), "one": newWorld(16, 4, 4711).picture(), "paper": paperPicture(),
		"broken": brokenPicture(), "1000": newWorld(16, 4, spread(16, 1000)...).picture(), "wide": wide(),
		"keys": keyedPicture(), "bereft": bereft(500),
		"faults": faultyPicture(), "parted": partedPicture(),
		"talk": talk(20), "lookups": lookupsOf(40),
	}
	states := map[string]func(*screen){
		"plain":  func(*screen) {},
		"moving": func(s *screen) { s.Update(pictureMsg{paperPicture()}); s.trip.elapsed = s.trip.duration() / 2 },
		"help":   func(s *screen) { s.keys("?") },
		"prompt": func(s *screen) { s.keys(":"); s.Update(tea.PasteMsg{Content: strings.Repeat("日本 long ", 30)}) },
		"put": func(s *screen) {
			s.keys("p", "a", "tab")
			s.Update(tea.PasteMsg{Content: strings.Repeat("日本 long ", 30)})
		},
		"listed":   func(s *screen) { s.keys("t") },
		"load":     func(s *screen) { s.showView("keys") },
		"fingers":  func(s *screen) { s.showView("fingers") },
		"lookups":  func(s *screen) { s.showView("lookups") },
		"messages": func(s *screen) { s.showView("messages") },
		"convoy": func(s *screen) {
			for i := range s.pic.Peers {
				s.convoys = append(s.convoys, convoy{from: s.pic.Peers[0].ID, to: s.pic.Peers[i].ID, why: "repair", count: 123456})
			}
			s.advance(convoyTime / 2)
		},
		"projector": func(s *screen) { s.keys("L") },
		"magnified": func(s *screen) { s.keys("Z", "Z"); s.zoom.elapsed = lensTime / 2 },
		"ascii":     func(s *screen) { s.surface.Kind = draw.ASCII },
		"menu":      func(s *screen) { s.keys("F") },
		"line":      func(s *screen) { s.keys("F", "c") },
		"broken":    func(s *screen) { s.showView("recovery") },
		"kill":      func(s *screen) { s.keys("x") },
		"toast":     func(s *screen) { s.say(observe.Warning, strings.Repeat("a long message ", 20)) },
	}
	const every = 6 // of as many combinations one is drawn
	for n, size := range sizes() {
		all := *layoutAll || size == [2]int{minWidth, minHeight} || size == [2]int{80, 24}
		for i, picture := range slices.Sorted(maps.Keys(pictures)) {
			for j, state := range slices.Sorted(maps.Keys(states)) {
				if !all && (n+i+j)%every != 0 {
					continue
				}
				s := newScreen(size[0], size[1], pictures[picture], nil)
				states[state](s)
				s.dirty = true
				checkFrame(t, s, size, picture+", "+state)
			}
		}
		s := playScreen(t, size[0], size[1])
		checkFrame(t, s, size, "play")
	}
}

func checkFrame(t *testing.T, s *screen, size [2]int, what string) {
	t.Helper()
	lines := strings.Split(s.View().Content, "\n")
	if len(lines) != size[1] {
		t.Fatalf("%s at %v: %d lines", what, size, len(lines))
	}
	for y, l := range lines {
		if w := ansi.StringWidthWc(l); w != size[0] {
			t.Fatalf("%s at %v: line %d is %d cells wide: %q", what, size, y, w, ansi.Strip(l))
		}
	}
}

func TestLayout_TooSmallSaysWhatIsNeeded(t *testing.T) {
	s := newScreen(39, 12, paperPicture(), nil)
	s.want(t, "39 x 12", "40 x 12")
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.wantNot(t, "39 x 12")
	s.want(t, "N56")
}

// TestLayout_PartsDoNotOverlap checks the arrangement itself.
func TestLayout_PartsDoNotOverlap(t *testing.T) {
	for w := minWidth; w <= 220; w++ {
		for h := minHeight; h <= 70; h++ {
			for _, caption := range []int{0, 3} {
				l := arrange(w, h, needs{view: w%2 == 0, caption: caption, timeline: h % 3, split: w%5*8 - 16, aspect: 2})
				parts := append([]rect{l.header, l.main, l.ring, l.caption, l.timeline, l.status, l.footer}, l.columns...)
				for i, a := range parts {
					if a.w < 0 || a.h < 0 || a.x < 0 || a.y < 0 || a.x+a.w > w || a.y+a.h > h {
						t.Fatalf("%dx%d: part %d is %+v", w, h, i, a)
					}
					for j, b := range parts[i+1:] {
						if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
							t.Fatalf("%dx%d: parts %d %+v and %d %+v overlap", w, h, i, a, i+1+j, b)
						}
					}
				}
			}
		}
	}
}
