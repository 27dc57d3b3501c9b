package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
)

// pictureMsg brings a new picture of the ring.
type pictureMsg struct{ pic *observe.Picture }

// feedTime is the least time between two pictures. However fast a ring
// changes, the screen costs no more than this. calmTime is the same while only
// counters change: the messages of a ring at rest are nothing to watch.
const (
	feedTime = 50 * time.Millisecond
	calmTime = 250 * time.Millisecond
)

// source is where pictures come from: scenarios.System.
type source interface {
	Picture() *observe.Picture
	Changed() <-chan struct{}
}

// feed sends each new picture to the program until ctx ends or over is closed.
// While nothing changes it does nothing.
func feed(ctx context.Context, src source, over <-chan struct{}, send func(tea.Msg)) {
	rest, calm := time.NewTimer(0), time.NewTimer(0)
	defer rest.Stop()
	defer calm.Stop()
	var shown *observe.Picture
	for {
		changed := src.Changed() // before Picture, so that no change is missed
		pic := src.Picture()
		var late <-chan time.Time // when pic is shown after all
		if shown != nil && alike(shown, pic) {
			late = calm.C
		} else {
			send(pictureMsg{pic})
			shown = pic
			calm.Reset(calmTime)
		}
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-late:
			shown = nil
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

// alike reports whether nothing but counters, rates and clocks of a ring at
// rest differs between two pictures, as far as that is told without comparing
// every pointer: where all are right and the peers are the same, so are they.
func alike(a, b *observe.Picture) bool {
	return a.Health.Stable && a.Health == b.Health && a.Data == b.Data && a.Registry == b.Registry &&
		len(a.Faults) == len(b.Faults) && latest(a) == latest(b) &&
		slices.EqualFunc(a.Peers, b.Peers, func(p, q observe.Peer) bool {
			return p.ID == q.ID && p.State == q.State && p.Incarnation == q.Incarnation && p.Frozen == q.Frozen &&
				p.Paused == q.Paused && p.Pace == q.Pace && p.Ran == q.Ran && !p.Tracing && !q.Tracing
		})
}

// news is what came last of each kind of thing that happens.
type news struct {
	move, lookup, recovery uint64
	lookedUp, recovered    bool
	event                  time.Duration
}

func latest(pic *observe.Picture) (n news) {
	if i := len(pic.Moves); i > 0 {
		n.move = pic.Moves[i-1].Number
	}
	if i := len(pic.Lookups); i > 0 {
		n.lookup, n.lookedUp = pic.Lookups[i-1].Number, pic.Lookups[i-1].Done
	}
	if i := len(pic.Recoveries); i > 0 {
		n.recovery, n.recovered = pic.Recoveries[i-1].Number, pic.Recoveries[i-1].Over
	}
	if i := len(pic.Events); i > 0 {
		n.event = pic.Events[i-1].At
	}
	return n
}

// assumeSynchronized lets Bubble Tea draw each frame at one stroke. It does not
// ask for that over ssh, where frames tear most; terminals that do not know
// the mode ignore it.
func assumeSynchronized() tea.Msg {
	return tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset}
}
