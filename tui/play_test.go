package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// lesson is a small scenario with everything that the screen shows of one.
const lesson = `title "Lookup on the paper's ring"
set bits=6 successors=3 replicas=2
chapter "Build"
join N1
join N8 N14 N21 N32 N38 N42 N48 N51 N56
wait until stable within 20s
say "N8 looks for K54. Which finger will it use?"
focus N8
lookup K54 from N8
expect path N8 N42 N51 N56
expect owner K54 = N1
`

func parse(t *testing.T, text string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse("lesson.chord", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// playScreen is a screen in the middle of the lesson.
func playScreen(t *testing.T, w, h int) *screen {
	s := newScreen(w, h, paperPicture(), parse(t, lesson))
	s.trip.finish()
	results := map[int]scenarios.Result{
		0: {Text: "Lookup on the paper's ring"},
		2: {Text: "Build"},
		6: {Text: "N8 looks for K54. Which finger will it use?"},
		7: {Peers: []string{"N8"}},
	}
	for i := range 9 {
		r := results[i]
		r.OK = true
		s.line(i, r)
	}
	s.again() // the lookup, which came after the chapter
	s.trip.finish()
	return s
}

// line plays line i with a result.
func (s *screen) line(i int, r scenarios.Result) {
	l := s.play.script.Lines[i]
	s.Update(progressMsg{Index: i, Line: l})
	s.Update(progressMsg{Index: i, Line: l, Done: true, Result: r})
}

func TestPlay_TellsTheClass(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.want(t, "Lookup on the paper's ring", "Build", "line 9 of 11", "✓ 1", "▌ N8 looks for K54.", "▸ playing")
	if got := s.selected().Name; got != "N8" {
		t.Errorf("focus N8 selects %s", got)
	}
}

// TestPlay_TurnsToWhatALineIsAbout: to the peer that took a step, and with a
// chapter away from the lookups before it.
func TestPlay_TurnsToWhatALineIsAbout(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "join 10\nstep stabilize N21\nstep stabilize\nchapter \"Next\"\n"))
	s.trip.finish()
	s.line(1, scenarios.Result{OK: true, Peers: []string{"N21"}})
	s.line(2, scenarios.Result{OK: true, Peers: []string{"N1", "N8"}})
	if got := s.selected().Name; got != "N21" {
		t.Errorf("a step of N21, and one of several peers, select %s", got)
	}
	if s.noTrip {
		t.Error("the lookup is not on the ring")
	}
	s.line(3, scenarios.Result{OK: true, Text: "Next"})
	if !s.noTrip {
		t.Error("the lookup before the chapter is on the ring")
	}
}

// TestPlay_ALookupTellsItsReasons: there is room for them beside the script.
func TestPlay_ALookupTellsItsReasons(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.want(t, "path  N8 → N42 → N51 → N56", "✕ N42 → N48  no answer  N48 did not", "2 N42 → N51  closest preceding of 54")
}

// TestPlay_TheChapterStands: details of the keys give way to it.
func TestPlay_TheChapterStands(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), parse(t, "title \"Where do keys live?\"\nchapter \"Who has none of them?\"\n"))
	s.line(0, scenarios.Result{OK: true, Text: "Where do keys live?"})
	s.line(1, scenarios.Result{OK: true, Text: "Who has none of them?"})
	s.want(t, "Where do keys live?  ›  Who has none of them?", "lost")
}

func TestPlay_LongCaptionsLeaveTheRing(t *testing.T) {
	s := playScreen(t, 80, 24)
	s.line(6, scenarios.Result{OK: true, Text: strings.Repeat("a long story ", 100)})
	if n := len(s.captionLines(78)); n != maxCaption {
		t.Errorf("the caption has %d lines, want %d", n, maxCaption)
	}
	s.want(t, "a long story", "N32")
}

func TestPlay_Verdict(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.line(9, scenarios.Result{OK: true})
	s.line(10, scenarios.Result{Failed: true, Text: "expected N1, seen N56"})
	s.want(t, "✓ 2", "✕ 1", "expected N1, seen N56")
	s.Update(playEnded{Expectations: 3, Failed: 1})
	s.want(t, "failed: 1 of 3 expectations did not hold", "ended")
	s.Update(playEnded{Expectations: 3})
	s.want(t, "passed: all of 3 expectations held")
	s.Update(playEnded{Err: errors.New("lesson.chord:8: N8 is not there")})
	s.want(t, "stopped: lesson.chord:8: N8 is not there")
}

