package wire

import (
	"context"
	"fmt"
	"slices"
	"time"

	pb "chordscope/proto"
)

// peer is what a hub knows of the peer at one address. It belongs to the hub's
// mutex.
type peer struct {
	addr string
	kept bool // in the set that Keep was given
	// links that were not retired, oldest first; some may have just died.
	// There are two or more only for the moment after both sides dialled.
	links    []*Link
	waiting  []byte             // frames until the dial is done
	cancel   context.CancelFunc // ends the dial that is under way; nil: none is
	timer    *time.Timer        // until the next dial; nil: none is due
	failures int                // dials in a row
}

// current returns the link to send over, nil if there is none.
func (p *peer) current() *Link {
	for _, l := range slices.Backward(p.links) {
		if l.open() {
			return l
		}
	}
	return nil
}

func (p *peer) drop(l *Link) {
	if i := slices.Index(p.links, l); i >= 0 {
		p.links = slices.Delete(p.links, i, i+1)
	}
}

// Send queues a message to the peer at addr and returns at once. If there is
// no link, the peer is dialled, and the message waits for that. Messages to a
// peer arrive in order, as far as they arrive. An error wraps ErrQueueFull,
// ErrTooLarge or ErrClosed; nil does not mean that the message arrives, but if
// it does not because of the connection, OnDown is called.
func (h *Hub) Send(addr string, env *pb.Envelope) error {
	return h.send(addr, env, false)
}

// Post is Send for who has more to say: messages may wait for Flush, which must
// follow soon. One goroutine may use Post and Flush.
func (h *Hub) Post(addr string, env *pb.Envelope) error { return h.send(addr, env, true) }

// Flush writes what was posted. Where the system takes no more at the moment, a
// goroutine goes on: Flush does not wait.
func (h *Hub) Flush() {
	h.mu.Lock()
	posted := h.posted
	h.posted = h.written[:0]
	h.mu.Unlock()
	for _, l := range posted {
		l.writeNow()
	}
	clear(posted)
	h.written = posted
}

func (h *Hub) send(addr string, env *pb.Envelope, post bool) error {
	if addr == h.addr {
		return fmt.Errorf("send to %s: that is this side's own address", addr)
	}
	for {
		h.mu.Lock()
		if h.over {
			h.mu.Unlock()
			return fmt.Errorf("send to %s: %w", addr, ErrClosed)
		}
		p := h.peer(addr)
		l := p.current()
		if l == nil {
			err := h.await(p, env)
			h.mu.Unlock()
			return err
		}
		var err error
		if post {
			var first bool
			if first, err = l.post(env); first && err == nil {
				h.posted = append(h.posted, l)
			}
			h.mu.Unlock()
		} else {
			h.mu.Unlock()
			err = l.send(env)
		}
		if err != errRetired {
			return err
		}
	}
}

// await queues a message until p is dialled; mu is held.
func (h *Hub) await(p *peer, env *pb.Envelope) error {
	defer h.tidy(p)
	frames, err := appendFrame(p.waiting, env, h.cfg.Limits.MaxFrame)
	if err != nil {
		return err
	}
	if len(p.waiting) > 0 && len(frames) > h.cfg.Limits.MaxQueue {
		return fmt.Errorf("%w: %d bytes wait for the dial to %s", ErrQueueFull, len(p.waiting), p.addr)
	}
	p.waiting = frames
	h.stats.messagesOut.Add(1)
	h.startDial(p)
	return nil
}

// Keep replaces the set of peers to which links are kept, the most important
// first: they are dialled if need be, not closed when idle, and dialled again
// after a break until they leave the set. Links to peers that are not in it stay
// until they are idle. A Budget may cut off the end of the list.
func (h *Hub) Keep(addrs []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over || slices.Equal(h.wanted, addrs) {
		return
	}
	h.wanted = slices.DeleteFunc(slices.Clone(addrs), func(addr string) bool { return addr == h.addr || addr == "" })
	h.kept = -1
	h.keep()
}

// keep keeps as many of the wanted peers as may be; mu is held.
func (h *Hub) keep() {
	n := min(len(h.wanted), h.cfg.Budget.kept())
	if n == h.kept || h.over {
		return
	}
	h.kept = n
	keep := make(map[string]bool, n)
	for _, addr := range h.wanted[:n] {
		keep[addr] = true
		p := h.peer(addr)
		if !p.kept {
			p.kept = true
			if p.current() == nil {
				h.startDial(p)
			}
		}
	}
	for _, p := range h.peers {
		if p.kept && !keep[p.addr] {
			p.kept = false
			p.stopTimer()
			h.tidy(p)
		}
	}
}

