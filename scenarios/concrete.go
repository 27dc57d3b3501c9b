package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file writes a line that was carried out so that it does the same again.

// span is where a selector stands in its line, in bytes. One that is not
// written has the words that would stand before it.
type span struct {
	from, to int
	before   string
}

// choice is what a selector stood for when its line ran.
type choice struct {
	span
	names []string
}

// concrete returns the line with the peers that were chosen in place of what
// chose them; several lines where one cannot say it.
func concrete(l Line, res Result, chosen []choice, pic *observe.Picture) []string {
	switch pay := res.Payload.(type) {
	case partitionPayload:
		groups := make([]string, len(pay.Groups))
		for i, g := range pay.Groups {
			groups[i] = strings.Join(g, " ")
		}
		return []string{"partition " + strings.Join(groups, " | ")}
	case linksPayload:
		if len(pay.Links) > 2 {
			return concreteLinks(l, pay.Links, chosen)
		}
	case peersPayload:
		if l.Command == "join" {
			return []string{concreteJoin(l, pay.Peers, chosen, pic)}
		}
	}
	text := l.Text
	slices.SortStableFunc(chosen, func(a, b choice) int { return cmp.Compare(b.from, a.from) })
	for _, c := range chosen {
		if c.to <= len(text) {
			text = text[:c.from] + c.before + strings.Join(c.names, " ") + text[c.to:]
		}
	}
	return []string{text}
}

// concreteJoin names peers by their whole identifiers, since they are not there
// when the line is read again.
func concreteJoin(l Line, names []string, chosen []choice, pic *observe.Picture) string {
	var ids []ring.ID
	for _, name := range names {
		for _, p := range pic.FindPeer(name) {
			if p.Name == name && !slices.Contains(ids, p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	text := "join " + wholeNames(ids, pic.Space)
	if len(chosen) > 0 && strings.Contains(l.Text, " via ") {
		text += " via " + strings.Join(chosen[0].names, " ")
	}
	return text
}

func wholeNames(ids []ring.ID, space ring.Space) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "N" + space.Format(id)
	}
	return strings.Join(names, " ")
}

// concreteLinks writes a line for each pair of peers.
func concreteLinks(l Line, links []linkPayload, chosen []choice) []string {
	end := 0
	for _, c := range chosen {
		end = max(end, c.to)
	}
	rest := l.Text[min(end, len(l.Text)):]
	var out []string
	for i := 0; i < len(links); i++ {
		arrow := " -> "
		if i+1 < len(links) && links[i+1] == (linkPayload{links[i].To, links[i].From}) {
			arrow = " <-> "
		}
		out = append(out, l.Command+" "+links[i].From+arrow+links[i].To+rest)
		if arrow == " <-> " {
			i++
		}
	}
	return out
}

// changedSettings writes the settings that are not the defaults, as set does.
func changedSettings(s Settings) string {
	var out []string
	now, usual := settingValues(s), settingValues(DefaultSettings())
	for i, v := range now {
		if v != usual[i] {
			out = append(out, v.name+"="+v.text)
		}
	}
	return strings.Join(out, " ")
}

// settingValue is a setting as a line writes it.
type settingValue struct{ name, text string }

// settingValues are all settings, in the order of the table. replicas comes
// after successors, which bound it.
func settingValues(s Settings) []settingValue {
	word := func(name string, yes bool) settingValue {
		no, other, _ := strings.Cut(findSetting(name).values, " or ")
		if yes {
			return settingValue{name, other}
		}
		return settingValue{name, no}
	}
	number := func(name string, n any) settingValue { return settingValue{name, fmt.Sprint(n)} }
	interval := func(name string, d time.Duration) settingValue { return settingValue{name, d.String()} }
	return []settingValue{
		number("bits", s.Bits), number("successors", s.Successors), number("replicas", s.Replicas), number("vnodes", s.VNodes),
		interval("stabilize", s.Stabilize), interval("fix", s.Fix), interval("check", s.Check), interval("repair", s.Repair),
		interval("timeout", s.Timeout), word("lookup", s.Recursive), word("protocol", s.Original), word("merge", s.Merge),
		word("processes", s.Processes), number("seed", s.Seed), word("fingers", s.ZeroBased),
	}
}
