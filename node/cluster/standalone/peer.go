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

// goodbyeTime is how long peers may take to leave.
const goodbyeTime = 15 * time.Second

// mostVNodes bounds the virtual nodes of a host.
const mostVNodes = 20

// Peer is the command that runs one peer, or several that are the virtual nodes
// of one host.
type Peer struct {
	keyring.Flags
	Registry   string `placeholder:"ADDR" help:"The registry of the ring that it joins."`
	Join       string `placeholder:"ADDR" help:"A peer of that ring, in place of the registry. Without both it makes a ring."`
	ID         string `name:"id" placeholder:"N8" help:"Its identifier, in place of the hash of its address."`
	Listen     string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where it listens, as others reach it; port 0 is a free one."`
	VNodes     int    `name:"vnodes" default:"1" placeholder:"V" help:"Virtual nodes: identifiers of its own, 1 to 20, that share the process and end together."`
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
	h, err := enter(ctx, cfg, seeds, p.VNodes)
	defer h.close()
	if err != nil {
		return err
	}
	if err := p.say(stdout, h); err != nil {
		return err
	}
	select {
	case first := <-h.ended():
		fmt.Fprintf(stdout, "%s has ended: somebody with the control key told it to.\n", h.name(first))
		return h.leave(context.WithoutCancel(ctx), io.Discard) // whoever is left on the host does not stay
	case <-ctx.Done():
	}
	return errors.Join(h.leave(context.WithoutCancel(ctx), stdout), ctx.Err())
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
	core, fresh := chord.Default(chord.Ref{}, ring.MustSpace(defaultBits)), true
	if p.Registry != "" || p.Join != "" {
		learned, through, err := cluster.Learn(ctx, wire.TCP{}, client.Target{Registry: p.Registry, Peer: p.Join, Key: keys.Ring})
		switch {
		case err == nil:
			core, fresh = learned, false
			if p.Join != "" {
				seeds = []chord.Ref{through}
			}
		case p.Join != "" || !errors.Is(err, client.ErrNoPeer): // the first one makes the ring
			return cfg, nil, err
		}
	}
	if err := errors.Join(p.change(&core), p.lengthen(&core, fresh)); err != nil {
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

// lengthen makes the lists of a new ring as long as virtual nodes need them: of
// (k-1)v + 1 entries in a row some are on k-1 other hosts, or the list names the
// whole ring.
func (p *Peer) lengthen(core *chord.Config, fresh bool) error {
	if p.VNodes < 1 || p.VNodes > mostVNodes {
		return fmt.Errorf("--vnodes=%d: 1 to %d", p.VNodes, mostVNodes)
	}
	need := (core.Replicas-1)*p.VNodes + 1
	switch {
	case p.VNodes == 1 || core.Successors >= need:
	case need > chord.MaxSuccessors:
		return fmt.Errorf("--vnodes=%d with %d copies of a key needs successor lists of %d entries, and there may be %d: give fewer of either", p.VNodes, core.Replicas, need, chord.MaxSuccessors)
	case fresh && p.Successors == nil:
		core.Successors = need
	default:
		return fmt.Errorf("--vnodes=%d: copies are on hosts of their own, so %d of a key need successor lists of %d entries, and this ring's have %d: make the ring with --successors %[3]d", p.VNodes, core.Replicas, need, core.Successors)
	}
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

func (p *Peer) say(stdout io.Writer, h *host) error {
	first := h.peers[0]
	addr := first.Ref().Addr
	text := fmt.Sprintf("%s is in the ring, at %s, as process %d. Ctrl-C lets it leave; kill -9 %[3]d crashes it.\n", h.name(first), addr, os.Getpid())
	for _, v := range h.peers[1:] {
		text += fmt.Sprintf("%s is in the ring, at %s, as a virtual node of the same host.\n", h.name(v), v.Ref().Addr)
	}
	if p.Registry == "" {
		text += fmt.Sprintf("Others join it with: chordscope peer --join %s\n", addr)
	}
	_, err := io.WriteString(stdout, text)
	return err
}
