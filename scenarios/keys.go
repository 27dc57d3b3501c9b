package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// This file has how a line names keys, and how keys and values are written.

// keyHelp is the part of the help text that is about keys.
const keyHelp = `K54          the identifier 54 itself
"apple"      hashed with SHA-1, of which the top bits count`

const someKey = `a key such as K54 or "apple"`

// key requires a key: K and its identifier, or a name in quotes.
func (p *parser) key() store.Key {
	t := p.next()
	if t.kind != quoted {
		_, id, _ := p.identifier(t, "K", someKey)
		return store.Key{ID: id}
	}
	if t.text == "" {
		p.errorf(t, "expected %s, found an empty string", someKey)
	}
	k := store.Named(p.scope.space(), t.text)
	if err := k.Check(p.scope.space()); err != nil {
		p.errorf(t, "%v", err)
	}
	return k
}

// keySet requires keys, each once, up to the end of the condition, or none.
func (p *parser) keySet() []store.Key {
	if p.accept("none") {
		return nil
	}
	var keys []store.Key
	for first := true; first || p.more() && !p.peek().is("within"); first = false {
		t := p.peek()
		k := p.key()
		if slices.Contains(keys, k) {
			p.fault(t, "%s is named twice", k.Text(p.scope.space()))
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, store.Key.Compare)
	return keys
}

// placed writes a key with where it stands, which a name does not say.
func placed(k store.Key, space ring.Space) string {
	if k.Name == "" {
		return k.Text(space)
	}
	return fmt.Sprintf("%s (K%s)", k.Text(space), space.Format(k.ID))
}

func keyNames(data []*observe.Datum) []string {
	names := make([]string, len(data))
	for i, d := range data {
		names[i] = d.Name
	}
	return names
}

// listKeys writes keys of a Picture, the first few of many.
func listKeys(data []*observe.Datum) string {
	if len(data) == 0 {
		return "none"
	}
	return listWords(keyNames(data))
}

// maxShown is how many bytes of a value a sentence shows.
const maxShown = 48

// showValue writes a value of so many bytes, of which head is the beginning.
func showValue(head []byte, size int) string {
	text := string(head[:min(len(head), maxShown)])
	cut := size > len(text)
	if cut { // perhaps in the middle of a letter
		text = strings.TrimRightFunc(text, func(r rune) bool { return r == utf8.RuneError })
	}
	switch {
	case !isText(text):
		return fmt.Sprintf("%s that are no text", observe.Plural(size, "byte"))
	case cut:
		return fmt.Sprintf("%q... (%s)", text, observe.Plural(size, "byte"))
	}
	return fmt.Sprintf("%q", text)
}

// isText reports whether people can read s.
func isText(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}
