package observe

import (
	"cmp"
	"fmt"
	"strings"

	"chordscope/node/chord"
)

// rule writes a routing decision as a sentence with its numbers, in the terms
// of ToN IV-D: the interval that was tested and who came out of it.
func (n namer) rule(key string, r chord.Rule) string {
	next := n.peer(r.Next.ID)
	test := key + " in " + n.space.FormatInterval(r.Interval)
	switch r.Kind {
	case chord.RuleOwn:
		return test + ": the key is my own"
	case chord.RuleSuccessor:
		return test + ": owner is my successor " + next
	case chord.RuleFinger:
		return fmt.Sprintf("closest preceding of %s in my table: %s = %s", key, n.finger(r.Index, r.Index), next)
	case chord.RuleList:
		if r.Index == 1 {
			return fmt.Sprintf("closest preceding of %s in my table: successor %s", key, next)
		}
		return fmt.Sprintf("closest preceding of %s in my table: successor list[%d] = %s", key, r.Index, next)
	case chord.RulePredecessor:
		return key + " not in " + n.space.FormatInterval(r.Interval) + ": not mine, ask my predecessor " + next
	case chord.RuleSeed:
		return "starts at the known peer " + next
	case chord.RuleAlone:
		return "I know nobody else: the key is my own"
	case chord.RuleStuck:
		return "nobody left to name"
	}
	return ""
}

func failed(f chord.Failure) string {
	switch f {
	case chord.TimedOut:
		return "did not answer in time"
	case chord.Refused:
		return "refuses the connection"
	case chord.Declined:
		return "cannot help"
	}
	return ""
}

// kinds gives each event its stable word and its weight.
var kinds = map[chord.EventKind]struct {
	word  string
	level Level
}{
	chord.EvCreated: {"created", Good}, chord.EvJoining: {"joining", Info}, chord.EvJoined: {"joined", Good},
	chord.EvJoinFailed: {"join-failed", Bad}, chord.EvSuccessor: {"successor", Info}, chord.EvList: {"list", Info},
	chord.EvPredecessor: {"predecessor", Info}, chord.EvFinger: {"finger", Info},
	chord.EvSuspected: {"suspected", Warning}, chord.EvDead: {"dead", Bad}, chord.EvAlive: {"alive", Good},
	chord.EvRestarted: {"restarted", Info}, chord.EvAdopted: {"adopted", Good}, chord.EvPlacement: {"placement", Warning},
	chord.EvLeaving: {"leaving", Warning}, chord.EvLeft: {"left", Warning}, chord.EvPeerLeft: {"peer-left", Info},
	chord.EvLookupStarted: {"lookup", Info}, chord.EvLookupHop: {"hop", Info}, chord.EvLookupTimeout: {"time-out", Warning},
	chord.EvLookupDone: {"found", Good}, chord.EvLookupFailed: {"lookup-failed", Bad},
	chord.EvTask: {"task", Info}, chord.EvPaused: {"paused", Warning}, chord.EvResumed: {"resumed", Info},
	chord.EvPut: {"put", Good}, chord.EvDeleted: {"deleted", Good}, chord.EvWriteFailed: {"write-failed", Warning},
	chord.EvReplica: {"replica", Info}, chord.EvTook: {"took", Info}, chord.EvDropped: {"dropped", Info},
	chord.EvSyncing: {"syncing", Info}, chord.EvSettled: {"settled", Good}, chord.EvCollected: {"collected", Info},
	chord.EvPoisoned: {"poisoned", Bad},
}

// event writes a trace event as a sentence that follows the peer's name.
func (n namer) event(e chord.Event) string {
	peer, old := n.orNone(e.Peer), n.orNone(e.Old)
	because := ""
	if e.Cause != chord.CauseNone {
		because = " (" + e.Cause.String() + ")"
	}
	switch e.Kind {
	case chord.EvCreated:
		return "creates a new ring"
	case chord.EvJoining:
		return "joins through " + peer
	case chord.EvJoined:
		return fmt.Sprintf("is a member between %s and %s", old, peer)
	case chord.EvJoinFailed:
		return "could not join: " + e.Reason
	case chord.EvSuccessor:
		return fmt.Sprintf("successor %s -> %s%s", old, peer, because)
	case chord.EvList:
		return "successor list " + n.all(e.Refs) + because
	case chord.EvPredecessor:
		return fmt.Sprintf("predecessor %s -> %s%s", old, peer, because)
	case chord.EvFinger:
		return fmt.Sprintf("%s %s -> %s", n.finger(e.Index, e.Last), old, peer)
	case chord.EvSuspected:
		return "suspects " + peer + ": no answer in time"
	case chord.EvDead:
		return "gives up " + peer + because
	case chord.EvAlive:
		return "hears from " + peer + " again"
	case chord.EvRestarted:
		return peer + " has been started anew"
	case chord.EvAdopted:
		return fmt.Sprintf("adopts %s, which stands before %s", peer, old)
	case chord.EvPlacement:
		return "compares its place through " + peer + because
	case chord.EvLeaving:
		return fmt.Sprintf("says goodbye to %s and %s", old, peer)
	case chord.EvLeft:
		return "has left"
	case chord.EvPeerLeft:
		return "hears the goodbye of " + peer
	case chord.EvTask:
		return "runs " + e.Reason + " once"
	case chord.EvPoisoned:
		if e.Index == 1 {
			return fmt.Sprintf("successor %s -> %s, and nobody else in the list (overwritten from outside)", old, peer)
		}
		return fmt.Sprintf("%s %s -> %s (overwritten from outside)", n.finger(e.Index, e.Index), old, peer)
	case chord.EvPaused:
		return "maintenance pauses"
	case chord.EvResumed:
		return "maintenance goes on"
	}
	return cmp.Or(n.lookupEvent(e), n.dataEvent(e))
}

// lookupEvent is event for those of lookups; empty: it is none.
func (n namer) lookupEvent(e chord.Event) string {
	key, peer := n.key(e.Key), n.orNone(e.Peer)
	switch e.Kind {
	case chord.EvLookupStarted:
		return fmt.Sprintf("looks up %s (%s)", n.datum(e), e.Reason)
	case chord.EvLookupHop:
		return fmt.Sprintf("%s at %s: %s", key, peer, n.rule(n.space.Format(e.Key), e.Rule))
	case chord.EvLookupTimeout:
		return fmt.Sprintf("%s: %s %s", key, peer, failed(e.Failed))
	case chord.EvLookupDone:
		return fmt.Sprintf("%s is owned by %s, %s", key, peer, Plural(e.Index, "hop"))
	case chord.EvLookupFailed:
		return fmt.Sprintf("%s not found: %s", key, e.Reason)
	}
	return ""
}

// orNone names a peer, or says that there is none.
func (n namer) orNone(r chord.Ref) string {
	if r.IsZero() {
		return "none"
	}
	return n.peer(r.ID)
}

// listed joins names, of many only the first.
func listed(names []string, most int) string {
	text := strings.Join(names[:min(len(names), most)], " ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Plural writes a number with its noun: "1 hop", "3 hops", "2 copies".
func Plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "copy":
		noun = "copie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
