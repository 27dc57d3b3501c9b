package sim

import (
	"container/heap"
	"time"

	"chordscope/node/chord"
)

// event is something that happens at a time: an input of a host, or a call.
type event struct {
	at   time.Duration
	seq  uint64
	to   *Host
	in   chord.Input // a chord.Wake is dropped if the host's wake time has moved
	sent time.Duration
	from *Host
	f    func()
}

// queue is a heap by time; events of one time keep the order they were made.
type queue struct {
	seq    uint64
	events []*event
}

func (q *queue) Len() int { return len(q.events) }
func (q *queue) Less(i, j int) bool {
	a, b := q.events[i], q.events[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}
func (q *queue) Swap(i, j int) { q.events[i], q.events[j] = q.events[j], q.events[i] }
func (q *queue) Push(x any)    { q.events = append(q.events, x.(*event)) }
func (q *queue) Pop() any {
	last := len(q.events) - 1
	e := q.events[last]
	q.events[last] = nil
	q.events = q.events[:last]
	return e
}

func (s *Sim) push(e *event) {
	s.queue.seq++
	e.seq = s.queue.seq
	heap.Push(&s.queue, e)
}

func (s *Sim) carryOut(e *event) {
	h := e.to
	switch {
	case h == nil:
		e.f()
	case h.dead:
		s.undelivered(e)
	case h.frozen:
		h.stash = append(h.stash, e)
	default:
		if _, ok := e.in.(chord.Wake); ok {
			if h.wakeAt == 0 || s.now < h.wakeAt {
				return // another wake-up has been set meanwhile
			}
			h.wakeAt = 0
		}
		if _, ok := e.in.(chord.Receive); ok {
			h.recv++
		}
		s.step(h, e.in)
	}
}

// undelivered tells the sender what TCP would tell it: the connection broke if
// the receiver died after the message was sent, otherwise the port refuses.
func (s *Sim) undelivered(e *event) {
	if m, ok := e.in.(chord.Receive); !ok || e.from == nil || m.From.IsZero() {
		return
	}
	s.push(&event{at: s.now + s.latency(), to: e.from, in: chord.Lost{Addr: e.to.Ref.Addr, Refused: e.sent >= e.to.diedAt}})
}

// step is the driver's whole work for one input.
func (s *Sim) step(h *Host, in chord.Input) {
	fx := h.Peer.Step(s.now, in)
	if s.OnEffects != nil {
		s.OnEffects(h, fx)
	}
	for _, m := range fx.Sends {
		s.send(h, m)
	}
	if fx.WakeAt > 0 && (h.wakeAt == 0 || fx.WakeAt < h.wakeAt) {
		h.wakeAt = fx.WakeAt
		s.push(&event{at: fx.WakeAt, to: h, in: chord.Wake{}})
	}
	if fx.Left || fx.Failed != "" {
		h.dead, h.diedAt = true, s.now
	}
}

func (s *Sim) send(h *Host, m chord.Send) {
	h.sent++
	s.Sent++
	in := chord.Receive{From: h.Ref, Request: m.Request, Answer: m.Answer, Body: m.Body}
	e := &event{in: in, sent: s.now, from: h, to: s.host(m.To)}
	if e.to == nil { // nobody has ever listened there
		s.push(&event{at: s.now + s.latency(), to: h, in: chord.Lost{Addr: m.To.Addr, Refused: true}})
		return
	}
	if s.cfg.Drop > 0 && s.rng.Float64() < s.cfg.Drop {
		return
	}
	late, ok := s.through(h.faults[e.to.Ref.Addr])
	if !ok {
		return
	}
	e.at = max(s.now+s.latency()+late, h.last[e.to.num]+1)
	h.remember(e.to, e.at, s.now)
	s.push(e)
}

// host returns the newest host at an address, or nil. A message is for
// whoever listens there, even if it was meant for a former incarnation.
func (s *Sim) host(r chord.Ref) *Host { return s.byAddr[r.Addr] }

// remember notes the arrival of the last message on a link and forgets links
// that have long been empty.
func (h *Host) remember(to *Host, at, now time.Duration) {
	if len(h.last) > 64 {
		for k, t := range h.last {
			if t < now {
				delete(h.last, k)
			}
		}
	}
	h.last[to.num] = at
}
