package observe

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

var k54 = ring.FromUint64(54)

func started(number uint64) chord.Event {
	return chord.Event{Kind: chord.EvLookupStarted, Lookup: number, Key: k54, Reason: "iterative"}
}

func hop(number, at uint64, kind chord.RuleKind, index int, next uint64) chord.Event {
	return chord.Event{Kind: chord.EvLookupHop, Lookup: number, Key: k54, Peer: ref(at),
		Rule: chord.Rule{Kind: kind, Index: index, Next: ref(next), Interval: ring.OpenClosed(ref(at).ID, ref(next).ID)}}
}

func missed(number, peer uint64, how chord.Failure) chord.Event {
	return chord.Event{Kind: chord.EvLookupTimeout, Lookup: number, Key: k54, Peer: ref(peer), Failed: how}
}

func found(number, owner uint64, hops int) chord.Event {
	return chord.Event{Kind: chord.EvLookupDone, Lookup: number, Key: k54, Peer: ref(owner), Index: hops}
}

// The lookup of ToN figure 4 as it travels, with a finger that does not answer.
func TestLookupHopByHop(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.now = time.Second
	origin := ref(8)
	type seen struct {
		path     []string
		steps    int
		timeouts string
		done     bool
	}
	for i, tc := range []struct {
		event chord.Event
		want  seen
	}{
		{started(3), seen{[]string{"N8"}, 0, "", false}},
		{hop(3, 8, chord.RuleFinger, 6, 42), seen{[]string{"N8"}, 1, ".", false}},
		{missed(3, 42, chord.TimedOut), seen{[]string{"N8"}, 1, "x", false}},
		{hop(3, 8, chord.RuleFinger, 5, 38), seen{[]string{"N8"}, 2, "x.", false}},
		{hop(3, 38, chord.RuleFinger, 5, 51), seen{[]string{"N8", "N38"}, 3, "x..", false}},
		{missed(3, 1, chord.Refused), seen{[]string{"N8", "N38"}, 3, "x..", false}}, // about nobody we went to
		{hop(3, 51, chord.RuleSuccessor, 0, 56), seen{[]string{"N8", "N38", "N51"}, 4, "x...", false}},
		{found(3, 56, 3), seen{[]string{"N8", "N38", "N51", "N56"}, 4, "x...", true}},
	} {
		s.now += 10 * time.Millisecond
		tc.event.At = time.Hour + 2*s.now // the origin's clock is another one
		s.tell(origin, tc.event)
		all := s.Picture().Lookups
		if len(all) != 1 {
			t.Fatalf("event %d: %d lookups", i, len(all))
		}
		l := all[0]
		got := seen{l.PathNames, len(l.Steps), "", l.Done}
		for _, st := range l.Steps {
			got.timeouts += map[bool]string{false: ".", true: "x"}[st.Timeout]
		}
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("event %d: %+v, want %+v", i, got, tc.want)
		}
	}
	l := s.Picture().Lookups[0]
	if l.Owner != ref(56).ID || l.OwnerName != "N56" || l.Hops != 3 || l.KeyName != "K54" || l.Origin != origin.ID ||
		l.Started != 1010*time.Millisecond || l.Took != 140*time.Millisecond || l.Failed != "" || l.Recursive || l.Number != 1 {
		t.Errorf("%+v", l)
	}
	want := Step{At: origin.ID, AtName: "N8", Next: ref(42).ID, NextName: "N42", HasNext: true, Timeout: true,
		Why: "closest preceding of 54 in my table: finger[6] = N42"}
	if l.Steps[0] != want || l.Steps[3].Why != "54 in (51, 56]: owner is my successor N56" {
		t.Errorf("steps %+v", l.Steps)
	}
}

func TestLookupThatFails(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	stuck := chord.Event{Kind: chord.EvLookupHop, Lookup: 1, Key: k54, Peer: ref(8), Rule: chord.Rule{Kind: chord.RuleStuck}}
	s.tell(ref(8), started(1), stuck, chord.Event{Kind: chord.EvLookupFailed, Lookup: 1, Key: k54, Reason: "nobody answers"})
	l := s.Picture().Lookups[0]
	if !l.Done || l.Failed != "nobody answers" || l.OwnerName != "" || l.Hops != 0 || l.Steps[0].HasNext {
		t.Errorf("%+v", l)
	}
}

// Lookups of several origins with the same number are kept apart, and so are
// those of a former life.
func TestLookupsOfSeveralOrigins(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	s.tell(ref(8), started(1), hop(1, 8, chord.RuleFinger, 6, 42))
	recursive := started(1)
	recursive.Reason = "recursive"
	s.tell(ref(14), recursive)
	reborn := *snaps[8]
	reborn.Self.Inc = 2
	s.show(&reborn)
	s.tell(reborn.Self, started(1), found(1, 56, 1))
	s.tell(ref(14), found(1, 56, 1))
	s.tell(ref(14), found(7, 56, 1), missed(7, 1, chord.Refused)) // began before we watched
	all := s.Picture().Lookups
	if len(all) != 3 {
		t.Fatalf("%d lookups", len(all))
	}
	if !all[0].Done || all[0].Failed == "" || !all[1].Recursive || !all[1].Done || all[1].Origin != ref(14).ID || !all[2].Done || len(all[2].Steps) != 0 {
		t.Errorf("%+v", all)
	}
	if all[0].Number >= all[1].Number || all[1].Number >= all[2].Number {
		t.Errorf("numbers %d %d %d do not grow", all[0].Number, all[1].Number, all[2].Number)
	}
}

