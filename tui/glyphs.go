package tui

import (
	"time"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// mark is a glyph with its colour. Every state has a shape of its own, so that
// nothing is said by colour alone; all are one cell wide in every terminal we
// know, unlike emoji.
type mark struct {
	glyph string
	ink   draw.Ink
}

var stateMarks = [...]mark{
	observe.StateJoining: {"○", draw.Accent | draw.Bold},
	observe.StateMember:  {"●", draw.Plain | draw.Bold},
	observe.StateLeaving: {"◐", draw.Path},
	observe.StateSilent:  {"◌", draw.Warn | draw.Bold},
	observe.StateDead:    {"✕", draw.Bad | draw.Bold},
	observe.StateLeft:    {"◇", draw.Dim},
}

var frozenMark = mark{"■", draw.Warn | draw.Bold}

// fadeAfter is how long a dead peer is drawn in its colour; half as long it is
// bold.
const fadeAfter = 5 * time.Second

// stateMark returns how p is drawn at the time now of its picture.
func stateMark(p *observe.Peer, now time.Duration) mark {
	if p.Frozen && p.State.Present() {
		return frozenMark
	}
	m := stateMarks[p.State]
	if p.State == observe.StateDead {
		switch age := now - p.Since; {
		case age > fadeAfter:
			m.ink = draw.Dim
		case age > fadeAfter/2:
			m.ink = draw.Bad
		}
	}
	return m
}

var verdictMarks = [...]mark{
	observe.None:  {"·", draw.Dim},
	observe.Right: {"✓", draw.Good},
	observe.Stale: {"~", draw.Warn | draw.Bold},
	observe.Dead:  {"✕", draw.Bad | draw.Bold},
}

// pens holds how a pointer across the circle is drawn: right ones solid, stale
// ones dashed, dead ones dotted.
var pens = [...]draw.Pen{
	observe.None:  {Level: draw.Chord, Ink: draw.Rule, On: 1, Off: 5},
	observe.Right: {Level: draw.Chord, Ink: draw.Accent},
	observe.Stale: {Level: draw.Chord, Ink: draw.Warn, On: 5, Off: 3},
	observe.Dead:  {Level: draw.Chord, Ink: draw.Bad, On: 1, Off: 2},
}

var levelMarks = [...]mark{
	observe.Info:    {"·", draw.Dim},
	observe.Good:    {"✓", draw.Good},
	observe.Warning: {"!", draw.Warn | draw.Bold},
	observe.Bad:     {"✕", draw.Bad | draw.Bold},
}
