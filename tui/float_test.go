package tui

import (
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// settle lets all float until they rest, and returns how long that takes and
// how far out and in the peer gets meanwhile.
func settle(t *testing.T, fl *floats, p *observe.Peer) (took time.Duration, most, least float64) {
	t.Helper()
	most, least = fl.out(p), fl.out(p)
	for fl.moving() {
		if took > 3*time.Second {
			t.Fatal("a peer never comes to rest")
		}
		fl.advance(frameTime)
		took += frameTime
		most, least = max(most, fl.out(p)), min(least, fl.out(p))
	}
	return took, most, least
}

// withN26 returns the picture of the paper's ring with N26 in a state.
func withN26(state observe.State) (*observe.Picture, *observe.Peer) {
	w := newWorld(6, 3, append([]uint64{26}, paperRing...)...)
	w.set(state, 0, rankOf(w.picture(), 26))
	pic := w.picture()
	return pic, &pic.Peers[rankOf(pic, 26)]
}

func TestFloats_NewcomerComesInWhenItIsAMember(t *testing.T) {
	var fl floats
	fl.follow(newWorld(6, 3, paperRing...).picture(), false)
	if fl.moving() {
		t.Error("the first picture moves")
	}
	joining, p := withN26(observe.StateJoining)
	fl.follow(joining, false)
	if took, most, _ := settle(t, &fl, p); took == 0 || most < outsideRest+1 || fl.out(p) != outsideRest {
		t.Errorf("a newcomer rests at %v after %v, and came from %v", fl.out(p), took, most)
	}
	member, p := withN26(observe.StateMember)
	fl.follow(member, false)
	took, _, least := settle(t, &fl, p)
	if fl.out(p) != 0 || took > time.Second || least >= 0 || least < -0.3 {
		t.Errorf("a member rests at %v after %v, and swings in to %v", fl.out(p), took, least)
	}
	left, p := withN26(observe.StateLeft)
	fl.follow(left, false)
	if took, _, _ := settle(t, &fl, p); took == 0 || fl.out(p) != outsideRest {
		t.Errorf("who has left rests at %v after %v", fl.out(p), took)
	}
}

func TestFloats_OnlyWhereSomethingChanges(t *testing.T) {
	pic, _ := withN26(observe.StateMember)
	for name, next := range map[string]func(fl *floats){
		"the same":    func(fl *floats) { fl.follow(pic, false) },
		"a dead peer": func(fl *floats) { dead, _ := withN26(observe.StateDead); fl.follow(dead, false) },
		"no motion":   func(fl *floats) { joining, _ := withN26(observe.StateJoining); fl.follow(joining, true) },
		"a crowd":     func(fl *floats) { fl.follow(newWorld(6, 3, spread(6, 50)...).picture(), false) },
	} {
		var fl floats
		fl.follow(pic, false)
		if next(&fl); fl.moving() {
			t.Errorf("%s moves", name)
		}
	}
}

// TestFloats_Tick: the screen ticks while somebody comes in, and then no more.
func TestFloats_Tick(t *testing.T) {
	s := newScreen(80, 24, newWorld(6, 3, paperRing...).picture(), nil)
	pic, _ := withN26(observe.StateMember)
	s.Update(pictureMsg{pic})
	if !s.ticking {
		t.Fatal("nothing ticks")
	}
	now := time.Unix(0, 0)
	for range 100 {
		now = now.Add(frameTime)
		s.Update(tickMsg(now))
	}
	if s.ticking {
		t.Error("it ticks for ever")
	}
	i, _ := s.find(ring.FromUint64(26))
	if s.floats.out(&s.pic.Peers[i]) != 0 {
		t.Error("N26 is not in its place")
	}
}
