package tui

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// joined returns how many peers a line "join N" adds.
func joined(t *testing.T, line string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(line, "join %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// changing is a source whose pictures a test makes.
type changing struct {
	mu      sync.Mutex
	version uint64
	change  chan struct{}
	pic     observe.Picture // but for its version
}

func (c *changing) Picture() *observe.Picture {
	c.mu.Lock()
	defer c.mu.Unlock()
	pic := c.pic
	pic.Version = c.version
	return &pic
}

func (c *changing) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.change
}

func (c *changing) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	close(c.change)
	c.change = make(chan struct{})
}

func TestFeed_IsBatchedAndQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		src := &changing{change: make(chan struct{})}
		var got []uint64
		go feed(ctx, src, nil, func(m tea.Msg) { got = append(got, m.(pictureMsg).pic.Version) })
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(got) != 1 {
			t.Fatalf("%d pictures while nothing changes, want the first alone", len(got))
		}
		for range 1000 { // a change each millisecond for a second
			src.step()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(got); n < 15 || n > 25 {
			t.Errorf("%d pictures for a second of changes, want about 20", n)
		}
		if last := got[len(got)-1]; last != 1000 {
			t.Errorf("the last picture is version %d, want the newest, 1000", last)
		}
		cancel()
	})
}

// TestFeed_CalmRingIsCheap: of a ring at rest whose counters run few pictures
// are shown, the last among them, and what happens is shown at once.
func TestFeed_CalmRingIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		src := &changing{change: make(chan struct{}), pic: *newWorld(6, 3, paperRing...).picture()}
		calm := src.pic
		var got []*observe.Picture
		go feed(ctx, src, nil, func(m tea.Msg) { got = append(got, m.(pictureMsg).pic) })
		for range 1000 {
			src.step()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(got); n < 4 || n > 6 {
			t.Errorf("%d pictures for a second of counting, want about 4", n)
		}
		if last := got[len(got)-1]; last.Version != 1000 {
			t.Errorf("the last picture is version %d, want the newest, 1000", last.Version)
		}
		for name, happens := range map[string]func(*observe.Picture){
			"an event":   func(p *observe.Picture) { p.Events = someEvents() },
			"a lookup":   func(p *observe.Picture) { p.Lookups = []observe.Lookup{paperLookup()} },
			"a move":     func(p *observe.Picture) { p.Moves = []observe.Move{{Number: 1}} },
			"a freeze":   func(p *observe.Picture) { p.Peers = slices.Clone(p.Peers); p.Peers[3].Frozen = true },
			"a pause":    func(p *observe.Picture) { p.Peers = slices.Clone(p.Peers); p.Peers[3].Paused = true },
			"a newcomer": func(p *observe.Picture) { p.Peers = append(slices.Clone(p.Peers), p.Peers[0]) },
			"trouble":    func(p *observe.Picture) { p.Health.Stable = false },
			"a key":      func(p *observe.Picture) { p.Data.Keys++ },
		} {
			src.mu.Lock()
			src.pic = calm
			src.mu.Unlock()
			src.step()
			time.Sleep(time.Second)
			src.step() // shown late, if nothing came after it
			time.Sleep(feedTime)
			synctest.Wait()
			before := len(got)
			src.mu.Lock()
			happens(&src.pic)
			src.mu.Unlock()
			src.step()
			time.Sleep(feedTime)
			synctest.Wait()
			if last := got[len(got)-1]; len(got) == before || last.Version != src.version {
				t.Errorf("%s is not shown at once", name)
			}
		}
		cancel()
	})
}
