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
	lines := strings.Split(s.text(), "\n")
	for y, l := range lines {
		if strings.Contains(l, "1 kill N8 N14") && !strings.Contains(lines[y+1], "–") {
			t.Errorf("the time that was never reached is not a dash: %s", lines[y+1])
		}
		if strings.Contains(l, "2 freeze N21") && strings.Count(lines[y+1], "…") != 4 {
			t.Errorf("times that may still come are not open: %s", lines[y+1])
		}
	}
}
