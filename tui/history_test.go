package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// grown returns the pictures of a ring that grows by one peer a second.
func grown(n int) []*observe.Picture {
	var list []*observe.Picture
	ids := spread(16, n)
	for i := range ids {
		pic := newWorld(16, 4, ids[:i+1]...).picture()
		pic.Version, pic.At = uint64(i+1), time.Duration(i+1)*time.Second
		list = append(list, pic)
	}
	return list
}

func seen(w, h int, pics []*observe.Picture) *screen {
	s := newScreen(w, h, nil, nil)
	for _, p := range pics {
		s.Update(pictureMsg{p})
	}
	return s
}

func TestHistory_GoesBackAndForward(t *testing.T) {
	s := seen(120, 40, grown(6))
	s.want(t, "6 peers")
	for _, step := range []struct{ key, want string }{{"b", "5 peers"}, {"b", "4 peers"}, {"B", "5 peers"}, {"home", "1 peer"}, {"B", "2 peers"}, {"end", "6 peers"}} {
		s.keys(step.key)
		s.want(t, step.want)
		if back := strings.Contains(s.text(), "THE PAST"); back == (step.key == "end") {
			t.Errorf("after %s the screen says that it is the past: %v", step.key, back)
		}
	}
	s.keys("b", "b", "esc")
	s.want(t, "6 peers")
	s.wantNot(t, "THE PAST")
	s.keys("B", "B")
	s.wantNot(t, "THE PAST")
}

// TestHistory_IsOnlyLookedAt: what goes on meanwhile does not disturb who looks
// back, and nobody changes the ring from there.
func TestHistory_IsOnlyLookedAt(t *testing.T) {
	pics := grown(6)
	s := seen(120, 40, pics[:4])
	s.keys("b")
	s.want(t, "3 peers")
	s.Update(pictureMsg{pics[4]})
	s.Update(pictureMsg{pics[5]})
	s.want(t, "3 peers", "3.0 s before now")
	for _, key := range []string{"a", "x", "F", ":", "n", "/"} {
		s.keys(key)
		s.noOrder(t)
		s.want(t, "this is the past")
		if s.dialog != nil {
			t.Errorf("%s asks something about the past", key)
		}
		s.toast.text = ""
	}
	s.keys("end")
	s.want(t, "6 peers")
	s.keys("a")
	if o := s.order(t); o.line != "join 1" {
		t.Errorf("back in the present a gives %+v", o)
	}
}

func TestHistory_ClickOnTheTimeline(t *testing.T) {
	s := seen(120, 40, grown(30))
	s.keys("b")
	s.View()
	at := s.arrange(0).timeline
	s.Update(tea.MouseClickMsg{X: at.x, Y: at.y + 1, Button: tea.MouseLeft})
	s.want(t, "1 peer")
	s.Update(tea.MouseClickMsg{X: at.x + at.w/2, Y: at.y + 1, Button: tea.MouseLeft})
	if n := len(s.pic.Peers); n < 14 || n > 17 {
		t.Errorf("a click in the middle shows %d of 30 peers", n)
	}
}

// TestHistory_DragOnTheTimeline shows what is under the mouse while its button is held.
func TestHistory_DragOnTheTimeline(t *testing.T) {
	s := seen(120, 40, grown(30))
	s.keys("b")
	s.View()
	at := s.arrange(0).timeline
	s.Update(tea.MouseClickMsg{X: at.x + at.w/2, Y: at.y, Button: tea.MouseLeft})
	s.View()
	for _, to := range []struct{ x, least, most int }{{at.x + at.w/4, 7, 9}, {-5, 1, 1}, {at.x + at.w + 10, 30, 30}, {at.x + at.w/3, 9, 12}} {
		s.Update(tea.MouseMotionMsg{X: to.x, Y: 0, Button: tea.MouseLeft})
		s.View()
		if n := len(s.pic.Peers); n < to.least || n > to.most {
			t.Errorf("at x = %d there are %d peers", to.x, n)
		}
	}
}

// TestHistory_StepsToWhatChanged: pictures that differ in nothing one could see
// are passed over.
func TestHistory_StepsToWhatChanged(t *testing.T) {
	var pics []*observe.Picture
	for i, pic := range grown(5) {
		for k := range 10 {
			same := *pic
			same.At, same.Messages = time.Duration(i*10+k)*time.Second, uint64(i*10+k)
			pics = append(pics, &same)
		}
	}
	s := seen(120, 40, pics)
	for _, step := range []struct {
		key   string
		peers int
	}{{"b", 4}, {"b", 3}, {"B", 4}, {"b", 3}, {"b", 2}, {"B", 3}, {"B", 4}, {"B", 5}} {
		s.keys(step.key)
		if n := len(s.pic.Peers); n != step.peers {
			t.Fatalf("%s shows %d peers, want %d", step.key, n, step.peers)
		}
	}
	s.keys("B")
	if s.looksBack() {
		t.Error("after the last change it is not now")
	}
}

