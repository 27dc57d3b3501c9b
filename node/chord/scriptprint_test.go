package chord

import (
	"fmt"
	"strings"

	"chordscope/node/ring"
)

// How a script's output is written.

func num(id ring.ID) string {
	n, _ := id.Uint64()
	return fmt.Sprint(n)
}

// name writes a Ref as parseRef reads it.
func name(r Ref) string {
	if r.IsZero() {
		return "-"
	}
	s := "N" + num(r.ID)
	addr := strings.ToLower(s)
	if r.Inc != 1 {
		s += fmt.Sprintf("/%d", r.Inc)
	}
	if r.Addr != addr {
		s += "@" + r.Addr
	}
	return s
}

func names(refs []Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, name(r))
	}
	return "[" + strings.Join(out, " ") + "]"
}

func (sc *script) print(fx *Effects) {
	line := func(format string, args ...any) { fmt.Fprintf(&sc.out, strings.TrimRight(format, " ")+"\n", args...) }
	for _, e := range fx.Events {
		line("%s", eventText(e))
	}
	for _, m := range fx.Sends {
		number := ""
		switch {
		case m.Request > 0:
			number = fmt.Sprintf(" #%d", m.Request)
		case m.Answer > 0:
			number = fmt.Sprintf(" =%d", m.Answer)
		}
		line("-> %s%s %s", name(m.To), number, bodyText(m.Body))
	}
	for _, l := range fx.Lookups {
		if l.Failed != "" {
			line("LOOKUP failed: %s path=%s", l.Failed, names(l.Path))
		} else {
			line("LOOKUP owner=%s pred=%s path=%s", name(l.Owner), name(l.Predecessor), names(l.Path))
		}
	}
	if fx.Joined {
		line("JOINED")
	}
	if fx.Failed != "" {
		line("FAILED %s taken=%v", fx.Failed, fx.Taken)
	}
	if fx.Left {
		line("LEFT")
	}
	if fx.WakeAt != 0 && fx.WakeAt <= sc.p.now {
		line("WAKES IN THE PAST")
	}
}

func (sc *script) show() {
	s := sc.p.Snapshot()
	fmt.Fprintf(&sc.out, "%v pred=%s list=%s fingers=[", s.Status, name(s.Predecessor), names(s.Successors))
	for i := 0; i < len(s.Fingers); {
		from := i + 1
		f := s.Fingers[i]
		for i < len(s.Fingers) && s.Fingers[i] == f {
			i++
		}
		if from > 1 {
			sc.out.WriteByte(' ')
		}
		if from == i {
			fmt.Fprintf(&sc.out, "%d:%s", from, name(f))
		} else {
			fmt.Fprintf(&sc.out, "%d-%d:%s", from, i, name(f))
		}
	}
	sc.out.WriteString("]\n")
}

func bodyText(b Body) string {
	switch b := b.(type) {
	case Ping:
		return "ping"
	case Ack:
		return "ack"
	case Notify:
		return "notify"
	case GetState:
		if b.Fingers {
			return "getstate fingers"
		}
		return "getstate"
	case State:
		s := fmt.Sprintf("state pred=%s list=%s", name(b.Predecessor), names(b.Successors))
		if b.Fingers != nil {
			s += " fingers=" + names(b.Fingers)
		}
		return s
	case NextHop:
		return "nexthop K" + num(b.Key) + avoidText(b.Avoid)
	case Hop:
		return "hop " + ruleText(b.Rule)
	case Owns:
		return "owns K" + num(b.Key) + avoidText(b.Avoid)
	case Ownership:
		if b.Yes {
			return "ownership yes pred=" + name(b.Predecessor)
		}
		return "ownership no pred=" + name(b.Predecessor)
	case FindOwner:
		return fmt.Sprintf("findowner K%s ttl=%d%s", num(b.Key), b.TTL, avoidText(b.Avoid))
	case Found:
		return fmt.Sprintf("found %s pred=%s hops=%s", name(b.Owner), name(b.Predecessor), hopsText(b.Hops))
	case Hint:
		return "hint " + name(b.Candidate)
	case Leaving:
		return fmt.Sprintf("leaving pred=%s list=%s", name(b.Predecessor), names(b.Successors))
	case Compare:
		s := fmt.Sprintf("compare (%s,%s] items=%d", num(b.Range.From), num(b.Range.To), b.Digest.Count)
		if b.Claim {
			s += " claim"
		}
		return s
	case Compared:
		return fmt.Sprintf("compared same=%v whole=%v", b.Same, b.Whole)
	case Departing:
		return "departing"
	case Refusal:
		return strings.TrimSpace("refuse " + codeNames[b.Code] + " " + b.Detail)
	}
	return fmt.Sprintf("%#v", b)
}

func avoidText(avoid []string) string {
	if len(avoid) == 0 {
		return ""
	}
	return " avoid=[" + strings.Join(avoid, " ") + "]"
}

func hopsText(hops []HopTaken) string {
	var out []string
	for _, h := range hops {
		s := name(h.At) + " " + ruleText(h.Rule)
		if h.Failed != Answered {
			s += " (" + failNames[h.Failed] + ")"
		}
		out = append(out, s)
	}
	return "[" + strings.Join(out, "; ") + "]"
}

func ruleText(r Rule) string {
	s := ruleNames[r.Kind]
	if r.Index > 0 {
		s += fmt.Sprintf(" %d", r.Index)
	}
	if !r.Next.IsZero() {
		s += " " + name(r.Next)
	}
	if iv := r.Interval; iv != (ring.Interval{}) {
		right := ")"
		if iv.ClosedTo {
			right = "]"
		}
		s += " in (" + num(iv.From) + "," + num(iv.To) + right
	}
	return s
}

var eventNames = [...]string{"none", "created", "joining", "joined", "join failed", "successor", "list", "predecessor", "finger",
	"suspected", "dead", "alive", "restarted", "adopted", "placement", "leaving", "left", "peer left", "lookup started", "hop", "lookup time-out",
	"lookup done", "lookup failed", "task", "paused", "resumed", "put", "deleted", "write failed", "replica", "took", "dropped", "syncing", "settled", "collected", "poisoned"}

// eventText writes the fields that an event fills.
func eventText(e Event) string {
	s := "* " + eventNames[e.Kind]
	add := func(format string, args ...any) { s += fmt.Sprintf(" "+format, args...) }
	if e.Index > 0 {
		add("%d", e.Index)
	}
	if e.Last > e.Index {
		add("to %d", e.Last)
	}
	if e.Kind == EvList {
		add("%s", names(e.Refs))
	}
	if !e.Peer.IsZero() || e.Kind == EvPredecessor || e.Kind == EvFinger {
		add("%s", name(e.Peer))
	}
	if !e.Old.IsZero() {
		add("was %s", name(e.Old))
	}
	if e.Rule.Kind != 0 {
		add("%s", ruleText(e.Rule))
	}
	if e.Failed != Answered {
		add("(%s)", failNames[e.Failed])
	}
	if e.Cause != CauseNone {
		add("by %s", e.Cause)
	}
	if e.Range != (ring.Interval{}) {
		add("(%s,%s]", num(e.Range.From), num(e.Range.To))
	}
	if e.Reason != "" {
		add("%q", e.Reason)
	}
	return s
}
