package tui

import (
	"testing"
	"time"

	"chordscope/node/observe"
)

// putEvents are what one put tells.
func putEvents(at time.Duration, key string) []observe.Event {
	list := []observe.Event{
		{Kind: eventLookup, Peer: "N8", Text: "looks up " + key + " (put)"},
		{Kind: eventHop, Peer: "N8", Text: "K20 at N8: hop of " + key},
		{Kind: eventFound, Peer: "N8", Text: key + " is owned by N21, 1 hop", Level: observe.Good},
		{Kind: eventPut, Peer: "N21", Text: "stored " + key, Level: observe.Good},
		{Kind: eventReplica, Peer: "N32", Text: "keeps a copy of " + key},
		{Kind: eventReplica, Peer: "N38", Text: "keeps a copy of " + key},
	}
	for i := range list {
		list[i].At = at
	}
	return list
}

func loadEvents(from time.Duration, n int) []observe.Event {
	var list []observe.Event
	for i := range n {
		list = append(list, putEvents(from+time.Duration(i)*time.Millisecond, "key")...)
	}
	return list
}

func TestLog_FoldsALoad(t *testing.T) {
	pic := paperPicture()
	pic.Events = append(pic.Events, loadEvents(20*time.Second, 50)...)
	pic.Events = append(pic.Events, observe.Event{At: 20 * time.Second, Peer: "N14", Kind: "time-out", Text: "N21 did not answer in time"})
	pic.Events = append(pic.Events, putEvents(22*time.Second, `"apple"`)...)
	s := newScreen(120, 60, pic, nil)
	s.want(t, "50 keys stored, 100 copies", "N21 did not answer in time", `looks up "apple" (put)`, `stored "apple"`, `N38 keeps a copy of "apple"`, "N26 joins")
	s.wantNot(t, "stored key")
	s.wantNot(t, "at least")
}

func TestLog_FoldsOnlyWhatIsCrowded(t *testing.T) {
	if got := foldBursts(loadEvents(0, crowd-1)); len(got) != 6*(crowd-1) {
		t.Errorf("%d events are left of %d puts, want all", len(got), crowd-1)
	}
	got := foldBursts(loadEvents(0, crowd))
	if len(got) != 1 || got[0].Text != "5 keys stored, 10 copies kept by others, 5 lookups" || got[0].Level != observe.Good {
		t.Errorf("%d puts are folded to %+v", crowd, got)
	}
	apart := loadEvents(0, 3)
	apart = append(apart, loadEvents(time.Second, 3)...) // two bursts, each small
	if got := foldBursts(apart); len(got) != len(apart) {
		t.Errorf("%d events are left of %d", len(got), len(apart))
	}
}

// TestLog_FoldOfACutLog: the beginning of a long load is not known any more.
func TestLog_FoldOfACutLog(t *testing.T) {
	got := foldBursts(loadEvents(0, 20)[3:])
	if len(got) != 1 || got[0].Text != "at least 20 keys stored, 40 copies kept by others, 19 lookups" {
		t.Errorf("the fold is %+v", got)
	}
}

func TestLog_FoldsLookupsAlone(t *testing.T) {
	var list []observe.Event
	for i := range 12 {
		list = append(list, putEvents(time.Duration(i)*time.Millisecond, "key")[:3]...)
	}
	if got := foldBursts(list); len(got) != 1 || got[0].Text != "12 lookups ended" {
		t.Errorf("the fold is %+v", got)
	}
}

func TestFoldPauses(t *testing.T) {
	var events []observe.Event
	add := func(kind string, n int, at time.Duration) {
		for range n {
			events = append(events, observe.Event{Kind: kind, Peer: "N1", At: at, Text: "maintenance " + kind})
		}
	}
	add("paused", crowd, 0)
	add("paused", 1, time.Second) // of its own
	add("task", 1, time.Second)
	add("resumed", crowd-1, 2*time.Second)
	add("resumed", crowd+2, 3*time.Second)
	got := foldPauses(events)
	if len(got) != 1+1+1+(crowd-1)+1 {
		t.Fatalf("%d events: %+v", len(got), got)
	}
	if first, last := got[0], got[len(got)-1]; first.Text != "5 peers: maintenance paused" || first.Peer != "" || last.Text != "7 peers: maintenance resumed" {
		t.Errorf("the first is %+v, the last %+v", first, last)
	}
}
