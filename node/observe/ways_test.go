package observe

import (
	"testing"
	"time"

	"chordscope/node/chord"
)

// Times of a peer's clock come to stand on the Store's, however late they are
// told, and the more exactly the faster one of them was told.
func TestOffset(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.now = 100 * time.Second
	s.Apply(Update{Self: ref(8), Clock: 95 * time.Second}) // took a second
	s.now = 101 * time.Second
	s.Apply(Update{Self: ref(8), Clock: 97 * time.Second}) // was there at once
	s.now = 110 * time.Second
	e := chord.Event{Kind: chord.EvLine, At: 98 * time.Second, Proc: chord.ProcStabilize, Run: 1, Line: 1}
	s.Apply(Update{Self: ref(8), Clock: 99 * time.Second, Events: []chord.Event{e}, Fixed: []chord.Fixed{{First: 2, Last: 4, At: 90 * time.Second}}})
	pic := s.Picture()
	if r := pic.Runs[0]; r.Started != 102*time.Second || r.Lines[0].At != 102*time.Second {
		t.Errorf("%+v", r)
	}
	for i, f := range s.peer(8).Fingers {
		want := time.Duration(0)
		if i >= 1 && i <= 3 {
			want = 94 * time.Second
		}
		if f.Fixed != want {
			t.Errorf("finger %d fixed at %v", i+1, f.Fixed)
		}
	}
}

// The ways told latest stand in a Picture, in the order of identifiers; a whole
// state begins anew, and older Pictures stay as they are.
func TestWays(t *testing.T) {
	s := newScene(t, 8, 3)
	for id := range uint64(maxWays + 10) {
		s.Apply(Update{Self: ref(200), Ways: []chord.Way{{Peer: ref(100 - id), Sent: id}}})
	}
	s.Apply(Update{Self: ref(200), Ways: []chord.Way{{Peer: ref(99), Sent: 5, Received: 6, RTT: time.Millisecond}}})
	before := s.peer(200).Ways
	if n := len(before); n != maxWays || before[0].Name != "N27" || before[n-1] != (Way{ID: ref(99).ID, Name: "N99", RTT: time.Millisecond, Sent: 5, Received: 6}) {
		t.Errorf("%d ways: %+v to %+v", n, before[0], before[n-1])
	}
	s.Apply(Update{Self: ref(200), Anew: true, Ways: []chord.Way{{Peer: ref(1), Sent: 1}}})
	if after := s.peer(200).Ways; len(after) != 1 || after[0].Name != "N1" || before[0].Name != "N27" {
		t.Errorf("%+v", after)
	}
}

func TestRates(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	count := func(at time.Duration, sent, bytes uint64) *Peer {
		s.now = at
		s.Apply(Update{Self: ref(8), Counters: &Counters{Sent: sent, BytesOut: bytes}})
		return s.peer(8)
	}
	count(10*time.Second, 1000, 100_000)
	if p := count(11*time.Second, 1010, 101_000); p.MessageRate != 10 || p.ByteRate != 1000 {
		t.Errorf("after a second: %v, %v", p.MessageRate, p.ByteRate)
	}
	for i := range uint64(100) { // a burst that is told every 10 ms
		p := count(11*time.Second+time.Duration(i+1)*10*time.Millisecond, 1010+i+1, 101_000)
		if i > 60 && (p.MessageRate < 99 || p.MessageRate > 101 || p.ByteRate != 0) {
			t.Fatalf("in the burst: %v, %v", p.MessageRate, p.ByteRate)
		}
	}
	if p := count(15*time.Second, 1110, 101_000); p.MessageRate != 0 {
		t.Errorf("long after the burst: %v", p.MessageRate)
	}
	count(16*time.Second, 1200, 101_000)
	s.now = 30 * time.Second
	s.show(&chord.Snapshot{Self: ref(14), Status: chord.StatusMember, Fingers: make([]chord.Ref, 6)})
	if p := s.peer(8); p.MessageRate != 0 {
		t.Errorf("of a peer that fell silent: %v", p.MessageRate)
	}
}