// A lookup whose origin crashes can never end otherwise.
func TestLookupOfACrashedOrigin(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.tell(ref(8), started(1), found(1, 56, 1), started(2))
	s.tell(ref(14), started(1))
	s.Picture()
	s.Gone(ref(8), StateDead)
	all := s.Picture().Lookups
	if all[0].Failed != "" || !all[1].Done || all[1].Failed == "" || all[2].Done {
		t.Errorf("%+v", all)
	}
}

func TestLookupsAreBounded(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	const n = 10*keepLookups + 3
	for i := range uint64(n) {
		s.tell(ref(8), started(i+1), found(i+1, 56, 1))
	}
	all := s.Picture().Lookups
	if len(all) != keepLookups || len(s.lookups.latest) > 4*keepLookups || all[0].Number != n-keepLookups+1 || all[keepLookups-1].Number != n {
		t.Errorf("%d are shown, %d kept, numbers %d to %d", len(all), len(s.lookups.latest), all[0].Number, all[len(all)-1].Number)
	}
}

// Describe says the same of an outcome as the trace does.
func TestDescribe(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.now = time.Minute
	rules := []chord.Event{hop(3, 8, chord.RuleFinger, 6, 42), hop(3, 42, chord.RuleFinger, 4, 51), hop(3, 51, chord.RuleSuccessor, 0, 56)}
	c := chord.Lookup{Number: 3, Key: k54, Owner: ref(56), Path: refs(8, 42, 51, 56), Took: time.Second}
	for _, e := range rules {
		c.Steps = append(c.Steps, chord.HopTaken{At: e.Peer, Rule: e.Rule})
	}
	s.tell(ref(8), slices.Concat([]chord.Event{started(3)}, rules, []chord.Event{found(3, 56, 3)})...)
	traced, described := s.Picture().Lookups[0], s.Describe(ref(8), c)
	if described.Number != 3 || described.Started != 59*time.Second || described.Took != time.Second {
		t.Errorf("%+v", described)
	}
	traced.Number, traced.Started, traced.Took = described.Number, described.Started, described.Took
	if a, b := fmt.Sprintf("%+v", traced), fmt.Sprintf("%+v", described); a != b {
		t.Errorf("the trace says\n%s\nthe outcome\n%s", a, b)
	}
}

// A lookup made for a put, get or delete says so.
func TestLookupsOfAccesses(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	for i, mode := range []string{"put", "get", "delete", "iterative", "recursive"} {
		e := started(uint64(i + 1))
		e.Reason = mode
		if mode == "get" {
			e.Name = "apple"
		}
		s.tell(ref(8), e)
	}
	var got []string
	for _, l := range s.Picture().Lookups {
		got = append(got, fmt.Sprintf("%s %s %v", l.For, l.KeyName, l.Recursive))
	}
	want := []string{"put K54 false", `get "apple" false`, "delete K54 false", " K54 false", " K54 true"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDescribeAccess(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.now = time.Minute
	key := store.Key{ID: k54, Name: "apple"}
	c := chord.Access{
		Op: chord.OpGet, Key: key, Found: true, Value: []byte("red"), Version: store.Version{Counter: 3}, Took: time.Second,
		Lookup: chord.Lookup{Number: 7, Key: k54, Owner: ref(56), Took: 20 * time.Millisecond},
	}
	a := s.DescribeAccess(ref(8), c)
	l := a.Lookup
	if a.Op != "get" || a.Key != key || a.KeyName != `"apple"` || !a.Found || string(a.Value) != "red" || a.Version.Counter != 3 ||
		a.Failed != "" || a.Took != time.Second {
		t.Errorf("%+v", a)
	}
	if l.Number != 7 || l.For != "get" || l.KeyName != `"apple"` || l.Key != k54 || l.OwnerName != "N56" || !l.Done || l.Hops != 1 ||
		!slices.Equal(l.PathNames, []string{"N8", "N56"}) || l.Started != 59980*time.Millisecond {
		t.Errorf("%+v", l)
	}
	// One that failed before it was on its way.
	a = s.DescribeAccess(ref(8), chord.Access{Op: chord.OpPut, Key: key, Failed: "too large", Copies: 2})
	if a.Op != "put" || a.Failed != "too large" || a.Copies != 2 || a.Lookup.KeyName != `"apple"` || a.Lookup.OwnerName != "" || len(a.Lookup.Path) != 1 {
		t.Errorf("%+v", a)
	}
}
