package wire

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Fault is what is wrong with the way to one address. It works on the messages
// that this side sends, above the real connection, so it is one-way: for both
// ways, both sides need it. The zero value is a sound way.
type Fault struct {
	// Cut lets nothing through: messages and signs of life are thrown away,
	// dials find nobody (ErrDialTimeout), and whoever dials from there gets no
	// hello. Connections stay open and silent: a cut is not a death. Only the
	// end of a connection cannot be kept from the other side.
	Cut bool

	// Each message arrives Delay and a random part of Jitter later, but none
	// overtakes another. Both are 0 to 1 minute.
	Delay, Jitter time.Duration

	// Stall is how likely it is, from 0 to 1, that a message and all behind it
	// are held up by another 200 ms, as by a TCP segment that is lost: its data
	// comes only after it is sent again, and nothing behind it comes before.
	Stall float64
}

// maxHold bounds both parts of a delay.
const maxHold = time.Minute

// stallTime is the shortest time after which Linux sends a lost segment again.
const stallTime = 200 * time.Millisecond

// bounded returns the fault with its values in their ranges.
func (f Fault) bounded() Fault {
	f.Delay = min(max(f.Delay, 0), maxHold)
	f.Jitter = min(max(f.Jitter, 0), maxHold)
	if !(f.Stall > 0) { // NaN too
		f.Stall = 0
	}
	f.Stall = min(f.Stall, 1)
	return f
}

// SetFault puts a fault on the way to the peer at addr, in place of the one
// that is there; the zero Fault heals it. Values out of range are taken for the
// nearest in range.
//
// What is held up counts as queued, up to MaxQueue. It stays held up when the
// delay changes, comes out at once when the way is healed, and is thrown away
// when it is cut. Connections of clients have no address, and so no faults.
func (h *Hub) SetFault(addr string, f Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over || addr == "" || addr == h.addr {
		return
	}
	var next *line
	if f = f.bounded(); f != (Fault{}) {
		next = &line{fault: f, over: make(chan struct{})}
	}
	if old := h.lines[addr]; old != nil {
		if next != nil {
			next.last = old.lastOut()
		}
		close(old.over)
		delete(h.lines, addr)
	}
	if next != nil {
		h.lines[addr] = next
	}
	for l := range h.links {
		if l.addr == addr {
			l.setLine(next)
		}
	}
}

// Faults returns the faults there are, by address.
func (h *Hub) Faults() map[string]Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	faults := make(map[string]Fault, len(h.lines))
	for addr, ln := range h.lines {
		faults[addr] = ln.fault
	}
	return faults
}

// ResetLink breaks the connection to the peer at addr as if something on the
// way had reset it: both sides read a reset, and what is queued is lost. It
// reports whether there was a connection.
func (h *Hub) ResetLink(addr string) bool {
	h.mu.Lock()
	var links []*Link
	for l := range h.links {
		if l.addr == addr && addr != "" {
			links = append(links, l)
		}
	}
	h.mu.Unlock()
	for _, l := range links {
		l.abandon(true)
	}
	return len(links) > 0
}

// line is the faulty way to one address, whichever connection is used.
type line struct {
	fault Fault
	over  chan struct{} // closed when the fault is healed or replaced

	mu   sync.Mutex
	last time.Time // when the last message comes out
}

// due returns when a message that goes onto the line now comes out. It takes
// its place in the line, so it is called in the order of messages.
func (ln *line) due(now time.Time) time.Time {
	at := now.Add(ln.fault.Delay)
	if ln.fault.Jitter > 0 {
		at = at.Add(rand.N(ln.fault.Jitter))
	}
	if rand.Float64() < ln.fault.Stall {
		at = at.Add(stallTime)
	}
	ln.mu.Lock()
	defer ln.mu.Unlock()
	if at.Before(ln.last) {
		return ln.last
	}
	ln.last = at
	return at
}

func (ln *line) lastOut() time.Time {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	return ln.last
}

// isCut reports whether nothing gets through; a nil line is a sound way.
func (ln *line) isCut() bool { return ln != nil && ln.fault.Cut }

func (h *Hub) line(addr string) *line {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines[addr]
}

// reach waits until there is a way to addr.
func (h *Hub) reach(ctx context.Context, addr string) error {
	for {
		ln := h.line(addr)
		if !ln.isCut() {
			return ctx.Err()
		}
		select {
		case <-ln.over:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// travel waits as long as a message to addr takes that is sent now: before the
// first message on a connection, which no link holds up yet.
func (h *Hub) travel(ctx context.Context, addr string) error {
	h.line(addr).pass(ctx.Done(), 2*maxHold+stallTime)
	return h.reach(ctx, addr)
}

// pass waits as long as a message takes, but no longer than atMost, nor when
// done is closed.
func (ln *line) pass(done <-chan struct{}, atMost time.Duration) {
	if ln == nil {
		return
	}
	arrived := time.NewTimer(min(time.Until(ln.due(time.Now())), atMost))
	defer arrived.Stop()
	select {
	case <-arrived.C:
	case <-ln.over:
	case <-done:
	}
}
