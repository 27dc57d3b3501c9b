package scenarios

import (
	"fmt"
	"time"

	"chordscope/node/observe"
)

// This file has where a recorder puts waits.

// Limits of what counts as waiting by hand.
const (
	shortPause = 200 * time.Millisecond // shorter ones are nobody's intention
	longPause  = 20 * time.Second       // longer ones teach nothing
)

// waited writes a wait where a person let the ring work before the line: until
// it was stable, or had come to so many rings, and else for the time it took. A
// ring that a fault has left stable was not waited for, but perhaps looked at.
func (rec *Recorder) waited(pic *observe.Picture, l Line, now time.Duration) {
	pause := now - rec.ended
	if !rec.unsettled || l.scripted || l.Command == "wait" || l.Command == "sleep" {
		return
	}
	h := &pic.Health
	switch {
	case h.Stable && rec.calm && pause < time.Second:
	case h.Stable && rec.calm:
		rec.keep(recordedLine{text: fmt.Sprintf("sleep %v", min(pause, longPause).Round(100*time.Millisecond)), waits: true})
	case h.Stable:
		rec.keep(recordedLine{text: fmt.Sprintf("wait until stable within %v", patience(pause)), waits: true})
		rec.unsettled = false
	case h.Rings != rec.rings && h.Live > 0:
		rec.keep(recordedLine{text: fmt.Sprintf("wait until rings = %d within %v", h.Rings, patience(pause)), waits: true})
	case pause >= shortPause:
		rec.keep(recordedLine{text: fmt.Sprintf("sleep %v", min(pause, longPause).Round(100*time.Millisecond)), waits: true})
	}
}

// patience is a limit for what took so long once.
func patience(took time.Duration) time.Duration {
	return max(20*time.Second, (3 * took).Round(10*time.Second))
}

// disturbing are the commands after which the ring has something to do.
var disturbing = []string{
	"join", "leave", "kill", "freeze", "thaw", "restart", "partition", "cut", "delay", "drop", "reset", "poison", "heal", "merge",
	"resume", "step",
}
