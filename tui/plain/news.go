package plain

import (
	"context"
	"fmt"
	"sync"
	"time"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// batch is the least time between two looks at the ring.
const batch = 50 * time.Millisecond

// news tells what is new in the pictures of a ring. It is safe for concurrent
// use.
type news struct {
	system scenarios.System
	out    *printer

	mu     sync.Mutex
	quiet  bool          // only what matters
	last   time.Duration // of the newest event
	with   int           // events at that moment
	health string
	live   int
	addr   string
}

// follow tells what happens until ctx ends.
func (n *news) follow(ctx context.Context) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for ctx.Err() == nil {
		changed := n.system.Changed() // before Picture, so that no change is missed
		n.tell()
		select {
		case <-ctx.Done():
		case <-changed:
			select {
			case <-ctx.Done():
			case <-rest.C:
				rest.Reset(batch)
			}
		}
	}
	n.tell()
}

// tell writes what the picture of this moment has more than the last one.
func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	pic := n.system.Picture()
	n.events(pic.Events)
	if reg := pic.Registry; reg.Up && reg.Addr != n.addr {
		n.addr = reg.Addr
		n.out.at(pic.At, plainly, "ring", "the registry is at "+reg.Addr)
	}
	n.state(pic)
}

// hush chooses whether everything is told, or only what matters.
func (n *news) hush(quiet bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.quiet = quiet
}

// levels are the tones of events.
var levels = [...]tone{observe.Info: plainly, observe.Good: plainly, observe.Warning: warning, observe.Bad: bad}

// events writes those that were not there before. Events have no numbers, but
// their moments never go back.
func (n *news) events(events []observe.Event) {
	skip := n.with
	if len(events) > 0 && n.with > 0 && events[0].At > n.last {
		n.out.at(events[0].At, warning, "ring", "more happened at once than is told here")
	}
	for i := range events {
		e := &events[i]
		if e.At < n.last || e.At == n.last && skip > 0 {
			if e.At == n.last {
				skip--
			}
			continue
		}
		who := e.Peer
		if who == "" {
			who = "ring"
		}
		if !n.quiet || e.Level > observe.Info {
			n.out.at(e.At, levels[e.Level], who, e.Text)
		}
		if e.At > n.last {
			n.last, n.with, skip = e.At, 0, 0
		}
		n.with++
	}
}

// state writes how many peers there are and how the ring is, where that has
// changed.
func (n *news) state(pic *observe.Picture) {
	h := &pic.Health
	if len(pic.Peers) == 0 {
		return
	}
	health, t := "not valid: "+h.Why, bad
	switch {
	case h.Live == 0:
		health = "no peer is a member"
	case h.Stable:
		health, t = "ideal, every pointer is right", good
	case h.Valid:
		health, t = "valid, and repairing itself", warning
	}
	if health == n.health && h.Live == n.live {
		return
	}
	n.health, n.live = health, h.Live
	n.out.at(pic.At, t, "ring", fmt.Sprintf("%s, %s", observe.Plural(h.Live, "peer"), health))
}
