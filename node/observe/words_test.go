package observe

import (
	"strings"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Every rule in the words of the papers, about K54 on the ring of 64 places.
func TestRuleWords(t *testing.T) {
	n := newNamer(ring.MustSpace(6), nil)
	between := ring.Open(ring.FromUint64(8), ring.FromUint64(54))
	for kind := chord.RuleOwn; kind <= chord.RuleStuck; kind++ {
		var r chord.Rule
		var want string
		switch kind {
		case chord.RuleOwn:
			r = chord.Rule{Interval: ring.OpenClosed(ring.FromUint64(51), ring.FromUint64(56)), Next: ref(56)}
			want = "54 in (51, 56]: the key is my own"
		case chord.RuleSuccessor:
			r = chord.Rule{Interval: ring.OpenClosed(ring.FromUint64(51), ring.FromUint64(56)), Next: ref(56)}
			want = "54 in (51, 56]: owner is my successor N56"
		case chord.RuleFinger:
			r = chord.Rule{Interval: between, Index: 6, Next: ref(42)}
			want = "closest preceding of 54 in my table: finger[6] = N42"
		case chord.RuleList:
			r = chord.Rule{Interval: between, Index: 2, Next: ref(51)}
			want = "closest preceding of 54 in my table: successor list[2] = N51"
		case chord.RulePredecessor:
			r = chord.Rule{Interval: ring.OpenClosed(ring.FromUint64(56), ring.FromUint64(1)), Next: ref(56)}
			want = "54 not in (56, 1]: not mine, ask my predecessor N56"
		case chord.RuleSeed:
			r, want = chord.Rule{Next: ref(8)}, "starts at the known peer N8"
		case chord.RuleAlone:
			r, want = chord.Rule{Next: ref(8)}, "I know nobody else: the key is my own"
		case chord.RuleStuck:
			want = "nobody left to name"
		}
		r.Kind = kind
		if got := n.rule("54", r); got != want || want == "" {
			t.Errorf("rule %d: %q, want %q", kind, got, want)
		}
	}
	first := chord.Rule{Kind: chord.RuleList, Index: 1, Next: ref(14)}
	if got, want := n.rule("54", first), "closest preceding of 54 in my table: successor N14"; got != want {
		t.Errorf("the head of the list: %q, want %q", got, want)
	}
}

// Every kind of event as the log shows it.
func TestEventWords(t *testing.T) {
	finger := chord.Rule{Kind: chord.RuleFinger, Index: 6, Next: ref(42)}
	key := ring.FromUint64(54)
	range26 := ring.OpenClosed(ring.FromUint64(21), ring.FromUint64(26))
	var none chord.Ref
	for _, tc := range []struct {
		event chord.Event
		kind  string
		level Level
		text  string
	}{
		{chord.Event{Kind: chord.EvCreated}, "created", Good, "creates a new ring"},
		{chord.Event{Kind: chord.EvJoining, Peer: ref(8)}, "joining", Info, "joins through N8"},
		{chord.Event{Kind: chord.EvJoined, Peer: ref(32), Old: ref(21)}, "joined", Good, "is a member between N21 and N32"},
		{chord.Event{Kind: chord.EvJoinFailed, Reason: "no way"}, "join-failed", Bad, "could not join: no way"},
		{chord.Event{Kind: chord.EvSuccessor, Peer: ref(21), Old: ref(14), Cause: chord.CauseRefused}, "successor", Info, "successor N14 -> N21 (refused)"},
		{chord.Event{Kind: chord.EvList, Refs: refs(14, 21, 32), Cause: chord.CauseStabilize}, "list", Info, "successor list N14 N21 N32 (stabilize)"},
		{chord.Event{Kind: chord.EvPredecessor, Peer: none, Old: ref(1), Cause: chord.CauseCheck}, "predecessor", Info, "predecessor N1 -> none (check predecessor)"},
		{chord.Event{Kind: chord.EvFinger, Index: 5, Peer: ref(26), Old: ref(32)}, "finger", Info, "finger[5] N32 -> N26"},
		{chord.Event{Kind: chord.EvFinger, Index: 2, Last: 4, Peer: ref(14), Old: none}, "finger", Info, "finger[2..4] none -> N14"},
		{chord.Event{Kind: chord.EvFinger, Index: 4, Last: 4, Peer: ref(14), Old: none}, "finger", Info, "finger[4] none -> N14"},
		{chord.Event{Kind: chord.EvSuspected, Peer: ref(42)}, "suspected", Warning, "suspects N42: no answer in time"},
		{chord.Event{Kind: chord.EvDead, Peer: ref(42), Cause: chord.CauseTimeout}, "dead", Bad, "gives up N42 (time-out)"},
		{chord.Event{Kind: chord.EvAlive, Peer: ref(42)}, "alive", Good, "hears from N42 again"},
		{chord.Event{Kind: chord.EvRestarted, Peer: ref(42), Old: ref(42)}, "restarted", Info, "N42 has been started anew"},
		{chord.Event{Kind: chord.EvAdopted, Peer: ref(10), Old: ref(14)}, "adopted", Good, "adopts N10, which stands before N14"},
		{chord.Event{Kind: chord.EvPlacement, Peer: ref(48), Cause: chord.CauseTold}, "placement", Warning, "compares its place through N48 (told)"},
		{chord.Event{Kind: chord.EvLeaving, Peer: ref(14), Old: ref(1)}, "leaving", Warning, "says goodbye to N1 and N14"},
		{chord.Event{Kind: chord.EvLeft}, "left", Warning, "has left"},
		{chord.Event{Kind: chord.EvPeerLeft, Peer: ref(14)}, "peer-left", Info, "hears the goodbye of N14"},
		{chord.Event{Kind: chord.EvLookupStarted, Lookup: 1, Key: key, Reason: "iterative"}, "lookup", Info, "looks up K54 (iterative)"},
		{chord.Event{Kind: chord.EvLookupHop, Lookup: 1, Key: key, Peer: ref(8), Rule: finger}, "hop", Info,
			"K54 at N8: closest preceding of 54 in my table: finger[6] = N42"},
		{chord.Event{Kind: chord.EvLookupTimeout, Lookup: 1, Key: key, Peer: ref(42), Failed: chord.TimedOut}, "time-out", Warning, "K54: N42 did not answer in time"},
		{chord.Event{Kind: chord.EvLookupTimeout, Lookup: 1, Key: key, Peer: ref(42), Failed: chord.Refused}, "time-out", Warning, "K54: N42 refuses the connection"},
		{chord.Event{Kind: chord.EvLookupTimeout, Lookup: 1, Key: key, Peer: ref(42), Failed: chord.Declined}, "time-out", Warning, "K54: N42 cannot help"},
		{chord.Event{Kind: chord.EvLookupDone, Lookup: 1, Key: key, Peer: ref(56), Index: 3}, "found", Good, "K54 is owned by N56, 3 hops"},
		{chord.Event{Kind: chord.EvLookupDone, Lookup: 1, Key: key, Peer: ref(56), Index: 1}, "found", Good, "K54 is owned by N56, 1 hop"},
		{chord.Event{Kind: chord.EvLookupFailed, Lookup: 1, Key: key, Reason: "too many hops"}, "lookup-failed", Bad, "K54 not found: too many hops"},
		{chord.Event{Kind: chord.EvTask, Reason: "stabilize"}, "task", Info, "runs stabilize once"},
		{chord.Event{Kind: chord.EvPaused}, "paused", Warning, "maintenance pauses"},
		{chord.Event{Kind: chord.EvResumed}, "resumed", Info, "maintenance goes on"},
		{chord.Event{Kind: chord.EvTask, Reason: "repair"}, "task", Info, "runs repair once"},
		{chord.Event{Kind: chord.EvLookupStarted, Lookup: 1, Key: key, Name: "apple", Reason: "put"}, "lookup", Info, `looks up "apple" (put)`},
		{chord.Event{Kind: chord.EvPut, Key: key, Version: store.Version{Counter: 3}, Index: 3, Peer: ref(8)}, "put", Good,
			"stored K54 (version 3, 3 copies), asked by N8"},
		{chord.Event{Kind: chord.EvPut, Key: key, Name: "apple", Version: store.Version{Counter: 1}, Index: 1, Peer: ref(8)}, "put", Good,
			`stored "apple" (version 1, 1 copy), asked by N8`},
		{chord.Event{Kind: chord.EvPut, Key: key, Name: strings.Repeat("a", 60), Version: store.Version{Counter: 1}, Index: 2, Peer: ref(8)}, "put", Good,
			`stored "` + strings.Repeat("a", 38) + `… (version 1, 2 copies), asked by N8`},
		{chord.Event{Kind: chord.EvDeleted, Key: key, Version: store.Version{Counter: 4}, Index: 3, Peer: ref(8)}, "deleted", Good,
			"deleted K54 (version 4, 3 copies), asked by N8"},
		{chord.Event{Kind: chord.EvWriteFailed, Key: key, Peer: ref(8), Reason: "nobody answers"}, "write-failed", Warning,
			"could not write K54, asked by N8: nobody answers"},
		{chord.Event{Kind: chord.EvReplica, Key: key, Version: store.Version{Counter: 3}, Peer: ref(56)}, "replica", Info,
			"keeps a copy of K54 (version 3) for N56"},
		{chord.Event{Kind: chord.EvTook, Index: 12, Last: 100, Range: range26, Peer: ref(32), Cause: chord.CauseJoin}, "took", Info,
			"took 12 keys of (21, 26] from N32: join"},
		{chord.Event{Kind: chord.EvTook, Index: 1, Range: range26, Peer: ref(32), Cause: chord.CauseRepair}, "took", Info,
			"took 1 key of (21, 26] from N32: repair"},
		{chord.Event{Kind: chord.EvDropped, Index: 12, Range: range26, Peer: ref(26)}, "dropped", Info,
			"dropped 12 copies of (21, 26]: N26 has all copies in place"},
		{chord.Event{Kind: chord.EvSyncing, Range: range26}, "syncing", Info, "asks others before it answers for (21, 26]"},
		{chord.Event{Kind: chord.EvSettled, Range: range26}, "settled", Good, "answers for (21, 26] alone from now"},
		{chord.Event{Kind: chord.EvSettled, Range: ring.OpenClosed(key, key)}, "settled", Good, "answers for the whole circle alone from now"},
		{chord.Event{Kind: chord.EvCollected, Index: 2, Range: range26}, "collected", Info, "removed 2 tombstones of (21, 26]: all holders had them"},
		{chord.Event{Kind: chord.EvPoisoned, Index: 6, Peer: ref(14), Old: ref(42)}, "poisoned", Bad, "finger[6] N42 -> N14 (overwritten from outside)"},
		{chord.Event{Kind: chord.EvPoisoned, Index: 1, Peer: ref(32), Old: ref(14)}, "poisoned", Bad,
			"successor N14 -> N32, and nobody else in the list (overwritten from outside)"},
	} {
		s := newScene(t, 6, 3)
		s.paper()
		s.now = 7
		s.tell(ref(8), tc.event)
		want := Event{At: 7, Peer: "N8", ID: ref(8).ID, Kind: tc.kind, Text: tc.text, Level: tc.level}
		if got := s.Picture().Events; len(got) != 1 || got[0] != want {
			t.Errorf("event %d: %+v, want %+v", tc.event.Kind, got, want)
		}
	}
}

// No kind of event is without words, and no two share one.
func TestEveryEventHasWords(t *testing.T) {
	n := newNamer(ring.MustSpace(6), nil)
	seen := map[string]chord.EventKind{}
	for kind := chord.EvCreated; kind <= chord.EvPoisoned; kind++ {
		word := kinds[kind].word
		if other, twice := seen[word]; word == "" || twice {
			t.Errorf("event %d has the word %q, as has %d", kind, word, other)
		}
		seen[word] = kind
		if n.event(chord.Event{Kind: kind}) == "" {
			t.Errorf("event %d (%s) has no text", kind, word)
		}
	}
	if len(kinds) != len(seen) {
		t.Errorf("%d kinds in the table, %d exist", len(kinds), len(seen))
	}
}

// What the Store itself logs.
func TestLogWords(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.Gone(ref(8), StateSilent)
	s.Gone(ref(8), StateDead)
	want := []Event{
		{Peer: "N8", ID: ref(8).ID, Kind: "silent", Text: "does not say anything any more", Level: Warning},
		{Peer: "N8", ID: ref(8).ID, Kind: "crashed", Text: "has crashed", Level: Bad},
	}
	got := s.Picture().Events
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestStateAndVerdictWords(t *testing.T) {
	for s, want := range map[interface{ String() string }]string{
		StateJoining: "joining", StateMember: "member", StateLeaving: "leaving", StateSilent: "silent",
		StateDead: "dead", StateLeft: "left", Healthy: "healthy", UnderReplicated: "under-replicated",
		Surplus: "surplus", Lost: "lost", None: "none", Right: "right", Stale: "stale", Dead: "dead",
	} {
		if s.String() != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
}
