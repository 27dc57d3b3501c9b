package observe

import (
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// Message is one message between two peers, as a traced peer told of it. One
// that both sides told of stands once.
type Message struct {
	Number           uint64        // unique in a Picture's life; grows in the order in which messages were first told
	At               time.Duration // when it was sent, or, if only the receiver told of it, when it arrived; on the Picture's clock
	From, To         ring.ID
	FromName, ToName string
	Name             string // as the protocol calls it, such as "GetState"
	Call             uint64 // the number of the request, unique at who asks; 0: nobody answers it
	Answer           bool   // it answers the request Call
	Text             string // what is in it, such as "K54"; may be empty
}

// Procedure is pseudo-code in the style of the papers, true to what the peers
// do. It is never changed.
type Procedure struct {
	Name   string   // such as "stabilize"
	Source string   // where it is from, such as "Zave 2017; ToN figure 6"
	Lines  []string // at most 12 of at most 60 characters; line numbers count from 1
}

// Value is a variable of a Procedure and what is in it.
type Value struct{ Name, Text string } // "x", "N26"

// RunLine is one line that a peer has come to.
type RunLine struct {
	At     time.Duration // on the Picture's clock
	Line   int           // from 1
	Values []Value       // what the line works with
	Why    string        // in words with numbers: "26 in (21, 32): yes, N26 stands between us"; may be empty
}

// Run is one run of a procedure at a traced peer. It ends with its last line
// when Done, and is where that line says until then.
type Run struct {
	Number    uint64 // grows, unique in a Picture's life
	Peer      ring.ID
	PeerName  string
	Procedure *Procedure
	Started   time.Duration
	Lines     []RunLine // in the order they were come to, a line of a loop more than once; at most 64, then the latest
	Done      bool
}

// Way is what a peer counts of the messages between it and another one.
type Way struct {
	ID             ring.ID
	Name           string
	RTT            time.Duration // smoothed, from request to answer; 0: nothing was asked yet
	Sent, Received uint64        // messages
}

// procedure is a Procedure with what its lines work with, as the core tells it.
type procedure struct {
	Procedure
	steps []step
}

// step is one line. The names are those of the variables in what the core tells;
// empty: that one is not shown.
type step struct {
	text                           string
	peer, other, refs, key, number string
	why                            func(w words) string // nil: nothing is to be said
}

// procedures are by what the core calls them.
var procedures = func() map[chord.Proc]*procedure {
	all := make(map[chord.Proc]*procedure)
	for _, texts := range []map[chord.Proc]*procedure{ringTexts, lookupTexts, keyTexts, originalTexts} {
		for proc, p := range texts {
			for _, s := range p.steps {
				p.Lines = append(p.Lines, s.text)
			}
			all[proc] = p
		}
	}
	return all
}()

// words write one line that a peer has come to.
type words struct {
	namer
	*chord.Event
	self ring.ID
}

func (s *step) values(w words) []Value {
	var out []Value
	add := func(name, text string) {
		if name != "" {
			out = append(out, Value{name, text})
		}
	}
	add(s.number, itoa(w.Index))
	add(s.key, w.short(w.Key))
	add(s.peer, w.orNil(w.Peer))
	add(s.other, w.orNil(w.Old))
	add(s.refs, w.all(w.Refs))
	return out
}

func (s *step) because(w words) string {
	if s.why == nil {
		return ""
	}
	return s.why(w)
}

func (w words) yes() bool    { return w.Test == chord.TestYes }
func (w words) who() string  { return w.peerName(w.Peer) }
func (w words) them() string { return w.peerName(w.Old) }

func (w words) peerName(r chord.Ref) string { return w.namer.peer(r.ID) }

// within writes the test whether r is in the interval of the line.
func (w words) within(r chord.Ref) string { return w.short(r.ID) + " in " + w.span(w.Range) }

// verdict writes how a test came out.
func (w words) verdict(test, yes, no string) string {
	if w.yes() {
		return test + ": yes, " + yes
	}
	return test + ": no, " + no
}

// answered is why for a line that tests whether its peer has failed to answer.
func answered(w words) string {
	if w.yes() {
		return w.who() + " does not answer"
	}
	return w.who() + " has answered"
}

// asks is why for a line that asks its peer something.
func asks(w words) string { return "asks " + w.who() }
