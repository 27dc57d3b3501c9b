package chord

import (
	"reflect"

	"chordscope/node/ring"
)

// While a peer is traced it leaves an event for every message and for every
// line that it comes to in the pseudo-code of its procedures, which
// node/observe has the text of. Untraced, each of these calls is one test of a
// flag.

// Proc names a procedure whose lines a traced peer tells.
type Proc uint8

const (
	ProcNone Proc = iota
	ProcJoin
	ProcStabilize
	ProcRectify
	ProcFixFingers
	ProcCheckPredecessor
	ProcFindSuccessor
	ProcClosestPreceding
	ProcLeave
	ProcPlacement
	ProcAdopt
	ProcRepair
	// As published in 2003.
	ProcOriginalJoin
	ProcOriginalStabilize
	ProcOriginalNotify
	ProcOriginalFixFingers
	ProcOriginalCheckPredecessor
	ProcOriginalReconcile
	ProcOriginalUpdate
	numProcs
)

// Test is how the test that a line makes came out.
type Test uint8

const (
	TestNone Test = iota // the line makes none
	TestYes
	TestNo
)

func tested(yes bool) Test {
	if yes {
		return TestYes
	}
	return TestNo
}

// tracing is what a peer keeps for its trace.
type tracing struct {
	on   bool
	runs [numProcs]uint64 // the number of the run that is under way; 0: none, or it began untraced
	last uint64           // the number of the last run
}

// with is what a line of a procedure works with. What these are called there,
// node/observe knows.
type with struct {
	peer, other Ref
	refs        []Ref
	key         ring.ID
	in          ring.Interval
	index, last int
	rule        Rule
	test        Test
}

func (p *Peer) setTracing(on bool) {
	if p.trace.on == on {
		return
	}
	p.trace.on, p.trace.runs = on, [numProcs]uint64{}
	p.fx.Changes.Tracing = true
}

// line tells that the run of proc that is under way has come to line n of its
// text. Line 1 begins a run; the one before it is over then.
func (p *Peer) line(proc Proc, n int, w with) {
	if p.trace.on {
		if n == 1 {
			p.endRun(proc)
			p.trace.runs[proc] = p.newRun()
		}
		p.tellLine(proc, p.trace.runs[proc], n, &w)
	}
}

// endRun tells that the run of proc is over, if one is under way.
func (p *Peer) endRun(proc Proc) {
	if p.trace.on {
		p.tellLine(proc, p.trace.runs[proc], 0, &with{})
		p.trace.runs[proc] = 0
	}
}

// line is Peer.line for a lookup, of which many may be under way at once.
func (s *search) line(p *Peer, n int, w with) {
	if p.trace.on {
		if n == 1 {
			s.run = p.newRun()
		}
		w.key = s.key
		p.tellLine(ProcFindSuccessor, s.run, n, &w)
	}
}

func (p *Peer) newRun() uint64 {
	p.trace.last++
	return p.trace.last
}

func (p *Peer) tellLine(proc Proc, run uint64, n int, w *with) {
	if run != 0 {
		p.event(Event{
			Kind: EvLine, Proc: proc, Run: run, Line: n, Peer: w.peer, Old: w.other, Refs: w.refs, Key: w.key,
			Range: w.in, Index: w.index, Last: w.last, Rule: w.rule, Test: w.test,
		})
	}
}

// tellMessage tells of a message to or from a peer.
func (p *Peer) tellMessage(kind EventKind, peer Ref, request, answer uint64, b Body) {
	e := Event{Kind: kind, Peer: peer, Request: request, Answer: answer, Reason: reflect.TypeOf(b).Name()}
	e.gist(b)
	p.event(e)
}

// gist takes over what is worth telling of a message.
func (e *Event) gist(b Body) {
	switch b := b.(type) {
	case State:
		e.Old, e.Refs = b.Predecessor, b.Successors
	case NextHop:
		e.Key = b.Key
	case Hop:
		e.Rule = b.Rule
	case Owns:
		e.Key = b.Key
	case Ownership:
		e.Test, e.Old = tested(b.Yes), b.Predecessor
	case FindOwner:
		e.Key = b.Key
	case Found:
		e.Old, e.Index = b.Owner, len(b.Hops)
	case Hint:
		e.Old = b.Candidate
	case Leaving:
		e.Old, e.Refs = b.Predecessor, b.Successors
	case Read:
		e.Key, e.Name = b.Key.ID, b.Key.Name
	case Write:
		e.Key, e.Name, e.Last = b.Key.ID, b.Key.Name, len(b.Value)
		e.Test = tested(!b.Delete)
	case Datum:
		e.Test, e.Index = tested(!b.Item.Version.IsZero() && !b.Item.Deleted), b.Copies
	case Compare:
		e.Range, e.Index = b.Range, int(b.Digest.Count)
	case Compared:
		e.Test, e.Index = tested(b.Same), int(b.Digest.Count)
	case List:
		e.Range = b.Range
	case Fetch:
		e.Index = len(b.Keys)
	case Listing:
		e.Index = len(b.Items)
	case Store:
		e.Index, e.Cause = len(b.Items), b.Why
	case Stored:
		e.Index = len(b.Versions)
	case Cover:
		e.Range = b.Range
	case Coverage:
		e.Test = tested(b.Yes)
	case Collect:
		e.Index = len(b.Keys)
	case Surplus:
		e.Range = b.Range
	}
}
