package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// AnswerKind is what the answer to a question is made of.
type AnswerKind uint8

const (
	AnswerText   AnswerKind = iota
	AnswerPeer              // one peer, or none
	AnswerPath              // peers in order
	AnswerPeers             // peers in any order, or none
	AnswerKeys              // keys in any order, or none
	AnswerNumber            // a whole number
	AnswerYesNo             // yes or no
)

// Ask is the question of a line with ask. A screen may let a class answer
// before the line is carried out, whose Result has the right answer.
type Ask struct {
	Question string
	Kind     AnswerKind
	Right    string // the right answer as the line has it; "" if the ring is to say it

	about   *condition // what the answer is by; nil: nothing is written
	literal literal
	next    *subject // of the lookup that follows, if nothing is written
	named   map[ring.ID]bool
}

// Answer is the right answer to a question, and why it is right.
type Answer struct {
	Text string   // as a line writes it: "N42", "N8 N42 N51 N56", "3", "none"
	Why  []string // sentences, in the words of the trace where it is about a lookup; may be empty
}

// Is reports whether an answer that somebody gave is the right one: names
// separated by spaces or commas, in any order where that does not count,
// letters of either case.
func (a Answer) Is(kind AnswerKind, given string) bool {
	words := func(s string) []string {
		out := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
		if kind == AnswerPeers || kind == AnswerKeys {
			slices.Sort(out)
		}
		return out
	}
	return slices.Equal(words(a.Text), words(given))
}

// literal is an answer that is written down.
type literal struct {
	text  string
	peers []peerRef
	keys  []store.Key
}

// subject is the lookup that a question stands before.
type subject struct {
	key  store.Key
	from selector
}

// askPayload is the JSON result of a question.
type askPayload struct {
	Question string   `json:"question"`
	Answer   string   `json:"answer"`
	Why      []string `json:"why,omitempty"`
}

const anAnswer = `an answer such as N42, K54, 3 or "a text", or what it is about, as in owner K54`

func parseAsk(p *parser) action {
	a := &Ask{Question: p.text(), named: p.scope.named}
	if eq := p.next(); eq.kind != operator || eq.text != "=" {
		p.errorf(eq, "expected = and the answer, found %s", eq.found())
	}
	first := p.peek()
	start := p.pos
	switch {
	case first.kind == quoted:
		a.literal.text = p.text()
	case first.kind != word:
		p.errorf(first, "expected %s, found %s", anAnswer, first.found())
	case first.is("yes"), first.is("no"), first.is("none"):
		a.Kind, a.literal.text = AnswerYesNo, p.next().text
		if first.is("none") {
			a.Kind = AnswerPeers
		}
	case isDigits(first.text):
		a.Kind, a.literal.text = AnswerNumber, strconv.FormatUint(p.count("a number", 0, 1<<40), 10)
	case first.text[0] == 'K' && len(first.text) > 1:
		a.Kind, a.literal.keys = AnswerKeys, p.keySet()
	case first.text[0] == 'N' && !strings.Contains(first.text, "."):
		a.Kind, a.literal.peers = AnswerPath, p.refs()
		if len(a.literal.peers) == 1 {
			a.Kind = AnswerPeer
		}
	default:
		a.askAbout(p)
	}
	switch {
	case a.about == nil && first.kind == quoted:
		a.Right = a.literal.text
	case a.about == nil:
		a.Right = p.between(start, p.pos)
	}
	p.ask = a
	return func(_ context.Context, r *Runner) (Result, error) { return a.judge(r) }
}

// askAbout reads what the answer is by, and the answer if one is written.
func (a *Ask) askAbout(p *parser) {
	start := p.pos
	p.open = true
	c := p.condition(false)
	p.open = false
	left := p.left
	if left {
		p.left, p.lost = false, false
	}
	if c.kind == nil {
		return
	}
	a.about, a.Kind = &c, c.kind.answer
	if c.kind.name == "path" && !left { // whose = may be left out
		a.Right = p.between(start+1, p.pos)
	}
	for i := start; i < p.pos; i++ {
		switch t := p.toks[i]; {
		case t.kind != operator:
		case t.text != "=":
			p.errorf(t, "expected = and the answer, found %s", t.found())
		default:
			a.Right = p.between(i+1, p.pos)
			return
		}
	}
}

