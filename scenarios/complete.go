package scenarios

import (
	"slices"
	"strings"

	"chordscope/node/observe"
)

// Completion is one way in which a line may go on.
type Completion struct {
	// Label is the word to put at the cursor. Of a Hint it says what is to be
	// typed there, as the usages do: NUMBER, "TEXT".
	Label string
	Help  string // a sentence about it; may be empty
	Usage string // of a command or a condition

	Hint bool // there is nothing to choose from; Line and Cursor are those given

	// Line is the whole line with the word in place, and Cursor where to go on,
	// in runes.
	Line   string
	Cursor int
}

// maxCompletions bounds a list that peers or keys would make endless.
const maxCompletions = 200

// Complete returns how a line may go on at the cursor, which counts runes as
// text fields do: commands, conditions, settings, and the peers and keys of the
// Picture, in the order of the help text. What begins as the word before the
// cursor comes first; if nothing does, what was probably meant comes. A line
// that makes no sense so far has no completions. It is safe to call from any
// goroutine; pic may be nil.
func Complete(line string, cursor int, pic *observe.Picture, s Settings) []Completion {
	runes := []rune(line)
	cursor = max(min(cursor, len(runes)), 0)
	c := completer{before: string(runes[:cursor]), after: string(runes[cursor:]), settings: s, pic: pic, labels: make(map[string]bool)}
	if c.pic == nil {
		c.pic = &observe.Picture{}
	}
	if len(line) > maxLine || !c.split() {
		return nil
	}
	m := matcher{words: c.words, expand: c.expand}
	start := make(places, len(c.words)+1)
	start[0] = true
	m.part(c.commands(), start)
	for _, p := range m.expected {
		c.offer(p)
	}
	return c.chosen()
}

// completer is one call of Complete.
type completer struct {
	before, after string // the cursor
	words         []token
	partial       string // the word that is being typed
	settings      Settings
	pic           *observe.Picture
	found         []Completion
	labels        map[string]bool // of what was found
}

// split finds the words before the one at the cursor, and that one. It returns
// false within a comment.
func (c *completer) split() bool {
	toks, at, wrong := lex(c.before)
	if wrong != "" { // a string that is still open
		start := byteOf(c.before, at.column)
		c.partial, c.before = c.before[start:], c.before[:start]
		c.words, _, _ = lex(c.before)
	} else {
		c.words = toks
		if n := len(toks) - 2; n >= 0 && toks[n].stop == len(c.before) && toks[n].kind != symbol && toks[n].kind != operator {
			start := byteOf(c.before, toks[n].column)
			c.partial, c.before = c.before[start:], c.before[:start]
			c.words = toks[:n+1]
		}
		if n := len(c.words) - 1; c.partial == "" && strings.Contains(c.before[c.words[n].stop:], "#") {
			return false
		}
	}
	c.words = c.words[:len(c.words)-1] // without the end, or what is partial
	if c.partial != "" {
		c.after = c.after[wordLength(c.after):]
	}
	return true
}

// byteOf returns where a column of a line begins.
func byteOf(line string, column int) int {
	return len(string([]rune(line)[:column-1]))
}

// commands is the pattern of every line.
func (c *completer) commands() part {
	all := part{any: [][]part{}}
	for i := range commands {
		if len(c.words) == 0 {
			all.any = append(all.any, []part{{text: commands[i].name}})
		} else if c.words[0].is(commands[i].name) {
			all.any = append(all.any, patternOf(commands[i].usage).any...)
		}
	}
	return all
}

// expand replaces the placeholders that stand for more than one word.
func (c *completer) expand(placeholder string) (part, bool) {
	word := func(text string) []part { return []part{{text: text}} }
	switch placeholder {
	case "PEER":
		if slices.Contains([]string{"expect", "wait", "always", "ask"}, c.words[0].text) {
			return part{}, false // conditions name their peers
		}
		return part{any: [][]part{
			word("PEERNAME"), {{text: "random"}, {text: "NUMBER", optional: true}}, word("any"), word("all"),
			{{text: "owner"}, {text: "KEY"}}, {{text: "successor"}, {text: "PEERNAME"}},
		}}, true
	case "ANSWER":
		return part{any: [][]part{
			{{text: "PEERNAME", repeated: true}}, {{text: "KEY", repeated: true}}, word("NUMBER"), word(`"TEXT"`),
			word("yes"), word("no"), word("none"),
		}}, true
	case "CONDITION":
		all := part{}
		for i := range conditions {
			all.any = append(all.any, patternOf(conditions[i].usage).any...)
		}
		return all, true
	}
	return part{}, false
}

