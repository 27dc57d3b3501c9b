package chord

import (
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// Input is something that happened to a peer: a command of its owner, a
// message, the loss of a connection, or time that has passed.
type Input interface{ input() }

type (
	// Create starts a new ring with this peer alone in it.
	Create struct{}
	// Join enters the ring that the seeds belong to, trying them in turn. Given
	// again while the join is under way, it adds seeds.
	Join struct{ Seeds []Ref }
	// Leave leaves gracefully. Once the neighbours know, and one stabilize
	// interval is over, Effects.Left is set.
	Leave struct{}
	// Find looks for the owner of Key. The answer is a Lookup in
	// Effects.Lookups with the same Token.
	Find struct {
		Token     uint64
		Key       ring.ID
		Recursive bool
	}
	// Put stores Value under Key at its owner, through this peer; Delete removes
	// it, Get reads it. The outcome is an Access in Effects.Accesses with the
	// same Token. The Value must not be changed afterwards.
	Put struct {
		Token uint64
		Key   store.Key
		Value []byte
	}
	Get struct {
		Token uint64
		Key   store.Key
	}
	Delete struct {
		Token uint64
		Key   store.Key
	}
	// Known tells of peers from outside the ring, for example a sample that
	// the registry gave. They are only remembered, for the placement check.
	Known struct{ Peers []Ref }
	// Receive is a message from another peer. A request has Request > 0; its
	// answer comes back with the same number in Answer.
	Receive struct {
		From            Ref
		Request, Answer uint64
		Body            Body
	}
	// Lost says that the connection to the peer at Addr broke, or that it
	// refuses one.
	Lost struct {
		Addr    string
		Refused bool
	}
	// Wake says that the time Effects.WakeAt has come.
	Wake struct{}
	// Pause stops all maintenance that is not asked for with Run. Requests of
	// others are still answered.
	Pause struct{}
	// Resume ends Pause.
	Resume struct{}
	// Run does one run of a maintenance task, also while paused, as soon as the
	// one under way is over. Snapshot.Ran grows when it is over.
	Run struct{ Task Task }
	// Trace makes the peer leave events for every message and for every line of
	// its procedures, or ends that.
	Trace struct{ On bool }
	// Pace divides the intervals of maintenance by Factor, which is cut to
	// MinPace to MaxPace; one that is not above 0 is ignored. Below 1 also what
	// is otherwise done at once waits. Time-outs of requests stay as they are.
	Pace struct{ Factor float64 }
	// Strain says that the machine is overloaded: requests get Factor times as
	// long to be answered, and maintenance but for repair runs as much more
	// rarely. It is cut to 1, which is normal, to MaxStrain. For the time Missed
	// the peer could do nothing: whatever waits for the clock waits as much
	// longer, since what has come meanwhile is still to be told.
	Strain struct {
		Factor float64
		Missed time.Duration
	}
)

func (Create) input()  {}
func (Join) input()    {}
func (Leave) input()   {}
func (Find) input()    {}
func (Put) input()     {}
func (Get) input()     {}
func (Delete) input()  {}
func (Known) input()   {}
func (Receive) input() {}
func (Lost) input()    {}
func (Wake) input()    {}
func (Pause) input()   {}
func (Resume) input()  {}
func (Run) input()     {}
func (Trace) input()   {}
func (Pace) input()    {}
func (Strain) input()  {}

// Task is a periodic operation.
type Task uint8

const (
	TaskStabilize Task = iota
	TaskFix
	TaskCheck
	TaskPlacement
	TaskRepair
	// The protocol of 2003 has stabilize in three parts, after Zave's model of
	// it: TaskStabilize asks the successor for its predecessor, TaskReconcile
	// copies the successor's list, TaskUpdate replaces a dead successor.
	TaskReconcile
	TaskUpdate
	numTasks
)

var taskNames = [numTasks]string{"stabilize", "fix fingers", "check predecessor", "placement check", "repair", "reconcile", "update"}

func (t Task) String() string {
	if t < numTasks {
		return taskNames[t]
	}
	return "unknown"
}

// Send is a message to another peer. The driver delivers it, in order for each
// receiver, or reports Lost for the address.
type Send struct {
	To              Ref
	Request, Answer uint64
	Body            Body
}

// Lookup is the outcome of Find.
type Lookup struct {
	Token       uint64
	Number      uint64 // of the lookup, unique at this peer
	Key         ring.ID
	Recursive   bool
	Owner       Ref // zero if the lookup failed
	Predecessor Ref // of the owner, as the owner told; zero if it is alone or did not tell
	Confirmed   bool
	Path        []Ref // the origin, everyone the lookup went to, last the owner
	Steps       []HopTaken
	Failed      string // why, in words; empty on success
	Took        time.Duration

	reply Body // of the owner, to the request that the lookup carried
}

// Op is what is done with a key.
type Op uint8

const (
	OpGet Op = iota + 1
	OpPut
	OpDelete
)

var opNames = [...]string{"", "get", "put", "delete"}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return "unknown"
}

// Access is the outcome of Put, Get or Delete.
type Access struct {
	Token   uint64
	Op      Op
	Key     store.Key
	Found   bool   // get: there is a value; put and delete: there was one before
	Value   []byte // of a get; not to be changed
	Version store.Version
	Copies  int    // put and delete: how many peers hold it, the owner included
	Lookup  Lookup // the way to the owner; its Token has no meaning
	Code    Code   // why it failed
	Failed  string // the same in words; empty on success. A write that failed may have happened
	Took    time.Duration
}

// Changes says which parts of the Snapshot are new since the last Step.
type Changes struct {
	Status, Predecessor, Successors, Paused bool
	Syncing, Tracing, Pace, Ran             bool
	Fingers                                 []int       // indexes from 1
	Keys                                    []store.Key // stored, overwritten or dropped; the same one may stand here twice
}

// Any reports whether anything changed.
func (c *Changes) Any() bool {
	return c.Status || c.Predecessor || c.Successors || c.Paused || c.Syncing ||
		c.Tracing || c.Pace || c.Ran || len(c.Fingers) > 0 || len(c.Keys) > 0
}

// Effects is what is to be done after a Step. It and its slices belong to the
// peer and are valid until the next Step; the bodies of messages and the
// slices inside Lookups and Events may be kept but not changed.
type Effects struct {
	Sends    []Send
	Lookups  []Lookup
	Accesses []Access
	Events   []Event
	Changes  Changes
	Joined   bool   // the join that was asked for is complete
	Failed   string // the join failed for good, and why; the peer is StatusGone
	Taken    bool   // with Failed: because the identifier belongs to another live peer
	Left     bool   // the peer has left; it can be closed
	// WakeAt is when the next Wake is due, on the same clock as Step's now;
	// zero if nothing is due until something happens.
	WakeAt time.Duration
}

func (fx *Effects) reset() {
	clear(fx.Sends)
	clear(fx.Lookups)
	clear(fx.Accesses)
	clear(fx.Events)
	clear(fx.Changes.Keys)
	*fx = Effects{Sends: fx.Sends[:0], Lookups: fx.Lookups[:0], Accesses: fx.Accesses[:0], Events: fx.Events[:0],
		Changes: Changes{Fingers: fx.Changes.Fingers[:0], Keys: fx.Changes.Keys[:0]}}
}
