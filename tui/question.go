package tui

import (
	"image"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
)

// question is what the scenario asks the class. The script waits until somebody
// has answered, and again until everybody has read why the answer is right.
type question struct {
	ask    *scenarios.Ask
	line   int // of the script, its index
	answer field
	given  bool   // the answer is with the conductor
	hidden bool   // somebody who only looks on has put it away
	before string // the peer that was selected when it was asked

	result *scenarios.Result // nil: not carried out yet
}

// askMsg says that the script waits for the answer to the question of a line.
type askMsg struct{ line int }

// asked opens the question of a line.
func (m *Model) asked(msg askMsg) tea.Cmd {
	if m.play == nil || msg.line >= len(m.play.script.Lines) || m.play.script.Lines[msg.line].Ask == nil {
		return nil
	}
	m.question = &question{ask: m.play.script.Lines[msg.line].Ask, line: msg.line}
	if p := m.selected(); p != nil {
		m.question.before = p.Name
	}
	return m.returnToNow()
}

// answered takes the result of a question's line, if it was asked on the
// screen, and turns to the peer that is the answer.
func (m *Model) answered(msg progressMsg) {
	q := m.question
	if q == nil || !msg.Done || msg.Index != q.line {
		return
	}
	q.result, q.hidden = &msg.Result, false
	if a := msg.Result.Answer; a != nil && q.ask.Kind == scenarios.AnswerPeer {
		m.chooseName(a.Text)
	}
}

// overtaken closes the question of somebody who steers when the script has gone on
// to another line, since another screen answered or jumped. Who only looks on may
// read as long as he likes.
func (m *Model) overtaken(by int) {
	if m.question != nil && m.question.line != by && !m.guest() {
		m.dropQuestion()
	}
}

// dropQuestion closes the question, if one is open.
func (m *Model) dropQuestion() {
	if q, ok := m.dialog.(*question); ok && q == m.question {
		m.dialog = nil
	}
	m.question = nil
}

// keepAsking opens the question again once no other dialog hides it.
func (m *Model) keepAsking() {
	if m.dialog == nil && m.question != nil && !m.question.hidden {
		m.dialog = m.question
	}
}

func (q *question) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	key := k.String()
	if key == "C" && !m.guest() && (q.result != nil || q.ask.Kind != scenarios.AnswerText && len(q.answer.text) == 0) {
		return false, m.openChapters()
	}
	if q.result != nil {
		if slices.Contains([]string{"enter", "space", ".", "pgdown", "n", "q"}, key) {
			return true, q.leave(m)
		}
		return false, nil
	}
	switch key {
	case "enter":
		return false, q.submit(m)
	case "pgdown", ".": // of a remote, which has no other keys
		if len(q.answer.text) == 0 && !q.given {
			return false, q.proceed(m)
		}
		return false, q.submit(m)
	case "left", "right":
		q.turn(m, key == "right")
		return false, nil
	case "up", "down":
		q.count(key == "up")
		return false, nil
	case "space":
		if q.lists() {
			q.take(m)
			return false, nil
		}
	case "backspace":
		if q.lists() { // a whole name goes
			k = tea.KeyPressMsg{Code: 'w', Mod: tea.ModCtrl}
		}
	}
	if q.ask.Kind == scenarios.AnswerYesNo && (key == "y" || key == "n") {
		q.answer.set(map[string]string{"y": "yes", "n": "no"}[key])
		return false, nil
	}
	q.answer.edit(k)
	return false, nil
}

func (q *question) paste(_ *Model, text string) { q.answer.insert(text) }

// lists reports whether the answer is several peers.
func (q *question) lists() bool {
	return q.ask.Kind == scenarios.AnswerPath || q.ask.Kind == scenarios.AnswerPeers
}

// turn goes round the ring, or from yes to no.
func (q *question) turn(m *Model, on bool) {
	switch q.ask.Kind {
	case scenarios.AnswerYesNo:
		q.answer.set(map[bool]string{false: "yes", true: "no"}[on])
		return
	case scenarios.AnswerNumber, scenarios.AnswerText, scenarios.AnswerKeys:
		q.answer.edit(tea.KeyPressMsg{Code: map[bool]rune{false: tea.KeyLeft, true: tea.KeyRight}[on]})
		return
	}
	by := -1
	if on {
		by = 1
	}
	m.selectStep(by)
	if !q.lists() {
		q.take(m)
	}
}

// take makes the selected peer the answer, or one more of it.
func (q *question) take(m *Model) {
	p := m.selected()
	switch {
	case p == nil:
	case q.ask.Kind == scenarios.AnswerPeer:
		q.answer.set(p.Name)
	case q.lists():
		words := strings.Fields(string(q.answer.text))
		if n := len(words); n == 0 || words[n-1] != p.Name {
			words = append(words, p.Name)
		}
		q.answer.set(strings.Join(words, " ") + " ")
	}
}

// count makes a number one more or less.
func (q *question) count(up bool) {
	if q.ask.Kind != scenarios.AnswerNumber {
		return
	}
	n, _ := strconv.Atoi(string(q.answer.text))
	if up {
		n++
	} else {
		n = max(n-1, 0)
	}
	q.answer.set(strconv.Itoa(n))
}

// beside takes a click on a peer, wherever it is named.
func (q *question) beside(m *Model, at image.Point) tea.Cmd {
	if q.result != nil {
		return nil
	}
	for i := m.dialogZones - 1; i >= 0; i-- {
		z := &m.zones[i]
		if !at.In(z.Rectangle) {
			continue
		}
		if _, ok := m.find(z.peer); z.link && ok {
			m.choose(z.peer)
			q.take(m)
		} else if z.pane == paneRing && m.clickRing(at) {
			q.take(m)
		}
		return nil
	}
	return nil
}

// submit gives the answer.
func (q *question) submit(m *Model) tea.Cmd {
	if len(strings.TrimSpace(string(q.answer.text))) == 0 || q.given {
		return nil
	}
	return q.proceed(m)
}

// proceed lets the script go on, so that it tells the right answer.
func (q *question) proceed(m *Model) tea.Cmd {
	q.given = true
	if m.guest() {
		return nil // the one who started it answers for all
	}
	return m.give(order{kind: orderStep})
}

// closed goes on without an answer, or when everything has been read.
func (q *question) closed(m *Model) tea.Cmd {
	switch {
	case q.result != nil:
		return q.leave(m)
	case m.guest():
		q.hidden = true
		return nil
	}
	q.answer.set("")
	return q.proceed(m)
}

// leave goes on, with the peer selected that the lesson was about before.
func (q *question) leave(m *Model) tea.Cmd {
	m.dropQuestion()
	m.chooseName(q.before)
	if m.guest() {
		return nil
	}
	return m.give(order{kind: orderStep})
}
