package tui

import (
	"fmt"
	"sort"
	"strings"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// lookupPane tells the last lookup step by step, each with the rule that
// decided it.
type lookupPane struct{}

func (lookupPane) heading(m *Model) heading {
	if m.trip == nil {
		return heading{title: "Lookup"}
	}
	l := &m.trip.lookup
	h := heading{title: lookupVerbs[l.For] + " " + keyName(m.pic, l) + " from " + originName(m, l)}
	if l.Recursive {
		h.note = "recursive"
	}
	return h
}

// lookupVerbs says what a lookup was for.
var lookupVerbs = map[string]string{"": "Lookup", "put": "Put", "get": "Get", "delete": "Delete"}

func (lookupPane) rows(m *Model, width int) []row {
	if m.trip == nil {
		return wrapped(part{}, "Press / and type a key, such as K54 or apple.", draw.Dim, width)
	}
	l := &m.trip.lookup
	rows := verdictRows(m.trip, width)
	switch {
	case !m.crowded() || l.Failed != "" || len(l.PathNames) < 2:
	case m.trip.moving():
		rows = rows[:1]
	default:
		rows = rows[1:] // the path names the owner
	}
	if m.trip.moving() {
		rows = append(rows, row{})
	} else if len(l.PathNames) > 1 {
		rows = append(rows, wrapped(part{"path  ", draw.Dim}, strings.Join(l.PathNames, " → "), draw.Path|draw.Bold, width)...)
	}
	return append(rows, stepRows(m.trip, width, m.crowded())...)
}

// verdictRows says how the lookup ended, with the convention for hops named.
func verdictRows(t *trip, width int) []row {
	l := &t.lookup
	switch {
	case l.Failed != "" && !t.moving():
		return wrapped(part{"✕ ", draw.Bad | draw.Bold}, "failed: "+l.Failed, draw.Bad, width)
	case !l.Done || t.moving():
		return []row{line(part{"on its way …", draw.Dim}), {}}
	}
	owner := line(part{"owner ", draw.Dim}, part{l.OwnerName, draw.Good | draw.Bold}).to(l.Owner)
	hops := fmt.Sprintf("%d hops, owner included", l.Hops)
	switch l.Hops {
	case 0:
		hops = "0 hops: it owns the key"
	case 1:
		hops = "1 hop, owner included"
	}
	return []row{owner, line(part{hops, draw.Plain}, part{"  " + milliseconds(l.Took), draw.Dim})}
}

// stepRows lists the steps as they are shown on the ring: the one under way is
// marked, and later ones are blank yet. The rule stands below the step, or right
// behind it if that saves a row.
func stepRows(t *trip, width int, dense bool) []row {
	current, _ := t.at()
	hop, legs := 1, 0
	var rows []row
	for _, s := range t.lookup.Steps {
		lead, who := part{"  ", draw.Dim}, s.AtName
		ink := draw.Plain | draw.Bold
		if s.HasNext && s.Next != s.At {
			who += " → " + s.NextName
			lead = part{fmt.Sprintf("%d ", hop), draw.Path | draw.Bold}
			if s.Timeout {
				lead = part{"✕ ", draw.Bad | draw.Bold}
			} else {
				hop++
			}
			if t.moving() && legs == current {
				ink = draw.Comet | draw.Bold
			}
			legs++
		}
		head := line(lead, part{who, ink}).to(s.At)
		head.mark = ink&^draw.Bold == draw.Comet // so that it is in view
		if s.Timeout {
			head.add("  no answer", draw.Bad)
		}
		from := len(rows)
		switch {
		case s.Why == "":
			rows = append(rows, head)
		case dense:
			rows = append(rows, runIn(head, s.Why, width)...)
		default:
			rows = append(append(rows, head), wrapped(part{text: "  "}, s.Why, draw.Dim, width)...)
		}
		if t.moving() && legs > current+1 {
			clear(rows[from:])
		}
	}
	return rows
}

// runIn writes a text behind the head of its first row, and the rest of it below.
func runIn(head row, text string, width int) []row {
	rows := []row{head}
	room := width - head.width() - 2
	words := strings.Fields(text)
	n := len(words)
	for n > 0 && draw.Width(strings.Join(words[:n], " ")) > room {
		n--
	}
	rows[0].add("  "+strings.Join(words[:n], " "), draw.Dim)
	if n < len(words) {
		rows = append(rows, wrapped(part{text: "  "}, strings.Join(words[n:], " "), draw.Dim, width)...)
	}
	return rows
}

// originName is the name of the peer that asked.
func originName(m *Model, l *observe.Lookup) string {
	if len(l.PathNames) > 0 {
		return l.PathNames[0]
	}
	return m.nameOf(l.Origin)
}

// keyName is what the key of a lookup is called: as the lookup was told, or by
// the name of the only key that stands there.
func keyName(pic *observe.Picture, l *observe.Lookup) string {
	at := sort.Search(len(pic.Keys), func(i int) bool { return !pic.Keys[i].Key.ID.Less(l.Key) })
	alone := at < len(pic.Keys) && pic.Keys[at].Key.ID == l.Key &&
		(at+1 == len(pic.Keys) || pic.Keys[at+1].Key.ID != l.Key)
	if alone && l.For != "" {
		return pic.Keys[at].Name
	}
	return l.KeyName
}
