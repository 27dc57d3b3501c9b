package wire

import (
	"maps"
	"slices"
	"time"
)

// Close ends the hub gracefully: what is queued is written, also what faults
// hold up, then every connection is closed. Others see it as the end of this
// side. It returns when all goroutines are gone, at the latest after
// WriteTimeout and DrainTimeout.
func (h *Hub) Close() {
	for _, l := range h.finish(false) {
		l.retire(nil)
	}
	h.wg.Wait()
}

// Reset ends the hub as a crash does: every connection is reset, and what is
// queued is thrown away. It returns when all goroutines are gone.
func (h *Hub) Reset() {
	for _, l := range h.finish(true) {
		l.abandon(true)
	}
	h.wg.Wait()
}

// finish stops everything but the links, which it returns. It may be called
// again, so that a Reset cuts a Close short.
func (h *Hub) finish(abrupt bool) []*Link {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.over {
		h.over = true
		close(h.stop)
		h.ln.Close()
		h.sweeper.Stop()
		h.cfg.Budget.exit(h)
		h.gate.set(false)
	}
	for addr, ln := range h.lines {
		close(ln.over)
		delete(h.lines, addr)
	}
	for _, p := range h.peers {
		p.stopTimer()
		if p.cancel != nil {
			p.cancel()
		}
	}
	for conn := range h.greeting {
		if abrupt {
			reset(conn)
		} else {
			conn.Close()
		}
	}
	for l := range h.links {
		if !abrupt {
			l.setLine(nil)
		}
	}
	return slices.Collect(maps.Keys(h.links))
}

// looks is how many looks a link has to be quiet for to be idle.
const looks = 4

func (h *Hub) sweepTime() time.Duration { return h.cfg.Limits.IdleTimeout / looks }

// sweep looks for links on which nothing has passed since the last look. It
// says on kept ones that we are there, and retires others once they are idle.
// Links to those who are not peers are theirs to close, and those on a way that
// is cut stay, since closing them could not be told as it should.
func (h *Hub) sweep() {
	var idle []*Link
	h.mu.Lock()
	if h.over {
		h.mu.Unlock()
		return
	}
	h.keep() // the budget may have changed
	for _, p := range h.peers {
		if h.gate.shut() || h.lines[p.addr].isCut() {
			continue
		}
		for _, l := range p.links {
			if l.active.And(^usedSinceSweep)&usedSinceSweep != 0 {
				l.quiet = 0
				continue
			}
			l.quiet++
			switch {
			case p.kept:
				l.keepAlive()
			case l.quiet >= looks:
				idle = append(idle, l)
			}
		}
	}
	h.sweeper.Reset(h.sweepTime())
	h.mu.Unlock()
	for _, l := range idle {
		h.retire(l)
	}
}
