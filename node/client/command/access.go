package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/observe"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// Put stores a value under a key, as store.Parse reads it. A nil value is read
// from Stdin, to its end. Text is one line about what was done.
func (r *Ring) Put(ctx context.Context, key string, value []byte) error {
	if value == nil {
		var err error
		if value, err = readValue(ctx, r.Stdin); err != nil {
			return err
		}
	}
	if len(value) > store.MaxValue {
		return fmt.Errorf("the value has more than the %d bytes that a ring takes", store.MaxValue)
	}
	return r.access(ctx, chord.OpPut, key, value)
}

// Get writes the value of a key, which as text is the value alone, byte for
// byte. The error wraps ErrMissing if there is none.
func (r *Ring) Get(ctx context.Context, key string) error {
	return r.access(ctx, chord.OpGet, key, nil)
}

// Delete removes a key. The error wraps ErrMissing if there was no value.
func (r *Ring) Delete(ctx context.Context, key string) error {
	return r.access(ctx, chord.OpDelete, key, nil)
}

// readValue reads all of in, though not much more than a value may have. A read
// that nothing comes of, as from a terminal, cannot be ended: with ctx it is left
// to end with the program.
func readValue(ctx context.Context, in io.Reader) ([]byte, error) {
	type read struct {
		value []byte
		err   error
	}
	done := make(chan read, 1)
	go func() {
		value, err := io.ReadAll(io.LimitReader(in, store.MaxValue+1))
		done <- read{value, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("read the value: %w", r.err)
		}
		return r.value, nil
	}
}

func (r *Ring) access(ctx context.Context, op chord.Op, text string, value []byte) error {
	return r.ask(ctx, fmt.Sprintf("%v %s", op, clip(text)), func(ctx context.Context, c *client.Client) error {
		key, err := c.Key(text)
		if err != nil {
			return err
		}
		var a chord.Access
		switch op {
		case chord.OpPut:
			a, err = c.Put(ctx, key, value)
		case chord.OpDelete:
			a, err = c.Delete(ctx, key)
		default:
			a, err = c.Get(ctx, key)
		}
		switch {
		case err != nil && op != chord.OpGet && !errors.Is(err, wire.ErrTooLarge) && !errors.Is(err, wire.ErrNotMember):
			return fmt.Errorf("%w (it may have happened all the same)", err)
		case err != nil:
			return err
		}
		if err := r.writeAccess(c, &a, value); err != nil {
			return err
		}
		if op != chord.OpPut && !a.Found {
			return fmt.Errorf("%s: %w", placed(c.Space(), key), ErrMissing)
		}
		return nil
	})
}

func (r *Ring) writeAccess(c *client.Client, a *chord.Access, put []byte) error {
	switch {
	case r.JSON:
		return writeJSON(r.Stdout, accessOf(c, a, put))
	case a.Op == chord.OpGet:
		_, err := r.Stdout.Write(a.Value)
		return err
	case a.Op == chord.OpDelete && !a.Found:
		return nil
	}
	l := words(c, &a.Lookup)
	done := observe.Plural(a.Copies, "copy")
	if a.Op == chord.OpDelete {
		done = "gone from " + observe.Plural(a.Copies, "peer")
	}
	_, err := fmt.Fprintf(r.Stdout, "%v %s: %s, owner %s, version %d (%s, %v)\n", a.Op, placed(c.Space(), a.Key), done,
		l.OwnerName, a.Version.Counter, observe.Plural(l.Hops, "hop"), took(a.Took))
	return err
}

// access is the JSON of a put, get or delete.
type access struct {
	Op    string `json:"op"`    // put, get or delete
	Key   string `json:"key"`   // K54, or a name in quotes, as in "\"apple\""
	Found bool   `json:"found"` // get: there is a value; put and delete: there was one before
	// Of a get that found a value, the one or the other.
	Value       *string `json:"value,omitempty"`        // if it is valid UTF-8
	ValueBase64 []byte  `json:"value_base64,omitempty"` // if not
	Size        *int    `json:"size,omitempty"`         // bytes, of what was put or got
	Version     uint64  `json:"version,omitempty"`      // grows with each write; without it, there never was one
	Copies      int     `json:"copies,omitempty"`       // put and delete: on how many peers it is now
	way
	TookMS float64 `json:"took_ms"` // at the peer that was asked
}

func accessOf(c *client.Client, a *chord.Access, put []byte) access {
	out := access{
		Op: a.Op.String(), Key: a.Key.Text(c.Space()), Found: a.Found, Version: a.Version.Counter, Copies: a.Copies,
		way: wayOf(c, &a.Lookup), TookMS: milliseconds(a.Took),
	}
	size := len(put)
	switch {
	case a.Op == chord.OpPut:
		out.Size = &size
	case a.Op == chord.OpGet && a.Found:
		size, out.Size = len(a.Value), &size
		if text := string(a.Value); utf8.ValidString(text) {
			out.Value = &text
		} else {
			out.ValueBase64 = a.Value
		}
	}
	return out
}
