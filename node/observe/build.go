package observe

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// Picture returns the newest Picture. It is made at most once a change.
func (s *Store) Picture() *Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.picture == nil {
		s.picture = s.build()
	}
	return s.picture
}

func (s *Store) build() *Picture {
	now := s.cfg.Clock()
	known, members := s.settle(now)
	b := builder{s: s, names: s.namer(), members: members, now: now}
	p := &Picture{
		Version: s.version, At: now, Space: s.cfg.Space, ListLen: s.cfg.Successors, Protocol: s.cfg.Protocol,
		Peers: make([]Peer, 0, len(known)), Registry: s.reg,
		Messages: s.rate.total, MessageRate: s.rate.perSecond(now),
		Keys: s.keys.keys, Data: s.keys.sums, Moves: s.lastMoves(now),
		Events: s.lastEvents(), Lookups: s.lastLookups(), LookupStats: s.lookups.stats(), Faults: s.faults(known), Recoveries: s.lastRecoveries(),
		Traffic: s.lastTraffic(), Runs: s.lastRuns(),
	}
	p.Data.Replicas = s.cfg.Replicas
	passing := 0 // peers that are joining or leaving
	for _, sub := range known {
		p.Peers = append(p.Peers, b.peer(sub))
		switch sub.state {
		case StateJoining:
			p.Health.Joining++
			passing++
		case StateLeaving:
			passing++
		}
	}
	p.sumUp(known)
	b.health(p, passing)
	return p
}

// assembly is who there is in a Picture. The next Picture has the same, unless
// somebody has come, gone, or turned.
type assembly struct {
	turned  uint64 // of the Store
	renamed uint64
	until   time.Duration // then the first of the gone is to be forgotten; 0: nobody is gone
	known   []*subject    // in identifier order
	members *truth.Members
	keepers keepers
}

// settle names the peers that a Picture shows, and judges what the members
// hold.
func (s *Store) settle(now time.Duration) (known []*subject, members *truth.Members) {
	a := &s.assembly
	if a.members == nil || a.turned != s.turned || a.renamed != s.renamed || a.until > 0 && now > a.until {
		s.assemble(now)
	}
	s.keys.settle(s.cfg.Space, a.keepers, now)
	return a.known, a.members
}

// assemble makes the assembly anew, and forgets those that are long gone.
func (s *Store) assemble(now time.Duration) {
	a := &s.assembly
	*a = assembly{}
	for addr, p := range s.peers {
		switch until := p.since + keepGone; {
		case p.state.Present():
		case now > until:
			delete(s.peers, addr)
			s.stale = true
			s.turned++
			continue
		case a.until == 0 || until < a.until:
			a.until = until
		}
		a.known = append(a.known, p)
	}
	slices.SortFunc(a.known, func(a, b *subject) int {
		a1, b1 := a.snap.Self, b.snap.Self
		return cmp.Or(a1.ID.Compare(b1.ID), strings.Compare(a1.Addr, b1.Addr))
	})
	var live []*chord.Snapshot
	for _, p := range a.known {
		if p.name = s.namer().peer(p.snap.Self.ID); p.state.Live() {
			live = append(live, &p.snap)
		}
	}
	a.members = truth.NewMembers(s.cfg.Space, live)
	a.keepers = newKeepers(a.known, a.members, s.cfg.Replicas)
	a.turned, a.renamed = s.turned, s.renamed
}

// builder makes the parts of one Picture.
type builder struct {
	s       *Store
	names   namer
	members *truth.Members
	now     time.Duration
}

func (b *builder) health(p *Picture, passing int) {
	h := &p.Health
	rep := b.members.CheckRing(b.s.cfg.Successors)
	b.members.CheckFingers(&rep, func(i int) int { return b.s.peers[b.members.At(i).Self.Addr].table.wrong })
	h.Live = rep.Members
	h.Valid, h.Rings, h.Windings = rep.Valid, rep.Rings, rep.Windings
	h.Appendages, h.Principals = rep.Appendages, rep.Principals
	h.WrongSuccessors, h.WrongPredecessors = rep.WrongSuccessors, rep.WrongPredecessors
	h.WrongLists, h.WrongFingers = rep.WrongLists, rep.WrongFingers
	h.Guaranteed = rep.Members >= b.s.cfg.Successors+2
	h.Why = rep.Why
	if h.Why == "" && passing > 0 {
		h.Why = Plural(passing, "peer") + " joining or leaving"
	}
	if h.Why == "" {
		h.Why = p.repair()
	}
	h.Stable = rep.Stable() && h.Why == "" && rep.Members > 0
}

