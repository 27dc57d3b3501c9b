package cli

import (
	"context"
	"errors"
	"fmt"
	"net"

	"chordscope/node/cluster/keyring"
	"chordscope/proto/wire"
	"chordscope/scenarios/notes"
	"chordscope/tui"
	"chordscope/tui/speaker"
)

// notesFlag is of the commands that play a scenario.
type notesFlag struct {
	Notes string `placeholder:"ADDR" help:"Serve the speaker notes at this address of this machine, such as 7100, for chordscope notes in a second terminal."`
}

// serve begins to serve notes, if they are asked for. The function ends that.
func (f *notesFlag) serve(opts *tui.Options) (end func(), err error) {
	if f.Notes == "" {
		return func() {}, nil
	}
	fail := func(err error) (func(), error) { return nil, fmt.Errorf("--notes=%s: %w", f.Notes, err) }
	addr, err := localAddress(f.Notes)
	if err != nil {
		return fail(err)
	}
	if host, _, _ := net.SplitHostPort(addr); !net.ParseIP(host).IsLoopback() {
		return fail(errors.New("notes are for this machine only, so an address is one like 7100 or 127.0.0.1:7100"))
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fail(err)
	}
	key := keyring.Keys{Ring: keyring.Random().Ring} // not the ring's own: it opens nothing else
	server, err := notes.Serve(ln, key.Ring)
	if err != nil {
		return fail(err)
	}
	if _, err := keyring.Share(server.Addr(), key); err != nil {
		server.Close()
		return fail(err)
	}
	opts.Notes = server.Show
	return func() {
		server.Close()
		keyring.Forget(server.Addr())
	}, nil
}

// notesCmd shows the notes on a second terminal.
type notesCmd struct {
	lookFlags
	keyring.Flags
	Plain bool   `help:"No screen: a line for each thing that is new, for screen readers and pipes."`
	Addr  string `arg:"" placeholder:"ADDR" help:"Where they are served: what was given as --notes."`
}

func (n *notesCmd) Run(c *call) error {
	var look tui.Options
	if err := n.options(&look); err != nil {
		return err
	}
	addr, err := localAddress(n.Addr)
	if err != nil {
		return fmt.Errorf("%s: %w", n.Addr, err)
	}
	keys := func() ([]byte, error) {
		k, err := n.Keys(addr)
		return k.Ring, err
	}
	if _, err := keys(); err != nil { // a file that is wrong does not become right by waiting
		return err
	}
	follow := func(ctx context.Context, on func(*notes.State, error)) {
		notes.Follow(ctx, wire.TCP{}, addr, keys, on)
	}
	if n.Plain {
		return speaker.Plain(c.ctx, addr, follow, c.stdout)
	}
	if err := (&shareFlags{}).needTerminal(c); err != nil {
		return err
	}
	return speaker.Run(c.ctx, speaker.Options{Addr: addr, Follow: follow, Theme: look.Theme, Canvas: look.Canvas})
}
