package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// play is what the screen knows of the scenario it replays.
type play struct {
	script  *scenarios.Scenario
	lines   []playLine // what became of each line of the script
	current int        // index of the line that runs, or ran last
	title   string
	chapter string
	caption string
	paused  bool
	hurries bool // to a line that somebody jumped to
	speed   int  // binary logarithm: 1 is twice as fast, -1 half
	passed  int
	failed  int
	report  *scenarios.Report // set when it is over
	verdict string            // the report in words
}

// playLine is what became of a line.
type playLine struct {
	state lineState
	note  string           // why it failed
	began time.Duration    // on the Picture's clock
	shown scenarios.Result // what it told and did
}

type lineState uint8

const (
	linePending lineState = iota
	lineRunning
	lineHeld // ran, and what it claims held
	lineFailed
)

var lineMarks = [...]mark{
	linePending: {" ", draw.Dim},
	lineRunning: {"▸", draw.Accent | draw.Bold},
	lineHeld:    {"✓", draw.Good},
	lineFailed:  {"✕", draw.Bad | draw.Bold},
}

func newPlay(sc *scenarios.Scenario) *play {
	return &play{script: sc, lines: make([]playLine, len(sc.Lines)), title: nameOr(sc.Title, sc.Name)}
}

// heading is what the scenario is called.
func (p *play) heading() string { return nameOr(p.title, "untitled scenario") }

// playing reports whether a scenario is replayed and not over.
func (m *Model) playing() bool { return m.play != nil && !m.play.over() }

// replaying reports whether a scenario is replayed, or was to its end.
func (m *Model) replaying() bool { return m.play != nil }

// over reports whether the scenario has ended.
func (p *play) over() bool { return p.report != nil }

// progress notes that a line begins or has ended, and takes from it what it
// tells the class.
func (p *play) progress(msg progressMsg, now time.Duration) {
	if msg.Index < 0 || msg.Index >= len(p.lines) {
		return
	}
	p.current = msg.Index
	l := &p.lines[msg.Index]
	if !msg.Done {
		l.state, l.began = lineRunning, now
		return
	}
	l.shown = msg.Result
	switch msg.Line.Command {
	case "title":
		p.title = msg.Result.Text
	case "chapter":
		p.chapter = msg.Result.Text
	case "say":
		p.caption = msg.Result.Text
	}
	p.judge(msg.Index, msg.Result)
	for _, b := range msg.Result.Breaches {
		for i := range p.lines {
			if p.script.Lines[i].Number == b.Line.Number {
				p.judge(i, b.Result)
			}
		}
	}
}

// judge notes how a line went. What always should hold can be judged twice:
// first that it holds, later that it broke.
func (p *play) judge(i int, r scenarios.Result) {
	l := &p.lines[i]
	claim := (p.script.Lines[i].Claim || r.Failed) && r.Err == nil // a put that fails counts as one, too
	if claim && l.state == lineHeld {
		p.passed--
	}
	l.state = lineHeld
	if !r.OK {
		l.state, l.note = lineFailed, nameOr(r.Text, "failed")
	}
	switch {
	case claim && r.OK:
		p.passed++
	case claim:
		p.failed++
	}
}

// end notes how the whole scenario went.
func (p *play) end(report scenarios.Report) {
	p.paused, p.report = false, &report
	switch {
	case report.Err != nil:
		p.verdict = "stopped: " + firstLine(report.Err.Error())
	case report.Interrupted:
		p.verdict = "interrupted"
	case report.Passed():
		p.verdict = fmt.Sprintf("passed: all of %s held", plural(report.Expectations, "expectation"))
	default:
		p.verdict = fmt.Sprintf("failed: %d of %s did not hold", report.Failed, plural(report.Expectations, "expectation"))
	}
}

// next returns the index of the line that runs next, if none runs now.
func (p *play) next() int {
	if p.over() || len(p.lines) > 0 && p.lines[p.current].state == lineRunning {
		return -1
	}
	if len(p.lines) > 0 && p.lines[p.current].state == linePending {
		return p.current // nothing has run yet
	}
	return p.current + 1
}

// position says how far the scenario is.
func (p *play) position() string {
	text := fmt.Sprintf("line %d of %d", min(p.current+1, len(p.lines)), len(p.lines))
	if p.speed != 0 {
		text += "  speed " + speedText(p.speed)
	}
	return text
}

// shownLine is a line as the class may see it: notes are for the speaker, an
// answer is not there before it is told, and neither is what comes after a
// question that is open.
func shownLine(l scenarios.Line, told, open bool) string {
	switch {
	case l.Command == "note", open && !told && l.Ask == nil:
		return l.Command + " …"
	case l.Ask != nil && !told:
		return `ask "` + l.Ask.Question + `"`
	}
	return l.Text
}

// speedText writes a speed of 2^n.
func speedText(n int) string {
	if n < 0 {
		return fmt.Sprintf("1/%d", 1<<-n)
	}
	return fmt.Sprintf("%dx", 1<<n)
}

// scriptPane shows the scenario's lines round the one that runs.
type scriptPane struct{}

func (scriptPane) heading(*Model) heading { return heading{title: "Scenario"} }

