package tui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

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

// waits reports whether the line that runs waits for more than time to pass.
func (p *play) waits() bool {
	return len(p.lines) > 0 && p.lines[p.current].state == lineRunning && p.script.Lines[p.current].Command != "sleep"
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
	lineLeft // was not waited for to its end
	lineFailed
)

var lineMarks = [...]mark{
	linePending: {" ", draw.Dim},
	lineRunning: {"▸", draw.Accent | draw.Bold},
	lineHeld:    {"✓", draw.Good},
	lineLeft:    {"»", draw.Dim},
	lineFailed:  {"✕", draw.Bad | draw.Bold},
}

func newPlay(sc *scenarios.Scenario) *play {
	return &play{script: sc, lines: make([]playLine, len(sc.Lines)), title: cmp.Or(sc.Title, sc.Name)}
}

// heading is what the scenario is called.
func (p *play) heading() string { return cmp.Or(p.title, "untitled scenario") }

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
	switch {
	case r.BrokenOff:
		l.state = lineLeft
		return
	case r.OK:
		l.state = lineHeld
	default:
		l.state, l.note = lineFailed, cmp.Or(r.Text, "failed")
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
		p.verdict = fmt.Sprintf("passed: all of %s held", observe.Plural(report.Expectations, "expectation"))
	default:
		p.verdict = fmt.Sprintf("failed: %d of %s did not hold", report.Failed, observe.Plural(report.Expectations, "expectation"))
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
