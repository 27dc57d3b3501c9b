package chord

import "chordscope/node/ring"

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
	// Hop. The peer does not name anyone whose address is in Avoid.
	NextHop struct {
		Key   ring.ID
		Avoid []string
	}
	// Hop answers NextHop: one application of a routing rule.
	Hop struct{ Rule Rule }

	// Owns asks a peer to confirm that it owns Key; the answer is Ownership.
	Owns struct{ Key ring.ID }
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
	}

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
func (Refusal) body()   {}

// Code says why a request was refused.
type Code uint8

const (
	CodeUnknown       Code = iota
	CodeNotMember          // the peer is not (or no longer) in the ring
	CodeUnimplemented      // the peer does not know this message
	CodeNoOwner            // a recursive lookup found no owner
	CodeHopLimit           // a recursive lookup ran out of hops
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
