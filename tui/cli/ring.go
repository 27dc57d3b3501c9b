package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"chordscope/node/client"
	"chordscope/node/client/command"
	"chordscope/node/cluster/keyring"
	"chordscope/proto/wire"
)

// ringFlags say which running ring is asked, and how the answer is written.
type ringFlags struct {
	Registry string `placeholder:"ADDR" help:"The ring's registry, whose address stands on the screen; else $CHORDSCOPE_REGISTRY is taken."`
	Peer     string `placeholder:"ADDR" help:"One of the ring's peers, in place of the registry."`
	keyring.Flags
	Timeout time.Duration `default:"10s" help:"How long it may take, up to 1h."`
	JSON    bool          `help:"One JSON object a line."`
}

// ring returns the ring that is meant.
func (f *ringFlags) ring(c *call) (*command.Ring, error) {
	r := &command.Ring{
		To: client.Target{Registry: f.Registry, Peer: f.Peer}, Said: "--registry=" + f.Registry, Network: wire.TCP{},
		Timeout: f.Timeout, JSON: f.JSON, Stdin: c.stdin, Stdout: c.stdout,
	}
	env := os.Getenv("CHORDSCOPE_REGISTRY")
	switch {
	case f.Timeout <= 0 || f.Timeout > time.Hour:
		return nil, fmt.Errorf("--timeout=%v: above 0 and up to 1h, such as 10s", f.Timeout)
	case f.Registry != "" && f.Peer != "":
		return nil, errors.New("--registry and --peer: give only one of them")
	case f.Peer != "":
		r.Said = "--peer=" + f.Peer
	case f.Registry == "" && env != "":
		r.To.Registry, r.Said = env, "CHORDSCOPE_REGISTRY="+env
	case f.Registry == "":
		return nil, errors.New("which ring? Start chordscope in another terminal and give the registry's address, which stands on its screen, " +
			"as --registry ADDR; or choose it: chordscope --listen 127.0.0.1:7000")
	}
	k, err := f.Keys(r.To.Registry)
	r.To.Key = k.Ring
	return r, err
}

// ask carries out f on the ring. What goes wrong there is told without the hint
// to the help.
func (f *ringFlags) ask(c *call, do func(*command.Ring) error) error {
	r, err := f.ring(c)
	if err != nil {
		return err
	}
	switch err = do(r); {
	case err == nil:
		return nil
	case c.ctx.Err() != nil:
		return c.ctx.Err()
	case errors.Is(err, command.ErrMissing):
		c.status = exitMissing
	default:
		c.status = exitUsage
	}
	fmt.Fprintln(c.stderr, "chordscope:", keyring.Explain(err))
	return nil
}

// keyArg is the key that a command is about.
type keyArg struct {
	Key string `arg:"" help:"K54 is the identifier 54; everything else is a name and hashed, and so is \"K54\" in quotes."`
}

type putCmd struct {
	keyArg
	Value *string `arg:"" optional:"" help:"At most 64 KiB. Without it, or as -, it is read from standard input."`
	ringFlags
}

func (p *putCmd) Run(c *call) error {
	var value []byte // nil: from standard input
	if p.Value != nil && *p.Value != "-" {
		value = []byte(*p.Value)
	}
	return p.ask(c, func(r *command.Ring) error { return r.Put(c.ctx, p.Key, value) })
}

type getCmd struct {
	keyArg
	ringFlags
}

func (g *getCmd) Run(c *call) error {
	return g.ask(c, func(r *command.Ring) error { return r.Get(c.ctx, g.Key) })
}

type deleteCmd struct {
	keyArg
	ringFlags
}

func (d *deleteCmd) Run(c *call) error {
	return d.ask(c, func(r *command.Ring) error { return r.Delete(c.ctx, d.Key) })
}

type lookupCmd struct {
	keyArg
	Recursive bool `help:"Each hop asks the next one, instead of one peer asking all."`
	ringFlags
}

func (l *lookupCmd) Run(c *call) error {
	return l.ask(c, func(r *command.Ring) error { return r.Lookup(c.ctx, l.Key, l.Recursive) })
}

type stateCmd struct {
	Keys bool `help:"The keys too, and who holds them."`
	ringFlags
}

func (s *stateCmd) Run(c *call) error {
	return s.ask(c, func(r *command.Ring) error { return r.State(c.ctx, s.Keys) })
}
