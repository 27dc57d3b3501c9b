package chord

import (
	"math/rand/v2"
	"slices"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// Peer is the state machine of one peer. It is not safe for concurrent use:
// one caller owns it.
type Peer struct {
	cfg   Config // fixed
	self  Ref    // fixed
	space ring.Space
	rng   *rand.Rand

	// The routing state.
	status  Status
	pred    Ref
	succs   []Ref // nearest first; never changed in place, so that it can be sent
	round   bool  // the list comes all the way round: there is nobody else
	fingers []Ref // finger[i] at i-1; the entry of finger[1] is unused, succs[0] serves
	book    book  // whom we know and what we think of them

	// Maintenance. An operation that may change the successor list holds busy
	// until it is over; the others each have a slot of their own.
	busy, fixing, checking, placing bool
	paused                          bool
	hand                            byHand
	pace                            float64                 // 1: as configured
	strain                          float64                 // 1: the machine is not overloaded
	due                             [numTasks]time.Duration // when each periodic task is next due
	lastStabilize                   time.Duration
	newcomer                        Ref // the best candidate that waits for the check of pred
	adopt                           Ref // the nearest candidate for a new successor
	adoptAt                         time.Duration
	nextFinger                      int
	fixed                           []time.Duration // when finger[i] was last checked or changed, at i-1; 0: never
	unsettled                       int             // how many passes over the fingers still run fast
	haste                           haste
	nudge                           bool
	calm                            int // placement checks in a row that found nothing, at most maxCalm
	join                            joinState

	data keeping // the keys

	// What is only told, and changes nothing.
	trace tracing
	ways  ways

	// Outstanding requests and timers.
	now         time.Duration
	nextRequest uint64
	nextLookup  uint64
	calls       map[uint64]*call
	timers      timerHeap
	fx          Effects
}

// New returns a peer that is in no ring yet; Create or Join come next.
func New(cfg Config) (*Peer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	p := &Peer{
		cfg: cfg, self: cfg.Self, space: cfg.Space,
		rng:     rand.New(rand.NewPCG(cfg.Seed, cfg.Self.Inc)),
		fingers: make([]Ref, cfg.Space.Bits()),
		calls:   make(map[uint64]*call),
		pace:    1,
		strain:  1,
		fixed:   make([]time.Duration, cfg.Space.Bits()),
		ways:    ways{byAddr: make(map[string]*way)},
	}
	p.book.init()
	p.data.items = store.New()
	return p, nil
}

// Step tells the peer what happened at the time now, which never runs
// backwards, and returns what is to be done. See Effects for how long the
// result may be used.
func (p *Peer) Step(now time.Duration, in Input) *Effects {
	p.now = max(now, p.now)
	p.fx.reset()
	if p.status != StatusGone {
		p.take(in)
		p.runTimers()
		p.runTasks()
		p.runByHand()
		p.sendNudge()
	}
	p.fx.WakeAt = p.nextWake()
	return &p.fx
}

func (p *Peer) take(in Input) {
	switch in := in.(type) {
	case Create:
		p.create()
	case Join:
		p.startJoin(in.Seeds)
	case Leave:
		p.leave()
	case Find:
		p.find(in)
	case Put:
		p.put(in)
	case Get:
		p.get(in)
	case Delete:
		p.delete(in)
	case Known:
		for _, r := range in.Peers {
			p.book.hearOf(p, r)
		}
	case Receive:
		p.receive(in)
	case Lost:
		p.lost(in)
	case Pause:
		p.setPaused(true)
	case Resume:
		p.setPaused(false)
	case Run:
		p.runTask(in.Task)
	case Poison:
		p.poison(in)
	case Trace:
		p.setTracing(in.On)
	case Pace:
		p.setPace(in.Factor)
	case Strain:
		p.setStrain(in.Factor, in.Missed)
	case Wake: // timers and tasks run after every input
	}
}

// Snapshot returns a copy of the routing state.
func (p *Peer) Snapshot() Snapshot {
	s := Snapshot{
		Self: p.self, Status: p.status, Paused: p.paused, Predecessor: p.pred,
		Successors: p.succs, Fingers: slices.Clone(p.fingers), Syncing: p.data.syncing,
		Tracing: p.trace.on, Pace: p.pace, Ran: p.hand.over,
	}
	s.Fingers[0] = s.Successor()
	return s
}

// Status returns where the peer stands in its life.
func (p *Peer) Status() Status { return p.status }

// Neighbours calls yield for every peer in the routing table, possibly more
// than once: predecessor, successor list and fingers.
func (p *Peer) Neighbours(yield func(Ref) bool) {
	if !p.pred.IsZero() && !yield(p.pred) {
		return
	}
	for _, s := range p.succs {
		if s.ID != p.self.ID && !yield(s) {
			return
		}
	}
	var last Ref
	for _, f := range p.fingers {
		if f != last && !f.IsZero() && f.ID != p.self.ID && !yield(f) {
			return
		}
		last = f
	}
}

// Links calls yield for every peer in the routing table, possibly more than
// once, in the order in which connections to them are worth keeping: the
// predecessor, the successors that hold copies, the fingers from the farthest,
// and the rest of the list.
func (p *Peer) Links(yield func(Ref) bool) {
	if !p.pred.IsZero() && !yield(p.pred) {
		return
	}
	near := min(len(p.succs), max(1, p.cfg.Replicas-1))
	for _, s := range p.succs[:near] {
		if s.ID != p.self.ID && !yield(s) {
			return
		}
	}
	var last Ref
	for _, f := range slices.Backward(p.fingers) {
		if f != last && !f.IsZero() && f.ID != p.self.ID && !yield(f) {
			return
		}
		last = f
	}
	for _, s := range p.succs[near:] {
		if s.ID != p.self.ID && !yield(s) {
			return
		}
	}
}

// successor is the head of the list, or the peer itself when alone.
func (p *Peer) successor() Ref {
	if len(p.succs) == 0 {
		return p.self
	}
	return p.succs[0]
}

func (p *Peer) alone() bool { return p.successor().ID == p.self.ID }

// create starts a ring of one (ToN figure 6). We own every key, and lack none.
func (p *Peer) create() {
	if p.status != StatusIdle {
		return
	}
	p.become(StatusMember)
	if p.cfg.Original {
		p.succs = []Ref{p.self}
	}
	p.data.settled, p.data.from = true, p.self.ID
	p.event(Event{Kind: EvCreated})
	p.startTasks()
}

func (p *Peer) become(s Status) {
	p.status = s
	p.fx.Changes.Status = true
}

func (p *Peer) setPaused(on bool) {
	if p.paused == on {
		return
	}
	p.paused = on
	p.fx.Changes.Paused = true
	if on {
		p.event(Event{Kind: EvPaused})
		return
	}
	p.event(Event{Kind: EvResumed})
	p.startTasks()
	p.purgeDead() // the work that this makes need not wait for the clock
}

func (p *Peer) event(e Event) {
	e.At = p.now
	p.fx.Events = append(p.fx.Events, e)
}
