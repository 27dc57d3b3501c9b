package observe

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

const (
	// keepTraffic is how many messages a Picture holds.
	keepTraffic = 400
	// underway is how long a message without a number may be under way to be
	// known again at its other end.
	underway = 2 * time.Second
)

// traffic are the messages that traced peers told of.
type traffic struct {
	list   []*message // in the order in which they were first told
	byCall map[call]*message
	number uint64
	shown  []Message // what a Picture shows; nil: it has to be made
}

// call is one direction of a request: it is what both ends know a message by.
type call struct {
	asker  chord.Ref
	number uint64
	answer bool
}

// message is one message with the ends that have told of it.
type message struct {
	Message
	from, to       chord.Ref
	sent, received bool
	raw            chord.Event // for its words
	said           bool
}

// takeMessage enters what one end tells of a message, once for both ends.
func (s *Store) takeMessage(self chord.Ref, at time.Duration, e chord.Event) {
	t := &s.traffic
	t.shown = nil
	m := &message{from: self, to: e.Peer, sent: true, raw: e}
	if e.Kind == chord.EvReceived {
		*m = message{from: e.Peer, to: self, received: true, raw: e}
	}
	m.Message = Message{At: at, From: m.from.ID, To: m.to.ID, Name: e.Reason, Call: max(e.Request, e.Answer), Answer: e.Answer != 0}
	if other := t.otherEnd(m); other != nil {
		other.sent, other.received = true, true
		if m.sent {
			other.At = at
		}
		return
	}
	t.number++
	m.Number = t.number
	if m.Call != 0 {
		t.byCall[m.call()] = m
	}
	t.list = append(t.list, m)
	if len(t.list) >= 4*keepTraffic {
		t.forget(len(t.list) - keepTraffic)
	}
}

func (m *message) call() call {
	if m.Answer {
		return call{m.to, m.Call, true}
	}
	return call{m.from, m.Call, false}
}

// otherEnd returns what the other end has told of m, or nil.
func (t *traffic) otherEnd(m *message) *message {
	if m.Call != 0 {
		// One that is sent again has the same number: it is another message.
		if o := t.byCall[m.call()]; o != nil && o.sent != m.sent && o.received != m.received {
			return o
		}
		return nil
	}
	for _, o := range t.list[max(0, len(t.list)-keepTraffic):] { // in the order of the link
		if o.Call == 0 && o.from == m.from && o.to == m.to && o.Name == m.Name &&
			o.sent != m.sent && o.received != m.received && (m.At-o.At).Abs() < underway {
			return o
		}
	}
	return nil
}

// forget drops the n messages that were told first.
func (t *traffic) forget(n int) {
	for _, m := range t.list[:n] {
		if t.byCall[m.call()] == m {
			delete(t.byCall, m.call())
		}
	}
	t.list = slices.Delete(t.list, 0, n)
}

// lastTraffic returns the messages that a Picture shows.
func (s *Store) lastTraffic() []Message {
	t := &s.traffic
	if t.shown != nil {
		return t.shown
	}
	n := s.namer()
	for _, m := range t.list[max(0, len(t.list)-keepTraffic):] {
		if !m.said {
			m.FromName, m.ToName, m.Text, m.said = n.peer(m.From), n.peer(m.To), n.gist(&m.raw), true
		}
		t.shown = append(t.shown, m.Message)
		if asked := t.byCall[call{m.to, m.Call, false}]; m.Answer && asked != nil { // clocks are not that exact
			last := &t.shown[len(t.shown)-1]
			last.At = max(last.At, asked.At+1)
		}
	}
	slices.SortStableFunc(t.shown, func(a, b Message) int { return cmp.Compare(a.At, b.At) })
	return t.shown
}

// gist writes what is in a message.
func (n namer) gist(e *chord.Event) string {
	yes := e.Test == chord.TestYes
	switch e.Reason {
	case "State", "Leaving":
		return "predecessor " + n.orNil(e.Old) + ", successors " + n.all(e.Refs)
	case "NextHop", "Owns", "FindOwner", "Read":
		return n.datum(*e)
	case "Hop":
		return n.step(e.Rule)
	case "Ownership":
		switch {
		case yes:
			return "yes"
		case e.Old.IsZero():
			return "no, and the predecessor is not known"
		}
		return "no, ask " + n.peer(e.Old.ID)
	case "Found":
		return n.orNil(e.Old) + ", " + Plural(e.Index, "step")
	case "Hint":
		if e.Old.IsZero() {
			return "stabilize soon"
		}
		return n.peer(e.Old.ID)
	case "Write":
		if !yes {
			return "delete " + n.datum(*e)
		}
		return n.datum(*e) + ", " + Plural(e.Last, "byte")
	case "Datum":
		switch {
		case e.Index > 0:
			return Plural(e.Index, "copy")
		case yes:
			return "a value"
		}
		return "no value"
	}
	return n.bulk(e)
}

// bulk is gist for messages about many keys.
func (n namer) bulk(e *chord.Event) string {
	keys := Plural(e.Index, "key")
	switch e.Reason {
	case "Compare":
		return n.span(e.Range) + ", " + keys
	case "Compared":
		if e.Test == chord.TestYes {
			return "the same"
		}
		return keys
	case "List", "Cover", "Surplus":
		return n.span(e.Range)
	case "Coverage":
		if e.Test == chord.TestYes {
			return "yes"
		}
		return "no"
	case "Fetch", "Listing", "Stored":
		return keys
	case "Store":
		return keys + " (" + e.Cause.String() + ")"
	case "Collect":
		return Plural(e.Index, "tombstone")
	}
	return ""
}

// step writes whom a rule names.
func (n namer) step(r chord.Rule) string {
	next := n.orNil(r.Next)
	switch r.Kind {
	case chord.RuleOwn, chord.RuleAlone:
		return "it is mine"
	case chord.RuleSuccessor:
		return "my successor " + next
	case chord.RuleFinger:
		return n.finger(r.Index, r.Index) + " = " + next
	case chord.RuleList:
		return "successors[" + itoa(r.Index) + "] = " + next
	case chord.RulePredecessor:
		return "my predecessor " + next
	case chord.RuleSeed:
		return next
	}
	return "nobody"
}

// orNil is orNone in the words of the papers.
func (n namer) orNil(r chord.Ref) string {
	if r.IsZero() {
		return "nil"
	}
	return n.peer(r.ID)
}

// all names peers in their order.
func (n namer) all(refs []chord.Ref) string {
	if len(refs) == 0 {
		return "none"
	}
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = n.peer(r.ID)
	}
	return strings.Join(names, " ")
}

// span writes an interval with the short forms of its ends.
func (n namer) span(iv ring.Interval) string {
	left, right := "(", ")"
	if iv.ClosedFrom {
		left = "["
	}
	if iv.ClosedTo {
		right = "]"
	}
	return left + n.short(iv.From) + ", " + n.short(iv.To) + right
}
