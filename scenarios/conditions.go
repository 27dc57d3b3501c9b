package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
)

// verdict is what a condition found in a Picture.
type verdict struct {
	holds bool
	void  bool     // it cannot be told; neither the condition nor its opposite holds
	seen  string   // what was found, as a sentence without a full stop
	peers []string // the peers involved

	// Of one that is about a quantity or a pointer, for a question.
	answer string   // what it is, as a line writes it: "N56", "3", "K1 K5"
	why    []string // why it is so, a sentence each
}

// judge looks at a Picture. It must be safe to call from any goroutine, since
// drivers call it from theirs.
type judge func(e env, pic *observe.Picture) verdict

// env is what a judge may know beside the Picture.
type env struct {
	last         *way            // of the latest lookup, put, get or delete of the scenario
	got          *observe.Access // the latest get
	chapterBegan uint64          // Picture.Messages then
	snapshots    map[string]*observe.Picture
}

// condition is a condition of a line.
type condition struct {
	text string // as written
	kind *conditionKind
	judge
}

// conditionKind is one entry of the table of conditions. A name that begins
// with a dot is a field of a peer, as in N8.successor.
type conditionKind struct {
	name    string
	usage   string
	example string
	help    string
	answer  AnswerKind
	of      past // about something that is over, so that waiting for it is vain
	parse   func(p *parser, of field) judge
}

// past is what was done that a condition is about; empty: it is about the ring.
type past string

const (
	aLookup past = "lookup, put, get or delete"
	aGet    past = "get"
)

// made reports whether a line above did it.
func (d past) made(s *scope) bool {
	return d == "" || d == aLookup && s.looked || d == aGet && s.got
}

// field is the first word of a condition on a peer, such as N8.finger[4].
type field struct {
	at    token
	peer  peerRef
	index string // what stands in brackets; "" if there are none
}