// TestHistory_RunsAgain as it ran, up to now.
func TestHistory_RunsAgain(t *testing.T) {
	s := seen(120, 40, grown(6))
	s.keys("home", "space")
	now := time.Unix(0, 0)
	s.Update(tickMsg(now))
	for range 60 {
		now = now.Add(frameTime)
		s.Update(tickMsg(now))
	}
	s.want(t, "THE PAST", "3 peers")
	s.keys("space") // stops
	if s.moving() {
		t.Error("the past still runs")
	}
	s.keys("space")
	for ticks := 0; s.looksBack(); ticks++ {
		now = now.Add(frameTime)
		s.Update(tickMsg(now))
		if ticks > 1000 {
			t.Fatal("it does not come to now")
		}
	}
	s.want(t, "6 peers")
	s.noOrder(t)
}

// TestHistory_RunsThroughWhatIsQuiet: an hour in which nothing happened takes a
// second.
func TestHistory_RunsThroughWhatIsQuiet(t *testing.T) {
	var pics []*observe.Picture
	for i, pic := range grown(4) {
		late := *pic
		late.At = time.Duration(i) * time.Hour
		later := late
		later.At += 30 * time.Minute
		pics = append(pics, &late, &later)
	}
	s := seen(120, 40, pics)
	s.keys("home", "space")
	took := time.Duration(0)
	for now := time.Unix(0, 0); s.looksBack(); now = now.Add(frameTime) {
		s.Update(tickMsg(now))
		if took += frameTime; took > time.Minute {
			t.Fatal("it does not come to now")
		}
	}
	if took < 3*quietTime || took > 5*quietTime {
		t.Errorf("three changes hours apart took %v", took)
	}
}

// TestHistory_ShowsTheLookupOfThen and not a later one.
func TestHistory_ShowsTheLookupOfThen(t *testing.T) {
	pics := grown(4)
	late := paperLookup()
	late.Started = pics[3].At
	pics[3].Lookups = []observe.Lookup{late}
	s := seen(120, 40, pics)
	s.trip.finish()
	s.want(t, "N8 → N42")
	s.keys("b")
	s.wantNot(t, "N8 → N42")
	s.keys("end")
	s.want(t, "N8 → N42")
}

// TestHistory_IsBounded by number and weight, keeps the moment that is shown,
// and drops the unremarkable first.
func TestHistory_IsBounded(t *testing.T) {
	var h history
	small, large := newWorld(16, 4, spread(16, 3)...).picture(), newWorld(16, 4, spread(16, 100)...).picture()
	add := func(pic *observe.Picture, at time.Duration) {
		copied := *pic
		copied.At = at
		copied.Peers = slices.Clone(pic.Peers)
		for i := range copied.Peers { // nothing is shared
			copied.Peers[i].Fingers = slices.Clone(copied.Peers[i].Fingers)
		}
		h.add(moment{pic: &copied})
	}
	at := time.Duration(0)
	for i := range 6000 {
		at += 50 * time.Millisecond
		pic := small
		if i == 200 {
			pic = newWorld(16, 4, spread(16, 4)...).picture()
		}
		add(pic, at)
		if i == 500 {
			h.past, h.at = true, 250
		}
	}
	if len(h.moments) > mostMoments || h.weight > mostWeight {
		t.Errorf("%d moments of %d bytes", len(h.moments), h.weight)
	}
	if !slices.ContainsFunc(h.moments, func(m moment) bool { return len(m.pic.Peers) == 4 }) {
		t.Error("the moment at which a peer was there is gone")
	}
	if shown := h.moments[h.at].pic.At; shown != 251*50*time.Millisecond {
		t.Errorf("the moment that is shown is now that of %v", shown)
	}
	if old := h.moments[0].pic.At; old > 20*time.Second {
		t.Errorf("the oldest moment is of %v", old)
	}
	for range 800 {
		at += 50 * time.Millisecond
		add(large, at)
	}
	if h.weight > mostWeight {
		t.Errorf("%d bytes", h.weight)
	}
	total := 0
	for _, m := range h.moments {
		total += m.weight
	}
	if total != h.weight {
		t.Errorf("moments weigh %d, it says %d", total, h.weight)
	}
}

// TestHistory_WeighsWhatIsNotShared: messages weigh where a picture has a list
// of its own, and not where it has that of the one before.
func TestHistory_WeighsWhatIsNotShared(t *testing.T) {
	a := talk(40)
	b, c := *a, *a
	c.Traffic = slices.Clone(a.Traffic)
	if d := weigh(&c, a) - weigh(&b, a); d < 100*len(a.Traffic) {
		t.Errorf("%d messages of its own weigh %d bytes", len(a.Traffic), d)
	}
}
