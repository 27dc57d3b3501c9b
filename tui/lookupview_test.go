package tui

import (
	"math"
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// lookupsOf is the paper's ring with n lookups that took 0, 1, 2, 0, 1 … hops and
// a millisecond more each; every tenth failed. It counts what it lists.
func lookupsOf(n int) *observe.Picture {
	pic := newWorld(6, 3, paperRing...).picture()
	for i := range n {
		path := []uint64{8, 42, 51}[:i%3+1]
		l := observe.Lookup{Number: uint64(i + 1), Key: ring.FromUint64(54), KeyName: "K54", Origin: ring.FromUint64(8), Done: true,
			Started: time.Second, Took: time.Duration(i+1) * time.Millisecond, Hops: len(path) - 1}
		for _, id := range path {
			l.Path = append(l.Path, ring.FromUint64(id))
			l.PathNames = append(l.PathNames, "N"+pic.Space.Format(ring.FromUint64(id)))
		}
		if i%10 == 9 {
			l.Failed, l.Hops = "nobody answered", 0
		}
		pic.Lookups = append(pic.Lookups, l)
	}
	pic.LookupStats = statsOf(pic.Lookups)
	return pic
}

// statsOf counts lookups that took whole milliseconds.
func statsOf(list []observe.Lookup) observe.LookupStats {
	s := observe.LookupStats{Ended: len(list)}
	for i := range list {
		l := &list[i]
		if l.Failed != "" {
			s.Failed++
			continue
		}
		for len(s.Hops) <= l.Hops {
			s.Hops = append(s.Hops, 0)
		}
		s.Hops[l.Hops]++
		s.Times = append(s.Times, observe.TimeCount{Took: l.Took, N: 1})
	}
	return s
}

func TestLookups_CountedByHopsAndTime(t *testing.T) {
	s := newScreen(200, 60, lookupsOf(30), nil)
	s.showView("lookups")
	// 27 did not fail: 9 of each number of hops.
	s.want(t, "30 lookups", "3 of 30 failed", "mean 1.00", "Hops, owner included", "= 1.66 forwards", "half 15 ms", "99% 29 ms")
	sum := newLookupSum(s.pic.LookupStats)
	if got := sum.Hops; len(got) != 3 || got[0] != 9 || got[1] != 9 || got[2] != 9 {
		t.Errorf("the histogram is %v", got)
	}
	n, before := 0, time.Duration(0)
	for _, b := range sum.latency {
		want := 0
		for _, c := range sum.Times {
			if c.Took > before && c.Took <= b.most {
				want += c.N
			}
		}
		if b.n != want || b.most <= before {
			t.Errorf("%d took at most %v and more than %v, want %d", b.n, b.most, before, want)
		}
		n, before = n+b.n, b.most
	}
	if n != 27 {
		t.Errorf("%d lookups are in the bins, want 27", n)
	}
}

// TestLookups_CountsOfThePast: the charts count what had ended by the moment that
// is shown, also what no picture has listed.
func TestLookups_CountsOfThePast(t *testing.T) {
	first, then := lookupsOf(3), lookupsOf(30)
	then.LookupStats.Ended, then.LookupStats.Hops = 500, []int{0, 100, 300, 97}
	then.Version, then.At = first.Version+1, first.At+time.Second
	s := newScreen(200, 60, first, nil)
	s.Update(pictureMsg{then})
	s.showView("lookups")
	s.want(t, "30 of 500", "mean 1.99")
	s.keys("home")
	s.want(t, "mean 1.00")
	s.keys("end")
	s.want(t, "30 of 500", "mean 1.99")
}

func TestLookups_ChooseOne(t *testing.T) {
	s := newScreen(120, 40, lookupsOf(30), nil)
	s.trip.finish()
	s.showView("lookups")
	s.keys("down") // number 29, two hops less than it ended with
	if s.trip.lookup.Number != 29 || s.trip.moving() {
		t.Fatalf("down shows lookup %d", s.trip.lookup.Number)
	}
	next := lookupsOf(31)
	s.Update(pictureMsg{next})
	if s.trip.lookup.Number != 29 {
		t.Errorf("a new lookup took the chosen one from the screen")
	}
	s.keys("enter")
	if !s.trip.moving() || !s.ticking {
		t.Error("enter does not show it again")
	}
	s.keys("e")
	if s.trip.lookup.Number != 20 {
		t.Errorf("the next failed one is number %d", s.trip.lookup.Number)
	}
	s.want(t, "failed: nobody answered")
	s.clickText(t, "25  lookup")
	if s.trip.lookup.Number != 25 {
		t.Errorf("a click chooses number %d", s.trip.lookup.Number)
	}
	for range 10 {
		s.keys("up")
	}
	if s.lookups.pinned() {
		t.Error("beyond the newest the table does not follow")
	}
	s.clickText(t, "N42 → N51")
	if got := s.selected().Name; got != "N42" {
		t.Errorf("a click on a peer of a path selects %s", got)
	}
}

// TestLookups_RememberMoreThanAPicture: the table keeps what pictures have
// dropped, but never without bound, and says where some were too fast for it.
func TestLookups_RememberMoreThanAPicture(t *testing.T) {
	all := lookupsOf(3 * mostLookups)
	s := newScreen(120, 40, nil, nil)
	for from := 0; from+32 <= len(all.Lookups); from += 25 {
		pic := *all
		pic.Lookups = all.Lookups[from : from+32]
		s.Update(pictureMsg{&pic})
	}
	if n := len(s.lookups.log.ended); n < mostLookups || n > 2*mostLookups {
		t.Errorf("%d lookups are kept", n)
	}
	s = newScreen(120, 40, nil, nil)
	for _, from := range []int{0, 100} {
		pic := *all
		pic.Lookups = all.Lookups[from : from+32]
		s.Update(pictureMsg{&pic})
	}
	s.showView("lookups")
	s.want(t, "64 of 3 000")
}

// TestLookups_SmallScreenShowsTheHops: without panes beside it the view itself
// has the chosen lookup's hops, and enter goes to the ring.
func TestLookups_SmallScreenShowsTheHops(t *testing.T) {
	s := newScreen(80, 24, paperPicture(), nil)
	s.trip.finish()
	s.showView("lookups")
	s.want(t, "Lookup K54 from N8", "N8 → N42", "3 hops, owner included", "½ log2 N + 1 = 2.66")
	s.keys("enter")
	if s.viewAt != 0 || !s.trip.moving() {
		t.Errorf("enter leads to view %d", s.viewAt)
	}
	s = newScreen(80, 24, newWorld(6, 3, paperRing...).picture(), nil)
	s.showView("lookups")
	s.keys("down", "up", "e", "enter")
	s.want(t, "None has ended yet") // and nothing breaks
}

func TestExpected(t *testing.T) {
	for n, want := range map[int]float64{0: 0, 1: 0, 2: 1.5, 16: 3, 1024: 6} {
		if _, hops := expected(n); math.Abs(hops-want) > 1e-9 {
			t.Errorf("expected(%d) is %v hops, want %v", n, hops, want)
		}
	}
}

// TestLookups_InASCII: a font that has no fractions.
func TestLookups_InASCII(t *testing.T) {
	s := newScreen(80, 24, lookupsOf(30), nil)
	s.surface.Kind = draw.ASCII
	s.showView("lookups")
	s.want(t, "1/2 log2 N + 1 =")
}

// TestDrawBar: bars are as high as their part of the largest.
func TestLookups_BarsAreInProportion(t *testing.T) {
	s := newScreen(200, 60, lookupsOf(27), nil)
	s.showView("lookups")
	var heights [3]int
	for _, l := range strings.Split(s.paneText(), "\n") {
		heights[0] += strings.Count(l, "████ ████ ████")
	}
	if heights[0] < 5 {
		t.Errorf("three equal counts of hops are not three equal bars:\n%s", s.paneText())
	}
}
