package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/cluster"
	"chordscope/node/cluster/keyring"
	"chordscope/node/cluster/process"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// defaultBits are those of a new ring.
const defaultBits = 16

// goodbyeTime is how long a peer may take to leave.
const goodbyeTime = 15 * time.Second

// Peer is the command that runs one peer.
type Peer struct {
	keyring.Flags
	Registry   string `placeholder:"ADDR" help:"The registry of the ring that it joins."`
	Join       string `placeholder:"ADDR" help:"A peer of that ring, in place of the registry. Without both it makes a ring."`
	ID         string `name:"id" placeholder:"N8" help:"Its identifier, in place of the hash of its address."`
	Listen     string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where it listens, as others reach it; port 0 is a free one."`
	Bits       *int   `short:"m" help:"Bits of an identifier in a new ring, 3 to 160."`
	Successors *int   `short:"r" help:"Length of successor lists in a new ring, 1 to 32."`
	Replicas   *int   `short:"k" help:"Copies of a key in a new ring, 1 to successors."`
	Original   bool   `help:"The protocol as published in 2003."`
	Supervised bool   `hidden:"" help:"For chordscope itself: what to be is told on standard input."`
}

// Run runs the peer until ctx ends, on which it leaves the ring, or until
// somebody else ends it.
func (p *Peer) Run(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	if p.Supervised {
		return process.Serve(ctx, stdin, stdout)
	}
	return keyring.Explain(p.run(ctx, stdout))
}

func (p *Peer) run(ctx context.Context, stdout io.Writer) error {
	cfg, seeds, err := p.config(ctx)
	if err != nil {
		return err
	}
	peer, err := node.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer peer.Close()
	if err := peer.Enter(ctx, seeds); err != nil {
		return err
	}
	name := "N" + cfg.Chord.Space.Format(peer.Ref().ID)
	if err := p.say(stdout, name, peer.Ref().Addr); err != nil {
		return err
	}
	select {
	case <-peer.Done():
		_, err := fmt.Fprintf(stdout, "%s has ended: somebody with the control key told it to.\n", name)
		return err
	case <-ctx.Done():
	}
	fmt.Fprintf(stdout, "%s leaves the ring.\n", name) // whether or not anybody reads it
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
	defer cancel()
	if err := peer.Leave(limited); err != nil {
		return fmt.Errorf("%s did not leave within %v and was ended: %w", name, goodbyeTime, err)
	}
	return ctx.Err()
}

// config learns the ring's settings, and who is in it.
func (p *Peer) config(ctx context.Context) (cfg node.Config, seeds []chord.Ref, err error) {
	if p.Registry != "" && p.Join != "" {
		return cfg, nil, errors.New("--registry and --join: give only one of them")
	}
	if err := errors.Join(checkListen(p.Listen), p.checkReach()); err != nil {
		return cfg, nil, err
	}
	keys, err := p.Keys(p.Registry)
	if err != nil {
		return cfg, nil, err
	}
	core := chord.Default(chord.Ref{}, ring.MustSpace(defaultBits))
	if p.Registry != "" || p.Join != "" {
		learned, through, err := cluster.Learn(ctx, wire.TCP{}, client.Target{Registry: p.Registry, Peer: p.Join, Key: keys.Ring})
		switch {
		case err == nil:
			core = learned
			if p.Join != "" {
				seeds = []chord.Ref{through}
			}
		case p.Join != "" || !errors.Is(err, client.ErrNoPeer): // the first one makes the ring
			return cfg, nil, err
		}
	}
	if err := p.change(&core); err != nil {
		return cfg, nil, err
	}
	cfg = node.Config{
		Chord: core, HashID: p.ID == "", Network: wire.TCP{}, Listen: p.Listen, Registry: p.Registry,
		ControlKey: keys.Control, RingKey: keys.Ring,
	}
	if p.ID != "" {
		digits := strings.TrimPrefix(p.ID, "N")
		if cfg.Chord.Self.ID, err = core.Space.Parse(digits); err != nil {
			return cfg, nil, fmt.Errorf("--id=%s: %w", p.ID, err)
		}
	}
	cfg.Chord.Seed = uint64(time.Now().UnixNano()) // peers of a ring should not act in step
	return cfg, seeds, nil
}

// change sets what a ring's peers agree on where flags say so. A ring that has
// other settings refuses the peer, naming both.
func (p *Peer) change(core *chord.Config) (err error) {
	if p.Bits != nil {
		if core.Space, err = ring.NewSpace(*p.Bits); err != nil {
			return fmt.Errorf("--%w", err)
		}
	}
	if p.Successors != nil {
		core.Successors = *p.Successors
		core.Replicas = min(core.Replicas, core.Successors)
	}
	if p.Replicas != nil {
		core.Replicas = *p.Replicas
	}
	core.Original = core.Original || p.Original
	return nil
}

// checkReach reports that the peer would listen where the ring cannot reach it.
func (p *Peer) checkReach() error {
	ring := p.Registry + p.Join
	if ring == "" || loopback(ring) || !loopback(p.Listen) {
		return nil
	}
	return fmt.Errorf("--listen=%s: the ring is at %s, and its peers could not reach this one: give this machine's address there, with port 0 for a free one", p.Listen, ring)
}

// loopback reports whether an address is one of this machine alone.
func loopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (p *Peer) say(stdout io.Writer, name, addr string) error {
	text := fmt.Sprintf("%s is in the ring, at %s, as process %d. Ctrl-C lets it leave; kill -9 %[3]d crashes it.\n", name, addr, os.Getpid())
	if p.Registry == "" {
		text += fmt.Sprintf("Others join it with: chordscope peer --join %s\n", addr)
	}
	_, err := io.WriteString(stdout, text)
	return err
}
