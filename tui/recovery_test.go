package tui

import (
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
)

// recovering is the paper's ring at a time, with recoveries.
func recovering(at time.Duration, list ...observe.Recovery) *observe.Picture {
	pic := newWorld(6, 3, paperRing...).picture()
	pic.At, pic.Recoveries = at, list
	return pic
}

func TestRecovery_CardWhileItHappensAndAfter(t *testing.T) {
	first := observe.Recovery{Number: 1, What: "kill N8 N14", At: 10 * time.Second, Suspected: ends(12), Messages: 40}
	s := newScreen(120, 40, recovering(10500*time.Millisecond, first), nil)
	s.want(t, "Recovery after kill N8 N14", "under way", "✓ suspected", "12 ms", "… ring", "… fingers", "40 messages · no lookup failed")
	s.Update(pictureMsg{recovering(12*time.Second, killed())})
	s.want(t, " over ", "✓ ring", "80 ms", "✓ fingers", "1.2 s", "✓ keys", "340 ms", "1 312 messages")
	s.Update(pictureMsg{recovering(11200*time.Millisecond+recoveryStays, killed())})
	s.want(t, "Recovery after")
	s.Update(pictureMsg{recovering(11300*time.Millisecond+recoveryStays, killed())})
	s.wantNot(t, "Recovery after")
	s.showView("recovery")
	s.want(t, "Nothing is broken.", "1 kill N8 N14", "340 ms")
}

// TestRecovery_NobodySuspected: after a heal nobody need be suspected.
func TestRecovery_NobodySuspected(t *testing.T) {
	r := killed()
	r.What, r.Suspected, r.Keys = "heal", observe.Moment{}, ends(0)
	s := newScreen(120, 40, recovering(12*time.Second, r), nil)
	s.want(t, "Recovery after heal", " over ", "– suspected", "unharmed")
}

// TestRecovery_LostKeys are not called unharmed.
func TestRecovery_LostKeys(t *testing.T) {
	r := killed()
	r.Keys, r.Lost = ends(0), 16
	for _, width := range []int{80, 120, 200} {
		s := newScreen(width, 40, recovering(12*time.Second, r), nil)
		s.want(t, "✕ keys", "16 lost")
		s.wantNot(t, "unharmed")
	}
	s := newScreen(120, 40, recovering(12*time.Second, r), nil)
	s.showView("recovery")
	s.want(t, "keys 16 lost")
}

// TestRecovery_SuspectedAtOnce: a crash that nobody announced counts from the
// moment it is noticed.
func TestRecovery_SuspectedAtOnce(t *testing.T) {
	r := killed()
	r.What, r.Suspected = "N8 crashed", ends(0)
	s := newScreen(80, 24, recovering(12*time.Second, r), nil)
	s.want(t, "✓ suspected 0 ms")
	s.wantNot(t, "unharmed")
}

// TestRecovery_BarsCompare: a bar is as long as its time, and the one that has
// not ended reaches to now.
func TestRecovery_BarsCompare(t *testing.T) {
	r := killed()
	r.Over, r.Fingers = false, observe.Moment{}
	s := newScreen(120, 40, recovering(r.At+800*time.Millisecond, r), nil)
	length := func(name string) int {
		for _, l := range strings.Split(s.text(), "\n") {
			if at := strings.Index(l, name); at >= 0 {
				return strings.Count(l[at:], "━")
			}
		}
		t.Fatalf("%s is not on the screen", name)
		return 0
	}
	suspected, ring, fingers, keys := length("suspected "), length("✓ ring"), length("… fingers"), length("✓ keys")
	if suspected != 1 || ring != fingers/10 || keys < fingers*2/5-1 || keys > fingers*2/5+2 || fingers < 15 {
		t.Errorf("the bars are %d %d %d %d long, want them as 12 : 80 : 800 : 340", suspected, ring, fingers, keys)
	}
}

