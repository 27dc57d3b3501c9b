package tui

import (
	"fmt"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// moved returns the paper's ring after moves of these counts from N32 to N38.
func moved(why string, counts ...int) *observe.Picture {
	pic := keyedPicture()
	for i, n := range counts {
		pic.Moves = append(pic.Moves, observe.Move{
			Number: uint64(i + 1), At: pic.At, From: ring.FromUint64(32), To: ring.FromUint64(38), Count: n, Why: why,
		})
	}
	return pic
}

// run ticks until nothing moves, and returns how long that took.
func (s *screen) run(t *testing.T) time.Duration {
	t.Helper()
	start := time.Unix(0, 0)
	now := start
	for ; s.ticking; now = now.Add(frameTime) {
		s.Update(tickMsg(now))
		if now.Sub(start) > time.Minute {
			t.Fatal("it does not end")
		}
	}
	return now.Sub(start)
}

func TestConvoy_TravelsOnce(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	if s.ticking {
		t.Fatal("something moves before anything has happened")
	}
	s.Update(pictureMsg{moved("join", 12)})
	if !s.ticking {
		t.Fatal("nothing moves although keys did")
	}
	before := s.text()
	now := time.Unix(0, 0)
	for s.convoys[0].elapsed < convoyTime/2 {
		s.Update(tickMsg(now))
		now = now.Add(frameTime)
	}
	s.want(t, "12 join")
	if s.text() == before {
		t.Error("the keys stand still")
	}
	if took := s.run(t); took > time.Second {
		t.Errorf("the way takes %v", took)
	}
	s.wantNot(t, "12 join")
	s.Update(pictureMsg{moved("join", 12)})
	if s.ticking {
		t.Error("a move that was shown is shown again")
	}
	s.Update(pictureMsg{moved("join", 12, 3)})
	if !s.ticking || len(s.convoys) != 1 || s.convoys[0].count != 3 {
		t.Errorf("after one more move the convoys are %+v", s.convoys)
	}
}

func TestConvoy_SameWayIsOne(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.Update(pictureMsg{moved("repair", 5, 6, 7)})
	if len(s.convoys) != 1 || s.convoys[0].count != 18 {
		t.Errorf("three pages of one range are %+v", s.convoys)
	}
	s.advance(convoyTime / 2)
	s.dirty = true
	s.want(t, "18 repair")
	s.Update(pictureMsg{moved("repair", 5, 6, 7, 1)}) // those are far ahead now
	if len(s.convoys) != 2 {
		t.Errorf("one that sets out later is %+v", s.convoys)
	}
}

func TestConvoy_OldMovesAreHistory(t *testing.T) {
	pic := moved("join", 12)
	pic.Moves[0].At = pic.At - staleMove - 1
	s := newScreen(120, 40, keyedPicture(), nil)
	if s.Update(pictureMsg{pic}); len(s.convoys) > 0 {
		t.Error("a move of long ago is shown")
	}
}

func TestConvoy_NoMoreThanCanBeSeen(t *testing.T) {
	w := newWorld(16, 4, spread(16, 100)...)
	pic := w.withKeys(manyKeys(w.space, 10))
	s := newScreen(120, 40, pic, nil)
	next := *pic
	for i := range 99 {
		next.Moves = append(next.Moves, observe.Move{Number: uint64(i + 1), At: pic.At, From: pic.Peers[i].ID, To: pic.Peers[i+1].ID, Count: 1, Why: "repair"})
	}
	s.Update(pictureMsg{&next})
	if len(s.convoys) != maxConvoys {
		t.Errorf("%d convoys are under way, want %d", len(s.convoys), maxConvoys)
	}
}

// TestConvoy_CopiesLeaveWhenThePutHasArrived shows a put in its order: first
// the way to the owner, then the copies.
func TestConvoy_CopiesLeaveWhenThePutHasArrived(t *testing.T) {
	pic := keyedPicture()
	pic.Lookups = []observe.Lookup{paperLookup()} // to N56
	pic.Lookups[0].For = "put"
	pic.Moves = []observe.Move{{Number: 1, At: pic.At, From: ring.FromUint64(56), To: ring.FromUint64(1), Count: 1, Why: moveWrite}}
	s := newScreen(120, 40, pic, nil)
	s.want(t, "Put K54 from N8")
	if took := s.run(t); took < s.trip.duration()+convoyTime {
		t.Errorf("way and copies take %v together, the way alone %v", took, s.trip.duration())
	}
}

func TestConvoy_WithoutMotion(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.noMotion = true
	_, cmd := s.Update(pictureMsg{moved("leave", 12)})
	if s.ticking {
		t.Error("something moves")
	}
	if cmd == nil {
		t.Fatal("nothing will end what is shown")
	}
	s.want(t, "12 leave")
	s.Update(pictureMsg{moved("leave", 12, 4)}) // is shown for a while after this one
	s.Update(convoysEnd{1})
	s.want(t, "16 leave")
	s.Update(convoysEnd{2})
	s.wantNot(t, "16 leave")
}

// TestLookups_OfALoadDoNotTravel: a hundred puts in a moment are no lesson.
func TestLookups_OfALoadDoNotTravel(t *testing.T) {
	pic := paperPicture()
	s := newScreen(120, 40, pic, nil)
	s.run(t)
	with := func(pic *observe.Picture, n int, why string) *observe.Picture {
		next := *pic
		for range n {
			l := paperLookup()
			l.Number = next.Lookups[len(next.Lookups)-1].Number + 1
			l.KeyName, l.For = fmt.Sprintf("K%d", l.Number), why
			next.Lookups = append(next.Lookups, l)
		}
		return &next
	}
	pic = with(pic, 20, "put")
	s.Update(pictureMsg{pic})
	if s.ticking {
		t.Error("one of twenty puts travels")
	}
	s.want(t, "Lookup K54 from N8")
	pic = with(pic, 1, "put")
	s.Update(pictureMsg{pic})
	s.want(t, "Put K22 from N8")
	s.Update(pictureMsg{with(with(pic, 20, "put"), 1, "get")}) // which somebody waits for
	s.want(t, "Get K43 from N8")
}

// TestLookups_OfAPutWaitsForTheOneBefore: two puts in a second are shown one
// after the other.
func TestLookups_OfAPutWaitsForTheOneBefore(t *testing.T) {
	pic := paperPicture()
	s := newScreen(120, 40, pic, nil)
	next := *pic
	put := paperLookup()
	put.Number, put.KeyName, put.For = 2, "K13", "put"
	next.Lookups = append(next.Lookups, put)
	s.Update(pictureMsg{&next})
	s.want(t, "Lookup K54 from N8")
	if took := s.run(t); took < 2*s.trip.duration() {
		t.Errorf("both take %v", took)
	}
	s.want(t, "Put K13 from N8", "3 hops, owner included")
}

func TestConvoys_CountsDoNotOverlap(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	pic := moved("repair", 10)
	second := pic.Moves[0]
	second.Number, second.Why = 2, "surplus"
	pic.Moves = append(pic.Moves, second)
	s.Update(pictureMsg{pic})
	s.advance(convoyTime / 2)
	s.dirty = true
	s.want(t, "10 repair")
	s.wantNot(t, "10 surplus")
}
