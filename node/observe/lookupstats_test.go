package observe

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"chordscope/node/chord"
)

// Far more lookups than a Picture lists are under way at once, and all count.
func TestLookupStatsOfABurst(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	const n = 20 * keepLookups
	for i := range uint64(n) {
		s.tell(ref(8), started(i+1))
	}
	s.tell(ref(8), hop(1, 8, chord.RuleFinger, 6, 42), missed(1, 42, chord.TimedOut),
		chord.Event{Kind: chord.EvLookupFailed, Lookup: 1, Key: k54, Reason: "nobody answers"})
	before := s.Picture().LookupStats
	for i := range uint64(n - 2) {
		e := found(i+2, 56, int(i%2)+1)
		e.At = 1234 * time.Microsecond
		s.tell(ref(8), e, e) // an end counts once
	}
	s.Gone(ref(8), StateDead) // and with it the last lookup
	got := s.Picture().LookupStats
	want := LookupStats{Ended: n, Failed: 2, Delayed: 1, Hops: []int{0, n/2 - 1, n/2 - 1}, Times: []TimeCount{{1300 * time.Microsecond, n - 2}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if want := (LookupStats{Ended: 1, Failed: 1, Delayed: 1}); !reflect.DeepEqual(before, want) {
		t.Errorf("an older picture has changed to %+v, want %+v", before, want)
	}
}

// Lookups whose ends never reach us are forgotten in the end.
func TestLookupStatsAreBounded(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	const n = 3 * mostOpen
	for i := range uint64(n) {
		s.tell(ref(8), started(i+1))
	}
	if open := len(s.lookups.open); open > 2*mostOpen {
		t.Errorf("%d lookups are kept as under way", open)
	}
	s.tell(ref(8), found(1, 56, 1), found(n, 56, 5*mostHops))
	if got := s.Picture().LookupStats; got.Ended != 1 || len(got.Hops) != mostHops+1 || got.Hops[mostHops] != 1 {
		t.Errorf("%d ended, %d counts of hops", got.Ended, len(got.Hops))
	}
}

func TestRoundUp(t *testing.T) {
	for d, want := range map[time.Duration]time.Duration{
		0: time.Microsecond, time.Microsecond: time.Microsecond, 1001: 2 * time.Microsecond, 98_001: 99 * time.Microsecond,
		99_001: 100 * time.Microsecond, 101_000: 110 * time.Microsecond, 20 * time.Millisecond: 20 * time.Millisecond,
		20*time.Millisecond + 1: 21 * time.Millisecond, 12345 * time.Millisecond: 13 * time.Second,
	} {
		if got := roundUp(d); got != want {
			t.Errorf("%v is rounded to %v, want %v", d, got, want)
		}
	}
	var times []time.Duration
	for d := time.Microsecond; d < time.Second; d += d / 300 {
		if r := roundUp(d); !slices.Contains(times, r) {
			times = append(times, r)
		}
	}
	if len(times) < 5*90 || len(times) > 6*90 {
		t.Errorf("%d different times below a second", len(times))
	}
}