// TestPlay_Breach lets something break that always should hold, while a later
// line runs: its own line has failed then.
func TestPlay_Breach(t *testing.T) {
	sc := parse(t, "join N1\nalways valid\nkill N1\n")
	s := newScreen(120, 40, paperPicture(), sc)
	s.line(0, scenarios.Result{OK: true})
	s.line(1, scenarios.Result{OK: true})
	s.want(t, "✓ 1")
	s.line(2, scenarios.Result{OK: true, Breaches: []scenarios.Breach{
		{Line: sc.Lines[1], Result: scenarios.Result{Failed: true, Text: "expected always valid, seen no peers"}},
	}})
	s.want(t, "✕ 1", "expected always valid, seen no peers")
	s.wantNot(t, "✓ 1")
}

// TestPlay_FailedPut: nothing but the screen would notice that a put failed.
func TestPlay_FailedPut(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "join N1\nput K5 \"five\"\nget K5\n"))
	s.line(0, scenarios.Result{OK: true})
	s.line(1, scenarios.Result{Failed: true, Text: "put K5 failed: unavailable"})
	s.line(2, scenarios.Result{OK: true, Text: "get K5: not found"})
	s.want(t, "put K5 failed: unavailable", "✕ 1")
	s.wantNot(t, "✓ 1 ")
}

// A remote's key that comes while the ring is waited for breaks nothing off.
func TestPlay_RemoteDoesNotBreakOffAWait(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "join N1\nwait until stable within 20s\nsleep 5s\n"))
	begin := func(i int) { s.Update(progressMsg{Index: i, Line: s.play.script.Lines[i]}) }
	s.line(0, scenarios.Result{OK: true})
	begin(1)
	s.keys(".")
	s.noOrder(t)
	s.want(t, "still waiting: wait until stable within 20s")
	s.keys("n")
	if o := s.order(t); o.kind != orderStep {
		t.Errorf("n gives %+v, want a step", o)
	}
	s.line(1, scenarios.Result{OK: true})
	begin(2)
	s.keys(".")
	if o := s.order(t); o.kind != orderStep {
		t.Errorf(". in a sleep gives %+v, want a step", o)
	}
}

func TestPlay_NotesAreForTheSpeaker(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), parse(t, "note \"ask for the interval first\"\n"))
	s.line(0, scenarios.Result{OK: true, Text: "ask for the interval first"})
	s.wantNot(t, "interval first")
}

func TestPlay_Keys(t *testing.T) {
	s := playScreen(t, 120, 40)
	s.keys("space")
	if o := s.order(t); o.kind != orderPause {
		t.Errorf("space gives %+v, want a pause", o)
	}
	s.want(t, "‖ paused", "go on")
	s.keys("n")
	if o := s.order(t); o.kind != orderStep {
		t.Errorf("n gives %+v, want a step", o)
	}
	s.keys("space")
	if o := s.order(t); o.kind != orderResume {
		t.Errorf("space gives %+v, want to go on", o)
	}
	s.keys("pgdown") // what presenter remotes send
	if o := s.order(t); o.kind != orderStep {
		t.Errorf("pgdown gives %+v, want a step", o)
	}
	s.keys("space", ".")
	s.order(t)
	if o := s.order(t); o.kind != orderResume {
		t.Errorf(". in a pause gives %+v, want to go on", o)
	}
	s.keys(strings.Split("-----", "")...)
	var last order
	for range 5 {
		last = s.order(t)
	}
	if last.kind != orderSpeed || last.n != slowest {
		t.Errorf("five times slower gives %+v", last)
	}
	s.want(t, "speed 1/8")
}

func TestPlay_Chapters(t *testing.T) {
	sc := parse(t, "title \"T\"\nchapter \"First, say \\\"a\\\"\"\njoin N1\nchapter \"Then\"\nkill N1\nchapter \"Last\"\n")
	s := newScreen(120, 40, paperPicture(), sc)
	for i := range 4 {
		s.line(i, scenarios.Result{OK: true})
	}
	s.keys("C")
	s.want(t, "the beginning", `First, say "a"`, "▸ ✓ Then", "line 6")
	s.keys("down", "enter")
	if o := s.order(t); o.kind != orderJump || o.n != 5 {
		t.Errorf("the last chapter gives %+v", o)
	}
	s.want(t, "on to “Last”")
	s.Update(playEnded{})
	s.keys("C") // also after the end
	s.clickText(t, `First, say "a"`)
	if o := s.order(t); o.kind != orderJump || o.n != 1 {
		t.Errorf("a click on the first chapter gives %+v", o)
	}
	s.want(t, "on a fresh ring")
	s.Update(paceMsg{hurries: true})
	s.Update(playAnew{})
	s.want(t, "line 1 of 6", "▸ playing")
	s.Update(paceMsg{hurries: true})
	s.want(t, "» hurries")
	s = newScreen(120, 40, paperPicture(), parse(t, "join N1\n"))
	s.keys("C")
	s.want(t, "no chapters")
}

