// Package keyring is where the keys of a ring come from: made at random, read
// from a file or the environment, or left in a private folder of the user by the
// program that started the ring, where the user's other programs find them by
// the address of the registry. Keys never stand on a command line, which
// everybody on the machine can read, nor on the screen.
package keyring

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"chordscope/proto/wire"
)

// Keys are what one has to know to take part in a ring. A key is text without
// blanks, so that it can be copied.
type Keys struct {
	Ring    []byte // whoever has it may be a peer or a client; empty: the ring has none
	Control []byte // whoever has it may kill and command peers; empty: not known
}

// Random makes keys that nobody can guess.
func Random() Keys { return Keys{Ring: random(), Control: random()} }

func random() []byte {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return hex.AppendEncode(nil, key)
}

// Flags are the flags of a command that say what the keys of a ring are, for
// package kong.
type Flags struct {
	KeyFile string `placeholder:"FILE" type:"path" help:"The ring's keys; else $CHORDSCOPE_KEY and $CHORDSCOPE_CONTROL_KEY are taken, or what your registry or screen on this machine has left for you."`
}

// Keys returns the keys of the ring whose registry is at addr, which may be
// empty. There may be none.
func (f *Flags) Keys(addr string) (Keys, error) {
	if f.KeyFile != "" {
		return Read(f.KeyFile)
	}
	if k, err := FromEnvironment(); err != nil || len(k.Ring)+len(k.Control) > 0 {
		return k, err
	}
	return Find(addr)
}

// Explain adds to an error about keys what can be done.
func Explain(err error) error {
	if errors.Is(err, wire.ErrUnauthorized) {
		return fmt.Errorf("%w; give the ring's keys by --key-file FILE or in CHORDSCOPE_KEY", err)
	}
	return err
}

// The environment variables of FromEnvironment.
const (
	RingVariable    = "CHORDSCOPE_KEY"
	ControlVariable = "CHORDSCOPE_CONTROL_KEY"
)

// FromEnvironment returns the keys that the environment has, if any.
func FromEnvironment() (Keys, error) {
	var k Keys
	return k, errors.Join(
		set(&k.Ring, RingVariable, os.Getenv(RingVariable)),
		set(&k.Control, ControlVariable, os.Getenv(ControlVariable)),
	)
}

// A file of keys has a line for each: its name and the key.
const (
	ringName    = "ring-key"
	controlName = "control-key"
)

// maxFile bounds the size of a file of keys, in bytes.
const maxFile = 4 << 10

// Read reads a file of keys.
func Read(file string) (Keys, error) {
	f, err := os.Open(file)
	if err != nil {
		return Keys{}, fmt.Errorf("the keys of the ring: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Keys{}, fmt.Errorf("the keys of the ring: %w", err)
	}
	k, err := parse(string(text))
	if err != nil {
		return Keys{}, fmt.Errorf("%s is no file of keys: %w", file, err)
	}
	return k, nil
}

func parse(text string) (Keys, error) {
	var k Keys
	if len(text) > maxFile {
		return k, errors.New("it is too long")
	}
	for line := range strings.Lines(text) {
		name, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		into := map[string]*[]byte{ringName: &k.Ring, controlName: &k.Control}[name]
		switch {
		case name == "":
			continue
		case into == nil: // do not show the line, it may be a key
			return Keys{}, fmt.Errorf("a line begins neither with %s nor with %s", ringName, controlName)
		case *into != nil:
			return Keys{}, fmt.Errorf("%s is there twice", name)
		}
		if err := set(into, name, key); err != nil {
			return Keys{}, err
		}
		if len(*into) == 0 {
			return Keys{}, fmt.Errorf("%s has no key", name)
		}
	}
	if len(k.Ring) == 0 && len(k.Control) == 0 {
		return Keys{}, errors.New("it has no keys")
	}
	return k, nil
}

// set stores a key if it can be one.
func set(into *[]byte, name, key string) error {
	if strings.ContainsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return fmt.Errorf("%s has blanks or unprintable characters in it", name)
	}
	if err := wire.CheckKey([]byte(key)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*into = []byte(key)
	return nil
}

// text returns the keys as a file has them.
func (k Keys) text() []byte {
	var b bytes.Buffer
	for _, line := range []struct {
		name string
		key  []byte
	}{{ringName, k.Ring}, {controlName, k.Control}} {
		if len(line.key) > 0 {
			fmt.Fprintf(&b, "%s %s\n", line.name, line.key)
		}
	}
	return b.Bytes()
}
