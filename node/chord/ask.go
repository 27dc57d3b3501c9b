package chord

import (
	"container/heap"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Why an ask failed.
var (
	errTimeout = errors.New("no answer in time")
	errRefused = errors.New("connection refused")
	errStrange = errors.New("an answer of the wrong kind")
)

// refused is the error of an ask that was answered with a Refusal.
type refused struct{ Refusal }

func (r refused) Error() string { return fmt.Sprintf("refused (%d): %s", r.Code, r.Detail) }

// isRefused reports whether an ask was answered, but not as it was meant.
func isRefused(err error) bool {
	_, ok := errors.AsType[refused](err)
	return ok
}

// refusedWith reports whether it was refused for this reason.
func refusedWith(err error, code Code) bool {
	r, ok := errors.AsType[refused](err)
	return ok && r.Code == code
}

// call is a request that waits for its answer.
type call struct {
	to      Ref
	body    Body
	then    func(Body, error)
	retried bool
	patient bool // a time-out says nothing about the peer
	sent    time.Duration
}

// retryDelay is how long after a refused connection the one retry follows.
const retryDelay = 10 * time.Millisecond

// patience is how many time-outs a patient request may take: a hop of a
// recursive lookup has to find out by itself who does not answer further on,
// an owner reaches its replicas, and a page of values is long.
const patience = 4

// ask sends a request and calls then with the answer, in a later Step, or with
// an error: errTimeout, errRefused, a refused, or errStrange. Written with a
// continuation so that an operation reads like the papers' pseudo-code, where
// a remote call is an expression.
func ask[T Body](p *Peer, to Ref, req Body, then func(T, error)) {
	request(p, to, req, false, then)
}

// askPatiently is ask for what takes the other a while: a late answer says
// nothing against it.
func askPatiently[T Body](p *Peer, to Ref, req Body, then func(T, error)) {
	request(p, to, req, true, then)
}

func request[T Body](p *Peer, to Ref, req Body, patient bool, then func(T, error)) {
	p.call(to, req, patient, func(b Body, err error) {
		t, ok := b.(T)
		switch {
		case err != nil:
		case !ok:
			err = errStrange
			if r, isRefusal := b.(Refusal); isRefusal {
				err = refused{r}
			}
		}
		then(t, err)
	})
}

// ping asks whether r is there. What an answer or a time-out means is seen to
// where all of them are.
func (p *Peer) ping(r Ref) { ask(p, r, Ping{}, func(Ack, error) {}) }

func (p *Peer) call(to Ref, req Body, patient bool, then func(Body, error)) {
	p.nextRequest++
	id := p.nextRequest
	c := &call{to: to, body: req, then: then, patient: patient, sent: p.now}
	p.calls[id] = c
	p.dispatch(Send{To: to, Request: id, Body: req})
	wait := p.strained(p.cfg.Timeout)
	if patient {
		wait *= patience
	}
	p.timers.push(p.now+wait, id, func() {
		if p.calls[id] != c {
			return // answered
		}
		delete(p.calls, id)
		if !patient {
			p.missed(to, c.sent)
		}
		then(nil, errTimeout)
	})
}

// send is a message without an answer.
func (p *Peer) send(to Ref, body Body) {
	p.dispatch(Send{To: to, Body: body})
}

// answered hands an answer to the continuation that waits for it. Answers that
// nobody waits for (too late, or made up) are dropped.
func (p *Peer) answered(from Ref, id uint64, body Body) {
	c := p.calls[id]
	if c == nil || c.to.Addr != from.Addr || c.to.Inc != from.Inc {
		return
	}
	delete(p.calls, id)
	if !c.patient && !c.retried { // else it is not known what took so long
		p.ways.use(c.to, p.now).answered(p.now - c.sent)
	}
	c.then(body, nil)
}

// lost reacts to the first signal of a failure. A broken connection may have
// been only that: requests under way are sent once more and a neighbour is
// pinged, which makes the driver connect again. A peer whose port refuses two
// times is dead.
func (p *Peer) lost(in Lost) {
	waiting := p.callsTo(in.Addr)
	for _, id := range waiting {
		c := p.calls[id]
		if c == nil {
			continue // ended by the continuation of an earlier one
		}
		if !c.retried {
			c.retried = true
			if in.Refused {
				p.after(retryDelay, func() { p.resend(id, c) })
			} else {
				p.resend(id, c)
			}
			continue
		}
		if !in.Refused {
			continue // broken again: the time-out decides
		}
		delete(p.calls, id)
		p.dead(c.to, CauseRefused)
		c.then(nil, errRefused)
	}
	if len(waiting) > 0 || p.paused || p.cfg.Original {
		return
	}
	for r := range p.Neighbours {
		if r.Addr == in.Addr {
			p.ping(r)
			return
		}
	}
}

func (p *Peer) resend(id uint64, c *call) {
	if p.calls[id] == c {
		p.dispatch(Send{To: c.to, Request: id, Body: c.body})
	}
}

// callsTo returns the numbers of the requests under way to addr, in order.
func (p *Peer) callsTo(addr string) []uint64 {
	var ids []uint64
	for id, c := range p.calls {
		if c.to.Addr == addr {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// timer runs f at a time. Timers of the same time run in the order they were
// set.
type timer struct {
	at   time.Duration
	seq  uint64
	call uint64 // the request that it is the time-out of; 0: something else
	f    func()
}

type timerHeap struct {
	seq uint64
	ts  []timer
}

func (h *timerHeap) Len() int { return len(h.ts) }
func (h *timerHeap) Less(i, j int) bool {
	a, b := h.ts[i], h.ts[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}
func (h *timerHeap) Swap(i, j int) { h.ts[i], h.ts[j] = h.ts[j], h.ts[i] }
func (h *timerHeap) Push(x any)    { h.ts = append(h.ts, x.(timer)) }
func (h *timerHeap) Pop() any {
	last := len(h.ts) - 1
	t := h.ts[last]
	h.ts[last] = timer{}
	h.ts = h.ts[:last]
	return t
}

func (h *timerHeap) push(at time.Duration, call uint64, f func()) {
	h.seq++
	heap.Push(h, timer{at, h.seq, call, f})
}

func (p *Peer) after(d time.Duration, f func()) { p.timers.push(p.now+d, 0, f) }

// nextTimer returns when the next timer is due, 0 if none is. Time-outs of what
// was answered are no reason to wake up.
func (p *Peer) nextTimer() time.Duration {
	for p.timers.Len() > 0 {
		next := p.timers.ts[0]
		if next.call == 0 || p.calls[next.call] != nil {
			return next.at
		}
		heap.Pop(&p.timers)
	}
	return 0
}

func (p *Peer) runTimers() {
	for p.timers.Len() > 0 && p.timers.ts[0].at <= p.now {
		heap.Pop(&p.timers).(timer).f()
	}
}