// TestPlay_AFreshRing is shown from its beginning, with lookups whose numbers
// begin anew, and without the past of the old one.
func TestPlay_AFreshRing(t *testing.T) {
	s := playScreen(t, 120, 40)
	late := paperPicture()
	late.Lookups[0].Number = 7
	s.Update(pictureMsg{late})
	s.trip.finish()
	s.Update(pictureMsg{new(observe.Picture)})
	if s.trip != nil || len(s.history.moments) != 1 {
		t.Error("the old ring is still remembered")
	}
	s.Update(pictureMsg{paperPicture()})
	if s.trip == nil || !s.trip.moving() {
		t.Error("the first lookup of the fresh ring is not shown")
	}
}

// TestPlay_ShowsTheLastLineAgain: a lookup travels once more, and anything else
// is the past, which runs up to now by itself.
func TestPlay_ShowsTheLastLineAgain(t *testing.T) {
	pics := grown(6)
	s := newScreen(120, 40, pics[0], parse(t, "join 1\njoin 4\nlookup K5 from N1\n"))
	s.line(0, scenarios.Result{OK: true})
	s.Update(pictureMsg{pics[1]})
	s.Update(progressMsg{Index: 1, Line: s.play.script.Lines[1]})
	for _, p := range pics[2:] {
		s.Update(pictureMsg{p})
	}
	s.Update(progressMsg{Index: 1, Line: s.play.script.Lines[1], Done: true, Result: scenarios.Result{OK: true}})
	s.keys("p")
	s.want(t, "THE PAST", "2 peers")
	if !s.moving() {
		t.Fatal("the past stands still")
	}
	for now, n := time.Unix(0, 0), 0; s.looksBack(); now = now.Add(frameTime) {
		s.Update(tickMsg(now))
		if n++; n > 1000 {
			t.Fatal("it does not come to now")
		}
	}
	s.want(t, "6 peers")
	s.noOrder(t)

	found := paperLookup()
	with := grown(7)[6]
	with.Lookups = []observe.Lookup{found}
	s.Update(pictureMsg{with})
	s.line(2, scenarios.Result{OK: true, Lookup: &found})
	s.trip.finish()
	s.keys("p")
	if s.looksBack() || !s.trip.moving() {
		t.Error("the lookup is not shown again")
	}
}

// TestPlay_KeysAreForTheRingWithoutAScenario: the same keys stop, step and
// slow the ring's own time where nothing is replayed.
func TestPlay_KeysAreForTheRingWithoutAScenario(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	for key, want := range map[string]string{"space": "pause", "n": "step stabilize N1", "i": "step fix N1", "N": "step stabilize", "+": "speed 2"} {
		s.keys(key)
		if o := s.order(t); o.kind != orderRun || o.line != want {
			t.Errorf("%s gives %+v, want %q", key, o, want)
		}
	}
}

// TestTime_SpeedIsLogarithmic, from what was asked for last.
func TestTime_SpeedIsLogarithmic(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("-", "-", "-", "+")
	for _, want := range []string{"speed 1/2", "speed 1/4", "speed 1/8", "speed 1/4"} {
		if o := s.order(t); o.line != want {
			t.Errorf("the order is %+v, want %s", o, want)
		}
		s.Update(orderDoneMsg{line: want, result: scenarios.Result{OK: true}})
		s.Update(pictureMsg{paperPicture()}) // peers tell of it later
	}
	s.keys("-")
	if o := s.order(t); o.line != "speed 1/8" {
		t.Errorf("once more gives %+v", o)
	}
	pic := paperPicture()
	for i := range pic.Peers {
		pic.Peers[i].Pace = 0.25
	}
	s.Update(pictureMsg{pic})
	s.want(t, "speed 1/4")
	s.order(t) // its procedures are to be read out
	s.keys("-")
	s.wantOrder(t, "speed 1/8")
	for range 20 {
		s.keys("-")
	}
	last := ""
	for len(s.orders) > 0 {
		last = s.order(t).line
	}
	if last != "speed 1/64" {
		t.Errorf("the slowest is %s", last)
	}
}
