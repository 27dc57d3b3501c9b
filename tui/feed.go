package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
)

// pictureMsg brings a new picture of the ring.
type pictureMsg struct{ pic *observe.Picture }

// feedTime is the least time between two pictures. However fast a ring
// changes, the screen costs no more than this.
const feedTime = 50 * time.Millisecond

// source is where pictures come from: scenarios.System.
type source interface {
	Picture() *observe.Picture
	Changed() <-chan struct{}
}

// feed sends each new picture to the program until ctx ends or over is closed.
// While nothing changes it does nothing.
func feed(ctx context.Context, src source, over <-chan struct{}, send func(tea.Msg)) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		changed := src.Changed() // before Picture, so that no change is missed
		send(pictureMsg{src.Picture()})
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-rest.C:
			rest.Reset(feedTime)
		}
	}
}

// assumeSynchronized lets Bubble Tea draw each frame at one stroke. It does not
// ask for that over ssh, where frames tear most; terminals that do not know
// the mode ignore it.
func assumeSynchronized() tea.Msg {
	return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
}
