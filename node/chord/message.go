package chord

import (
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Body is what one peer says to another. A request is answered by the reply
// named beside it, or by a Refusal. Hint is the one message without an answer.
// Messages are values: neither side may change a slice once it is sent.
type Body interface{ body() }

type (
	// Ping asks whether the peer is there. Always answered, with Ack.
	Ping struct{}
	// Ack answers Ping, Notify and Leaving.
	Ack struct{}

	// GetState asks for predecessor and successor list in one consistent
	// answer, State.
	GetState struct {
		Fingers bool // also ask for the finger table (a joiner's first guess)
	}
	// State answers GetState.
	State struct {
		Predecessor Ref
		Successors  []Ref
		Fingers     []Ref // the distinct fingers, only when asked for
	}

	// NextHop asks a peer for the next step of a lookup of Key; the answer is
	// Hop. The peer does not name anyone whose address is in Avoid, and checks
	// those of them that are its neighbours.
	NextHop struct {
		Key   ring.ID
		Avoid []string
	}
	// Hop answers NextHop: one application of a routing rule.
	Hop struct{ Rule Rule }

	// Owns asks a peer to confirm that it owns Key; the answer is Ownership. It
	// checks those of its neighbours whose address is in Avoid.
	Owns struct {
		Key   ring.ID
		Avoid []string
	}
	// Ownership answers Owns. If Yes, Key is in (Predecessor, self]. If not,
	// and Predecessor is set, the owner is to be looked for there. If neither,
	// the peer does not know its predecessor at the moment: ask again.
	Ownership struct {
		Yes         bool
		Predecessor Ref
	}

	// FindOwner is the recursive lookup: the peer finds the owner of Key and
	// answers Found. Each hop lowers TTL; at zero it refuses.
	FindOwner struct {
		Key   ring.ID
		Avoid []string
		TTL   int
	}
	// Found answers FindOwner. Hops starts with the answering peer.
	Found struct {
		Owner       Ref
		Predecessor Ref // of the owner
		Hops        []HopTaken
	}

	// Notify tells a peer that the sender believes to be its predecessor
	// (the rectify of Zave 2016, the notify of ToN figure 6).
	Notify struct{}

	// Hint says without obligation that the receiver should look after its
	// successor: if Candidate is set, the receiver considers it (adopt rule);
	// if not, it stabilizes soon. Not answered.
	Hint struct{ Candidate Ref }

	// Leaving is a goodbye: the sender hands its neighbours over.
	Leaving struct {
		Predecessor Ref
		Successors  []Ref
		Whole       bool // the receiver has everything of the sender's range (Predecessor, sender]
	}

	// Read asks the owner of Key for its item. The answer is a Datum, or an
	// Ownership if the receiver does not own the key.
	Read struct{ Key store.Key }
	// Write asks the owner to make Value, or a tombstone, the newest version of
	// Key. The answer is a Datum once all copies are made, or an Ownership. The
	// same Tag again is the same write.
	Write struct {
		Key    store.Key
		Value  []byte
		Delete bool
		Tag    uint64 // never 0
	}
	// Datum answers Read and Write.
	Datum struct {
		Item        store.Item // a zero Version: nothing is stored; without value in the answer to Write
		Existed     bool       // of a Write: there was a value before
		Copies      int        // of a Write: how many peers hold it now
		Predecessor Ref        // of the owner
	}

	// Compare tells what the sender holds of Range, (From, To] always. The
	// answer is Compared.
	Compare struct {
		Range   ring.Interval
		Digest  store.Digest
		Claim   bool // the sender owns the range and counts on the receiver for a copy
		InStep  bool // with Claim: the sender has just brought the receiver in step
		Inherit bool // the sender is about to own the range, and asks for all of it
	}
	// Compared answers Compare: whether the receiver holds the same, and if not,
	// what it holds of the parts of the range, in order. No parts: there is too
	// little to divide.
	Compared struct {
		Same   bool
		Digest store.Digest // of the whole range
		Parts  []store.Part
		Whole  bool // the receiver has everything of the range that was acknowledged, and leaves it to the sender
		Owns   bool // the receiver, or somebody else that it knows of, may own a part of the range
	}
	// List asks for what the receiver holds of Range, (From, To], clockwise; with
	// Begun, what comes behind After. The answer is Listing.
	List struct {
		Range  ring.Interval
		Begun  bool
		After  store.Key
		Values bool // whole items; otherwise without values
	}
	// Fetch asks for items by key; the answer is Listing, with as many of the
	// first keys as fit. A key that the receiver does not hold is left out.
	Fetch struct{ Keys []store.Key }
	// Listing answers List and Fetch.
	Listing struct {
		Items []store.Item
		More  bool // there is more behind the last one
		Whole bool // the receiver has everything that was acknowledged of what was asked for, and does not own it
	}
	// Store gives the receiver copies to keep. The answer is Stored.
	Store struct {
		Items []store.Item
		Why   Cause // write, join, leave, repair or surplus
	}
	// Stored answers Store: the versions that the receiver holds now, in the
	// order of the items. A lower version than one that is held is not taken.
	Stored struct{ Versions []store.Version }
	// Cover asks the owner of Range, (From, To], to make sure that it and its
	// replicas hold all it knows of the range, so that the sender may drop what
	// it has of it. The answer is Coverage, which may take its time.
	Cover struct{ Range ring.Interval }
	// Coverage answers Cover. Yes: all copies are in place, for the part of the
	// range in (Predecessor, receiver]. Keep: the sender itself is one of them.
	Coverage struct {
		Yes, Keep   bool
		Predecessor Ref // not set: the receiver is alone, or does not know
	}
	// Collect says that everybody who keeps these tombstones has them, so that
	// they can go, and anything older of the same keys. Answered with Ack.
	Collect struct {
		Keys     []store.Key
		Versions []store.Version
	}
	// Departing asks an owner not to count on the sender any more, which is
	// about to leave. Not answered; Surplus follows once that is done.
	Departing struct{}
	// Surplus says that the sender owns Range, that all copies are in place and
	// that the receiver keeps none of them: what it has of it may go. Not answered.
	Surplus struct{ Range ring.Interval }

	// Refusal answers any request that cannot be served.
	Refusal struct {
		Code   Code
		Detail string // for people, may be empty
	}
)

func (Ping) body()      {}
func (Ack) body()       {}
func (GetState) body()  {}
func (State) body()     {}
func (NextHop) body()   {}
func (Hop) body()       {}
func (Owns) body()      {}
func (Ownership) body() {}
func (FindOwner) body() {}
func (Found) body()     {}
func (Notify) body()    {}
func (Hint) body()      {}
func (Leaving) body()   {}
func (Read) body()      {}
func (Write) body()     {}
func (Datum) body()     {}
func (Compare) body()   {}
func (Compared) body()  {}
func (List) body()      {}
func (Fetch) body()     {}
func (Listing) body()   {}
func (Store) body()     {}
func (Stored) body()    {}
func (Cover) body()     {}
func (Coverage) body()  {}
func (Collect) body()   {}
func (Departing) body() {}
func (Surplus) body()   {}
func (Refusal) body()   {}

// Code says why a request was refused.
type Code uint8

const (
	CodeUnknown       Code = iota
	CodeNotMember          // the peer is not (or no longer) in the ring
	CodeUnimplemented      // the peer does not know this message
	CodeNoOwner            // a recursive lookup found no owner
	CodeHopLimit           // a recursive lookup ran out of hops
	CodeUnavailable        // not now: the copies of a key cannot be reached or made
	CodeTooLarge           // a value or a key is longer than the ring takes
)

// RuleKind names the rule by which a peer chose the next step of a lookup.
type RuleKind uint8

const (
	// RuleOwn: Key is in (predecessor, self], the peer owns it.
	RuleOwn RuleKind = iota + 1
	// RuleSuccessor: Key is in (self, successor], the successor owns it.
	RuleSuccessor
	// RuleFinger: the closest preceding entry is finger Index.
	RuleFinger
	// RuleList: the closest preceding entry is number Index of the list.
	RuleList
	// RulePredecessor: the candidate does not own Key, which is not in its own
	// range Interval; its predecessor Next is nearer.
	RulePredecessor
	// RuleSeed: the first step of a joiner's lookup goes to a known peer.
	RuleSeed
	// RuleAlone: the peer knows nobody else, so it owns every key.
	RuleAlone
	// RuleStuck: every peer this one could name is to be avoided.
	RuleStuck
)

// Rule is one routing decision with the numbers that explain it, such as
// "54 in (51, 56]: owner is my successor N56".
type Rule struct {
	Kind     RuleKind
	Interval ring.Interval // the test that Key (or Next) passed
	Index    int           // of the finger (from 1) or the list entry (from 1)
	Next     Ref           // the peer it leads to
}

// HopTaken is one step of a lookup: peer At applied Rule, which led to
// Rule.Next. If Failed is set, that peer did not answer or could not be used,
// and the lookup went back to At for the next best.
type HopTaken struct {
	At     Ref
	Rule   Rule
	Failed Failure
}

// Failure says how a peer failed to answer.
type Failure uint8

const (
	Answered Failure = iota // it did answer
	TimedOut                // no answer in time
	Refused                 // its port refuses, or its connection broke for good
	Declined                // it answered that it cannot help, for example while leaving
)
