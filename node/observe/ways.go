package observe

import (
	"slices"
	"time"

	"chordscope/node/chord"
)

// offset leads from a peer's clock to the Store's: it is the least time that
// ever seemed to pass between the two, since what a peer tells may be under way
// for long but never arrives before it was said.
type offset struct {
	by    time.Duration
	known bool
}

// told notes that at the time now the peer's clock said then; 0: it has none of
// its own.
func (o *offset) told(now, then time.Duration) {
	if by := now - then; then > 0 && (!o.known || by < o.by) {
		o.by, o.known = by, true
	}
}

// here returns a time of the peer's clock on the Store's. It is never 0.
func (o *offset) here(t time.Duration) time.Duration { return max(t+o.by, 1) }

// maxWays bounds of how many ways of one peer a Picture tells.
const maxWays = 64

// ways are a peer's ways to others, by address, those told latest last.
type ways struct {
	list    []chord.Way
	words   []Way // nil: they have to be made
	renamed uint64
}

// takeWays notes what a peer has counted of its ways, and when it has looked
// after its fingers.
func (s *Store) takeWays(p *subject, u Update) {
	ws := &p.ways
	if u.Anew {
		ws.list, ws.words = nil, nil
	}
	for _, w := range u.Ways {
		ws.words = nil
		ws.list = slices.DeleteFunc(ws.list, func(o chord.Way) bool { return o.Peer.Addr == w.Peer.Addr })
		ws.list = append(ws.list, w)
	}
	ws.list = ws.list[max(0, len(ws.list)-maxWays):]
	if len(u.Fixed) > 0 {
		p.table = nil
	}
	for _, f := range u.Fixed {
		if p.fixed == nil {
			p.fixed = make([]time.Duration, s.cfg.Space.Bits())
		}
		for i := f.First; i <= f.Last; i++ {
			p.fixed[i-1] = p.clock.here(f.At)
		}
	}
}

// said returns the ways as a Picture has them.
func (ws *ways) said(n namer, renamed uint64) []Way {
	if ws.words != nil && ws.renamed == renamed {
		return ws.words
	}
	out := make([]Way, len(ws.list))
	for i, w := range ws.list {
		out[i] = Way{ID: w.Peer.ID, Name: n.peer(w.Peer.ID), RTT: w.RTT, Sent: w.Sent, Received: w.Received}
	}
	slices.SortFunc(out, func(a, b Way) int { return a.ID.Compare(b.ID) })
	ws.words, ws.renamed = out, renamed
	return out
}
