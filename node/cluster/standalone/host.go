package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// host is the peers of this process, which share its fate: the first one, and
// its other virtual nodes.
type host struct {
	space ring.Space
	peers []*node.Peer
}

// enter lets v peers enter the ring, the first one as cfg says. The host is to be
// closed after an error as well.
func enter(ctx context.Context, cfg node.Config, seeds []chord.Ref, v int) (*host, error) {
	h := &host{space: cfg.Chord.Space}
	first, err := node.Start(ctx, cfg)
	if err != nil {
		return h, err
	}
	h.peers = append(h.peers, first)
	if err := first.Enter(ctx, seeds); err != nil {
		return h, err
	}
	at, _, err := net.SplitHostPort(first.Ref().Addr)
	if err != nil {
		return h, err
	}
	cfg.HashID, cfg.Listen = false, net.JoinHostPort(at, "0")
	taken := map[ring.ID]bool{first.Ref().ID: true}
	for len(h.peers) < v {
		ids, err := cluster.VirtualNodes(cfg.Chord.Space, first.Ref().ID, 2, taken)
		if err != nil {
			return h, err
		}
		cfg.Chord.Self = chord.Ref{ID: ids[0], Host: first.Ref().HostAddr()}
		cfg.Chord.Seed++
		beside, err := node.Start(ctx, cfg)
		if err != nil {
			return h, err
		}
		switch err := beside.Enter(ctx, []chord.Ref{first.Ref()}); {
		case err == nil:
			h.peers = append(h.peers, beside)
		case errors.Is(err, wire.ErrTaken):
			beside.Close() // the next hash
		default:
			beside.Close()
			return h, fmt.Errorf("a virtual node of %s: %w", h.name(first), err)
		}
	}
	return h, nil
}

func (h *host) name(p *node.Peer) string { return "N" + h.space.Format(p.Ref().ID) }

// ended tells which peer has ended first.
func (h *host) ended() <-chan *node.Peer {
	first := make(chan *node.Peer, len(h.peers))
	for _, p := range h.peers {
		go func() {
			<-p.Done()
			first <- p
		}()
	}
	return first
}

// leave lets all leave that have not ended, at the same time, and says so to
// whoever reads it.
func (h *host) leave(ctx context.Context, stdout io.Writer) error {
	limited, cancel := context.WithTimeout(ctx, goodbyeTime)
	defer cancel()
	errs := make([]error, len(h.peers))
	var wg sync.WaitGroup
	for i, p := range h.peers {
		select {
		case <-p.Done():
			continue
		default:
		}
		fmt.Fprintf(stdout, "%s leaves the ring.\n", h.name(p))
		wg.Go(func() {
			if err := p.Leave(limited); err != nil {
				errs[i] = fmt.Errorf("%s did not leave within %v and was ended: %w", h.name(p), goodbyeTime, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (h *host) close() {
	for _, p := range h.peers {
		p.Close()
	}
}
