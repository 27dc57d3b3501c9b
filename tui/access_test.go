package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
)

// typed are the keys that write a text.
func typed(text string) []string { return strings.Split(text, "") }

func (s *screen) wantOrder(t *testing.T, line string) {
	t.Helper()
	if o := s.order(t); o.kind != orderRun || o.line != line {
		t.Errorf("the order is %+v, want %s", o, line)
	}
	s.noOrder(t)
}

func TestPut_AsksForKeyAndValue(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"apple", "red", `put "apple" "red" from N8`},
		{"K54", "red", `put K54 "red" from N8`},
		{`"K54"`, "", `put "K54" "" from N8`},
		{"a", `say "hi" \o/`, `put "a" "say \"hi\" \\o/" from N8`},
		{"two words", "a = b", `put "two words" "a = b" from N8`},
	} {
		s := newScreen(120, 40, paperPicture(), nil)
		s.choose(ring.FromUint64(8))
		s.keys("p")
		s.want(t, "put from N8:", "key", "value")
		s.keys(typed(c.key)...)
		s.keys("enter")
		s.noOrder(t)
		s.keys(typed(c.value)...)
		s.keys("enter")
		s.wantOrder(t, c.want)
		if s.dialog != nil {
			t.Error("the dialog is still open")
		}
	}
}

// TestPut_LinesCanBeParsed: what is typed must come out of the language as it
// went in, whatever it is.
func TestPut_LinesCanBeParsed(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	for _, key := range []string{"apple", "K54", "K64", "ä", `back\slash`, `"`, "#1", "日本", "a=b"} {
		if _, err := scenarios.Parse("test", []byte("lookup "+s.keyWord(key)+" from N8\n")); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestPut_TabGoesBetweenTheFields(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("p", "a", "tab", "1", "tab", "b", "tab", "2", "enter")
	s.wantOrder(t, `put "ab" "12" from N1`)
}

func TestPut_NeedsAKey(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("p", "tab", "1", "enter")
	s.noOrder(t)
	s.keys("p", "a", "enter", "esc")
	s.noOrder(t)
}

func TestAccess_ProposesTheLastKey(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("p", "a", "b", "enter", "1", "enter")
	s.wantOrder(t, `put "ab" "1" from N1`)
	s.keys("g")
	s.want(t, "get from N1:", "ab")
	s.keys("enter")
	s.wantOrder(t, `get "ab" from N1`)
	s.keys("d", "c", "enter") // the first key replaces it
	s.wantOrder(t, `delete "c" from N1`)
	s.keys("/", "backspace", "enter") // or takes it away
	s.noOrder(t)
}

func TestDelete_AsksForTheKey(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("d")
	s.noOrder(t)
	s.want(t, "delete from N1:")
	s.keys("esc", "d", "enter")
	s.noOrder(t)
}

// TestAccess_StartsAtAMember, the next one if the selected peer is dead: who has
// just crashed a peer goes on with the ring.
func TestAccess_StartsAtAMember(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 0).picture()
	for key, prompt := range map[string]string{"p": "put from N8:", "g": "get from N8:", "d": "delete from N8:", "/": "look up from N8:"} {
		s := newScreen(120, 40, pic, nil)
		s.keys(key)
		s.want(t, prompt)
		if p := s.selected(); p.Name != "N8" {
			t.Errorf("%s leaves %s selected", key, p.Name)
		}
		s = newScreen(120, 40, nil, nil)
		s.keys(key)
		if s.dialog != nil {
			t.Errorf("%s asks for a key although nobody is there", key)
		}
		s.want(t, "no peer is a member of the ring")
	}
}

func TestLoad_ByKey(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("o")
	s.wantOrder(t, "load 50 keys")
}

func TestAccess_ResultIsAToast(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.Update(orderDoneMsg{line: `get "apple" from N8`, result: scenarios.Result{OK: true, Text: `get "apple" = "red" from owner N51`}})
	s.want(t, `✓ get "apple" = "red" from owner N51`)
	s.Update(orderDoneMsg{line: `put "apple" "red" from N8`, result: scenarios.Result{Text: `put "apple" failed: no answer`, Failed: true}})
	s.want(t, `✕ put "apple" failed: no answer`, "`put \"apple\" \"red\" from N8`")
}
