package scenarios

import (
	"context"
	"sync"
	"time"

	"chordscope/node/observe"
)

// This file has how lines let time pass, and how somebody who steers a scenario
// is obeyed meanwhile.

// Haste is how a line of a scenario that is steered lets time pass.
type Haste uint8

const (
	// NoHaste is as the line is written.
	NoHaste Haste = iota
	// Hurry is for lines that nobody follows: time that passes for effect is cut
	// short once the ring is at rest, or has had ten rounds of stabilize; what is
	// waited for gets 15 s at most.
	Hurry
	// AtOnce ends the waiting now, whatever has come of it.
	AtOnce
)

// Bounds of what a hurried line waits for.
const (
	hurriedRounds = 10 // of stabilize, for things to happen that come with time alone
	hurriedWait   = 15 * time.Second
)

// ending is how a wait ended.
type ending uint8

const (
	timedOut ending = iota
	cameTrue
	brokenOff // earlier than it should, by Haste
)

// waitFor waits for cond and looks at every Picture on the way. In a hurry it
// waits no longer than hurried.
func (r *Runner) waitFor(ctx context.Context, within, hurried time.Duration, cond func(Haste, *observe.Picture) bool) (ending, error) {
	for waited := time.Duration(0); ; {
		stretch, interrupt := context.WithCancel(ctx)
		haste, err := r.meanwhile(ctx, interrupt)
		if err != nil {
			interrupt()
			return timedOut, err
		}
		limit := within
		switch haste {
		case Hurry:
			limit = min(within, hurried)
		case AtOnce:
			limit = 0
		}
		began := r.sys.Now()
		var mu sync.Mutex // a driver may look from any goroutine
		ok, err := r.sys.WaitFor(stretch, max(limit-waited, 0), func(pic *observe.Picture) bool {
			mu.Lock()
			defer mu.Unlock()
			r.look(pic)
			return cond(haste, pic)
		})
		interrupted := stretch.Err() != nil && ctx.Err() == nil
		interrupt()
		waited += r.sys.Now() - began
		switch {
		case ok:
			return cameTrue, nil
		case interrupted: // asks again, and goes on with what is left of its time
		case err != nil:
			return timedOut, err
		case limit < within:
			return brokenOff, nil
		default:
			return timedOut, nil
		}
	}
}

// meanwhile lets whoever steers the scenario do what he likes before a line
// waits. The line gives its turn up for that time.
func (r *Runner) meanwhile(ctx context.Context, interrupt func()) (Haste, error) {
	if !r.steered() {
		return NoHaste, nil
	}
	line := r.ofLine
	<-r.turn
	haste := r.Meanwhile(ctx, interrupt)
	r.turn <- struct{}{}
	r.ofLine = line
	return haste, ctx.Err()
}

// steered reports whether somebody may interrupt the line that runs.
func (r *Runner) steered() bool { return r.Meanwhile != nil && r.scripted }

// atRest reports whether time alone would change nothing: the ring is stable, with
// nothing broken that peers have yet to notice.
func atRest(pic *observe.Picture) bool {
	last := len(pic.Recoveries) - 1
	return pic.Health.Stable && len(pic.Faults) == 0 && len(frozenIDs(pic)) == 0 && (last < 0 || pic.Recoveries[last].Over)
}

// sleep lets time pass. In a hurry it is over as soon as the ring is at rest.
func (r *Runner) sleep(ctx context.Context, d time.Duration) error {
	if len(r.guards) == 0 && !r.steered() {
		return r.sys.Sleep(ctx, d)
	}
	_, err := r.waitFor(ctx, d, r.rounds(hurriedRounds), func(h Haste, pic *observe.Picture) bool {
		return h == Hurry && atRest(pic)
	})
	return err
}

// rounds is how long so many runs of stabilize take, at the pace that
// maintenance has.
func (r *Runner) rounds(n int) time.Duration {
	d := time.Duration(n) * r.settings().Stabilize
	for _, p := range r.sys.Picture().Peers {
		if p.State.Live() && p.Pace > 0 {
			return time.Duration(float64(d) / p.Pace)
		}
	}
	return d
}