// judge says what the right answer is, and fails if another one is written.
func (a *Ask) judge(r *Runner) (Result, error) {
	pic := r.sys.Picture()
	v, err := a.verdict(r, pic)
	if err != nil {
		return Result{}, err
	}
	expected := "the answer " + a.Right
	if a.Right == "" {
		v.holds = !v.void
		expected = "an answer to what is asked"
	}
	res := claimed(expected, v)
	res.Answer = &Answer{Text: v.answer, Why: v.why}
	if v.answer == "" {
		res.Answer.Text = a.Right
	}
	if v.holds {
		res.Text = res.Answer.Text
	}
	res.Payload = askPayload{a.Question, res.Answer.Text, v.why}
	return res, nil
}

func (a *Ask) verdict(r *Runner, pic *observe.Picture) (verdict, error) {
	switch {
	case a.about != nil:
		v := a.about.judge(r.env(), pic)
		if v.answer == "" && !v.void {
			v.answer = v.seen
		}
		return v, nil
	case a.next != nil:
		ids, err := a.next.from.choose(r, pic, nil)
		if err != nil {
			return verdict{}, err
		}
		from, err := peerRef{digits: pic.Space.Format(ids[0]), id: ids[0], whole: true}.find(pic)
		if err != nil {
			return verdict{}, err
		}
		return a.foretold(foresee(pic, from, a.next.key.ID, r.scope.settings), pic), nil
	}
	return a.known(pic), nil
}

// foretold judges an answer that stands before a lookup: one peer is the first
// that is asked, or the owner; several are the path, a number is that of the
// hops. Other answers are taken as they are.
func (a *Ask) foretold(w foreseen, pic *observe.Picture) verdict {
	if w.stuck != "" {
		return verdict{void: true, seen: w.stuck, peers: w.names()}
	}
	v := verdict{holds: true, answer: a.Right, why: w.steps, peers: w.names()}
	last := len(w.path) - 1
	switch a.Kind {
	case AnswerPeer:
		is := func(i int) bool { return a.literal.peers[0].is(w.path[i].ID, pic.Space) }
		switch {
		case last > 0 && is(1):
			v.why = w.steps[:1]
		case is(last):
			v.why = w.steps[len(w.steps)-1:]
		default:
			v.holds = false
		}
	case AnswerPath:
		v.holds = slices.EqualFunc(a.literal.peers, w.path, func(f peerRef, p *observe.Peer) bool { return f.is(p.ID, pic.Space) })
	case AnswerNumber:
		v.holds = a.literal.text == strconv.Itoa(last)
	default:
		v.why = nil
	}
	if !v.holds {
		v.answer = ""
		v.seen = fmt.Sprintf("the lookup that follows goes %s, %s; a question about something else says what, as in = N8.successor",
			strings.Join(w.names(), " "), observe.Plural(last, "hop"))
	}
	return v
}

// known judges an answer about which nothing is written: its peers must be some
// that have been heard of.
func (a *Ask) known(pic *observe.Picture) verdict {
	v := verdict{holds: true, answer: a.Right}
	for _, f := range a.literal.peers {
		if f.whole && !a.named[f.id] && len(f.matches(pic)) == 0 {
			v.holds, v.answer = false, ""
			v.seen = fmt.Sprintf("there is no peer %s, and no line lets it join; %s", f, roll(pic))
			break
		}
	}
	return v
}

// linkQuestions tells each question which lookup it stands before. Only lines
// that tell something may be between them. An answer that nothing can be held
// against is no claim.
func linkQuestions(lines []Line) {
	var open *Ask
	for i := range lines {
		l := &lines[i]
		switch {
		case l.Ask != nil && l.Ask.about == nil:
			open = l.Ask
		case l.lookup != nil && open != nil && !l.lookup.from.drawn:
			open.next, open = l.lookup, nil
		case !slices.Contains([]string{"say", "note", "chapter", "ask", "title"}, l.Command):
			open = nil
		}
	}
	for i := range lines {
		if a := lines[i].Ask; a != nil && a.about == nil && a.next == nil {
			lines[i].Claim = len(a.literal.peers) > 0
		}
	}
}
