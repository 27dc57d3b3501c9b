package chord

import (
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// EventKind names what happened at a peer.
type EventKind uint8

// The fields of Event that each kind fills are given beside it.
const (
	EvNone          EventKind = iota
	EvCreated                 // a new ring of one
	EvJoining                 // Peer: the seed it asks
	EvJoined                  // Peer: its successor; Old: its predecessor
	EvJoinFailed              // Reason
	EvSuccessor               // the successor changed. Peer: new; Old: old; Cause
	EvList                    // the rest of the list changed. Refs: the list; Cause
	EvPredecessor             // Peer: new (zero: none); Old: old; Cause
	EvFinger                  // Index, Peer: new (zero: unknown); Old: old
	EvSuspected               // Peer did not answer in time
	EvDead                    // Peer is given up; Cause
	EvAlive                   // Peer was suspected or dead and answers again
	EvRestarted               // Peer is a new incarnation of Old
	EvAdopted                 // Peer was met between us and our successor (merge); Old: the successor until now
	EvPlacement               // placement check through Peer; Cause: adopt or told
	EvLeaving                 // we say goodbye. Peer: successor; Old: predecessor
	EvLeft                    // goodbye is said and the waiting time is over
	EvPeerLeft                // Peer said goodbye to us
	EvLookupStarted           // Lookup, Key, Name, Reason: mode, or put, get or delete
	EvLookupHop               // Lookup, Key, Peer: who applied Rule; Rule
	EvLookupTimeout           // Lookup, Key, Peer: who did not answer; Failed: how
	EvLookupDone              // Lookup, Key, Peer: owner, Index: hops
	EvLookupFailed            // Lookup, Key, Reason
	EvTask                    // a maintenance task runs because it was asked for. Reason: which
	EvPaused                  // maintenance stands still
	EvResumed                 // maintenance goes on
	EvPut                     // a put is acknowledged. Key, Name, Version; Index: copies; Peer: who asked
	EvDeleted                 // a delete is acknowledged. As EvPut
	EvWriteFailed             // Key, Name, Reason; Peer: who asked
	EvReplica                 // a copy is kept for its owner. Key, Name, Version; Peer: the owner
	EvTook                    // Index items, Last bytes, of Range came from Peer; Cause: join, leave, repair or surplus
	EvDropped                 // Index copies of Range were dropped, since Peer, the owner, has all of them in place
	EvSyncing                 // the keys of Range are looked for at others, until EvSettled; Cause
	EvSettled                 // Range, the own one, is complete
	EvCollected               // Index tombstones are gone, all holders had them
	EvPoisoned                // finger Index was overwritten from outside; 1: the whole list. Peer: new; Old: old
	EvLine                    // a run of Proc has come to Line of its text, 0: its end. Run, and of the others what the line works with; Test
	EvSent                    // a message to Peer. Request or Answer, Reason: its name, and of the others what is in it
	EvReceived                // a message from Peer. As EvSent
)

// Cause says in one word of the protocol why something changed.
type Cause uint8

const (
	CauseNone Cause = iota
	CauseJoin
	CauseStabilize
	CauseReconcile
	CauseUpdate
	CauseRectify
	CauseNotify
	CauseCheck
	CauseLeave
	CauseAdopt
	CauseRefused  // connection refused, twice
	CauseTimeout  // no answer, several times
	CauseReplaced // a newer incarnation took its place
	CauseTold
	CauseFallback // from remembered peers, since the list was empty
	CauseWrite    // a put or a delete
	CauseRepair   // anti-entropy between an owner and its replicas
	CauseSurplus  // a copy that is kept for nobody any more goes to the owner
)

var causeNames = [...]string{"", "join", "stabilize", "reconcile", "update", "rectify", "notify", "check predecessor", "leave", "adopt", "refused", "time-out", "replaced", "told", "fallback", "write", "repair", "surplus"}

func (c Cause) String() string {
	if int(c) < len(causeNames) {
		return causeNames[c]
	}
	return "unknown"
}

// Event is one thing that happened at a peer, in the protocol's own words.
// Which fields are set depends on Kind.
type Event struct {
	At      time.Duration // the peer's clock
	Kind    EventKind
	Cause   Cause
	Peer    Ref
	Old     Ref
	Refs    []Ref
	Index   int
	Last    int
	Key     ring.ID
	Name    string // of the key; empty if it is the identifier itself
	Version store.Version
	Range   ring.Interval
	Lookup  uint64 // number of the lookup, unique at its origin
	Rule    Rule
	Failed  Failure // EvLookupTimeout
	Reason  string

	// Of a traced peer only.
	Proc            Proc
	Run             uint64 // number of the run of Proc, unique at the peer
	Line            int
	Test            Test
	Request, Answer uint64
}
