package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// painted is a frame with its colours.
type painted struct {
	*vt.Emulator
	circle
	space ring.Space
}

func paint(s *screen) painted {
	s.dirty = true
	frame := s.View().Content
	p := painted{vt.NewEmulator(s.width, s.height), s.ring.circle, s.pic.Space}
	p.cx, p.cy = p.cx+float64(s.ring.origin.X*draw.DotsX), p.cy+float64(s.ring.origin.Y*draw.DotsY)
	p.WriteString(strings.ReplaceAll(frame, "\n", "\r\n"))
	return p
}

// at returns the colour at an identifier, out dots off the circle.
func (p painted) at(id uint64, out float64) string {
	x, y := cell(p.point(p.space.Turn(ring.FromUint64(id)), 1+out/p.ry))
	return p.colour(x, y)
}

func (p painted) colour(x, y int) string {
	if c := p.CellAt(x, y); c != nil && strings.TrimSpace(c.Content) != "" {
		return fmt.Sprint(c.Style.Fg)
	}
	return "nothing"
}

// legend returns the colour of an entry of the legend.
func (p painted) legend(t *testing.T, entry string) string {
	t.Helper()
	for y, line := range strings.Split(p.String(), "\n") {
		if x := strings.Index(line, entry); x >= 0 {
			return p.colour(draw.Width(line[:x]+entry)-1, y)
		}
	}
	t.Fatalf("the legend has no %s", entry)
	return ""
}

// TestRanges: N32 owns (21, 32] and keeps copies of (8, 21], as k is 3.
func TestRanges(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.choose(ring.FromUint64(32))
	p := paint(s)
	for id, name := range map[uint64]string{26: "own range ▬▬▬", 29: "own range ▬▬▬", 17: "successor ━━━", 35: "successor ━━━"} {
		if got, want := p.at(id, 0), p.legend(t, name); got != want {
			t.Errorf("at %d the circle has the colour %s, want that of %s, %s", id, got, name, want)
		}
	}
	dashes := func(from, to uint64) (n int) {
		for id := from; id < to; id++ {
			if p.at(id, 3.5) == p.legend(t, "copies of ╶╶╶") {
				n++
			}
		}
		return n
	}
	if in, out := dashes(10, 20), dashes(40, 60); in < 5 || out != 0 {
		t.Errorf("of the copies' range %d places are marked, of others %d", in, out)
	}
}

func TestRanges_AWrongPredecessorIsSeen(t *testing.T) {
	pic := newWorld(6, 3, paperRing...).picture()
	n32 := &pic.Peers[rankOf(pic, 32)]
	s := newScreen(120, 40, pic, nil)
	s.choose(n32.ID)
	right := paint(s).at(26, 0)
	n32.Predecessor.Verdict = observe.Stale
	if got := paint(s).at(26, 0); got == right {
		t.Error("a range by a stale predecessor looks like any other")
	}
}

// TestOlderLookups are seen until somebody puts them away, and no more than two.
func TestOlderLookups(t *testing.T) {
	pic := paperPicture()
	for n := uint64(2); n <= 5; n++ {
		l := paperLookup()
		l.Number = n
		if n == 4 {
			l.For = "put"
		}
		pic.Lookups = append(pic.Lookups, l)
	}
	s := newScreen(120, 40, pic, nil)
	older := s.olderThan(s.trip)
	if len(older) != 2 || older[0].lookup.Number != 3 || older[1].lookup.Number != 2 {
		t.Fatalf("%d older ones", len(older))
	}
	s.keys("esc")
	l := paperLookup()
	l.Number = 6
	next := *pic
	next.Lookups = append(next.Lookups, l)
	s.Update(pictureMsg{&next})
	if older := s.olderThan(s.trip); s.trip.lookup.Number != 6 || len(older) != 0 {
		t.Errorf("after esc %d older ones are seen", len(older))
	}
}

// TestRanges_OfALonePeer: it owns the whole circle.
func TestRanges_OfALonePeer(t *testing.T) {
	s := newScreen(120, 40, grown(1)[0], nil)
	p := paint(s)
	own := p.legend(t, "own range ▬▬▬")
	for _, id := range []uint64{1000, 30000, 50000} {
		if got := p.at(id, -1); got != own {
			t.Errorf("at %d it is %s, want %s", id, got, own)
		}
	}
}