// offer adds what a part stands for.
func (c *completer) offer(p part) {
	peer, field, isField := strings.Cut(p.text, ".")
	switch {
	case isField && peer == "PEER":
		c.offerField(field)
	case p.text == "PEER", p.text == "PEERNAME":
		c.offerPeers("")
	case p.text == "KEY":
		for _, d := range c.pic.Keys {
			c.add(Completion{Label: d.Key.Text(c.pic.Space)})
		}
		c.hint(p.text, keyHint)
	case p.text == "NAME" && c.words[0].is("set"):
		for _, s := range settings {
			c.add(Completion{Label: s.name + "=", Help: s.help + " (" + s.values + ")"})
		}
	case p.text == "VALUE" && len(c.words) > 1:
		c.offerValues(findSetting(c.words[len(c.words)-2].text))
	case p.text == "FILE" && c.words[0].is("include"):
		for _, name := range shipped {
			c.add(Completion{Label: name})
		}
		c.hint(p.text, hints[p.text])
	case identifier(p.text):
		c.hint(p.text, "the identifier of a peer that is to join")
	case p.stands():
		c.hint(p.text, hints[p.text])
	default:
		c.offerWord(p.text)
	}
}

// hints say what the placeholders are that are typed by hand.
var hints = map[string]string{
	"NUMBER": "a number", "DURATION": "a duration such as 200ms or 2s", `"TEXT"`: "a text in double quotes",
	`"VALUE"`: "a text in double quotes", "SHARE%": "a share such as 30%", "FILE": "a file", "FILE.svg": "a file to write",
	"FACTOR": "a factor such as 1/4 or 2", "NAME": "a name of letters and digits",
}

const keyHint = `K54 is the identifier 54 itself, a text in double quotes is hashed`

func (c *completer) offerWord(text string) {
	one := Completion{Label: text}
	if len(c.words) == 0 {
		if k := findCommand(token{kind: word, text: text}); k != nil {
			one.Help, one.Usage = k.help, k.usage
		}
	} else if k := conditionBeginning(text); k != nil {
		one.Help, one.Usage = k.help, k.usage
	}
	c.add(one)
}

// offerPeers adds the peers that the line may be about.
func (c *completer) offerPeers(suffix string) {
	wanted := present
	switch c.words[0].text {
	case "thaw":
		wanted = func(p *observe.Peer) bool { return p.Frozen && present(p) }
	case "restart":
		wanted = func(p *observe.Peer) bool { return p.State == observe.StateDead }
	}
	for i := range c.pic.Peers {
		if p := &c.pic.Peers[i]; wanted(p) {
			c.add(Completion{Label: p.Name + suffix, Help: p.State.String()})
		}
	}
}

// offerField adds PEER.successor and so on: the peers first, then the fields of
// the one that is typed.
func (c *completer) offerField(field string) {
	name, _, typed := strings.Cut(c.partial, ".")
	if !typed {
		c.offerPeers(".")
		return
	}
	label, _, _ := strings.Cut(field, "NUMBER")
	one := Completion{Label: name + "." + label}
	if k := conditionNamed("." + strings.TrimSuffix(label, "[")); k != nil {
		one.Help, one.Usage = k.help, k.usage
	}
	c.add(one)
}

func (c *completer) offerValues(s *setting) {
	if s == nil {
		return
	}
	first, second, two := strings.Cut(s.values, " or ")
	if !two {
		c.hint(s.values, s.help)
		return
	}
	c.add(Completion{Label: first, Help: s.help})
	c.add(Completion{Label: second, Help: s.help})
}

// add keeps a completion, each once.
func (c *completer) add(one Completion) {
	if c.labels[one.Label] {
		return
	}
	c.labels[one.Label] = true
	text := one.Label
	if last := text[len(text)-1]; last != '.' && last != '=' && last != '[' && !strings.HasPrefix(c.after, " ") {
		text += " "
	}
	one.Line, one.Cursor = c.before+text+c.after, len([]rune(c.before+text))
	c.found = append(c.found, one)
}

func (c *completer) hint(label, help string) {
	if c.labels[label] {
		return
	}
	c.labels[label] = true
	line := c.before + c.partial
	c.found = append(c.found, Completion{Label: label, Help: help, Hint: true, Line: line + c.after, Cursor: len([]rune(line))})
}

// chosen returns the completions that begin as the word at the cursor does, or
// else those that it was probably meant to be.
func (c *completer) chosen() []Completion {
	begins := func(o Completion) bool {
		return o.Hint || len(o.Label) >= len(c.partial) && strings.EqualFold(o.Label[:len(c.partial)], c.partial)
	}
	var out, hinted []Completion
	for _, o := range c.found {
		switch {
		case !begins(o):
		case o.Hint:
			hinted = append(hinted, o)
		default:
			out = append(out, o)
		}
	}
	if len(out) == 0 && c.partial != "" {
		for _, o := range c.found {
			if !o.Hint && suggest(c.partial, []string{o.Label}) != "" {
				out = append(out, o)
			}
		}
	}
	if len(out) > maxCompletions {
		out = out[:maxCompletions]
	}
	return append(out, hinted...)
}
