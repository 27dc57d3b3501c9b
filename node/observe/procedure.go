package observe

import (
	"time"

	"chordscope/node/ring"
)

// Message is one message between two peers, as a traced peer told of it. One
// that both sides told of stands once.
type Message struct {
	Number           uint64        // grows, unique in a Picture's life
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

// Procedures returns all procedures that a Run can be of, in the order in which
// a newcomer meets them. They must not be changed.
func Procedures() []*Procedure { return nil }
