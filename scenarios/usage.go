package scenarios

import (
	"slices"
	"strings"
)

// This file reads the usages of the tables as patterns, so that completion
// follows from them: a new word needs nothing but its entry.

// part is one piece of a usage: a word that is written as it is, a placeholder
// such as PEER, or a group of which one alternative is taken.
type part struct {
	text     string
	any      [][]part
	optional bool
	repeated bool
}

// stands reports whether the part is a placeholder.
func (p part) stands() bool {
	return p.any == nil && (p.text[0] == '"' || p.text[0] >= 'A' && p.text[0] <= 'Z')
}

// usageReader reads one usage.
type usageReader struct {
	name  string // the first word; after a bar it begins another usage
	words []string
}

// patternOf reads a usage such as "join N8 N14 ... [via PEER] | join NUMBER".
// Where the first word does not follow a bar, the bar stands between two
// alternatives of one word.
func patternOf(usage string) part {
	if strings.HasPrefix(usage, "partition ") { // the one in which bars are written
		group := part{any: [][]part{{{text: "PEER", repeated: true}}, {{text: "rest"}}}}
		more := part{any: [][]part{{{text: "|"}, group}}, repeated: true}
		return part{any: [][]part{{{text: "partition"}, group, more}}}
	}
	r := usageReader{}
	for _, w := range strings.Fields(usage) {
		for strings.HasPrefix(w, "[") {
			r.words, w = append(r.words, "["), w[1:]
		}
		closes := strings.HasSuffix(w, "]") && !strings.Contains(w, "[")
		r.words = append(r.words, strings.TrimSuffix(w, "]"))
		if closes {
			r.words = append(r.words, "]")
		} else if strings.HasSuffix(w, "]") {
			r.words[len(r.words)-1] = w
		}
	}
	r.name = r.words[0]
	return part{any: r.alternatives()}
}

// alternatives reads up to the end of the usage or of a group.
func (r *usageReader) alternatives() [][]part {
	all := [][]part{nil}
	for len(r.words) > 0 {
		w := r.words[0]
		r.words = r.words[1:]
		now := &all[len(all)-1]
		last := len(*now) - 1
		switch {
		case w == "]":
			return all
		case w == "[":
			*now = append(*now, part{any: r.alternatives(), optional: true})
		case w == "...":
			if last > 0 && identifier((*now)[last].text) && identifier((*now)[last-1].text) { // N8 N14 ...
				*now = (*now)[:last]
				last--
			}
			(*now)[last].repeated = true
		case w == "|" && r.words[0] == r.name:
			all = append(all, nil)
		case w == "|":
			(*now)[last] = part{any: [][]part{{(*now)[last]}, wordParts(r.words[0])}}
			r.words = r.words[1:]
		default:
			*now = append(*now, wordParts(w)...)
		}
	}
	return all
}

// wordParts splits join=NUMBER and stabilize|fix as they are written.
func wordParts(w string) []part {
	if kinds := strings.Split(w, "|"); len(kinds) > 1 && w != "|" {
		group := part{}
		for _, k := range kinds {
			group.any = append(group.any, []part{{text: k}})
		}
		return []part{group}
	}
	if name, value, found := strings.Cut(w, "="); found && name != "" && value != "" {
		return []part{{any: [][]part{{{text: name}, {text: "="}, {text: value}}}}}
	}
	return []part{{text: w}}
}

// identifier reports whether a word of a usage stands for a peer that is not
// there yet.
func identifier(w string) bool { return len(w) > 1 && w[0] == 'N' && isDigits(w[1:]) }

// matcher finds out what may follow the words of a line. It goes through the
// pattern with the set of all places in the line where it may be, so its work
// is bounded by the product of both.
type matcher struct {
	words    []token
	expand   func(placeholder string) (group part, ok bool)
	expected []part // what may stand after the last word
}

// places is a set of positions in the line: how many words are before each.
type places []bool

func (m *matcher) sequence(parts []part, at places) places {
	for _, p := range parts {
		at = m.part(p, at)
	}
	return at
}

func (m *matcher) part(p part, at places) places {
	after := m.once(p, at)
	for more := p.repeated; more; {
		again := union(after, m.once(p, after))
		more = !slices.Equal(again, after)
		after = again
	}
	if p.optional {
		after = union(after, at)
	}
	return after
}

func (m *matcher) once(p part, at places) places {
	if !slices.Contains(at, true) {
		return at
	}
	if group, ok := m.expand(p.text); ok && p.any == nil {
		p = group
	}
	after := make(places, len(at))
	if p.any != nil {
		for _, parts := range p.any {
			after = union(after, m.sequence(parts, at))
		}
		return after
	}
	for i, here := range at {
		switch {
		case !here:
		case i == len(m.words):
			if !slices.ContainsFunc(m.expected, func(q part) bool { return q.text == p.text }) {
				m.expected = append(m.expected, p)
			}
		case p.takes(m.words[i]):
			after[i+1] = true
		}
	}
	return after
}

func union(a, b places) places {
	out := slices.Clone(a)
	for i := range b {
		out[i] = out[i] || b[i]
	}
	return out
}

// takes reports whether a word of a line can be what the part says. It is not
// as strict as the parser: completion has to go on after a slip.
func (p part) takes(t token) bool {
	peer, row, isField := strings.Cut(p.text, ".")
	switch {
	case t.kind == operator:
		return p.text == "=" || p.text == "<="
	case t.kind == symbol:
		return p.text == t.text || p.text == "->" && t.text == "<->"
	case t.kind == quoted:
		return p.text[0] == '"' || p.text == "KEY" || p.text == "FILE"
	case isField && peer == "PEER":
		_, field, found := strings.Cut(t.text, ".")
		row, _, _ = strings.Cut(row, "[")
		field, _, _ = strings.Cut(field, "[")
		return found && field == row
	case p.text == "PEER" || p.text == "PEERNAME" || identifier(p.text):
		return t.text[0] == 'N'
	case p.text == "KEY":
		return t.text[0] == 'K'
	case p.text == "NUMBER":
		return t.text[0] >= '0' && t.text[0] <= '9'
	case p.stands():
		return p.text[0] != '"'
	}
	return t.text == p.text
}
