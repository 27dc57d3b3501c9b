package tui

import (
	"testing"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// TestFaultMenu_Lines: each key of the menu stands for a line, which is shown,
// and asks before it harms.
func TestFaultMenu_Lines(t *testing.T) {
	for _, c := range []struct {
		key, line string
		asks      bool
	}{
		{"z", "freeze N8", true},
		{"x", "kill N8", true},
		{"c", "cut N8 <-> N14", true},
		{"d", "delay N8 <-> N14 200ms", true},
		{"o", "drop N8 <-> N14 30%", true},
		{"e", "reset N8 <-> N14", true},
		{"p", "partition N8 N14 N21 N32 N38 | rest", true},
		{"f", "poison N8.finger[6] = N14", true},
		{"s", "poison N8.successor = N21", true},
		{"u", "churn 30s join=20 leave=10 kill=10", true},
		{"g", "registry down", true},
		{"h", "heal", false},
		{"m", "merge", false},
	} {
		s := newScreen(120, 40, paperPicture(), nil)
		s.choose(ringID(8))
		s.keys("F")
		s.want(t, c.line)
		s.keys(c.key)
		if c.asks {
			s.noOrder(t)
			s.want(t, c.line)
			s.keys("esc")
			s.noOrder(t)
			s.keys("F", c.key, "enter")
		}
		s.wantOrder(t, c.line)
		if s.dialog != nil {
			t.Errorf("%s leaves a dialog open", c.key)
		}
		if _, err := scenarios.Parse("test", []byte(c.line+"\n")); err != nil {
			t.Errorf("%s: %v", c.line, err)
		}
	}
}

func TestFaultMenu_LineCanBeEdited(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("F", "c", "backspace", "1", "4", "enter")
	s.wantOrder(t, "cut N1 <-> N14")
}

func TestFaultMenu_OffersWhatMakesSense(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("F")
	s.want(t, "registry down", "freeze N1")
	for _, no := range []string{"thaw", "restart", "registry up"} {
		s.wantNot(t, no)
	}
	s = newScreen(120, 40, faultyPicture(), nil)
	s.choose(ringID(21))
	s.keys("F")
	s.want(t, "thaw N21", "registry up")
	s.wantNot(t, "freeze N21")
	s = newScreen(120, 40, newWorld(6, 3, 8).picture(), nil)
	s.keys("F")
	for _, no := range []string{"cut", "partition N", "poison"} {
		s.wantNot(t, no)
	}
	s.keys("c") // what is not offered does nothing
	s.noOrder(t)
	if s.dialog != nil {
		t.Error("a dialog is open")
	}
}

func TestFaultMenu_PoisonIsNumberedAsShown(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	zeroBased := scenarios.DefaultSettings()
	zeroBased.ZeroBased = true
	s.Update(settingsMsg(zeroBased))
	s.choose(ringID(8))
	s.keys("F", "f", "enter")
	s.wantOrder(t, "poison N8.finger[5] = N14")
}

func TestFreeze_AsksOnceAndThawDoesNot(t *testing.T) {
	s := newScreen(120, 40, faultyPicture(), nil)
	s.keys("z")
	s.noOrder(t)
	s.want(t, "freeze N1?")
	s.keys("z")
	s.wantOrder(t, "freeze N1")
	s.choose(ringID(21))
	s.keys("z")
	s.wantOrder(t, "thaw N21")
	s = newScreen(120, 40, nil, nil)
	s.keys("z")
	s.want(t, "no peer is alive")
}

func TestHeal_IsOfferedWhileLinksAreBad(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.wantNot(t, "h heal")
	s.Update(pictureMsg{faultyPicture()})
	s.want(t, "h heal")
	s.clickText(t, "h heal ")
	s.wantOrder(t, "heal")
}

// TestRun_IsShownUntilItEnds: a line that takes long, as churn does, is not
// forgotten.
func TestRun_IsShownUntilItEnds(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("F", "u")
	if cmd := s.keys("enter"); cmd != nil {
		t.Error("something is to happen after a while")
	}
	s.want(t, "· churn 30s join=20 leave=10 kill=10 …")
	s.Update(orderDoneMsg{line: "churn 30s join=20 leave=10 kill=10", result: scenarios.Result{OK: true, Text: "12 events"}})
	s.want(t, "✓ 12 events")
	s.Update(toastEnds{s.toast.id})
	s.wantNot(t, "12 events")
}

// TestRestart_RemembersTheDead: a crashed peer can be restarted when the
// picture does not show it any more.
func TestRestart_RemembersTheDead(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("R")
	s.noOrder(t)
	s.want(t, "no peer has crashed")
	s.Update(pictureMsg{newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 1, 4).picture()})
	s.choose(ringID(8))
	s.keys("R")
	s.wantOrder(t, "restart N8")
	s.Update(pictureMsg{newWorld(6, 3, 1, 14, 21).picture()})
	s.keys("R")
	s.wantOrder(t, "restart N32")
	s.Update(pictureMsg{newWorld(6, 3, 1, 14, 21, 32).picture()})
	s.keys("R")
	s.wantOrder(t, "restart N8")
	s.Update(pictureMsg{newWorld(6, 3, 1, 8, 14, 21, 32).picture()})
	s.keys("R")
	s.noOrder(t)
}
