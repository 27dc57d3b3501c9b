package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Error is a mistake in a line of a scenario.
type Error struct {
	File    string // as given to Parse; "" for a line typed by a person
	Line    int    // from 1
	Column  int    // of the word at fault, in runes, from 1
	Message string // what was expected
	Source  string // the line, without its end; "" if it cannot be shown

	order int // of the line among those of all files
}

// Error returns the place and the message, then the line itself and a caret
// under the word.
func (e *Error) Error() string {
	place := fmt.Sprintf("column %d", e.Column)
	if e.File != "" {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	text := place + ": " + e.Message
	if e.Source != "" {
		text += "\n" + e.Excerpt()
	}
	return text
}

func (e *Error) compare(o *Error) int {
	return cmp.Or(cmp.Compare(e.order, o.order), cmp.Compare(e.Column, o.Column))
}

// How an excerpt is laid out, in runes: a long line is cut around the word, so
// that a terminal does not wrap it and lose the caret.
const (
	excerptIndent = "    "
	excerptBefore = 70
	excerptAfter  = 40
	tabWidth      = 4
)

// Excerpt returns the line with its tabs expanded and, below it, a caret under
// Column, both indented.
func (e *Error) Excerpt() string {
	runes := []rune(e.Source)
	at := max(e.Column-1, 0)
	for len(runes) < at { // something is missing after the end
		runes = append(runes, ' ')
	}
	head, tail := expandTabs(string(runes[:at])), runes[at:]
	if h := []rune(head); len(h) > excerptBefore {
		head = "…" + string(h[len(h)-excerptBefore:])
	}
	rest := strings.ReplaceAll(string(tail), "\t", " ")
	if len(tail) > excerptAfter {
		rest = string([]rune(rest)[:excerptAfter]) + "…"
	}
	line := strings.TrimRight(visible(head+rest), " ")
	caret := strings.Repeat(" ", displaywidth.String(visible(head))) + "^"
	return excerptIndent + line + "\n" + excerptIndent + caret
}

// expandTabs replaces tabs by spaces up to the next tab stop.
func expandTabs(s string) string {
	var b strings.Builder
	width := 0
	for part := range strings.SplitAfterSeq(s, "\t") {
		text, tab := strings.CutSuffix(part, "\t")
		b.WriteString(text)
		width += displaywidth.String(text)
		if tab {
			n := tabWidth - width%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			width += n
		}
	}
	return b.String()
}

// visible replaces what a terminal would obey by a sign it shows.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if column, _ := controlCharacter(string(r)); column > 0 {
			return '\ufffd'
		}
		return r
	}, s)
}

// Errors are all mistakes of a file, in its order.
type Errors []*Error

func (es Errors) Error() string {
	texts := make([]string, len(es))
	for i, e := range es {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "\n")
}

// Unwrap gives errors.As and errors.Is each single mistake.
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// once leaves out what was told before: a file may be included twice.
func (es Errors) once() Errors {
	type place struct {
		file         string
		line, column int
		message      string
	}
	seen := make(map[place]bool)
	return slices.DeleteFunc(es, func(e *Error) bool {
		at := place{e.File, e.Line, e.Column, e.Message}
		again := seen[at]
		seen[at] = true
		return again
	})
}
