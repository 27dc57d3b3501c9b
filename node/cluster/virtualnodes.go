package cluster

import (
	"context"
	"fmt"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// VirtualNodes returns the identifiers of a host's virtual nodes beside the
// first one, so that it has v in all (ToN IV-A): the hashes of the first one's
// name with #1, #2 and so on, such as N8#1, without those in taken. They follow
// from the first one, so that both drivers and every run have the same. Those
// returned are added to taken.
func VirtualNodes(space ring.Space, first ring.ID, v int, taken map[ring.ID]bool) ([]ring.ID, error) {
	var out []ring.ID
	for i := 1; len(out) < v-1; i++ {
		if i > 1000*v {
			return nil, fmt.Errorf("no %d identifiers are free for the virtual nodes of N%s on a ring of %d bits", v, space.Format(first), space.Bits())
		}
		if id := space.Hash(fmt.Appendf(nil, "N%s#%d", space.Format(first), i)); !taken[id] {
			taken[id] = true
			out = append(out, id)
		}
	}
	return out, nil
}

// joinBeside adds the other virtual nodes of hosts whose first one is there.
func (c *Cluster) joinBeside(ctx context.Context, firsts []ring.ID) error {
	if c.cfg.VirtualNodes < 2 {
		return nil
	}
	taken := make(map[ring.ID]bool)
	c.mu.Lock()
	for id := range c.hosts {
		taken[id] = true
	}
	c.mu.Unlock()
	var selves []chord.Ref
	for _, first := range firsts {
		h, err := c.target(first)
		if err != nil {
			return err
		}
		ids, err := VirtualNodes(c.cfg.Space, first, c.cfg.VirtualNodes, taken)
		if err != nil {
			return err
		}
		for _, id := range ids {
			selves = append(selves, chord.Ref{ID: id, Addr: loopback, Host: h.ref.HostAddr()})
		}
	}
	return c.bulk(ctx, len(selves), func(i int) (host, error) { return c.start(ctx, &selves[i], nil) })
}
