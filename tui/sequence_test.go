package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// talk is a picture in which a peer of the paper's ring stabilizes, fixes
// fingers and looks up, again and again, and N48 never answers it.
func talk(rounds int) *observe.Picture {
	pic := newWorld(6, 3, paperRing...).picture()
	n, at := uint64(0), time.Second
	say := func(from, to, call uint64, answer bool, name, text string) {
		n++
		at += 300 * time.Microsecond
		pic.Traffic = append(pic.Traffic, observe.Message{
			Number: n, At: at, From: ring.FromUint64(from), To: ring.FromUint64(to), FromName: fmt.Sprintf("N%d", from), ToName: fmt.Sprintf("N%d", to),
			Name: name, Call: call, Answer: answer, Text: text,
		})
	}
	for i := range rounds {
		call := uint64(10 * i)
		say(8, 14, call+1, false, "GetState", "")
		say(14, 8, call+1, true, "State", "pred N8, succ N21 N32 N38")
		say(8, 14, 0, false, "Notify", "N8")
		say(8, 42, call+2, false, "NextHop", "K54")
		say(8, 48, call+3, false, "Ping", "")
		say(42, 8, call+2, true, "Hop", "N51")
		say(1, 8, 900+call, false, "GetState", "")
		say(8, 1, 900+call, true, "State", "pred N1")
		say(21, 32, 7000+call, false, "Ping", "") // of another peer that tells
		at += time.Second
	}
	pic.At = at
	return pic
}

func talking(w, h, rounds int) *screen {
	s := newScreen(w, h, talk(rounds), nil)
	s.choose(ring.FromUint64(8))
	s.showView("messages")
	return s
}

func TestMessages_ArrowsBetweenPeers(t *testing.T) {
	s := talking(200, 60, 1)
	if !s.traced["N8"] {
		t.Errorf("the view has %v tell, want N8", s.traced)
	}
	heads := ""
	for _, l := range strings.Split(s.paneText(), "\n") {
		if strings.Contains(l, "N42") && heads == "" {
			heads = l
		}
	}
	for _, c := range []struct {
		text, from, to, head string
	}{
		{"GetState", "N8", "N14", "▸"}, {"State pred N8, succ", "N14", "N8", "◂"},
		{"NextHop K54", "N8", "N42", "▸"}, {"Hop N51", "N42", "N8", "◂"},
	} {
		found := false
		for _, l := range strings.Split(s.paneText(), "\n") {
			if !strings.Contains(l, c.text) {
				continue
			}
			head := strings.IndexRune(string(l), []rune(c.head)[0])
			if head < 0 {
				continue
			}
			at := len([]rune(l[:head]))
			want := len([]rune(heads[:strings.Index(heads, c.to+" ")]))
			found = found || at-want >= -3 && at-want <= 5
		}
		if !found {
			t.Errorf("there is no arrow %s from %s to %s:\n%s", c.text, c.from, c.to, s.paneText())
		}
	}
	s.wantNot(t, "N21 asks")
	if strings.Contains(heads, "N32") {
		t.Errorf("a peer that N8 says nothing to has a column: %s", heads)
	}
}

func TestMessages_CursorAndWords(t *testing.T) {
	s := talking(120, 40, 4)
	s.want(t, "N8 answers N1   State pred N1", "after 300 µs")
	s.keys("up", "up")
	s.want(t, "N42 answers N8   Hop N51", "after 600 µs")
	s.keys("up", "up")
	s.want(t, "N8 asks N42   NextHop K54", "answered after 600 µs: Hop N51")
	s.keys("up")
	s.want(t, "N8 tells N14   Notify N8", "which nobody answers")
	for range 6 { // past the silence of a second, to the ping of the round before
		s.keys("up")
	}
	s.want(t, "N8 asks N48   Ping")
	for range 8 {
		s.keys("up")
	}
	s.want(t, "N8 asks N48   Ping", "✕ no answer was seen", "+1.0 s")
	s.Update(pictureMsg{talk(5)})
	s.want(t, "✕ no answer was seen") // the cursor stays on it
	s.keys("enter")
	if got := s.selected().Name; got != "N48" {
		t.Errorf("enter selects %s", got)
	}
	s.keys("left", "e")
	s.want(t, "Messages of everyone who tells them", "N21 asks N32")
}

