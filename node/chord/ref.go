package chord

import "chordscope/node/ring"

// Ref points at a peer: identifier, address and incarnation together. Two
// Refs with the same identifier and address but another incarnation are two
// different peers: the process was started anew and remembers nothing.
// The zero value points at nobody.
type Ref struct {
	ID   ring.ID
	Addr string // where the peer listens; empty only in the zero Ref
	Inc  uint64 // larger for a later start of the same identifier
	// Host is the address of the peer whose host this one shares, as one of its
	// virtual nodes (ToN IV-A); empty: it is the first on its host, or the only
	// one.
	Host string
}

// HostAddr names the host that the peer is on: virtual nodes of one host have
// the same, all others different ones.
func (r Ref) HostAddr() string {
	if r.Host != "" {
		return r.Host
	}
	return r.Addr
}

// IsZero reports whether r points at nobody.
func (r Ref) IsZero() bool { return r.Addr == "" }

// Status is where a peer stands in its life.
type Status uint8

const (
	StatusIdle    Status = iota // neither created nor joined
	StatusJoining               // looking for its place; answers only Ping
	StatusMember                // in the ring
	StatusLeaving               // has said goodbye, still redirects lookups
	StatusGone                  // left, refused or failed; does nothing any more
)

var statusNames = [...]string{"idle", "joining", "member", "leaving", "gone"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Snapshot is one peer's whole routing state at one moment. The slices belong
// to the receiver.
type Snapshot struct {
	Self        Ref
	Status      Status
	Paused      bool
	Predecessor Ref   // zero: none known
	Successors  []Ref // nearest first, without self or repeats; empty: alone
	// Fingers holds finger[i] at index i-1, i = 1..m. finger[1] is always the
	// successor. A zero Ref is an entry that is not known at the moment.
	Fingers []Ref
	// Syncing: the peer does not have all keys of its own range yet, and asks
	// other holders before it answers for one.
	Syncing bool
	Tracing bool    // it leaves events for messages and lines of procedures
	Pace    float64 // of maintenance, MinPace to MaxPace: 1 is as configured
	Ran     uint64  // how many runs that were asked for with Run are over
}

// Successor returns the first entry of the list, or the peer itself if it
// knows nobody else.
func (s *Snapshot) Successor() Ref {
	if len(s.Successors) == 0 {
		return s.Self
	}
	return s.Successors[0]
}
