package command

import (
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// words puts a lookup into the words of the screen. Names are as short as tells
// the peers on the way apart.
func words(c *client.Client, l *chord.Lookup) observe.Lookup {
	s := observe.NewStore(observe.Config{Space: c.Space(), Clock: func() time.Duration { return 0 }})
	know := func(ref chord.Ref) {
		if !ref.IsZero() {
			s.Apply(observe.Update{Self: ref})
		}
	}
	know(c.Peer())
	know(l.Owner)
	for _, step := range l.Steps {
		know(step.At)
		know(step.Rule.Next)
	}
	return s.Describe(c.Peer(), *l)
}

// placed writes a key for people, a name with the identifier it stands at.
func placed(space ring.Space, key store.Key) string {
	if key.Name == "" {
		return key.Text(space)
	}
	return fmt.Sprintf("%s (K%s)", clip(key.Text(space)), space.Format(key.ID))
}

// clip shortens the name of a key, which may have a kilobyte, to about 40
// characters. Identifiers stay whole.
func clip(name string) string {
	const longest = 41 // K and 160 bits
	runes := []rune(name)
	if len(runes) <= longest {
		return name
	}
	return string(runes[:longest-4]) + `..."`
}

// took is a duration for people.
func took(d time.Duration) time.Duration { return d.Round(time.Millisecond / 10) }
