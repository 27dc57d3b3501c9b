package command

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/store"
)

// Lookup writes who owns a key. As text, each hop comes with the reason for it.
func (r *Ring) Lookup(ctx context.Context, text string, recursive bool) error {
	return r.ask(ctx, "lookup "+clip(text), func(ctx context.Context, c *client.Client) error {
		key, err := c.Key(text)
		if err != nil {
			return err
		}
		l, err := c.Lookup(ctx, key.ID, recursive)
		switch {
		case err != nil:
			return err
		case r.JSON:
			return writeJSON(r.Stdout, lookup{
				Op: "lookup", Key: key.Text(c.Space()), way: wayOf(c, &l), TookMS: milliseconds(l.Took),
			})
		}
		_, err = r.Stdout.Write(lookupText(c, key, &l))
		return err
	})
}

// lookup is the JSON of a lookup.
type lookup struct {
	Op  string `json:"op"` // lookup
	Key string `json:"key"`
	way
	TookMS float64 `json:"took_ms"` // at the peer that was asked
}

// way is how a request came to the owner of its key. Peers are named by their
// whole identifier.
type way struct {
	Owner string   `json:"owner"`
	Path  []string `json:"path"` // from the peer that was asked to the owner
	Hops  int      `json:"hops"` // one less than the path has peers
}

func wayOf(c *client.Client, l *chord.Lookup) way {
	w := words(c, l)
	out := way{Owner: refName(c.Space(), l.Owner), Path: make([]string, 0, len(w.Path)), Hops: w.Hops}
	for _, id := range w.Path {
		out.Path = append(out.Path, fullName(c.Space(), id))
	}
	return out
}

func lookupText(c *client.Client, key store.Key, l *chord.Lookup) []byte {
	w := words(c, l)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s is owned by %s: %s, %s, owner included (%v)\n", placed(c.Space(), key), w.OwnerName,
		strings.Join(w.PathNames, " -> "), observe.Plural(w.Hops, "hop"), took(l.Took))
	for _, step := range w.Steps {
		fmt.Fprintf(&out, "  %s: %s\n", step.AtName, reason(step))
	}
	return out.Bytes()
}

func reason(s observe.Step) string {
	if s.Timeout {
		return fmt.Sprintf("%s; %s did not answer", s.Why, s.NextName)
	}
	return s.Why
}
