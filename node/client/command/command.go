// Package command is what the commands put, get, delete, lookup and state of the
// program do: each asks a running ring once, and writes the answer as text for
// people and pipes, or as JSON, one object a line. The names of JSON fields are
// part of the program's interface.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"chordscope/node/client"
	"chordscope/proto/wire"
)

// ErrMissing says that there is no value under a key.
var ErrMissing = errors.New("there is no value")

// Ring is a running ring as the commands reach it. Its methods return clear
// sentences: what went wrong, and where it helps what to do. After an error of
// standard output part of the answer may be written.
type Ring struct {
	To      client.Target // one of the two
	Said    string        // how To was given, for errors: --peer=127.0.0.1:7001
	Network wire.Network
	Timeout time.Duration // for everything, above 0
	JSON    bool
	Stdin   io.Reader
	Stdout  io.Writer
}

// ask finds a peer and lets do ask it. what is done is named in errors.
func (r *Ring) ask(ctx context.Context, what string, do func(context.Context, *client.Client) error) error {
	addr := r.To.Registry + r.To.Peer
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return fmt.Errorf("%s: an address is a host and a port, such as 127.0.0.1:7000", r.Said)
	}
	limited, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	c, err := client.Dial(limited, r.Network, r.To)
	if err == nil {
		defer c.Close()
		err = do(limited, c)
	} else {
		what = r.Said
		if errors.Is(err, wire.ErrRefused) && !errors.Is(err, client.ErrNoPeer) {
			err = errors.New("nobody listens there; is the ring still running? Its screen shows the registry's address")
		}
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case limited.Err() != nil:
		return fmt.Errorf("%s: no answer within %v; --timeout gives it longer", what, r.Timeout)
	case c == nil:
		return fmt.Errorf("%s: %w", what, err)
	}
	return err
}
