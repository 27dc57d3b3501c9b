// Package scenarios is the language in which a ring is told what to do: it
// parses, runs and ships scenario files. A line of a file, a line typed by a
// person and a key press are the same command, read by the same parser and
// carried out by the same Runner on whatever System it is given.
//
// The language has one table of commands and one of conditions. Parser, runner
// and help text are driven by them, so a new word is one entry in one place.
package scenarios

import (
	"bytes"
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
	Number  int    // in the file, from 1
	Text    string // the command as written, without comment and outer space
	Command string // its first word
	Claim   bool   // it is counted as an expectation

	starts bool // needs a ring: it is started if it was not before
	run    action
}

// Parse reads a scenario. The name is used in messages. A file with mistakes
// gives an Errors with all of them, in the order of the file.
func Parse(name string, src []byte) (*Scenario, error) {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if len(src) > maxFile {
		return nil, Errors{{File: name, Line: 1, Column: 1, Message: "the file is larger than 1 MiB, the most a scenario may have"}}
	}
	if !utf8.Valid(src) {
		return nil, Errors{notText(name, src)}
	}
	sc := &Scenario{Name: name}
	scope := newScope()
	var errs Errors
	number := 0
	for line := range bytes.Lines(src) {
		number++
		p := &parser{scope: &scope, file: name, number: number, source: string(bytes.TrimRight(line, "\r\n"))}
		if l, ok := p.line(); ok {
			sc.Lines = append(sc.Lines, l)
			if l.Command == "title" && sc.Title == "" {
				sc.Title = p.toks[1].text
			}
		}
		errs = append(errs, p.errs...)
	}
	if err := scope.checkReplicas(); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		slices.SortStableFunc(errs, (*Error).compare)
		return nil, errs
	}
	return sc, nil
}

// parseLine reads one line typed by a person, in the scope that the commands
// before it left.
func parseLine(text string, s *scope) (Line, error) {
	p := &parser{scope: s, number: 1, source: text}
	l, ok := p.line()
	if err := s.checkReplicas(); err != nil {
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