func TestRecovery_CountsFailedLookups(t *testing.T) {
	r := killed()
	r.LookupsFailed, r.LookupsTimedOut = 1, 2
	s := newScreen(120, 40, recovering(12*time.Second, r), nil)
	s.want(t, "1 lookup failed, 2 lost time")
}

func TestRecovery_FitsALowScreen(t *testing.T) {
	s := newScreen(80, 24, recovering(12*time.Second, killed()), nil)
	s.want(t, "Recovery after kill N8 N14", "✓ suspected 12 ms", "✓ ring 80 ms", "✓ fingers 1.2 s", "✓ keys 340 ms", "no lookup failed")
}

// TestRecovery_CutShort: one that was overtaken by the next fault says so.
func TestRecovery_CutShort(t *testing.T) {
	first := killed()
	first.Over, first.Interrupted, first.Keys = false, true, observe.Moment{}
	second := observe.Recovery{Number: 2, What: "freeze N21", At: 19 * time.Second}
	s := newScreen(120, 40, recovering(20*time.Second, first, second), nil)
	s.showView("recovery")
	lines := strings.Split(s.paneText(), "\n")
	for y, l := range lines {
		if strings.Contains(l, "1 kill N8 N14") && (!strings.Contains(l, "cut short by the next") || !strings.Contains(lines[y+2], "– keys")) {
			t.Errorf("what was never reached is not a dash: %s", lines[y+2])
		}
		if strings.Contains(l, "2 freeze N21") && (!strings.Contains(l, "under way for 1.0 s") || strings.Count(lines[y+2], "…") != 4) {
			t.Errorf("what may still come is not open: %s", lines[y+2])
		}
	}
}

// TestRecovery_CardIsALineOfTime: the marks stand in the order of their times,
// on one scale for all cards, each with its time below it.
func TestRecovery_CardIsALineOfTime(t *testing.T) {
	slow := killed()
	slow.Number, slow.Fingers, slow.What = 2, ends(9000), "kill N32"
	for _, width := range []int{80, 120, 200} {
		s := newScreen(width, 40, recovering(40*time.Second, killed(), slow), nil)
		s.showView("recovery")
		cards := map[string][]int{}
		lines := strings.Split(s.paneText(), "\n")
		for y, l := range lines {
			for _, name := range []string{"1 kill N8 N14", "2 kill N32"} {
				if !strings.HasPrefix(l, name) {
					continue
				}
				for _, mk := range momentMarks {
					cards[name] = append(cards[name], len([]rune(lines[y+1][:max(strings.Index(lines[y+1], mk.glyph), 0)])))
				}
				if !strings.Contains(lines[y+2], "suspected 12 ms  ") || !strings.Contains(lines[y+2], "ring 80 ms") || !strings.Contains(lines[y+2], "keys 340 ms") {
					t.Errorf("the times are not below the line: %s", lines[y+2])
				}
			}
		}
		a, b := cards["1 kill N8 N14"], cards["2 kill N32"]
		if len(a) != 4 || len(b) != 4 {
			t.Fatalf("the cards are %v", cards)
		}
		if !(a[0] < a[1] && a[1] < a[3] && a[3] < a[2] && a[2] < b[2]) || a[0] != b[0] || a[1] != b[1] || a[3] != b[3] {
			t.Errorf("suspected, ring, fingers, keys stand at %v and %v", a, b)
		}
	}
}

// TestRecovery_CardLeadsBack: a click on the line shows the ring of then.
func TestRecovery_CardLeadsBack(t *testing.T) {
	s := newScreen(120, 40, recovering(9*time.Second), nil)
	s.Update(pictureMsg{recovering(10*time.Second, killed())})
	s.Update(pictureMsg{recovering(12*time.Second, killed())})
	s.showView("recovery")
	s.clickText(t, "◌──")
	if !s.looksBack() || s.pic.At != 10*time.Second {
		t.Errorf("a click on the line of time shows the ring at %v", s.pic.At)
	}
}