func (scriptPane) rows(m *Model, width int) []row {
	script := m.play.script.Lines
	digits := 1
	for _, l := range script {
		digits = max(digits, len(strconv.Itoa(l.Number)))
	}
	rows := make([]row, 0, len(script))
	open := false // a question before this line
	for i, l := range m.play.lines {
		told := l.state > lineRunning
		open = open || script[i].Ask != nil && !told
		mk := lineMarks[l.state]
		if l.state == linePending && i == m.play.next() {
			mk = lineMarks[lineRunning]
		}
		ink := draw.Plain
		switch l.state {
		case linePending:
			ink = draw.Dim
		case lineRunning:
			ink = draw.Accent | draw.Bold
		}
		r := line(
			part{right(strconv.Itoa(script[i].Number), digits) + " ", draw.Dim},
			part{mk.glyph + " ", mk.ink},
			part{shownLine(script[i], told, open), ink},
		)
		r.mark = i == m.play.current
		rows = append(rows, r)
		if l.note != "" {
			lead := part{text: strings.Repeat(" ", digits+3)}
			rows = append(rows, wrapped(lead, l.note, draw.Bad, width)...)
		}
	}
	return rows
}

// playKeys steer the replay of a scenario. Presenter remotes send the full stop
// and the page keys.
func playKeys() []binding {
	return []binding{
		{keys: []string{"space"}, show: "space", word: pauseWord, help: "pause the scenario, or go on", on: (*Model).playing, act: (*Model).togglePause},
		{keys: []string{"n"}, show: "n", short: "next line", help: "run the scenario's next line now", on: (*Model).playing, act: (*Model).next},
		{keys: []string{"p"}, show: "p", short: "again", help: "show again what was done last", on: (*Model).playing, act: (*Model).repeat},
		{keys: []string{"C"}, show: "C", short: "chapters", help: "the chapters; enter jumps to one", on: (*Model).replaying, act: (*Model).openChapters},
		{keys: []string{".", "pgdown"}, show: ". pgdn", help: "go on, as presenter remotes ask for it: the next line, or the end of a pause", on: (*Model).playing, act: (*Model).goOn},
		{keys: []string{"pgup"}, show: "pgup", help: "show the last line again", on: (*Model).playing, act: (*Model).pageBack},
		{keys: []string{"+", "="}, show: "+ -", help: "play twice as fast, or half as fast", on: (*Model).playing, act: func(m *Model) tea.Cmd { return m.changeSpeed(1) }},
		{keys: []string{"-"}, on: (*Model).playing, act: func(m *Model) tea.Cmd { return m.changeSpeed(-1) }},
	}
}

func pauseWord(m *Model) string {
	if m.play.paused {
		return "go on"
	}
	return "pause"
}

func (m *Model) togglePause() tea.Cmd {
	o := order{kind: orderPause}
	if m.play.paused {
		o.kind = orderResume
	}
	refused := m.give(o)
	if refused == nil {
		m.play.paused = !m.play.paused
	}
	return refused
}

func (m *Model) next() tea.Cmd { return m.give(order{kind: orderStep}) }

// goOn ends a pause, or does not wait any longer for the next line. From the
// past it leads back to now, and in a pane that has the focus it is the page key.
func (m *Model) goOn() tea.Cmd {
	switch {
	case m.looksBack():
		return m.returnToNow()
	case m.focus != paneRing:
		m.scroll(m.focus, pageRows)
		return nil
	case m.play.paused:
		return m.togglePause()
	}
	return m.next()
}

func (m *Model) pageBack() tea.Cmd {
	if m.focus != paneRing {
		m.scroll(m.focus, -pageRows)
		return nil
	}
	return m.repeat()
}

// silent are the commands after which there is nothing to be seen again: what
// they tell stays, or they only judge and wait for what was done before them.
var silent = []string{"title", "set", "chapter", "say", "note", "ask", "expect", "always", "wait", "sleep", "figure", "snapshot"}

// repeat shows again what was done last: the way of its lookup, or what was
// seen from its beginning on, as part of the past.
func (m *Model) repeat() tea.Cmd {
	p := m.play
	i := p.current
	for i >= 0 && (p.lines[i].state == linePending || slices.Contains(silent, p.script.Lines[i].Command)) {
		i--
	}
	if i < 0 || len(m.history.moments) == 0 {
		return m.say(levelMarks[observe.Info], "nothing has been done yet that could be shown again")
	}
	l := &p.lines[i]
	if l.state != lineRunning {
		m.turnTo(p.script.Lines[i].Command, l.shown)
		if l.shown.Lookup != nil && !m.looksBack() {
			return m.again()
		}
	}
	m.goTo(m.history.last(l.began))
	m.history.runs, m.history.clock = true, l.began
	return m.animate()
}

// slowest and fastest speeds of a play, as binary logarithms.
const slowest, fastest = -3, 4

func (m *Model) changeSpeed(by int) tea.Cmd {
	to := max(slowest, min(m.play.speed+by, fastest))
	refused := m.give(order{kind: orderSpeed, n: to})
	if refused == nil {
		m.play.speed = to
	}
	return refused
}
