package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// mostWhy is how many rows the reason of an answer takes at most.
const mostWhy = 6

// rows is what the panel says, for a width in cells, but the line of the answer
// while it is awaited.
func (q *question) rows(width int) (above, below []row) {
	above = wrapped(part{"? ", draw.Accent | draw.Bold}, q.ask.Question, draw.Plain|draw.Bold, width)
	above = above[:min(len(above), maxCaption)]
	if q.result == nil {
		return above, nil
	}
	below = q.verdict(width)
	if a := q.result.Answer; a != nil {
		var why []row
		for _, w := range a.Why {
			why = append(why, wrapped(part{text: "  "}, w, draw.Path, width)...)
		}
		below = append(below, why[:min(len(why), mostWhy)]...)
	}
	return above, below
}

// verdict compares what was answered with what is right.
func (q *question) verdict(width int) []row {
	a := q.result.Answer
	if a == nil || a.Text == "" {
		return wrapped(part{"! ", draw.Warn | draw.Bold}, q.result.Text, draw.Warn, width)
	}
	given := strings.TrimSpace(string(q.answer.text))
	switch {
	case given == "":
		return wrapped(part{"→ ", draw.Good | draw.Bold}, "The answer is "+a.Text+".", draw.Plain|draw.Bold, width)
	case a.Is(q.ask.Kind, given):
		return wrapped(part{"✓ ", draw.Good | draw.Bold}, given+" is right.", draw.Good|draw.Bold, width)
	}
	return wrapped(part{"✕ ", draw.Bad | draw.Bold}, given+" is not right: it is "+a.Text+".", draw.Bad|draw.Bold, width)
}

// answerWays says how each kind of answer is given.
var answerWays = map[scenarios.AnswerKind]string{
	scenarios.AnswerPeer:   "← → or a click chooses a peer",
	scenarios.AnswerPath:   "a click, or ← → and space, adds a peer; backspace takes one away",
	scenarios.AnswerPeers:  "a click, or ← → and space, adds a peer; none if there are none",
	scenarios.AnswerKeys:   "type the keys, such as K5 K10; none if there are none",
	scenarios.AnswerNumber: "type it, or ↑ ↓",
	scenarios.AnswerYesNo:  "y or n",
	scenarios.AnswerText:   "type it",
}

// height is how many rows the panel takes.
func (q *question) height(width int) int {
	above, below := q.rows(width)
	return 1 + len(above) + max(len(below), 1) + 1
}

func (q *question) draw(m *Model, screen, _ draw.Region) {
	width := screen.Dx() - 2
	above, below := q.rows(width)
	h := q.height(width)
	r := screen.Sub(0, screen.Dy()-h, screen.Dx(), h)
	r.Fill(draw.Plain)
	m.zones = append(m.zones, zone{Rectangle: r.Rectangle, pane: paneNone})
	r.Line(0, 0, draw.Rule)
	r.Put(2, 0, " Question ", draw.Accent|draw.Bold)
	r = r.Rest(1)
	for i := range above {
		writeRow(r, 1, i, &above[i])
	}
	r = r.Rest(len(above))
	if q.result != nil {
		for i := range below {
			writeRow(r, 1, i, &below[i])
		}
		q.choices(m, r.Rest(len(below)), footerKey{"space", "go on", "space"})
		return
	}
	x := r.Put(1, 0, "answer  ", draw.Dim)
	switch {
	case q.given && m.guest():
		r.PutFit(x, 0, width, string(q.answer.text)+"  …", draw.Plain|draw.Bold)
	case q.given:
		r.Put(x, 0, "…", draw.Dim)
	default:
		way := answerWays[q.ask.Kind]
		after, _ := q.answer.drawCursor(r, x, max(r.Dx()-x-draw.Width(way)-6, 10))
		r.PutFit(after+3, 0, r.Dx()-after-4, way, draw.Dim)
	}
	q.choices(m, r.Rest(1), footerKey{"enter", "answer", "enter"}, footerKey{"esc", "show the answer", "esc"})
}

// choices writes keys, which can be clicked.
func (q *question) choices(m *Model, r draw.Region, keys ...footerKey) {
	x := 1
	for _, e := range keys {
		m.clickable(r.Sub(x, 0, e.width(), 1), func(m *Model) tea.Cmd {
			if e.press == "esc" {
				m.dialog = nil
				return q.closed(m)
			}
			done, cmd := q.key(m, tea.KeyPressMsg{Code: map[string]rune{"enter": tea.KeyEnter, "space": tea.KeySpace}[e.press]})
			if done && m.dialog == q {
				m.dialog = nil
			}
			return cmd
		})
		x = r.Put(x, 0, e.key, draw.Plain|draw.Bold)
		x = r.Put(x+1, 0, e.word, draw.Dim) + 3
	}
}
