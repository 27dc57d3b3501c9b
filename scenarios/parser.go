package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"chordscope/node/ring"
)

// scope is what the lines before the current one decided, as far as parsing
// needs it.
type scope struct {
	settings Settings
	replicas *Error // where replicas was set, for a message; nil: left to default
	started  string // the command that started the ring; "": none yet
	looked   bool   // something was looked up, so that hops and path mean something
	got      bool   // a get was made, so that found means something

	named     map[ring.ID]bool // peers that a line lets join
	others    bool             // there may be peers that no line has named
	absent    Errors           // peers that a line is about, and that no line above lets join
	snapshots map[string]bool
}

func newScope() scope {
	return scope{settings: DefaultSettings(), named: make(map[ring.ID]bool), snapshots: make(map[string]bool)}
}

func (s *scope) space() ring.Space { return ring.MustSpace(s.settings.Bits) }

// checkReplicas tells whether a peer's successors can hold the copies of its
// keys. It is asked when all settings were made. It tells it once.
func (s *scope) checkReplicas() *Error {
	err := s.replicas
	if err == nil || s.settings.Replicas <= s.settings.Successors {
		return nil
	}
	s.replicas = nil
	err.Message = fmt.Sprintf("replicas=%d: expected at most successors=%d, since copies are kept on the successor list",
		s.settings.Replicas, s.settings.Successors)
	return err
}

// parser reads one line. After the first thing that is not understood, its
// methods return zero values and report nothing more, so that the functions of
// the command table read straight down.
type parser struct {
	scope  *scope
	file   string
	number int
	order  int // of the line, over all files
	source string
	typed  bool // by a person, who has no file

	toks []token
	pos  int
	lost bool // the rest of the line makes no sense
	open bool // a condition may end before its comparison, as a question does
	left bool // it did
	errs Errors

	tried   []string // words that may stand next, where it stands
	triedAt int

	told     string   // of a line that tells something
	ask      *Ask     // of a line that asks
	lookup   *subject // of a line that looks up
	included []Line   // of a line that includes
	include  func(file token) []Line
}

// line parses the whole line. It returns false for one without a command, and
// for one with mistakes.
func (p *parser) line() (Line, bool) {
	if len(p.source) > maxLine {
		p.source = "" // not worth showing
		p.fault(token{column: 1}, "the line is longer than %d bytes", maxLine)
		return Line{}, false
	}
	if column, r := controlCharacter(p.source); column > 0 {
		p.fault(token{column: column}, "a control character (%U) is not allowed", r)
		return Line{}, false
	}
	toks, at, wrong := lex(p.source)
	if wrong != "" {
		p.fault(*at, "%s", wrong)
		return Line{}, false
	}
	p.toks = toks
	first := p.next()
	if first.kind == end {
		return Line{}, false
	}
	if first.kind != word {
		p.errorf(first, "expected a command, found %s", first.found())
		return Line{}, false
	}
	c := findCommand(first)
	if c == nil {
		p.errorf(first, "unknown command %s%s", first.found(), suggest(first.text, commandNames()))
		return Line{}, false
	}
	l := Line{File: p.file, Number: p.number, Text: p.command(), Command: c.name, Claim: c.claim, starts: c.starts}
	if c.starts && p.scope.started == "" {
		p.scope.started = l.Text
	}
	l.run = c.parse(p)
	p.end()
	l.scripted = !p.typed
	l.Ask, l.Told, l.lookup = p.ask, p.told, p.lookup
	return l, len(p.errs) == 0
}

// command returns the line from its first word to its last.
func (p *parser) command() string {
	return strings.TrimSpace(p.source[:p.toks[len(p.toks)-1].stop])
}

// begin returns where Line.Text begins in the source.
func (p *parser) begin() int {
	return len(p.source) - len(strings.TrimLeftFunc(p.source, unicode.IsSpace))
}