func TestMessages_ClickChoosesAMessageOrAPeer(t *testing.T) {
	s := talking(120, 40, 1)
	s.clickText(t, "Notify")
	s.want(t, "N8 tells N14")
	s.clickText(t, "N42")
	if got := s.selected().Name; got != "N42" {
		t.Errorf("a click on a column selects %s", got)
	}
}

// TestMessages_MorePeersThanColumns: who has no column is named at the arrow.
func TestMessages_MorePeersThanColumns(t *testing.T) {
	pic := newWorld(16, 4, spread(16, 64)...).picture()
	me := &pic.Peers[0]
	for i := 1; i < 40; i++ {
		p := &pic.Peers[i]
		pic.Traffic = append(pic.Traffic, observe.Message{
			Number: uint64(i), At: time.Second, From: me.ID, FromName: me.Name, To: p.ID, ToName: p.Name, Name: "Ping", Call: uint64(i),
		})
	}
	s := newScreen(80, 49, pic, nil)
	s.showView("messages")
	for i := 10; i < 40; i++ {
		if name := pic.Peers[i].Name; !strings.Contains(s.paneText(), name) {
			t.Errorf("%s, which a message went to, is not named", name)
		}
	}
}

func TestMessages_SaysWhyThereAreNone(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.showView("messages")
	s.want(t, "Waiting for N1 to tell")
	s.keys("up", "down", "enter", "e", "e")
	s = newScreen(120, 40, faultyPicture(), nil)
	s.choose(ring.FromUint64(21))
	s.showView("messages")
	s.want(t, "N21 says nothing.")
	s = newScreen(120, 40, nil, nil)
	s.showView("messages")
	s.want(t, "No peer yet")
	s.keys("up", "down", "enter", "e")
}

// TestMessages_TracingFollowsTheSelection: exactly one peer is asked to tell,
// also if the queue of orders was full in between.
func TestMessages_TracingFollowsTheSelection(t *testing.T) {
	s := talking(120, 40, 1)
	lines := func() (all []string) {
		for {
			select {
			case o := <-s.orders:
				all = append(all, o.line)
			default:
				return all
			}
		}
	}
	lines()
	for range 3 * orderQueue { // faster than anybody could carry it out
		s.keys("right")
	}
	told := lines()
	s.Update(pictureMsg{talk(1)})
	told = append(told, lines()...)
	on := "N8"
	for _, l := range told {
		switch {
		case l == "trace off "+on:
			on = ""
		case on == "" && strings.HasPrefix(l, "trace on "):
			on = strings.TrimPrefix(l, "trace on ")
		default:
			t.Fatalf("after %q comes %q", on, l)
		}
	}
	if want := s.selected().Name; on != want {
		t.Errorf("%q tells, %s is selected", on, want)
	}
	s.keys("1")
	if got := lines(); len(got) != 1 || got[0] != "trace off "+on {
		t.Errorf("another view leaves %v", got)
	}
}

// TestMessages_FollowWithoutScrolling: a new message is added below the others,
// which stay where they are until the page is full.
func TestMessages_FollowWithoutScrolling(t *testing.T) {
	s := talking(120, 40, 2)
	place := func(pic *observe.Picture, n uint64) int {
		s.Update(pictureMsg{pic})
		s.View()
		for i := range s.sequence.lines {
			if msg := s.sequence.lines[i].msg; msg != nil && msg.Number == n {
				return i - s.sequence.top
			}
		}
		return -1
	}
	whole := talk(80)
	part := func(n int) *observe.Picture {
		pic := *whole
		pic.Traffic = whole.Traffic[max(n-400, 0):n]
		return &pic
	}
	was, moves := place(part(30), 30), 0
	for n := 31; n < 700; n++ {
		now := place(part(n), uint64(n-1))
		if now != was && n > 31 {
			moves++
		}
		was = place(part(n), uint64(n))
		if at := s.sequence.row() - s.sequence.top; at < 0 || at >= s.sequence.grid.Dy() {
			t.Fatalf("after message %d the latest is at row %d of %d", n, at, s.sequence.grid.Dy())
		}
	}
	if moves > 2*700/15 {
		t.Errorf("what was shown has moved %d times in 670 messages", moves)
	}
}
