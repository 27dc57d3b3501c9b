package tui

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// trouble is what somebody broke and nobody has healed yet, as the screen tells
// it: a partition is its sides, and not the hundreds of cut links it is made of.
type trouble struct {
	faults []observe.Fault // it was made of
	peers  int             // in the picture it was made of
	links  []badLink       // those that no partition explains
	sides  [][]ring.ID     // of a partition; none if there is none
	side   map[ring.ID]int // index in sides
}

// badLink is a link with a fault.
type badLink struct {
	observe.Fault
	both bool // the same is wrong the other way
}

// find looks for the troubles of a picture. While its faults are the same
// nothing is done, since there may be thousands.
func (t *trouble) find(pic *observe.Picture) {
	if t.peers == len(pic.Peers) && slices.Equal(t.faults, pic.Faults) {
		return
	}
	*t = trouble{faults: pic.Faults, peers: len(pic.Peers), side: make(map[ring.ID]int)}
	t.sides = findSides(pic)
	for i, ids := range t.sides {
		for _, id := range ids {
			t.side[id] = i
		}
	}
	type way struct{ from, to ring.ID }
	ways := make(map[way]observe.LinkFault)
	var rest []observe.Fault
	for _, f := range pic.Faults {
		if !t.explains(f) {
			rest = append(rest, f)
			ways[way{f.From, f.To}] = f.LinkFault
		}
	}
	for _, f := range rest {
		back, both := ways[way{f.To, f.From}]
		both = both && back == f.LinkFault
		if !both || f.From.Less(f.To) {
			t.links = append(t.links, badLink{f, both})
		}
	}
}

// explains reports whether a fault is part of the partition.
func (t *trouble) explains(f observe.Fault) bool {
	a, known := t.side[f.From]
	b, too := t.side[f.To]
	return known && too && a != b && f.LinkFault == observe.LinkFault{Cut: true}
}

// The ways in which a link can be bad, the worst first.
const (
	linkCut = iota
	linkStall
	linkDelay
	linkKinds
)

// linkMarks and linkPens hold how each kind is drawn.
var linkMarks = [linkKinds]mark{
	linkCut:   {"╳", draw.Bad | draw.Bold},
	linkStall: {"%", draw.Warn | draw.Bold},
	linkDelay: {"◔", draw.Warn | draw.Bold},
}

var linkPens = [linkKinds]draw.Pen{
	linkCut:   {Level: draw.Fault, Ink: draw.Bad, On: 3, Off: 4},
	linkStall: {Level: draw.Fault, Ink: draw.Warn, On: 1, Off: 2},
	linkDelay: {Level: draw.Fault, Ink: draw.Warn, On: 6, Off: 2},
}

var linkWords = [linkKinds]string{linkCut: "cut", linkStall: "lossy", linkDelay: "delayed"}

func linkKind(f observe.LinkFault) int {
	switch {
	case f.Cut:
		return linkCut
	case f.Stall > 0:
		return linkStall
	}
	return linkDelay
}

// ends names a link's ends.
func (l *badLink) ends() string {
	if l.both {
		return l.FromName + " ↔ " + l.ToName
	}
	return l.FromName + " → " + l.ToName
}

// frozen returns the peers that are frozen.
func frozen(pic *observe.Picture) []*observe.Peer {
	var list []*observe.Peer
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.Frozen && p.State.Present() {
			list = append(list, p)
		}
	}
	return list
}

// registryDown reports whether there is a registry that does not answer.
func registryDown(pic *observe.Picture) bool { return pic.Registry.Addr != "" && !pic.Registry.Up }

// troubleText sums up what is broken, as the beginning of a row of facts, in at
// most width cells or else only as a number. It is empty if nothing is broken.
func troubleText(pic *observe.Picture, t *trouble, width int) string {
	var parts []string
	total := 0
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
			total += n
		}
	}
	add(len(t.sides), "sides")
	var of [linkKinds]int
	for i := range t.links {
		of[linkKind(t.links[i].LinkFault)]++
	}
	for kind, n := range of {
		add(n, linkWords[kind])
	}
	add(len(frozen(pic)), "frozen")
	if total == 0 {
		return ""
	}
	text := strings.Join(parts, ", ") + " · "
	if draw.Width(text) > width {
		return observe.Plural(total, "fault") + " · "
	}
	return text
}