// peer returns the entry for addr, a new one if need be; mu is held.
func (h *Hub) peer(addr string) *peer {
	p := h.peers[addr]
	if p == nil {
		p = &peer{addr: addr}
		h.peers[addr] = p
	}
	return p
}

// tidy forgets an entry that says nothing any more; mu is held.
func (h *Hub) tidy(p *peer) {
	if !p.kept && len(p.links) == 0 && p.cancel == nil && p.timer == nil && len(p.waiting) == 0 {
		delete(h.peers, p.addr)
	}
}

// register makes a greeted link known. If it makes two to one peer, the side
// with the smaller address retires the older one; the other side uses the
// newer one meanwhile, and either is read to its end. So no message is lost,
// and the two sides cannot both retire a different one.
func (h *Hub) register(l *Link) error {
	h.mu.Lock()
	if err := h.admits(l.remote, l.addr, l.inbound); err != nil {
		h.mu.Unlock()
		return err
	}
	var replaced, double []*Link
	var waiting []byte
	if l.addr != "" {
		p := h.peer(l.addr)
		for _, old := range p.links {
			if !old.open() {
				continue // about to be dropped
			}
			switch mine, its := incarnation(l.remote), incarnation(old.remote); {
			case its < mine:
				replaced = append(replaced, old)
			case h.addr < l.addr:
				double = append(double, old)
			}
		}
		p.links = append(p.links, l)
		p.failures = 0
		p.stopTimer()
		waiting, p.waiting = p.waiting, nil
	}
	l.line = h.lines[l.addr]
	l.begin(waiting)
	delete(h.greeting, l.conn)
	h.links[l] = struct{}{}
	if l.inbound {
		h.inbound++
	}
	h.stats.links.Add(1)
	h.mu.Unlock()

	for _, old := range double {
		h.retire(old)
	}
	for _, old := range replaced {
		old.abandon(false)
	}
	if len(replaced) > 0 {
		h.down(l.addr, fmt.Errorf("%w: %s was started anew", ErrBroken, l.addr))
	}
	return nil
}

// admits reports why a link cannot be made to the one who says hello like this;
// mu is held.
func (h *Hub) admits(remote *pb.Hello, addr string, inbound bool) error {
	if h.over {
		return ErrClosed
	}
	if limit := h.cfg.Limits.MaxLinks; inbound && h.inbound >= limit {
		return &Error{Kind: ErrUnavailable, Detail: fmt.Sprintf("all %d connections that may be made to this address are taken", limit)}
	}
	if p := h.peers[addr]; p != nil {
		for _, l := range p.links {
			if its, known := incarnation(remote), incarnation(l.remote); its < known && l.open() {
				return &Error{Kind: ErrStale, Expected: fmt.Sprint(known), Actual: fmt.Sprint(its)}
			}
		}
	}
	return nil
}

func incarnation(h *pb.Hello) uint64 { return h.GetSelf().GetIncarnation() }

// retire closes a link by agreement.
func (h *Hub) retire(l *Link) {
	l.retire(&pb.Envelope_Bye{Bye: &pb.Bye{}})
	h.goodbye(l)
}

// goodbye takes a link that is being retired out of use.
func (h *Hub) goodbye(l *Link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.peers[l.addr]; p != nil {
		p.drop(l)
		h.redialLater(p)
		h.tidy(p)
	}
}

// ended takes a link out that is closed.
func (h *Hub) ended(l *Link, why error) {
	h.mu.Lock()
	delete(h.links, l)
	if l.inbound {
		h.inbound--
	}
	h.stats.links.Add(-1)
	if p := h.peers[l.addr]; p != nil {
		p.drop(l)
		h.redialLater(p)
		h.tidy(p)
	}
	h.mu.Unlock()
	if h.cfg.OnEnd != nil && !h.isOver() {
		h.cfg.OnEnd(l, why)
	}
	if why != nil && l.addr != "" {
		h.down(l.addr, why)
	}
}

// down tells that a peer may be gone.
func (h *Hub) down(addr string, why error) {
	if h.cfg.OnDown != nil && !h.isOver() {
		h.cfg.OnDown(addr, why)
	}
}
