// Package scenarios is the language in which a ring is told what to do: it
// parses, runs and ships scenario files. A line of a file, a line typed by a
// person and a key press are the same command, read by the same parser and
// carried out by the same Runner on whatever System it is given.
//
// The language has one table of commands and one of conditions. Parser, runner
// and help text are driven by them, so a new word is one entry in one place.
package scenarios

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Bounds of a scenario file, in bytes.
const (
	maxFile = 1 << 20
	maxLine = 4096
)

// Scenario is a parsed file. It is never changed after Parse, so several
// runners may use it at once.
type Scenario struct {
	Name  string // as given to Parse
	Title string // of the first title line; may be empty
	Lines []Line // every line with a command, in order
}

// Claims counts the lines that a run can fail: expectations and waits.
func (s *Scenario) Claims() int {
	n := 0
	for _, l := range s.Lines {
		if l.Claim {
			n++
		}
	}
	return n
}

// Line is one command of a scenario.
type Line struct {
	File    string // that the line is in: Scenario.Name, or an included one
	Number  int    // in the file, from 1
	Text    string // the command as written, without comment and outer space
	Command string // its first word
	Claim   bool   // it is counted as an expectation
	Ask     *Ask   // the question of a line with ask
	Told    string // the text of a line with title, chapter, say or note

	starts   bool // needs a ring: it is started if it was not before
	scripted bool // it is in a file, whose author said where to wait
	run      action
	lookup   *subject // of a lookup
}

// Parse reads a scenario. The name is used in messages. A file with mistakes
// gives an Errors with all of them, in the order of the file, also those of the
// files that it includes.
func Parse(name string, src []byte) (*Scenario, error) {
	return parse(&source{name: name}, src)
}

func parse(from *source, src []byte) (*Scenario, error) {
	rd := reader{scope: newScope()}
	sc := &Scenario{Name: from.name, Lines: rd.file(from, src)}
	if err := rd.scope.checkReplicas(); err != nil {
		rd.errs = append(rd.errs, err)
	}
	if len(rd.errs) == 0 { // else a line that was not understood may let them join
		rd.errs = rd.scope.absent
	}
	if len(rd.errs) > 0 {
		slices.SortStableFunc(rd.errs, (*Error).compare)
		return nil, rd.errs.once()
	}
	for _, l := range sc.Lines {
		if l.Command == "title" {
			sc.Title = l.Told
			break
		}
	}
	linkQuestions(sc.Lines)
	return sc, nil
}

// parseLine reads one line typed by a person, in the scope that the commands
// before it left.
func parseLine(text string, s *scope) (Line, error) {
	rd := reader{scope: *s}
	p := &parser{scope: &rd.scope, number: 1, source: text, typed: true}
	p.include = func(t token) []Line { return rd.include(&source{}, p, t) }
	l, ok := p.line()
	p.errs = append(p.errs, rd.errs...)
	if err := rd.scope.checkReplicas(); err != nil {
		p.errs = append(p.errs, err)
	}
	switch {
	case len(p.errs) > 0:
		return Line{}, p.errs[0]
	case !ok:
		return Line{}, &Error{Line: 1, Column: 1, Message: "expected a command, such as join 5", Source: text}
	}
	return l, nil
}

// notText points at the first byte that is not UTF-8.
func notText(name string, src []byte) *Error {
	e := &Error{File: name, Line: 1, Column: 1, Message: "the file is not UTF-8 text"}
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		switch {
		case r == utf8.RuneError && size == 1:
			return e
		case r == '\n':
			e.Line++
			e.Column = 1
		default:
			e.Column++
		}
		src = src[size:]
	}
	return e
}

// controlCharacter returns the column of the first rune that a terminal would
// obey rather than show, or 0.
func controlCharacter(line string) (column int, r rune) {
	for _, r := range line {
		column++
		if unicode.IsControl(r) && r != '\t' {
			return column, r
		}
	}
	return 0, 0
}
