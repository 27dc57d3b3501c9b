// Package observe makes one consistent Picture of a ring out of what its
// peers say about themselves, and sets the truth beside what they believe.
package observe

import (
	"cmp"
	"time"

	"chordscope/node/ring"
)

// Picture is the whole ring at one moment: what every peer believes, and how
// that compares with the truth. A Picture is never changed after it was made,
// so it may be kept and read from any goroutine. Pictures share what has not
// changed from one to the next, each Datum in particular.
type Picture struct {
	Version     uint64        // grows with every change
	At          time.Duration // since the ring was started
	Space       ring.Space
	ListLen     int // r, the configured length of successor lists
	Protocol    string
	Peers       []Peer // in identifier order; recently dead ones included
	Health      Health
	Keys        []*Datum // in identifier order, then by name; see Datum for which
	Data        Data
	Moves       []Move   // the latest, oldest first
	Lookups     []Lookup // the latest, oldest first
	LookupStats LookupStats
	Events      []Event    // the latest, oldest first
	Faults      []Fault    // of links, in the order of From, then of To
	Recoveries  []Recovery // the latest 16, oldest first; the last one may be under way
	Registry    RegistryState
	Traffic     []Message // what traced peers sent and received: the latest 400, oldest first
	Runs        []Run     // of procedures at traced peers: the latest 64, oldest first
	Messages    uint64    // protocol messages sent by all peers until now
	MessageRate float64   // messages a second, over the last second or so
}

// State is what is known of a peer's life.
type State uint8

const (
	StateJoining State = iota // not yet a member of the ring
	StateMember
	StateLeaving // has said goodbye
	StateSilent  // its connection stands or was lost, but it says nothing: frozen or cut off
	StateDead    // crashed: its port refuses
	StateLeft    // left gracefully
)

var stateNames = [...]string{"joining", "member", "leaving", "silent", "dead", "left"}

func (s State) String() string { return stateNames[s] }

// Live reports whether the peer counts for the truth: only members do.
func (s State) Live() bool { return s == StateMember }

// Present reports whether the peer has neither died nor left.
func (s State) Present() bool { return s < StateDead }

// Peer is one peer: what it is and what it believes.
type Peer struct {
	ID          ring.ID
	Name        string // "N8", or "N3fa2" on a wide ring
	Addr        string
	Incarnation uint64
	Host        string // the address of the peer whose host it shares as a virtual node; empty: it is the first there
	State       State
	Since       time.Duration // when State began, on the Picture's clock
	Predecessor Pointer
	Successors  []Pointer
	Fingers     []Finger
	Paused      bool
	Frozen      bool   // stopped on purpose: State is StateSilent
	PID         int    // of its process; 0: not known
	Sent        uint64 // protocol messages
	Received    uint64
	BytesOut    uint64
	BytesIn     uint64
	Links       int     // open connections
	Syncing     bool    // it does not have all keys of its own range yet
	Tracing     bool    // it tells of every message and every line of its procedures
	Pace        float64 // of its maintenance: 1 is normal, 0.25 four times slower
	Ran         uint64  // maintenance runs that were asked for one by one and are over
	Ways        []Way   // to and from others, in identifier order: at most 64, the latest used
	MessageRate float64 // protocol messages that it sends a second, over the last second or so
	ByteRate    float64 // bytes that it sends a second, likewise
	Owned       int     // keys of the Picture that it truly owns and holds a value of
	Copies      int     // keys of the Picture that it holds a value of, its own included
	Bytes       int     // of these values
}

// HostAddr names the host that the peer is on: virtual nodes of one host have the
// same, all others different ones.
func (p *Peer) HostAddr() string { return cmp.Or(p.Host, p.Addr, p.Name) }

// Verdict compares a pointer with the truth.
type Verdict uint8

const (
	None  Verdict = iota // the peer has no pointer here
	Right                // it is the one it should be
	Stale                // it is live, but another one would be right
	Dead                 // it points at a peer that is not live
)

var verdictNames = [...]string{"none", "right", "stale", "dead"}

func (v Verdict) String() string { return verdictNames[v] }

// Pointer is one entry of a routing table with the verdict on it.
type Pointer struct {
	ID       ring.ID // meaningless if Verdict is None
	Name     string  // "" if there is no pointer
	Addr     string
	Verdict  Verdict
	Want     ring.ID // what it should be; meaningful if HasWant
	WantName string
	HasWant  bool
}

// Finger is one row of a finger table.
type Finger struct {
	Pointer
	Index    int // from 1, as in the papers
	Start    ring.ID
	Interval ring.Interval // [Start, start of the next finger)
	Fixed    time.Duration // when it was last checked or changed, on the Picture's clock; 0: not known
}

// Health sums up the truth about the ring.
type Health struct {
	Live    int
	Joining int
	// Stable: nothing is left to repair; every predecessor, list and finger
	// is right, nobody is joining, leaving or syncing, every key that is not
	// lost is on exactly the peers that should hold it, and no member holds a
	// value of a deleted one.
	Stable bool
	// Valid: all that the proved invariant implies for the ring holds (Zave
	// 2017): every member has a live successor, and there is exactly one ring,
	// in order, that everyone leads to. Principals counts the rest of it.
	Valid      bool
	Why        string // if not valid, or else not stable: one sentence about the first thing found
	Rings      int    // cycles of first live successors; 1 is right, 0 can happen
	Windings   int    // how often the ring winds round the circle; 1 is right
	Appendages int    // members that lead to a ring but are on none
	Principals int    // members that no successor list skips
	Guaranteed bool   // enough peers for the guarantees: N >= r + 2 (one crash at a time)
	// How many pointers are not right.
	WrongSuccessors, WrongPredecessors, WrongLists, WrongFingers int
}

// RegistryState is what is known of the registry.
type RegistryState struct {
	Addr  string
	Up    bool
	Peers int // registered
}

// Event is a trace event of one peer in words.
type Event struct {
	At    time.Duration
	Peer  string // its name
	ID    ring.ID
	Kind  string // a stable word for the kind, e.g. "successor", "suspected"
	Text  string // a sentence without the peer's name at its start
	Level Level
}

// Level says how much an event matters to a reader.
type Level uint8

const (
	Info    Level = iota
	Good          // something was repaired or reached
	Warning       // suspected, stale, refused
	Bad           // lost, dead
)

// Lookup is one lookup as its origin saw it.
type Lookup struct {
	Number    uint64 // grows, unique in a Picture's life
	Key       ring.ID
	KeyName   string // "K54"
	Origin    ring.ID
	Started   time.Duration
	Took      time.Duration
	Done      bool
	Failed    string // why, if it failed
	Owner     ring.ID
	OwnerName string
	Hops      int       // length of the path minus one
	Path      []ring.ID // origin, everyone it went to, last the owner
	PathNames []string
	Steps     []Step // in order, with time-outs
	Recursive bool
	For       string // put, get or delete, if it was made for one
}

// Step is one step of a lookup: who decided what, and why.
type Step struct {
	At       ring.ID
	AtName   string
	Next     ring.ID
	NextName string
	HasNext  bool
	Timeout  bool   // Next did not answer
	Why      string // "54 in (51, 56]: owner is my successor N56"
}
