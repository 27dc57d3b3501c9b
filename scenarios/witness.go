package scenarios

import (
	"fmt"
	"slices"

	"chordscope/node/observe"
)

// maxWitnessed is how many events a failure shows.
const maxWitnessed = 12

// witnesses returns the last events of the peers that a failed claim is about,
// oldest first; of all peers where it is about none.
func witnesses(res *Result, pic *observe.Picture) []observe.Event {
	var out []observe.Event
	for i := len(pic.Events) - 1; i >= 0 && len(out) < maxWitnessed; i-- {
		e := pic.Events[i]
		if len(res.Peers) == 0 || slices.Contains(res.Peers, e.Peer) {
			out = append(out, e)
		}
	}
	slices.Reverse(out)
	return out
}

// traceLines writes the trace of a failure for people, an event a line.
func (res *Result) traceLines() []string {
	lines := make([]string, len(res.Trace))
	for i, e := range res.Trace {
		lines[i] = fmt.Sprintf("%7.2fs %s %s", e.At.Seconds(), e.Peer, e.Text)
	}
	return lines
}
