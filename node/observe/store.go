package observe

import (
	"sync"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// How much of the past a Picture holds.
const (
	keepEvents  = 500
	keepLookups = 32
	keepGone    = 8 * time.Second // dead and left peers stay visible this long
)

// Config of a Store.
type Config struct {
	Space      ring.Space
	Successors int
	Replicas   int // k; less than 1 is taken for 1
	Protocol   string
	Stabilize  time.Duration        // mean interval of the peers; 0: not known, so Recoveries have no rounds
	Clock      func() time.Duration // time since the ring was started
}

// Store gathers what peers say about themselves and makes Pictures of it. All
// methods are safe for concurrent use.
type Store struct {
	cfg Config

	mu       sync.Mutex
	version  uint64
	touched  time.Duration // when Changed last fired
	changed  chan struct{}
	picture  *Picture // of version; nil if it has to be made
	peers    map[string]*subject
	events   []logged
	lookups  lookups
	keys     ledger
	moves    []Move
	moved    uint64 // the number of the last move
	healing  recoveries
	reg      RegistryState
	rate     meter
	traffic  traffic
	runs     runs
	names    namer
	lower    int    // see namer
	stale    bool   // names must be made anew
	renamed  uint64 // how often names may have changed
	turned   uint64 // how often somebody has come, gone or turned into another state
	assembly assembly
}

// subject is one peer as the Store knows it, by address, in one life.
type subject struct {
	snap     chord.Snapshot
	state    State
	since    time.Duration
	counters Counters
	counted  time.Duration // when these were told
	pid      int
	faults   []PeerFault   // of the links to others, by address
	frozen   bool          // as the driver says; the state is StateSilent
	frozenAt time.Duration // when it was told
	name     string        // in the newest Picture
	table    *table        // likewise; nil: it has told a new one
	totals   totals        // in the newest Picture
	moved    bool          // for the ledger: counts in another way than before
	pace     pace          // how fast counters grow
	clock    offset
	ways     ways
	fixed    []time.Duration // when finger[i] was checked or changed, at i-1; nil: nothing is known
}

// totals are what a peer holds, in keys, bytes and tombstones.
type totals struct {
	owned, copies, bytes, tombstones int
}

// NewStore returns a Store that knows nobody.
func NewStore(cfg Config) *Store {
	cfg.Replicas = max(1, cfg.Replicas)
	return &Store{
		cfg: cfg, changed: make(chan struct{}), peers: make(map[string]*subject),
		names: newNamer(cfg.Space, nil), keys: ledger{records: make(map[store.Key]*record), ailing: make(map[*record]bool)},
		lookups: lookups{open: make(map[lookupID]*lookup)},
		healing: recoveries{signs: make(map[chord.Ref]time.Duration)},
		traffic: traffic{byCall: make(map[call]*message)}, runs: runs{open: make(map[runID]*run)},
	}
}

// Now returns the time on the Store's clock. The time of a Picture is that of
// the change it was made for.
func (s *Store) Now() time.Duration { return s.cfg.Clock() }

// Changed returns a channel that is closed at the next change.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// touch notes a change. The lock is held.
func (s *Store) touch() {
	s.version++
	s.picture, s.touched = nil, s.cfg.Clock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Update is what is new about one peer.
type Update struct {
	Self     chord.Ref
	Snapshot *chord.Snapshot // its state now; nil: as before
	Events   []chord.Event   // since the last update, oldest first
	Counters *Counters       // nil: as before
	PID      int             // of its process; 0: as before
	// Clock is the peer's clock when it told this, to which the times in Events
	// and Fixed belong. 0: they are by the Store's clock.
	Clock time.Duration
	// Anew: what was told before may have gaps, and Ways is everything.
	Anew  bool
	Ways  []chord.Way   // what is new
	Fixed []chord.Fixed // what is new

	// The faults of its links to others. With AllFaults, Faults is everything;
	// otherwise each replaces the one of its address, and the zero LinkFault
	// heals it.
	AllFaults bool
	Faults    []PeerFault

	// What it holds. With AllKeys, Keys is everything, and replaces what was
	// known; otherwise Keys are what is new or changed, and Gone is dropped.
	AllKeys bool
	Keys    []store.Entry
	Gone    []store.Key
}

// Apply takes an update of a peer that is alive, since it told us. Updates of
// one peer must come in order. The Store keeps the snapshot and its slices,
// which must not be changed any more.
func (s *Store) Apply(u Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.subject(u.Self)
	if p == nil {
		return // an older incarnation
	}
	p.clock.told(s.cfg.Clock(), u.Clock)
	if u.Anew {
		s.endRuns(u.Self)
	}
	if u.Snapshot != nil {
		s.healing.sound.told(&p.snap, u.Snapshot, s.cfg.Clock())
		p.snap, p.table = *u.Snapshot, nil
	}
	if u.PID != 0 {
		p.pid = u.PID
	}
	if u.Counters != nil {
		s.takeCounters(p, *u.Counters)
	}
	news := s.speaks(p, u) || u.Snapshot != nil || len(u.Events) > 0
	news = s.takeKeys(p, u) || news
	news = s.takeFaults(p, u) || news
	s.takeWays(p, u)
	for _, e := range u.Events { // after the keys, of which they tell
		s.take(p, e)
	}
	if !p.snap.Tracing {
		s.endRuns(u.Self)
	}
	news = s.follow(p) || news
	if news || s.cfg.Clock()-s.touched >= time.Second {
		s.touch()
	}
	s.picture = nil // counters alone wake nobody, but are there for who looks
}

// subject returns the entry of a peer, made if needed, or nil if a newer
// incarnation is known.
func (s *Store) subject(self chord.Ref) *subject {
	p := s.peers[self.Addr]
	if p != nil && p.snap.Self.Inc > self.Inc {
		return nil
	}
	if p == nil || p.snap.Self != self {
		if p != nil {
			s.setState(p, StateDead)
		}
		p = &subject{state: StateJoining, since: s.cfg.Clock(), counted: s.cfg.Clock()}
		p.snap = chord.Snapshot{Self: self, Status: chord.StatusJoining, Fingers: make([]chord.Ref, s.cfg.Space.Bits()), Pace: 1}
		s.peers[self.Addr] = p
		s.stale = true
		s.turned++
	}
	return p
}

func stateOf(st chord.Status) State {
	switch st {
	case chord.StatusMember:
		return StateMember
	case chord.StatusLeaving:
		return StateLeaving
	case chord.StatusGone:
		return StateLeft
	}
	return StateJoining
}

func (s *Store) setState(p *subject, st State) (changed bool) {
	if p.state != st {
		s.turns(p, st)
		p.state, p.since = st, s.cfg.Clock()
		s.turned++
		s.healing.sound.stale = true
		if !st.Present() {
			s.abandon(p.snap.Self)
			s.endRuns(p.snap.Self)
		}
		return true
	}
	return false
}

// Gone says that a peer cannot be watched any more: StateDead, StateLeft or
// StateSilent. A peer that had said goodbye counts as left in any case.
func (s *Store) Gone(self chord.Ref, how State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.peers[self.Addr]
	if p == nil || p.snap.Self != self || p.state == how || p.state == StateLeft {
		return
	}
	if p.state == StateLeaving && how == StateDead {
		how = StateLeft
	}
	s.setState(p, how)
	p.frozen = false
	s.follow(p)
	switch how {
	case StateDead:
		s.log(self, "crashed", "has crashed", Bad)
	case StateSilent:
		s.log(self, "silent", "does not say anything any more", Warning)
	}
	s.touch()
}

// SetRegistry notes the state of the registry.
func (s *Store) SetRegistry(r RegistryState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reg != r {
		s.reg = r
		s.touch()
	}
}

// logged is an event of the log. Its words are made when a Picture first shows
// it, since most of a busy ring's events are never shown.
type logged struct {
	Event
	raw  chord.Event
	said bool
}

func (s *Store) take(p *subject, e chord.Event) {
	self := p.snap.Self
	switch e.Kind {
	case chord.EvLine:
		s.takeLine(self, p.clock.here(e.At), e)
		return
	case chord.EvSent, chord.EvReceived:
		s.takeMessage(self, p.clock.here(e.At), e)
		return
	}
	s.takeLookup(self, e)
	s.takeData(self, e)
	s.takeSign(self, e)
	if e.Kind == chord.EvDead && s.peers[e.Peer.Addr] == nil {
		return // long gone, and only now found out by somebody who remembered it
	}
	s.append(logged{raw: e, Event: Event{ID: self.ID}})
}

// log enters an event that is not from a peer's trace.
func (s *Store) log(self chord.Ref, kind, text string, level Level) {
	s.append(logged{said: true, Event: Event{Peer: s.namer().peer(self.ID), ID: self.ID, Kind: kind, Text: text, Level: level}})
}

func (s *Store) append(l logged) {
	if len(s.events) >= 4*keepEvents {
		s.events = append(s.events[:0], s.events[len(s.events)-keepEvents:]...)
	}
	l.At = s.cfg.Clock()
	s.events = append(s.events, l)
}

// lastEvents returns the events that a Picture shows, in words.
func (s *Store) lastEvents() []Event {
	from := max(0, len(s.events)-keepEvents)
	out := make([]Event, 0, len(s.events)-from)
	for i := from; i < len(s.events); i++ {
		l := &s.events[i]
		if !l.said {
			k := kinds[l.raw.Kind]
			l.Peer, l.Kind, l.Level = s.namer().peer(l.ID), k.word, k.level
			l.Text, l.said = s.namer().event(l.raw), true
		}
		out = append(out, l.Event)
	}
	return out
}

// namer returns the names for the peers known now.
func (s *Store) namer() namer {
	if s.stale {
		ids := make([]ring.ID, 0, len(s.peers))
		for _, p := range s.peers {
			ids = append(ids, p.snap.Self.ID)
		}
		s.names, s.stale = newNamer(s.cfg.Space, ids), false
		if s.cfg.Space.Digits() > 0 { // else a name is the identifier itself
			s.renamed++
		}
	}
	n := s.names
	n.lower = s.lower
	return n
}

// NumberFingers says whether fingers are numbered from 0, as in many courses,
// in what is put into words from now on, and not from 1, as in the papers.
func (s *Store) NumberFingers(fromZero bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lower = 0
	if fromZero {
		s.lower = 1
	}
}
