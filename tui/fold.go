package tui

import (
	"fmt"
	"time"

	"chordscope/node/observe"
)

// The events of accesses to keys. There are about ten for each put.
const (
	eventLookup  = "lookup"
	eventHop     = "hop"
	eventFound   = "found"
	eventPut     = "put"
	eventReplica = "replica"
)

// lull is how long no access happens between two bursts of them.
const lull = 300 * time.Millisecond

// burst is a number of accesses one right after the other.
type burst struct {
	events []int // of them, as indices
	puts   int
	copies int
	found  int
}

// crowded reports whether so much happens that nobody can follow a single
// access.
func (b *burst) crowded() bool { return b.puts >= crowd || b.found >= crowd }

// take counts one event.
func (b *burst) take(i int, e *observe.Event) {
	b.events = append(b.events, i)
	switch e.Kind {
	case eventPut:
		b.puts++
	case eventReplica:
		b.copies++
	case eventFound:
		b.found++
	}
}

// foldBursts returns the events as the log shows them: those of many accesses
// at once, as a load makes them, are one that counts them, where the last of
// them stood. What else happens meanwhile stays, and so do single accesses, and
// all that fails.
func foldBursts(events []observe.Event) []observe.Event {
	var bursts []burst
	var last time.Duration
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case eventLookup, eventHop, eventFound, eventPut, eventReplica:
		default:
			continue
		}
		if len(bursts) == 0 || e.At-last > lull {
			bursts = append(bursts, burst{})
		}
		bursts[len(bursts)-1].take(i, e)
		last = e.At
	}
	instead := make(map[int]*observe.Event) // nil: left out
	for i := range bursts {
		b := &bursts[i]
		if !b.crowded() {
			continue
		}
		for _, at := range b.events {
			instead[at] = nil
		}
		end := b.events[len(b.events)-1]
		instead[end] = b.sum(events[end].At, events[b.events[0]].Kind != eventLookup)
	}
	if len(instead) == 0 {
		return events
	}
	var out []observe.Event
	for i := range events {
		switch e, folded := instead[i]; {
		case !folded:
			out = append(out, events[i])
		case e != nil:
			out = append(out, *e)
		}
	}
	return out
}

// sum is the one event for all of a burst. If the burst is older than what is
// known, as its beginning shows, there was more.
func (b *burst) sum(at time.Duration, older bool) *observe.Event {
	e := &observe.Event{At: at}
	least := ""
	if older {
		least = "at least "
	}
	if b.puts == 0 {
		e.Text = least + observe.Plural(b.found, "lookup") + " ended"
		return e
	}
	e.Level = observe.Good
	e.Text = fmt.Sprintf("%s%s stored, %s kept by others, %s", least, observe.Plural(b.puts, "key"), copiesText(b.copies), observe.Plural(b.found, "lookup"))
	return e
}

// foldPauses returns the events with one in place of those of many peers whose
// maintenance stops, or goes on, at the same time.
func foldPauses(events []observe.Event) []observe.Event {
	var out []observe.Event
	for i := 0; i < len(events); {
		e, n := events[i], 1
		if e.Kind == "paused" || e.Kind == "resumed" {
			for i+n < len(events) && events[i+n].Kind == e.Kind && events[i+n].At-e.At <= lull {
				n++
			}
		}
		if n < crowd {
			out = append(out, events[i:i+n]...)
		} else {
			out = append(out, observe.Event{At: e.At, Kind: e.Kind, Level: e.Level, Text: fmt.Sprintf("%s: %s", observe.Plural(n, "peer"), e.Text)})
		}
		i += n
	}
	return out
}
