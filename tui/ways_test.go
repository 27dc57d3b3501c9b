package tui

import (
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// withWays has N8 of the paper's ring count its messages.
func withWays() *observe.Picture {
	pic := newWorld(6, 3, paperRing...).picture()
	p := &pic.Peers[1]
	for _, w := range []struct {
		id  uint64
		rtt time.Duration
	}{{1, 400 * time.Microsecond}, {14, 0}, {42, 12 * time.Millisecond}, {51, 6 * time.Millisecond}} {
		id := ring.FromUint64(w.id)
		p.Ways = append(p.Ways, observe.Way{ID: id, Name: "N" + pic.Space.Format(id), RTT: w.rtt, Sent: 10 * w.id, Received: 9 * w.id})
	}
	for i := range p.Fingers {
		p.Fingers[i].Fixed = pic.At - time.Duration(i+1)*time.Second
	}
	return pic
}

func TestWays_WhoTheyAreAndHowFast(t *testing.T) {
	pic := withWays()
	fault(pic, 8, 51, aDelay)
	s := newScreen(200, 60, pic, nil)
	s.choose(ring.FromUint64(8))
	s.turnPage(pageWays)
	s.want(t, "7 links · 12 messages/s · 1.4 kB/s", "1 204 sent · 1 190 received", "round trip", "the way there: delay 200ms")
	for name, want := range map[string][]string{
		"N1 ":  {"predecessor", "400 µs", " 10 ", " 9"},
		"N14 ": {"successor, finger 1–3", "–", "140", "126"},
		"N42 ": {"finger 6", "12 ms", "420", "378"},
	} {
		found := false
		for _, l := range strings.Split(s.paneText(), "\n") {
			if !strings.HasPrefix(l, name) {
				continue
			}
			found = true
			for _, text := range want {
				if !strings.Contains(l, text) {
					t.Errorf("%s: %q is not in %q", name, text, l)
				}
			}
		}
		if !found {
			t.Errorf("%s has no row:\n%s", name, s.paneText())
		}
	}
	s.clickText(t, "finger 6 ")
	if got := s.selected().Name; got != "N42" {
		t.Errorf("a click on the row of N42 selects %s", got)
	}
}

func TestWays_SaysThatNothingWasTold(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.turnPage(pageWays)
	s.want(t, "has not told yet")
}

// TestFingers_SayWhenTheyWereFixed: the age of a folded row is that of its
// oldest finger, and without room, or if nobody knows, there is no such column.
func TestFingers_SayWhenTheyWereFixed(t *testing.T) {
	s := newScreen(200, 60, withWays(), nil)
	s.choose(ring.FromUint64(8))
	s.want(t, "fixed", "6.0 s ago")
	p := s.selected()
	if runs := fingerRuns(p.Fingers, true); fixedText(s.pic, runs[0]) != "3.0 s ago" { // fingers 1 to 3
		t.Errorf("the first row was fixed %s", fixedText(s.pic, runs[0]))
	}
	p.Fingers[1].Fixed = 0
	if runs := fingerRuns(p.Fingers, true); fixedText(s.pic, runs[0]) != "" {
		t.Errorf("a row of which nobody knows was fixed %s", fixedText(s.pic, runs[0]))
	}
	newScreen(200, 60, paperPicture(), nil).wantNot(t, "fixed")
}

// TestNames_LeadToTheirPeers: a name in any text selects its peer, by a click or
// by the cursor of the pane.
func TestNames_LeadToTheirPeers(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.trip.finish()
	s.clickText(t, "N51 → N56")
	if got := s.selected().Name; got != "N51" {
		t.Errorf("a click on a name in a path selects %s", got)
	}
	s.focus = paneLookup
	s.dirty = true
	s.View()
	var names []string
	for range s.panes[paneLookup].targets {
		s.keys("enter")
		names = append(names, s.selected().Name)
		s.keys("right")
		s.View()
	}
	for _, want := range []string{"N56", "N8", "N42", "N51"} {
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("the cursor of the lookup leads to %v, not to %s", names, want)
		}
	}
	if _, ok := s.byName("N9"); ok {
		t.Error("a peer that is not there has a name")
	}
}
