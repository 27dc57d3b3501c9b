package node

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// ErrEnded is the error of calls to a peer that has left, crashed or failed.
var ErrEnded = errors.New("the peer has ended")

// Peer is a running peer. Its methods are safe for concurrent use.
type Peer struct {
	// Fixed after Start.
	cfg      Config
	ref      chord.Ref
	hub      *wire.Hub
	session  atomic.Pointer[registry.Session] // nil without a registry, and at the end
	started  time.Time
	inbox    *inbox
	commands chan command
	quit     chan struct{} // closed to end the peer
	crashed  bool          // set before quit is closed: end without a word
	done     chan struct{} // closed when everything of the peer has ended

	// Owned by the owner goroutine.
	core    *chord.Peer
	asked   asked
	watch   watch
	tracers map[*wire.Link]bool // of those who want a trace
	sent    uint64
	got     uint64
	lag     lag           // of the timer
	out     pb.Envelope   // the message that is being sent
	links   []string      // that are to persist, the most important first
	joining []func(error) // wait for the outcome of the join
	misfit  error         // why a peer that was asked does not want this one; nil: none said so
	leaving bool
	frozen  bool
	wakeAt  time.Duration // when the core wants its next Wake; 0: never

	endOnce sync.Once
	wg      sync.WaitGroup // every goroutine but the owner
}

// Ref returns who the peer is.
func (p *Peer) Ref() chord.Ref { return p.ref }

// Done is closed when the peer has ended and all its sockets and goroutines
// are gone.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Leave leaves the ring gracefully and ends the peer. If ctx ends first, the
// peer ends without the goodbye.
func (p *Peer) Leave(ctx context.Context) error {
	p.inbox.put(item{do: p.leave})
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		p.Close()
		return ctx.Err()
	}
}

// Crash ends the peer as a crash does: every socket is reset, nothing is said.
// It returns when that is done.
func (p *Peer) Crash() {
	p.end(true)
	<-p.done
}

// Close ends the peer without a goodbye to the ring, but closes its
// connections in order. It may be called more than once.
func (p *Peer) Close() {
	p.end(false)
	<-p.done
}

// end makes the owner goroutine stop; the first call decides how.
func (p *Peer) end(crash bool) {
	p.endOnce.Do(func() {
		p.crashed = crash
		close(p.quit)
	})
}

// run is the owner goroutine: it alone touches the core.
func (p *Peer) run() {
	defer close(p.done)
	defer p.panics()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var batch []item
	due := time.Hour // when the timer is to fire
	for {
		wake, ready := timer.C, p.inbox.ready
		if p.frozen {
			wake, ready = nil, nil
		}
		select {
		case <-p.quit:
			p.shutDown()
			return
		case c := <-p.commands:
			p.obey(c)
		case <-wake:
			p.late(p.clock() - due)
			p.step(chord.Wake{}) // also tells watchers what is due
		case <-ready:
			if by := p.clock() - due; by > heavyLag {
				p.late(by) // before time-outs are taken for silence
			}
			batch = p.inbox.take(batch)
			p.work(batch)
		}
		if !p.frozen {
			p.beginAccesses()
			wait := p.nextWake()
			due = p.clock() + wait
			timer.Reset(wait)
		}
		p.hub.Flush()
	}
}

// panics lets the program restore its terminal before a panic ends it.
func (p *Peer) panics() {
	if p.cfg.OnPanic == nil {
		return
	}
	if why := recover(); why != nil {
		p.cfg.OnPanic()
		panic(why)
	}
}

// work carries out a batch, up to the one that ends the peer.
func (p *Peer) work(batch []item) {
	for _, it := range batch {
		select {
		case <-p.quit:
			return
		default:
		}
		switch {
		case it.env != nil:
			p.serve(it.link, it.env)
		case it.do != nil:
			it.do()
		default:
			p.step(it.in)
		}
	}
}

// shutDown ends everything in this goroutine's hands.
func (p *Peer) shutDown() {
	p.inbox.close()
	if p.crashed {
		p.hub.Reset()
	} else {
		p.watch.flush(p, true)
	}
	p.endSession()
	p.hub.Close() // after Reset it has nothing left to do
	p.wg.Wait()
}

// clock is the peer's time, from its start.
func (p *Peer) clock() time.Duration { return time.Since(p.started) }

// nextWake returns how long the owner may sleep.
func (p *Peer) nextWake() time.Duration {
	wait := time.Hour
	if at := p.wakeAt; at > 0 {
		wait = at - p.clock()
	}
	if at, ok := p.watch.nextTell(); ok {
		wait = min(wait, at-p.clock())
	}
	if len(p.asked.late) > 0 {
		wait = min(wait, retryEvery)
	}
	return max(wait, 0)
}

// step gives an input to the core and carries out the effects.
func (p *Peer) step(in chord.Input) {
	fx := p.core.Step(p.clock(), in)
	for _, m := range fx.Sends {
		p.sent++
		env := &p.out
		env.Request, env.Answer, env.Body = m.Request, m.Answer, codec.Encode(m.Body)
		// A send fails only if the queue to that peer is full; then it is not
		// answering, and the core's time-out sees to it.
		_ = p.hub.Post(m.To.Addr, env)
	}
	p.asked.answer(fx)
	p.watch.note(p, fx)
	if c := &fx.Changes; c.Predecessor || c.Successors || len(c.Fingers) > 0 {
		p.keepLinks()
	}
	p.wakeAt = fx.WakeAt
	switch {
	case fx.Joined:
		p.joinOver(nil)
	case fx.Failed != "":
		p.joinFailed(fx)
	case fx.Left:
		p.end(false)
	}
	p.watch.tell(p)
	p.asked.retry()
}

// keepLinks tells the hub which connections are to persist: those to the peers
// in the routing table. Where not all can, those with the neighbours and with
// who holds copies come first, then those that lookups use most.
func (p *Peer) keepLinks() {
	p.links = p.links[:0]
	for r := range p.core.Links {
		if !slices.Contains(p.links, r.Addr) {
			p.links = append(p.links, r.Addr)
		}
	}
	p.hub.Keep(p.links)
}

// leave begins to leave, once. It runs in the owner goroutine.
func (p *Peer) leave() {
	if !p.leaving {
		p.leaving = true
		p.step(chord.Leave{})
	}
}

// down is told by the hub that a connection is gone or cannot be had. A peer
// of another ring, with another key, or of another wire version, will never
// answer, which is as if nobody listened.
func (p *Peer) down(addr string, why error) {
	misfit := errors.Is(why, wire.ErrRingMismatch) || errors.Is(why, wire.ErrUnauthorized) || errors.Is(why, wire.ErrVersion)
	refused := misfit || errors.Is(why, wire.ErrRefused)
	if !refused && !errors.Is(why, wire.ErrBroken) {
		return
	}
	p.inbox.put(item{do: func() {
		if misfit {
			p.misfit = why
		}
		p.step(chord.Lost{Addr: addr, Refused: refused})
	}})
}
