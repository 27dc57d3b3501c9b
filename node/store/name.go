package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"chordscope/node/ring"
)

// Named returns the key of a name: it stands at the name's hash.
func Named(space ring.Space, name string) Key {
	return Key{ID: space.Hash([]byte(name)), Name: name}
}

// Check returns an error that says what is wrong with a key somebody sent.
func (k Key) Check(space ring.Space) error {
	switch {
	case len(k.Name) > MaxName:
		return fmt.Errorf("a key of %d bytes: at most %d are allowed", len(k.Name), MaxName)
	case !space.Contains(k.ID):
		return fmt.Errorf("the key's identifier does not fit into %d bits", space.Bits())
	case k.Name != "" && k.ID != space.Hash([]byte(k.Name)):
		return fmt.Errorf("the key %q does not stand at its hash", k.Name)
	}
	return nil
}

// Text returns the key as people write it: K54 for an identifier, "apple" in
// quotes for a name.
func (k Key) Text(space ring.Space) string {
	if k.Name == "" {
		return "K" + space.Format(k.ID)
	}
	return strconv.Quote(k.Name)
}

// Parse reads a key as people type it: K54 is an identifier (decimal up to 32
// bits, hexadecimal beyond), "K54" in quotes and everything else is a name.
func Parse(space ring.Space, text string) (Key, error) {
	if strings.HasPrefix(text, `"`) {
		name, err := strconv.Unquote(text)
		if err != nil {
			return Key{}, fmt.Errorf("key %s: the quotes do not match", text)
		}
		text = name
	} else if digits, ok := strings.CutPrefix(text, "K"); ok {
		id, err := space.Parse(digits)
		if err == nil {
			return Key{ID: id}, nil
		}
		if strings.Trim(digits, "0123456789") == "" && digits != "" {
			return Key{}, fmt.Errorf("key %s: %w; in quotes it is a name", text, err)
		}
	}
	if text == "" {
		return Key{}, errors.New("an empty key: give a name, or K and a number")
	}
	k := Named(space, text)
	return k, k.Check(space)
}
