package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// questioned is a screen with a question whose answer is written so.
func questioned(t *testing.T, answer string) *screen {
	t.Helper()
	sc := parse(t, "join N1 N8 N14 N21 N32 N38 N42 N48 N51 N56\nask \"Whom does N8 ask?\" = "+answer+"\nlookup K54 from N8\n")
	s := newScreen(120, 40, paperPicture(), sc)
	s.trip.finish()
	s.line(0, scenarios.Result{OK: true})
	s.Update(progressMsg{Index: 1, Line: sc.Lines[1]})
	s.Update(askMsg{1})
	return s
}

// tells has the conductor tell the right answer.
func (s *screen) tells(right string, why ...string) {
	l := s.play.script.Lines[1]
	s.Update(progressMsg{Index: 1, Line: l, Done: true, Result: scenarios.Result{OK: true, Text: right, Answer: &scenarios.Answer{Text: right, Why: why}}})
}

func (s *screen) wantStep(t *testing.T) {
	t.Helper()
	if o := s.order(t); o.kind != orderStep {
		t.Errorf("the order is %+v, want a step", o)
	}
}

func TestQuestion_APeerIsChosenOnTheRing(t *testing.T) {
	s := questioned(t, "N42")
	s.want(t, "? Whom does N8 ask?", "← → or a click chooses a peer")
	s.keys("enter") // nothing is chosen yet
	s.noOrder(t)
	s.keys("right")
	s.want(t, "answer  N8")
	at := s.spots[5]
	s.Update(tea.MouseClickMsg{X: at.x, Y: at.y, Button: tea.MouseLeft})
	s.want(t, "answer  N38")
	s.keys("enter", "enter")
	s.wantStep(t)
	s.noOrder(t) // once is enough
	s.tells("N42", "closest preceding of 54 in my table: finger[6] = N42")
	s.want(t, "✕ N38 is not right: it is N42.", "finger[6] = N42", "space go on")
	if s.selected().Name != "N42" {
		t.Error("the right answer is not selected")
	}
	s.keys("x") // no question about killing now
	s.noOrder(t)
	s.keys("space")
	s.wantStep(t)
	s.wantNot(t, "? Whom does")
	if got := s.selected().Name; got != "N1" {
		t.Errorf("after the question %s is selected, before it N1 was", got)
	}
}

// TestQuestion_AnotherScreenGoesOn: who jumps, or reads faster, closes the question
// of all who steer, so that nobody's key goes on once more.
func TestQuestion_AnotherScreenGoesOn(t *testing.T) {
	s := questioned(t, "N42")
	s.tells("N42")
	s.Update(progressMsg{Index: 2, Line: s.play.script.Lines[2]})
	s.wantNot(t, "? Whom does")
	s = questioned(t, "N42")
	s.Update(paceMsg{hurries: true})
	s.tells("N42")
	s.wantNot(t, "? Whom does")
	s.wantNot(t, "is N42")
	s.noOrder(t)
}

// TestQuestion_ChaptersCanBeJumpedTo from it, with the key that does so everywhere.
func TestQuestion_ChaptersCanBeJumpedTo(t *testing.T) {
	sc := parse(t, "chapter \"A\"\njoin N1\nask \"How many?\" = 1\nchapter \"B\"\n")
	s := newScreen(120, 40, paperPicture(), sc)
	s.line(0, scenarios.Result{OK: true})
	s.line(1, scenarios.Result{OK: true})
	s.Update(askMsg{2})
	s.keys("C")
	s.want(t, "Chapters")
	s.keys("esc")
	s.want(t, "? How many?")
	s.keys("C", "down", "enter")
	if o := s.order(t); o.kind != orderJump || o.n != 3 {
		t.Errorf("the order is %+v", o)
	}
	s.keys("1", "C") // which is part of an answer now
	s.want(t, "answer  1C")
}