// fault reports a mistake that leaves the rest of the line readable.
func (p *parser) fault(at token, format string, args ...any) {
	if !p.lost {
		p.errs = append(p.errs, p.errorAt(at, fmt.Sprintf(format, args...)))
	}
}

// errorf reports a mistake after which the rest of the line means nothing.
func (p *parser) errorf(at token, format string, args ...any) {
	p.fault(at, format, args...)
	p.lost = true
}

func (p *parser) errorAt(at token, message string) *Error {
	return &Error{File: p.file, Line: p.number, Column: at.column, Message: message, Source: p.source, order: p.order}
}

// cut ends an open condition before its comparison: what would follow reads as
// nothing, without a mistake.
func (p *parser) cut() { p.left, p.lost = true, true }

// peek returns the token that comes next; at the end, and once the parser is
// lost, an end token.
func (p *parser) peek() token {
	if p.lost || p.pos >= len(p.toks) {
		return token{}
	}
	return p.toks[p.pos]
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != end {
		p.pos++
	}
	return t
}

func (p *parser) more() bool { return p.peek().kind != end }

// end requires that nothing is left.
func (p *parser) end() {
	if t := p.peek(); t.kind != end {
		expected := "the end of the line"
		if could := p.could(); len(could) > 0 {
			expected = strings.Join(could, ", ") + " or " + expected
		}
		p.errorf(t, "expected %s, found %s%s", expected, t.found(), t.meant(p.could()))
	}
}

// accept takes the next word if it is this one.
func (p *parser) accept(text string) bool {
	if p.peek().is(text) {
		p.pos++
		return true
	}
	p.tried, p.triedAt = append(p.could(), text), p.pos
	return false
}

// could returns the words that accept has looked for here.
func (p *parser) could() []string {
	if p.triedAt != p.pos {
		return nil
	}
	return p.tried
}

// keyword requires this very word.
func (p *parser) keyword(text string) {
	if t := p.peek(); !p.accept(text) {
		p.errorf(t, "expected %s, found %s%s", text, t.found(), t.meant([]string{text}))
	}
}

// text requires a string.
func (p *parser) text() string {
	t := p.next()
	if t.kind == quoted {
		return t.text
	}
	hint := ""
	if strings.HasPrefix(t.text, "“") || strings.HasPrefix(t.text, "'") {
		hint = ` (its quotes must be plain double ones)`
	}
	p.errorf(t, `expected a string in double quotes, found %s%s`, t.found(), hint)
	return ""
}

// word requires a word; what names it in the message.
func (p *parser) word(what string) token {
	t := p.next()
	if t.kind != word {
		p.errorf(t, "expected %s, found %s", what, t.found())
	}
	return t
}

// count requires a whole number from low to high.
func (p *parser) count(what string, low, high uint64) uint64 {
	t := p.word(what)
	n, err := strconv.ParseUint(t.text, 10, 64)
	if t.kind == word && (err != nil || n < low || n > high) {
		p.errorf(t, "expected %s from %d to %d, found %s", what, low, high, t.found())
	}
	return n
}

// maxDuration bounds waits, so that none is for ever.
const maxDuration = 24 * time.Hour

// duration requires a positive duration.
func (p *parser) duration() time.Duration {
	t := p.word("a duration such as 200ms or 2s")
	d, err := time.ParseDuration(t.text)
	switch {
	case t.kind != word:
	case err != nil:
		p.errorf(t, "expected a duration such as 200ms or 2s, found %s", t.found())
	case d <= 0 || d > maxDuration:
		p.errorf(t, "expected a duration above 0 and up to 24h, found %s", t.found())
	}
	return d
}

// defaultWithin limits waits whose line sets no limit.
const defaultWithin = 30 * time.Second

// within reads the limit of a wait, if there is one.
func (p *parser) within() time.Duration {
	if !p.accept("within") {
		return defaultWithin
	}
	return p.duration()
}
