package tui

import (
	"context"
	"fmt"
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
}

func (c *changing) Picture() *observe.Picture {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &observe.Picture{Version: c.version}
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