// conditions are in the order of the help text.
var conditions = []conditionKind{
	{name: "stable", answer: AnswerYesNo, usage: "stable", example: "stable", parse: parseStable,
		help: "Every predecessor, successor list and finger is right, nobody is joining or leaving, and every key is on exactly the peers that should hold it."},
	{name: "valid", answer: AnswerYesNo, usage: "valid", example: "valid", parse: parseValid,
		help: "The proved invariant holds: every member has a live successor, and they form one ordered ring."},
	{name: "rings", answer: AnswerNumber, usage: "rings = NUMBER", example: "rings = 1", parse: parseRings,
		help: "How many rings the first live successors form."},
	{name: "size", answer: AnswerNumber, usage: "size = NUMBER", example: "size = 10", parse: parseSize,
		help: "How many live peers the ring has."},
	{name: ".successor", answer: AnswerPeer, usage: "PEER.successor = PEER", example: "N8.successor = N14", parse: parseSuccessor,
		help: "Whom a peer holds for its successor; a peer that knows nobody is its own."},
	{name: ".predecessor", answer: AnswerPeer, usage: "PEER.predecessor = PEER | none", example: "N8.predecessor = N1", parse: parsePredecessor,
		help: "Whom a peer holds for its predecessor; a lone peer is its own."},
	{name: ".successors", answer: AnswerPath, usage: "PEER.successors = PEER ...", example: "N8.successors = N14 N21 N32", parse: parseSuccessors,
		help: "A peer's whole successor list, in order; that of a lone peer is itself."},
	{name: ".finger", answer: AnswerPeer, usage: "PEER.finger[NUMBER] = PEER | none", example: "N8.finger[4] = N21", parse: parseFinger,
		help: "One row of a peer's finger table, numbered from 1 unless set fingers=0-based."},
	{name: ".fingers", answer: AnswerPath, usage: "PEER.fingers = PEER ...", example: "N8.fingers = N14 N14 N14 N21 N32 N42", parse: parseFingers,
		help: "A peer's whole finger table, from the first row to the last."},
	{name: "fingers to", answer: AnswerPeers, usage: "fingers to PEER = PEER ... | none", example: "fingers to N42 = N8 N32 N38", parse: parseFingersTo,
		help: "The other peers with a finger that points at a peer, in any order: those whose tables change when it goes."},
	{name: "owner", answer: AnswerPeer, usage: "owner KEY = PEER", example: "owner K54 = N56", parse: parseOwner,
		help: "The first live peer at or after the key owns it, and knows it: the key lies between its predecessor pointer and itself."},
	{name: "hop", answer: AnswerPeer, usage: "hop KEY from PEER = PEER | none", example: "hop K54 from N8 = N42", parse: parseHop,
		help: "Whom a peer would ask first if it looked a key up now."},
	{name: "way", answer: AnswerPath, usage: "way KEY from PEER = PEER ...", example: "way K54 from N8 = N8 N42 N51 N56", parse: parseWay,
		help: "The path that a lookup would take by what the peers believe now."},
	{name: "path", answer: AnswerPath, usage: "path PEER ...", example: "path N8 N42 N51 N56", parse: parsePath, of: aLookup,
		help: "The way of the last lookup, put, get or delete: the origin, every peer it went to, and last the owner."},
	{name: "hops", answer: AnswerNumber, usage: "hops <= NUMBER", example: "hops <= 4", parse: parseHops, of: aLookup,
		help: "The length of that path minus one."},
	{name: "replicas", answer: AnswerPeers, usage: "replicas KEY = PEER ... | none", example: "replicas K54 = N56 N1", parse: parseReplicas,
		help: "The live peers that hold the newest value of a key, its owner included, in any order."},
	{name: "copies", answer: AnswerNumber, usage: "copies KEY = NUMBER", example: "copies K54 = 3", parse: parseCopies,
		help: "How many these are."},
	{name: "value", usage: `value KEY = "VALUE" | none`, example: `value K54 = "red"`, parse: parseValue,
		help: "The newest value that a live peer holds under a key."},
	{name: "found", answer: AnswerYesNo, usage: "found", example: "found", parse: parseFound, of: aGet,
		help: "The last get found a value."},
	{name: "lost", answer: AnswerNumber, usage: "lost = NUMBER", example: "lost = 0", parse: parseLost,
		help: "How many keys were acknowledged, and not deleted since, and are on no live peer any more, or only in an older value."},
	{name: "keys for", answer: AnswerKeys, usage: "keys for PEER = KEY ... | none", example: "keys for N26 = K24 K26", parse: parseKeysFor,
		help: "The keys between the live peer before an identifier and the identifier: those that a peer there takes when it joins."},
	{name: "keys", answer: AnswerNumber, usage: "keys = NUMBER", example: "keys = 200", parse: parseKeys,
		help: "How many keys the ring holds."},
	{name: ".keys", answer: AnswerKeys, usage: "PEER.keys = KEY ... | none", example: `N8.keys = K1 K5 "apple"`, parse: parsePeerKeys,
		help: "The keys that a peer holds and truly owns, in any order; copies that it keeps for others do not count."},
	{name: ".copies", answer: AnswerKeys, usage: "PEER.copies = KEY ... | none", example: "N8.copies = K1 K5 K54", parse: parsePeerCopies,
		help: "All keys that a peer holds, its own and those that it keeps for others, in any order."},
	{name: ".load", answer: AnswerNumber, usage: "PEER.load <= NUMBER", example: "N8.load <= 40", parse: parsePeerLoad,
		help: "How many keys a peer holds and truly owns."},
	{name: "changed", answer: AnswerPeers, usage: "changed NAME = PEER ... | none", example: "changed before = N8 N32", parse: parseChanged,
		help: "The live peers whose finger table is another one than in the snapshot of this name, in any order."},
	{name: "messages", answer: AnswerNumber, usage: "messages <= NUMBER", example: "messages <= 500", parse: parseMessages,
		help: "How many messages the peers have sent each other since the last chapter began."},
	{name: "recovery.suspected", usage: "recovery.suspected <= DURATION", example: "recovery.suspected <= 500ms",
		parse: recoveryMoment("suspected", "nobody suspects anything yet", func(rec *observe.Recovery) observe.Moment { return rec.Suspected }),
		help:  "How long it took after the last kill or fault until the first peer suspected something."},
	{name: "recovery.ring", usage: "recovery.ring <= DURATION", example: "recovery.ring <= 2s",
		parse: recoveryMoment("the ring was right", "the ring is not right yet", func(rec *observe.Recovery) observe.Moment { return rec.Ring }),
		help:  "How long it took until every successor and predecessor was right."},
	{name: "recovery.fingers", usage: "recovery.fingers <= DURATION", example: "recovery.fingers <= 5s",
		parse: recoveryMoment("all fingers were right", "not all fingers are right yet", func(rec *observe.Recovery) observe.Moment { return rec.Fingers }),
		help:  "How long it took until every finger and successor list was right."},
	{name: "recovery.keys", usage: "recovery.keys <= DURATION", example: "recovery.keys <= 5s",
		parse: recoveryMoment("all keys had their copies", "not all keys have their copies yet", func(rec *observe.Recovery) observe.Moment { return rec.Keys }),
		help:  "How long it took until every key that is not lost was on the peers that should hold it."},
	{name: "recovery.messages", usage: "recovery.messages <= NUMBER", example: "recovery.messages <= 500", parse: parseRecoveryMessages,
		help: "How many messages the peers sent each other meanwhile."},
	{name: "recovery.failed", usage: "recovery.failed = NUMBER", example: "recovery.failed = 0", parse: parseRecoveryFailed,
		help: "How many lookups found no owner meanwhile."},
	{name: "recovery.rounds", usage: "recovery.rounds <= NUMBER", example: "recovery.rounds <= 3", parse: parseRecoveryRounds,
		help: "How many intervals of stabilize it took until the ring was right."},
}

