package sim

import (
	"time"

	"chordscope/node/chord"
)

func (s *Sim) push(e *event) { s.queue.push(e) }

func (s *Sim) carryOut(e *event) {
	h := e.to
	if h == nil || !h.frozen || h.dead {
		defer s.queue.done(e)
	}
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
		e := s.queue.event()
		e.at, e.to, e.in = fx.WakeAt, h, chord.Wake{}
		s.push(e)
	}
	if fx.Left || fx.Failed != "" {
		h.dead, h.diedAt = true, s.now
	}
}

func (s *Sim) send(h *Host, m chord.Send) {
	h.sent++
	s.Sent++
	to := s.host(m.To)
	if to == nil { // nobody has ever listened there
		s.push(&event{at: s.now + s.latency(), to: h, in: chord.Lost{Addr: m.To.Addr, Refused: true}})
		return
	}
	if s.cfg.Drop > 0 && s.rng.Float64() < s.cfg.Drop {
		return
	}
	late, ok := s.through(h.faults[to.Ref.Addr])
	if !ok {
		return
	}
	e := s.queue.event()
	e.in = chord.Receive{From: h.Ref, Request: m.Request, Answer: m.Answer, Body: m.Body}
	e.sent, e.from, e.to = s.now, h, to
	e.at = max(s.now+s.latency()+late, h.last[to.num]+1)
	h.remember(to, e.at, s.now)
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
