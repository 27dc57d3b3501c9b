package observe

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"chordscope/node/chord"
)

// A Picture stays as it is, whatever happens afterwards.
func TestPicturesAreImmutable(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	s.tell(ref(8), chord.Event{Kind: chord.EvLookupStarted, Lookup: 1, Reason: "iterative"},
		chord.Event{Kind: chord.EvLookupHop, Lookup: 1, Peer: ref(8), Rule: chord.Rule{Kind: chord.RuleFinger, Next: ref(42)}})
	pic := s.Picture()
	before := fmt.Sprintf("%+v", *pic)
	if s.Picture() != pic {
		t.Error("a new picture without a change")
	}

	snaps[8].Successors[0], snaps[8].Predecessor = ref(21), ref(56)
	s.show(snaps[8])
	s.Gone(ref(42), StateDead)
	s.SetRegistry(RegistryState{Up: true, Peers: 3})
	for i := range 3 * keepEvents {
		s.tell(ref(8), chord.Event{Kind: chord.EvLookupTimeout, Lookup: 1, Peer: ref(42), Failed: chord.TimedOut},
			chord.Event{Kind: chord.EvLookupStarted, Lookup: uint64(i + 2)})
		if i%100 == 0 {
			s.Picture()
		}
	}
	s.tell(ref(8), chord.Event{Kind: chord.EvLookupDone, Lookup: 1, Peer: ref(56)})
	s.now = time.Minute
	s.show(&chord.Snapshot{Self: ref(9), Status: chord.StatusJoining, Fingers: make([]chord.Ref, 6)})
	s.Picture()
	if after := fmt.Sprintf("%+v", *pic); after != before {
		t.Errorf("the picture changed from\n%s\nto\n%s", before, after)
	}
}

// Readers keep pictures while writers go on; the race detector watches.
func TestPicturesWhileWriting(t *testing.T) {
	s := newScene(t, 6, 3)
	snaps := s.paper()
	var wg sync.WaitGroup
	for id, snap := range snaps {
		wg.Go(func() {
			for i := range uint64(200) {
				s.show(snap)
				s.tell(ref(id), chord.Event{Kind: chord.EvLookupStarted, Lookup: i + 1},
					chord.Event{Kind: chord.EvLookupDone, Lookup: i + 1, Peer: ref(1)})
				s.Apply(Update{Self: ref(id), Counters: &Counters{Sent: i}})
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			for range 200 {
				changed, pic := s.Changed(), s.Picture()
				if len(pic.Peers) != 10 || !pic.Health.Stable || changed == nil {
					t.Errorf("%d peers, health %+v", len(pic.Peers), pic.Health)
					return
				}
			}
		})
	}
	wg.Wait()
	if pic := s.Picture(); pic.Messages != 1990 {
		t.Errorf("%d messages", pic.Messages)
	}
}

// Changed fires once for each change, and Version grows with it.
func TestChanged(t *testing.T) {
	for _, tc := range []struct {
		name  string
		act   func(s *scene)
		fires bool
	}{
		{"state", func(s *scene) { s.show(&chord.Snapshot{Self: ref(8), Fingers: make([]chord.Ref, 6)}) }, true},
		{"event", func(s *scene) { s.tell(ref(8), chord.Event{Kind: chord.EvCreated}) }, true},
		{"counters", func(s *scene) { s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: 5}}) }, false},
		{"counters after a second", func(s *scene) {
			s.now += time.Second
			s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: 5}})
		}, true},
		{"a sign of life of a silent one", func(s *scene) { s.Apply(Update{Self: ref(14), Counters: &Counters{}}) }, true},
		{"dead", func(s *scene) { s.Gone(ref(8), StateDead) }, true},
		{"silent again", func(s *scene) { s.Gone(ref(14), StateSilent) }, false},
		{"nobody dead", func(s *scene) { s.Gone(ref(2), StateDead) }, false},
		{"registry", func(s *scene) { s.SetRegistry(RegistryState{Peers: 1}) }, true},
		{"registry as before", func(s *scene) { s.SetRegistry(RegistryState{}) }, false},
	} {
		s := newScene(t, 6, 3)
		s.paper()
		s.Gone(ref(14), StateSilent)
		changed, version := s.Changed(), s.Picture().Version
		tc.act(s)
		pic := s.Picture()
		if fired(changed) != tc.fires || pic.Version > version != tc.fires {
			t.Errorf("%s: fired %v, version %d after %d, want a change: %v", tc.name, fired(changed), pic.Version, version, tc.fires)
		}
		if fired(s.Changed()) {
			t.Errorf("%s: the next channel is closed already", tc.name)
		}
	}
}

// Counters are in the next Picture, though they wake nobody.
func TestCounters(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.Picture()
	s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: 5, Received: 4, BytesOut: 3, BytesIn: 2, Links: 1}})
	p := s.peer(8)
	if got := (Counters{p.Sent, p.Received, p.BytesOut, p.BytesIn, p.Links}); got != (Counters{5, 4, 3, 2, 1}) {
		t.Errorf("%+v", got)
	}
}

func TestMessageRate(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	sent := uint64(0)
	say := func(n uint64) {
		sent += n
		s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: sent}})
	}
	say(1000) // before we looked: no rate follows from it
	if r := s.Picture().MessageRate; r != 0 {
		t.Errorf("rate %v at the beginning", r)
	}
	for range 40 { // 4 s of 200 a second
		s.now += 100 * time.Millisecond
		say(20)
	}
	if r := s.Picture().MessageRate; r < 190 || r > 210 {
		t.Errorf("rate %v, want 200", r)
	}
	for range 20 { // 2 s of 50
		s.now += 100 * time.Millisecond
		say(5)
	}
	if pic := s.Picture(); pic.MessageRate < 45 || pic.MessageRate > 55 || pic.Messages != 1900 {
		t.Errorf("rate %v, want 50, with %d messages", pic.MessageRate, pic.Messages)
	}
	s.now += 3 * time.Second // and nothing any more: all have crashed
	s.Gone(ref(8), StateDead)
	if r := s.Picture().MessageRate; r != 0 {
		t.Errorf("rate %v after silence", r)
	}
	if n := len(s.rate.points); n > 25 {
		t.Errorf("%d points are kept for a second", n)
	}
}

// The log keeps the newest events, in order.
func TestEventLogIsBounded(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	const n = 10*keepEvents + 17
	for i := range n {
		s.tell(ref(8), chord.Event{Kind: chord.EvLookupDone, Key: ref(uint64(i % 64)).ID, Index: i})
		if i%(keepEvents+1) == 0 {
			s.Picture()
		}
	}
	pic := s.Picture()
	if len(pic.Events) != keepEvents || len(s.events) > 4*keepEvents {
		t.Fatalf("%d events are shown, %d kept", len(pic.Events), len(s.events))
	}
	for i, e := range pic.Events {
		at := n - keepEvents + i
		if want := fmt.Sprintf("K%d is owned by none, %d hops", at%64, at); e.Text != want || e.Peer != "N8" || e.Kind != "found" {
			t.Fatalf("event %d is %+v, want %q", i, e, want)
		}
	}
}

func TestEmptyPicture(t *testing.T) {
	s := newScene(t, 6, 3)
	pic := s.Picture()
	want := Picture{Space: s.cfg.Space, ListLen: 3, Protocol: "corrected", Peers: []Peer{}, Events: []Event{}, Data: Data{Replicas: 1}}
	if !reflect.DeepEqual(*pic, want) {
		t.Errorf("%+v", *pic)
	}
}