func (b *builder) peer(sub *subject) Peer {
	snap := &sub.snap
	p := Peer{
		ID: snap.Self.ID, Name: sub.name, Addr: snap.Self.Addr, Incarnation: snap.Self.Inc, Host: snap.Self.Host,
		State: sub.state, Since: sub.since, Paused: snap.Paused, Frozen: sub.frozen, PID: sub.pid,
		Sent: sub.counters.Sent, Received: sub.counters.Received,
		BytesOut: sub.counters.BytesOut, BytesIn: sub.counters.BytesIn, Links: sub.counters.Links,
		Tracing: snap.Tracing, Pace: snap.Pace, Ran: snap.Ran, Ways: sub.ways.said(b.names, b.s.renamed),
	}
	p.MessageRate, p.ByteRate = sub.pace.perSecond(b.now)
	if sub.counts() {
		p.Syncing = snap.Syncing
		p.Owned, p.Copies, p.Bytes = sub.totals.owned, sub.totals.copies, sub.totals.bytes
	}
	t := b.table(sub)
	p.Predecessor, p.Successors, p.Fingers = t.predecessor, t.successors, t.fingers
	return p
}

// table is a peer's routing table with its verdicts. It is made anew when the
// peer tells something new, or the truth is another.
type table struct {
	turned, renamed uint64 // of the Store
	predecessor     Pointer
	successors      []Pointer
	fingers         []Finger
	wrong           int // of the fingers, if the peer is a member
}

func (b *builder) table(sub *subject) *table {
	if t := sub.table; t != nil && t.turned == b.s.turned && t.renamed == b.s.renamed {
		return t
	}
	snap, t := &sub.snap, &table{turned: b.s.turned, renamed: b.s.renamed}
	i, live := b.members.Index(snap.Self)
	want := func(f func() chord.Ref) *chord.Ref {
		if !live {
			return nil
		}
		r := f()
		return &r
	}
	t.predecessor = b.pointer(snap.Predecessor, want(func() chord.Ref { return b.members.Predecessor(i) }))
	var list []chord.Ref
	if live {
		list = b.members.Successors(i, b.s.cfg.Successors)
	}
	for j, r := range snap.Successors {
		t.successors = append(t.successors, b.pointer(r, want(func() chord.Ref {
			if j < len(list) {
				return list[j]
			}
			return snap.Self
		})))
	}
	t.fingers = b.fingers(snap, i, live)
	if live {
		t.wrong = b.members.WrongFingers(i)
	}
	for f, at := range sub.fixed {
		t.fingers[f].Fixed = at
	}
	sub.table = t
	return t
}

func (b *builder) fingers(snap *chord.Snapshot, i int, live bool) []Finger {
	space, n := b.s.cfg.Space, snap.Self.ID
	out := make([]Finger, space.Bits())
	var right []chord.Ref
	if live {
		right = b.members.AppendFingers(nil, i)
	}
	for f := range out {
		start := space.FingerStart(n, f+1)
		end := n
		if f+1 < len(out) {
			end = space.FingerStart(n, f+2)
		}
		r := snap.Fingers[f]
		if f == 0 {
			r = snap.Successor()
		}
		var want *chord.Ref
		if live {
			want = &right[f]
		}
		out[f] = Finger{Pointer: b.pointer(r, want), Index: f + 1, Start: start, Interval: ring.ClosedOpen(start, end)}
	}
	return out
}

// pointer sets a belief beside the truth; want is nil where there is none,
// because the peer itself is not a member.
func (b *builder) pointer(r chord.Ref, want *chord.Ref) Pointer {
	p := Pointer{}
	if want != nil {
		p.Want, p.WantName, p.HasWant = want.ID, b.names.peer(want.ID), true
	}
	if r.IsZero() {
		return p
	}
	p.ID, p.Name, p.Addr = r.ID, b.names.peer(r.ID), r.Addr
	switch {
	case !b.members.Live(r) && b.passing(r):
		p.Verdict = Stale
	case !b.members.Live(r):
		p.Verdict = Dead
	case want == nil || r == *want:
		p.Verdict = Right
	default:
		p.Verdict = Stale
	}
	return p
}

// passing reports whether r is there but not a member: it is joining, as far
// as we have heard, or leaving.
func (b *builder) passing(r chord.Ref) bool {
	p := b.s.peers[r.Addr]
	return p != nil && p.snap.Self == r && (p.state == StateJoining || p.state == StateLeaving)
}
