package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chordscope/node/ring"
	"chordscope/tui/draw"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// TestGolden compares whole screens of fixed pictures, as text, with those in
// testdata. After a wanted change: go test ./tui -run Golden -update
func TestGolden(t *testing.T) {
	screens := map[string]func(w, h int) *screen{
		"paper": func(w, h int) *screen {
			s := newScreen(w, h, paperPicture(), nil)
			s.trip.finish()
			s.choose(ring.FromUint64(8))
			return s
		},
		"broken": func(w, h int) *screen { return newScreen(w, h, brokenPicture(), nil) },
		"play":   func(w, h int) *screen { return playScreen(t, w, h) },
		"keys": func(w, h int) *screen {
			s := newScreen(w, h, keyedPicture(), nil)
			s.choose(ring.FromUint64(32))
			s.page = pageKeys
			return s
		},
		"load": func(w, h int) *screen {
			s := newScreen(w, h, bereft(2000), nil)
			s.showView("keys")
			return s
		},
		"fingers": func(w, h int) *screen {
			s := newScreen(w, h, brokenPicture(), nil)
			s.showView("fingers")
			return s
		},
		"lookups": func(w, h int) *screen {
			s := newScreen(w, h, lookupsOf(40), nil)
			s.showView("lookups")
			s.keys("down")
			return s
		},
		"messages": func(w, h int) *screen { return talking(w, h, 6) },
		"recovery": func(w, h int) *screen {
			s := newScreen(w, h, faultyPicture(), nil)
			s.showView("recovery")
			return s
		},
		"faults": func(w, h int) *screen { return newScreen(w, h, faultyPicture(), nil) },
		"parted": func(w, h int) *screen { return newScreen(w, h, partedPicture(), nil) },
		"many":   func(w, h int) *screen { return newScreen(w, h, newWorld(16, 4, spread(16, 200)...).picture(), nil) },
	}
	for name, open := range map[string]func(w, h int) *screen{"block": screens["keys"], "ascii": screens["paper"]} {
		kind, err := draw.ParseKind(name)
		if err != nil {
			t.Fatal(err)
		}
		screens[name] = func(w, h int) *screen {
			s := open(w, h)
			s.surface.Kind = kind
			return s
		}
	}
	for name, open := range screens {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			file := filepath.Join("testdata", fmt.Sprintf("%s-%dx%d.txt", name, size[0], size[1]))
			s := open(size[0], size[1])
			s.dirty = true
			compareGolden(t, file, trimmed(s.text()))
		}
	}
}

// trimmed is a frame without blanks at the ends of its lines.
func trimmed(frame string) string {
	lines := strings.Split(frame, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: the screen is\n%s\nwant\n%s", file, got, want)
	}
}
