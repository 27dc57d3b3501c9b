package wire

import "sync/atomic"

// Freeze stops the hub as if its process was stopped, and with false lets it go
// on. Frozen, it reads and writes no link to a peer or registry, gives no sign
// of life, accepts no connection (the system still queues some), does not dial
// and closes nothing. What has arrived meanwhile is read afterwards.
//
// Links to clients go on, both ways, so that one of them can end it: whoever
// wants to be silent to clients too must not send. A message that is just being
// handed to OnEnvelope when this is called is still handed over.
//
// Others notice it as they do with a stopped process: no answer comes, and if
// they have more to say than the system takes in, they give up the connection
// after their WriteTimeout.
func (h *Hub) Freeze(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return
	}
	h.gate.set(on)
	if !on {
		h.resume()
	}
}

// resume lets all links write again; mu is held.
func (h *Hub) resume() {
	for l := range h.links {
		l.mu.Lock()
		l.goOn()
		l.mu.Unlock()
	}
}

// gate is where goroutines wait while the hub is frozen. A nil gate never
// shuts.
type gate struct{ opened atomic.Pointer[chan struct{}] } // nil: open

func (g *gate) shut() bool { return g != nil && g.opened.Load() != nil }

// set shuts or opens the gate. The hub's mutex is held.
func (g *gate) set(shut bool) {
	if shut == g.shut() {
		return
	}
	if shut {
		opened := make(chan struct{})
		g.opened.Store(&opened)
		return
	}
	close(*g.opened.Swap(nil))
}

// wait returns once the gate is open, and whether it was shut.
func (g *gate) wait() (waited bool) {
	if g == nil {
		return false
	}
	for {
		opened := g.opened.Load()
		if opened == nil {
			return waited
		}
		<-*opened
		waited = true
	}
}
