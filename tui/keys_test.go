package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
)

func TestKill_AsksOnce(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.choose(ring.FromUint64(8))
	s.keys("x")
	s.want(t, "kill N8?")
	s.noOrder(t)
	s.keys("esc")
	s.wantNot(t, "kill N8?")
	s.keys("x", "q") // any other key declines, and does nothing else
	s.noOrder(t)
	s.keys("x", "x")
	if o := s.order(t); o.kind != orderRun || o.line != "kill N8" {
		t.Errorf("the order is %+v", o)
	}
	s.noOrder(t)
}

func TestLeave_AsksOnce(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("l")
	s.want(t, "leave N1?")
	s.keys("enter")
	if o := s.order(t); o.line != "leave N1" {
		t.Errorf("the order is %+v", o)
	}
}

func TestKill_NeedsALivePeer(t *testing.T) {
	s := newScreen(120, 40, nil, nil)
	s.keys("x", "x")
	s.noOrder(t)
	s.want(t, "no peer is alive")
}

// TestBreak_GoesOnFromTheDead to the next peer, which the question names.
func TestBreak_GoesOnFromTheDead(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 0, 1).picture()
	for key, line := range map[string]string{"x": "kill N14", "l": "leave N14", "z": "freeze N14"} {
		s := newScreen(120, 40, pic, nil)
		s.keys(key)
		s.noOrder(t)
		s.want(t, line+"?")
		s.keys(key)
		s.wantOrder(t, line)
	}
}

func TestAdd(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("a")
	if o := s.order(t); o.line != "join 1" {
		t.Errorf("the order is %+v", o)
	}
	s.Update(orderDoneMsg{line: "join 1", result: scenarios.Result{OK: true, Text: "N26 joined"}})
	s.want(t, "N26 joined", "`join 1`")
}

func TestLookup_Prompt(t *testing.T) {
	for typed, want := range map[string]string{
		"K54":     "lookup K54 from N8",
		"k54":     "lookup K54 from N8",
		"K64":     `lookup "K64" from N8`, // not an identifier of 6 bits
		"apple":   `lookup "apple" from N8`,
		`a "b" c`: `lookup "a \"b\" c" from N8`,
		"Kiwi":    `lookup "Kiwi" from N8`,
	} {
		s := newScreen(120, 40, paperPicture(), nil)
		s.choose(ring.FromUint64(8))
		s.keys("/")
		s.want(t, "look up from N8:")
		s.keys(strings.Split(typed, "")...)
		s.want(t, typed)
		s.keys("enter")
		if o := s.order(t); o.line != want {
			t.Errorf("%s gives %s, want %s", typed, o.line, want)
		}
	}
}

func TestPrompt_Edits(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys(":", "j", "o", "x", "backspace", "i", "n", "space", "3", "q") // q is a letter here
	s.keys("backspace")
	s.keys("left", "delete", "4", "left")
	s.Update(tea.PasteMsg{Content: "\n1"})
	s.keys("enter")
	if o := s.order(t); o.line != "join  14" {
		t.Errorf("the order is %+v", o)
	}
	s.keys(":", "j", "esc")
	s.noOrder(t)
	s.keys(":", "enter")
	s.noOrder(t)
}

func TestQuit(t *testing.T) {
	for _, keys := range [][]string{{"q"}, {"ctrl+c"}, {":", "ctrl+c"}, {"?", "ctrl+c"}} {
		s := newScreen(80, 24, paperPicture(), nil)
		cmd := s.keys(keys...)
		if cmd == nil {
			t.Fatalf("%v gives no command", keys)
		}
		if _, ok := cmd().(tea.QuitMsg); !ok {
			t.Errorf("%v does not quit", keys)
		}
	}
}

// TestQuit_RightAfterEscape: a terminal sends esc and q, typed fast, as alt+q.
func TestQuit_RightAfterEscape(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("?")
	_, cmd := s.Update(tea.KeyPressMsg{Code: 'q', Mod: tea.ModAlt})
	if s.dialog != nil {
		t.Error("the dialog is still open")
	}
	if cmd == nil {
		t.Fatal("q was not taken")
	}
	if _, quits := cmd().(tea.QuitMsg); !quits {
		t.Error("q does not quit")
	}
}

// TestEscape_BeforeAnyKey: what is typed right after it keeps its case, and is
// text where text is typed.
func TestEscape_BeforeAnyKey(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("x")
	s.Update(tea.KeyPressMsg{Code: 'f', ShiftedCode: 'F', Mod: tea.ModAlt | tea.ModShift})
	if _, ok := s.dialog.(*faultMenu); !ok {
		t.Errorf("esc and F open %T", s.dialog)
	}
	s.Update(tea.KeyPressMsg{Code: ':', Mod: tea.ModAlt})
	if s.typedLine(t) != "" {
		t.Error("esc and : do not open the palette")
	}
}

// TestKeys_MeanOneThing: no key stands for two things at the same time, except
// where one of them is for a while in the other's place.
func TestKeys_MeanOneThing(t *testing.T) {
	s := newScreen(80, 24, paperPicture(), nil)
	means := make(map[string]string)
	for _, b := range s.Model.keys {
		for _, k := range b.keys {
			if b.on != nil {
				continue
			}
			if before, taken := means[k]; taken {
				t.Errorf("%s is %q and %q", k, before, b.help)
			}
			means[k] = b.help
		}
	}
}