func TestQuestion_IsRight(t *testing.T) {
	s := questioned(t, "N42")
	s.types("n42")
	s.clickText(t, "enter answer")
	s.wantStep(t)
	s.tells("N42")
	s.want(t, "✓ n42 is right.")
	s.clickText(t, "space go on")
	s.wantStep(t)
	if s.dialog != nil {
		t.Error("it is still open")
	}
}

func TestQuestion_APathIsPutTogether(t *testing.T) {
	s := questioned(t, "N8 N42 N51 N56")
	s.keys("right", "space", "right", "space", "backspace")
	s.want(t, "answer  N8")
	for _, i := range []int{6, 8, 9} { // N42 N51 N56
		s.View()
		at := s.spots[i]
		s.Update(tea.MouseClickMsg{X: at.x, Y: at.y, Button: tea.MouseLeft})
	}
	s.want(t, "answer  N8 N42 N51 N56")
	s.keys("pgdown") // a presenter remote
	s.wantStep(t)
	s.tells("N8 N42 N51 N56")
	s.want(t, "N8 N42 N51 N56 is right.")
}

// TestQuestion_TheScriptDoesNotTell the answer, nor anything that gives it away.
func TestQuestion_TheScriptDoesNotTell(t *testing.T) {
	sc := parse(t, "join N1\nask \"Who?\" = N42\nsay \"N42 of course\"\nexpect owner K5 = N42\n")
	s := newScreen(120, 40, newWorld(6, 3, 1, 8).picture(), sc)
	s.line(0, scenarios.Result{OK: true})
	s.Update(askMsg{1})
	s.want(t, `ask "Who?"`, "say …", "expect …")
	s.wantNot(t, "N42")
	s.keys("esc")
	s.tells("N42")
	s.want(t, `ask "Who?" = N42`, "N42 of course")
}

func TestQuestion_NumbersAndYes(t *testing.T) {
	s := questioned(t, "3")
	s.keys("up", "up", "up", "down")
	s.want(t, "answer  2")
	s = questioned(t, "yes")
	s.keys("n")
	s.want(t, "answer  no")
	s.keys("left")
	s.want(t, "answer  yes")
}

// TestQuestion_EscapeShowsTheAnswer, and puts it away once it is there.
func TestQuestion_EscapeShowsTheAnswer(t *testing.T) {
	s := questioned(t, "N42")
	s.keys("esc")
	s.wantStep(t)
	s.tells("N42")
	s.want(t, "The answer is N42.")
	s.keys("esc")
	s.wantStep(t)
	s.wantNot(t, "? Whom does")
	s.keys("esc")
	s.noOrder(t)
}

// TestQuestion_APresenterRemote has two keys.
func TestQuestion_APresenterRemote(t *testing.T) {
	for _, key := range []string{"pgdown", "."} {
		s := questioned(t, "N42")
		s.keys(key)
		s.wantStep(t)
		s.tells("N42")
		s.want(t, "The answer is N42.")
		s.keys(key)
		s.wantStep(t)
		s.wantNot(t, "? Whom does")
	}
}

// TestQuestion_GuestsAnswerForThemselves: what they choose is only theirs.
func TestQuestion_GuestsAnswerForThemselves(t *testing.T) {
	s := questioned(t, "N42")
	s.viewer = &viewer{guest: true}
	s.keys("right", "enter")
	s.noOrder(t)
	s.want(t, "N8  …")
	s.tells("N42")
	s.want(t, "✕ N8 is not right: it is N42.")
	s.keys("space")
	s.noOrder(t)
	if s.dialog != nil {
		t.Error("it is still open")
	}
}

func TestQuestion_FitsEverySize(t *testing.T) {
	for _, size := range sizes() {
		s := questioned(t, "N42")
		s.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		checkFrame(t, s, size, "asking")
		s.answer(strings.Repeat("N42 ", 100))
		checkFrame(t, s, size, "a long answer")
		s.tells("N42", strings.Repeat("a long reason ", 100))
		checkFrame(t, s, size, "answered")
	}
}

func (s *screen) answer(text string) { s.Update(tea.PasteMsg{Content: text}) }
