package chord

import (
	"cmp"
	"slices"
	"time"
)

// maxWays bounds of how many other peers the messages are counted.
const maxWays = 64

// Way is what a peer counts of the messages between it and another one. Of a
// peer that it has had nothing to do with for long, it may begin anew.
type Way struct {
	Peer           Ref
	RTT            time.Duration // from request to answer, smoothed as TCP does it; 0: nothing was answered yet
	Sent, Received uint64        // messages
}

type way struct {
	Way
	used time.Duration // when the last message was sent or came
}

// ways are the latest used ones, by address.
type ways struct {
	byAddr map[string]*way
	last   *way   // the latest used
	order  []*way // in which they were first used, so that all runs of a seed are alike
}

// use returns the way to or from r, which is used now.
func (ws *ways) use(r Ref, now time.Duration) *way {
	if w := ws.last; w != nil && w.Peer == r {
		w.used = now
		return w
	}
	w := ws.byAddr[r.Addr]
	switch {
	case w == nil && len(ws.order) < maxWays:
		w = &way{}
		ws.order = append(ws.order, w)
		ws.byAddr[r.Addr] = w
	case w == nil:
		w = slices.MinFunc(ws.order, func(a, b *way) int { return cmp.Compare(a.used, b.used) })
		delete(ws.byAddr, w.Peer.Addr)
		ws.byAddr[r.Addr] = w
	}
	if w.Peer != r {
		*w = way{Way: Way{Peer: r}}
	}
	w.used, ws.last = now, w
	return w
}

// answered takes one more round trip into account.
func (w *way) answered(took time.Duration) {
	if w.RTT == 0 {
		w.RTT = took
		return
	}
	w.RTT += (took - w.RTT) / 8
}

// Ways returns what was counted of every other peer that a message was
// exchanged with at the time since or later, of the latest maxWays.
func (p *Peer) Ways(since time.Duration) []Way {
	var out []Way
	for _, w := range p.ways.order {
		if w.used >= since {
			out = append(out, w.Way)
		}
	}
	return out
}

// dispatch hands a message to the driver.
func (p *Peer) dispatch(m Send) {
	p.fx.Sends = append(p.fx.Sends, m)
	p.ways.use(m.To, p.now).Sent++
	if p.trace.on {
		p.tellMessage(EvSent, m.To, m.Request, m.Answer, m.Body)
	}
}
