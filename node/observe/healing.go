package observe

import (
	"strings"
	"time"

	"chordscope/node/chord"
)

// How a recovery is followed.
const (
	// together is how long after the last blow another one still belongs to
	// the same disturbance.
	together = time.Second
	// memory is how far back the first sign of a disturbance may lie that
	// nobody has announced: a silence is noticed by us long after the peers.
	memory = 5 * time.Second
)

// rest is how long nothing may have been wrong for a recovery to be over: long
// enough for a peer that does not answer to be asked again and given up.
func (s *Store) rest(r *recovery) time.Duration {
	if r.struck {
		return max(time.Second, 3*s.cfg.Stabilize)
	}
	return max(3*time.Second, 10*s.cfg.Stabilize)
}

// follow brings the recovery under way up to date, after p has told something,
// or with nil after anybody may have. It reports whether something was reached,
// or turned wrong again. It costs nothing if there is no recovery.
func (s *Store) follow(p *subject) (news bool) {
	r := s.healing.now
	if r == nil {
		return false
	}
	before, now, sound := r.Recovery, s.cfg.Clock(), &s.healing.sound
	ring, tables, keys := s.check(p, r.At)
	right := ring && tables && keys
	if !right || !r.right {
		r.calm = now
		r.Messages = r.sent
	}
	r.right = right
	r.struck = r.struck || !right
	over := right && now-r.calm >= s.rest(r) && (r.struck || !s.passing())
	if r.struck || over {
		r.Ring.set(ring, sound.ringAt-r.At)
		r.Fingers.set(tables, sound.tablesAt-r.At)
		r.Keys.set(keys, sound.keysAt-r.At)
	}
	r.Rounds = 0
	if s.cfg.Stabilize > 0 {
		r.Rounds = float64(r.Ring.After) / float64(s.cfg.Stabilize)
	}
	if over {
		s.finish(r)
		clear(s.healing.signs)
	}
	return over || r.Ring != before.Ring || r.Fingers != before.Fingers || r.Keys != before.Keys
}

// set notes whether something is right, and if so, after which time it was.
func (m *Moment) set(right bool, after time.Duration) {
	switch {
	case !right:
		*m = Moment{}
	case !m.Reached:
		*m = Moment{true, max(0, after)}
	}
}

// passing reports whether anybody is joining or leaving.
func (s *Store) passing() bool {
	for _, p := range s.peers {
		if p.state == StateJoining || p.state == StateLeaving {
			return true
		}
	}
	return false
}

// turns is told of every change of a peer's state, before it is made.
func (s *Store) turns(p *subject, to State) {
	from, r := p.state, s.healing.now
	switch {
	case from == StateJoining && to != StateMember: // it never was one of us
	case to == StateDead || to == StateSilent || from == StateSilent && to != StateLeft:
		s.struck(p, to)
	case r == nil:
	case r.struck && r.right && s.cfg.Clock()-r.blow > together: // what follows has another cause
		s.finish(r)
	default:
		r.struck, r.blow = true, s.cfg.Clock()
	}
}

// struck notes that a peer was hit: it crashed, fell silent, or is back. That
// belongs to the recovery under way, or begins one.
func (s *Store) struck(p *subject, to State) {
	h, now, ref := &s.healing, s.cfg.Clock(), p.snap.Self
	r := h.now
	if r == nil || now-r.blow > together && !(r.announced && len(r.hits) == 0) {
		at, seen := h.signs[ref]
		if !seen || now-at > memory {
			at = now
		}
		r = s.begin("", at, false)
	}
	r.struck, r.blow, r.calm = true, now, now
	r.hits = append(r.hits, hit{ref, blow(p, to)})
	if !r.announced {
		r.What = s.blows(r.hits)
	}
}

// blow says how a peer was hit that changes to a state.
func blow(p *subject, to State) string {
	switch {
	case to == StateDead:
		return "crashed"
	case to == StateSilent && p.frozen:
		return "frozen"
	case to == StateSilent:
		return "silent"
	}
	return "back"
}

// mostNamed is how many peers are named that the same has hit.
const mostNamed = 5

// blows names what has hit whom: "N8 N14 crashed, N21 silent".
func (s *Store) blows(hits []hit) string {
	var kinds []string
	names := make(map[string][]string)
	for _, h := range hits {
		if names[h.how] == nil {
			kinds = append(kinds, h.how)
		}
		names[h.how] = append(names[h.how], s.namer().peer(h.ref.ID))
	}
	for i, how := range kinds {
		who := strings.Join(names[how], " ")
		if n := len(names[how]); n > mostNamed {
			who = Plural(n, "peer")
		}
		kinds[i] = who + " " + how
	}
	return strings.Join(kinds, ", ")
}

// takeSign notes what an event says about a disturbance.
func (s *Store) takeSign(self chord.Ref, e chord.Event) {
	h := &s.healing
	switch e.Kind {
	case chord.EvSuspected, chord.EvDead:
		s.sign(e.Peer, true)
	case chord.EvPeerLeft:
		s.sign(e.Peer, false)
	case chord.EvSuccessor, chord.EvPredecessor, chord.EvFinger, chord.EvList:
		s.sign(e.Old, false)
	case chord.EvAlive:
		if h.now == nil {
			delete(h.signs, e.Peer)
		}
	case chord.EvLookupFailed:
		if h.now != nil {
			h.now.LookupsFailed++
		}
	case chord.EvLookupTimeout:
		if h.now != nil {
			h.now.late[lookupID{self, e.Lookup}] = true
			h.now.LookupsTimedOut = len(h.now.late)
		}
	}
}

// missable reports whether anything can follow from a sign about a peer: not if
// it had gone before, and somebody finds out only now. The zero one is nobody in
// particular.
func (s *Store) missable(ref chord.Ref) bool {
	if r := s.healing.now; ref.IsZero() || r != nil && r.hasHit(ref) {
		return true
	}
	p := s.peers[ref.Addr]
	return p != nil && p.snap.Self == ref && p.state <= StateLeaving
}

// sign notes that a peer was noticed to be missing: it is suspected, or given
// up, or, which only counts during a recovery, a pointer leads to it no more.
func (s *Store) sign(about chord.Ref, grave bool) {
	h, now := &s.healing, s.cfg.Clock()
	switch r := h.now; {
	case r == nil && !grave || !s.missable(about):
		return
	case r == nil:
		for ref, at := range h.signs {
			if now-at > memory {
				delete(h.signs, ref)
			}
		}
	default:
		r.struck = true
		if grave {
			r.calm = now
		}
		if !r.first.Reached {
			r.first = Moment{true, max(0, now-r.At)}
		}
	}
	if _, seen := h.signs[about]; !seen {
		h.signs[about] = now
	}
}

// count counts messages that a peer has sent since it last told how many. Those
// that it will have sent before the recovery began are no part of it.
func (r *recovery) count(p *subject, sent uint64) {
	before := uint64(r.pace * max(0, r.At-p.counted).Seconds())
	r.sent += sent - min(sent, before)
}
