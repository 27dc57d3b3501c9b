package scenarios

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind says what a token is.
type kind uint8

const (
	end      kind = iota // of the line
	word                 // join, N8, 200ms
	quoted               // "a string"; its text is without the quotes
	operator             // = != < <= > >=
	symbol               // -> <-> |
)

// token is one word of a line.
type token struct {
	kind   kind
	text   string
	column int // in runes, from 1
	stop   int // where it ends in the line, in bytes
}

// is reports whether the token is this very word.
func (t token) is(text string) bool { return t.kind == word && t.text == text }

// meant suggests which of the known words was probably meant, if this is one.
func (t token) meant(known []string) string {
	if t.kind != word {
		return ""
	}
	return suggest(t.text, known)
}

// found describes the token in a message.
func (t token) found() string {
	switch t.kind {
	case end:
		return "the end of the line"
	case quoted:
		return fmt.Sprintf("the string %q", t.text)
	}
	return fmt.Sprintf("%q", t.text)
}

// signs are tried in this order: a longer one before its beginning.
var signs = []struct {
	kind kind
	text string
}{
	{symbol, "<->"}, {symbol, "->"}, {symbol, "|"},
	{operator, "!="}, {operator, "<="}, {operator, ">="}, {operator, "="}, {operator, "<"}, {operator, ">"},
}

// signAt returns the sign that s begins with; its text is empty if there is
// none.
func signAt(s string) (kind, string) {
	if s == "" || strings.IndexByte("<>=!-|", s[0]) < 0 {
		return end, ""
	}
	for _, sign := range signs {
		if strings.HasPrefix(s, sign.text) {
			return sign.kind, sign.text
		}
	}
	return end, ""
}

// lex splits a line into tokens up to a comment. The last token is always an
// end, which stands after the last word.
func lex(line string) ([]token, *token, string) {
	var toks []token
	last, lastColumn, column := 0, 1, 1 // where the last token ended; and the scan
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRuneInString(line[at:])
		t := token{column: column}
		switch k, sign := signAt(line[at:]); {
		case unicode.IsSpace(r):
			at += size
			column++
			continue
		case r == '#':
			return append(toks, token{column: lastColumn, stop: last}), nil, ""
		case r == '"':
			text, n, wrong := unquote(line[at:])
			if wrong != "" {
				return nil, &t, wrong
			}
			t.kind, t.text, t.stop = quoted, text, at+n
		case sign != "":
			t.kind, t.text, t.stop = k, sign, at+len(sign)
		default:
			n := wordLength(line[at:])
			t.kind, t.text, t.stop = word, line[at:at+n], at+n
		}
		column += utf8.RuneCountInString(line[at:t.stop])
		at, last = t.stop, t.stop
		lastColumn = column + 1 // where the next word would stand
		toks = append(toks, t)
	}
	return append(toks, token{column: lastColumn, stop: last}), nil, ""
}

// wordLength returns how many bytes of s belong to the word it begins with.
func wordLength(s string) int {
	for i, r := range s {
		if _, sign := signAt(s[i:]); unicode.IsSpace(r) || r == '"' || r == '#' || sign != "" {
			return i
		}
	}
	return len(s)
}

// Quote writes a string as a line has it.
func Quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// unquote reads the string that s begins with. It returns its text and how
// many bytes it takes, or what is wrong.
func unquote(s string) (text string, n int, wrong string) {
	var b strings.Builder
	escaped := false
	for i, r := range s[1:] {
		switch {
		case escaped && r != '"' && r != '\\':
			return "", 0, `in a string a backslash stands only before " and \`
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			return b.String(), i + 2, ""
		default:
			b.WriteRune(r)
		}
	}
	return "", 0, `the string is not closed: expected " before the end of the line`
}