// condition requires a condition. waits says that the line waits for it or
// watches it, so that it has to be one that can change.
func (p *parser) condition(waits bool) condition {
	start := p.pos
	first := p.next()
	kind, of := p.findCondition(first)
	if kind == nil {
		return condition{}
	}
	if kind.of != "" && waits {
		p.errorf(first, "%s is about the last %s and does not change: expected after expect or expect not", kind.name, kind.of)
	}
	if !kind.of.made(p.scope) {
		p.errorf(first, "%s is about the last %s: expected after a %[2]s", kind.name, kind.of)
	}
	c := condition{kind: kind, judge: kind.parse(p, of)}
	c.text = p.between(start, p.pos)
	return c
}

// between returns the words from one token to before another, with one space
// between them.
func (p *parser) between(from, to int) string {
	var words []string
	for _, t := range p.toks[from:min(to, len(p.toks)-1)] {
		if t.kind == quoted {
			words = append(words, Quote(t.text))
		} else {
			words = append(words, t.text)
		}
	}
	return strings.Join(words, " ")
}

func (p *parser) findCondition(first token) (*conditionKind, field) {
	if first.kind != word {
		p.errorf(first, "expected a condition such as stable, found %s", first.found())
		return nil, field{}
	}
	name, of := first.text, field{at: first}
	if peer, rest, found := strings.Cut(first.text, "."); found && peer != "recovery" {
		at := first
		at.text = peer
		of.peer, _ = p.peerIn(at)
		name = "." + rest
		if i := strings.IndexByte(name, '['); i >= 0 && strings.HasSuffix(name, "]") {
			name, of.index = name[:i], name[i+1:len(name)-1]
		}
	}
	if two := conditionNamed(name + " " + p.peek().text); two != nil && p.peek().kind == word {
		p.next()
		return two, of
	}
	if kind := conditionNamed(name); kind != nil {
		if of.index != "" && name != ".finger" {
			p.errorf(first, "%s has no rows: expected %s", name[1:], kind.usage)
		}
		return kind, of
	}
	if two := conditionBeginning(name); two != nil {
		p.errorf(p.peek(), "expected %s, found %s", strings.TrimPrefix(two.name, name+" "), p.peek().found())
		return nil, field{}
	}
	p.errorf(first, "%s", noCondition(name))
	return nil, field{}
}

// noCondition says what is wrong with a name that no condition has.
func noCondition(name string) string {
	if fields := conditionsUnder(name + "."); len(fields) > 0 {
		return fmt.Sprintf("expected one of %s, found %q", strings.Join(fields, ", "), name)
	}
	switch field, isField := strings.CutPrefix(name, "."); {
	case isField:
		return fmt.Sprintf("unknown field of a peer %q%s", field, suggest(name, conditionNames()))
	case name == "eventually":
		return `expected a condition such as stable, found "eventually", which stands only right after expect`
	case name == "not":
		return `expected a condition such as stable, found "not", which stands only once`
	}
	meant := suggest(name, append(conditionNames(), "not", "eventually"))
	return fmt.Sprintf("unknown condition %q%s", name, strings.Replace(meant, " .", " PEER.", 1))
}

// conditionsUnder returns the names of the conditions that begin like this.
func conditionsUnder(prefix string) []string {
	return slices.DeleteFunc(conditionNames(), func(n string) bool { return !strings.HasPrefix(n, prefix) })
}

// conditionNamed returns the condition of a name, a field's with its dot; nil if
// there is none.
func conditionNamed(name string) *conditionKind {
	for i := range conditions {
		if conditions[i].name == name {
			return &conditions[i]
		}
	}
	return nil
}

// conditionBeginning returns the first condition with a name of which this is
// the first word; nil if there is none.
func conditionBeginning(word string) *conditionKind {
	for i := range conditions {
		if first, _, _ := strings.Cut(conditions[i].name, " "); first == word {
			return &conditions[i]
		}
	}
	return nil
}

func conditionNames() []string {
	names := make([]string, len(conditions))
	for i, c := range conditions {
		names[i] = c.name
	}
	return names
}
