package tui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// dressed is a screen that was asked to look like opts.
func dressed(opts Options) *screen {
	s := newScreen(120, 40, paperPicture(), nil)
	s.trip.finish()
	s.dress(newLook(&opts))
	s.dirty = true
	return s
}

func TestLook_ThemeOfTheFlagOrTheBackground(t *testing.T) {
	light := tea.BackgroundColorMsg{Color: color.White}
	auto, dark := dressed(Options{}), dressed(Options{Theme: "dark"})
	before := dark.View().Content
	if auto.View().Content != before {
		t.Error("on a dark background the dark theme is another one")
	}
	auto.Update(light)
	dark.Update(light)
	if auto.View().Content == before {
		t.Error("a light background changes nothing")
	}
	if dark.View().Content != before {
		t.Error("a light background changes a theme that was asked for")
	}
}

func TestLook_OfATerminalWithoutColours(t *testing.T) {
	for _, theme := range draw.ThemeNames() {
		s := dressed(Options{Theme: theme})
		s.Update(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
		if frame := s.View().Content; strings.Contains(frame, "38;2;") || strings.Contains(frame, "48;2;") {
			t.Errorf("%s has colours", theme)
		}
	}
}

func TestLook_CellAspect(t *testing.T) {
	tall := uv.CellSizeEvent{Width: 10, Height: 24}
	asked, told := dressed(Options{CellAspect: 1.5}), dressed(Options{})
	asked.Update(tall)
	told.Update(tall)
	if asked.look.aspect != 1.5 || told.look.aspect != 2.4 {
		t.Errorf("aspects are %v and %v, want 1.5 and 2.4", asked.look.aspect, told.look.aspect)
	}
	for _, odd := range []uv.CellSizeEvent{{}, {Width: 10}, {Width: 1, Height: 90}, {Height: 5}} {
		if told.Update(odd); told.look.aspect != 2.4 {
			t.Fatalf("a cell of %v gives %v", odd, told.look.aspect)
		}
	}
}

func TestProjector(t *testing.T) {
	s := dressed(Options{Projector: true})
	s.choose(ring.FromUint64(8))
	for _, detail := range []string{"Events", "m = 6", "successor ━━━"} {
		s.wantNot(t, detail)
	}
	s.want(t, "N8", "N56", "Lookup K54 from N8")
	s.keys("L")
	s.want(t, "Events", "m = 6", "successor ━━━")
}

// TestProjector_StatesHaveShapes of their own.
func TestProjector_StatesHaveShapes(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	for rank, state := range []observe.State{observe.StateJoining, observe.StateMember, observe.StateLeaving, observe.StateSilent, observe.StateDead, observe.StateLeft} {
		w.set(state, 0, rank)
	}
	shapes := make(map[string]observe.State)
	for state, in := range stateDots {
		var b strings.Builder
		for y := -4; y <= 4; y++ {
			for x := -4; x <= 4; x++ {
				if in(x, y, x*x+y*y) {
					b.WriteByte('o')
				} else {
					b.WriteByte(' ')
				}
			}
		}
		if other, ok := shapes[b.String()]; ok || !strings.Contains(b.String(), "o") {
			t.Errorf("%v has the shape of %v", observe.State(state), other)
		}
		shapes[b.String()] = observe.State(state)
	}
	s := newScreen(120, 40, w.picture(), nil)
	s.keys("L")
	if frame := s.text(); strings.ContainsAny(frame, "◌◇") {
		t.Errorf("there are glyphs beside the shapes:\n%s", frame)
	}
}

func TestLook_ThemesInTurn(t *testing.T) {
	s := dressed(Options{})
	seen := map[string]bool{}
	for range draw.ThemeNames() {
		s.keys("T")
		s.want(t, "theme = ")
		seen[s.look.name] = true
	}
	if len(seen) != len(draw.ThemeNames()) {
		t.Errorf("%d themes in turn", len(seen))
	}
	if s.look.name != draw.AutoTheme {
		t.Errorf("after all of them the theme is %s", s.look.name)
	}
}
