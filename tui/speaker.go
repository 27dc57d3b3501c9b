package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios"
	"chordscope/scenarios/notes"
)

// speaker is what the one who speaks is to know of a play.
type speaker struct {
	play  *play
	began time.Time
	asked int // index of the line whose question is open; -1: none
}

// The lines that a speaker sees before the current one, and after it.
const linesBefore, linesAfter = 3, 40

// inform shows how the session's scenario plays until ctx ends. Nobody is
// counted for that among those who look on.
func (s *session) inform(ctx context.Context, show func(notes.State)) {
	ear := s.add(&viewer{guest: true, unseen: true})
	defer s.detach(ear)
	sp := newSpeaker(s.script)
	show(sp.state())
	ear.deliver(ctx, func(msg tea.Msg) {
		if sp.hear(msg) {
			show(sp.state())
		}
	})
}

func newSpeaker(sc *scenarios.Scenario) *speaker {
	return &speaker{play: newPlay(sc), began: time.Now(), asked: -1}
}

// hear takes what the conductor says, and reports whether it was about the play.
func (sp *speaker) hear(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case progressMsg:
		sp.play.progress(msg, 0)
		if msg.Done && msg.Index == sp.asked {
			sp.asked = -1
		}
	case askMsg:
		sp.asked = msg.line
	case paceMsg:
		sp.play.paused, sp.play.speed = msg.paused && !sp.play.over(), msg.speed
	case playEnded:
		sp.play.end(scenarios.Report(msg))
		sp.asked = -1
	case playAnew:
		*sp = *newSpeaker(sp.play.script)
	default:
		return false
	}
	return true
}

func (sp *speaker) state() notes.State {
	p := sp.play
	at := p.current
	if next := p.next(); next >= 0 {
		at = min(next, max(len(p.lines)-1, 0))
	}
	s := notes.State{
		Title: p.heading(), Chapter: p.chapter, Caption: p.caption, Notes: sp.notes(at),
		Place: at + 1, Total: len(p.lines), Passed: p.passed, Failed: p.failed,
		Paused: p.paused, Speed: p.speed, Verdict: p.verdict, Elapsed: time.Since(sp.began),
	}
	from, to := max(at-linesBefore, 0), min(at+1+linesAfter, len(p.lines))
	s.Current = at - from
	for i := from; i < to; i++ {
		l := p.script.Lines[i]
		s.Lines = append(s.Lines, notes.Line{Number: l.Number, Text: l.Text, Outcome: outcomes[p.lines[i].state]})
	}
	if sp.asked >= 0 && sp.asked < len(p.lines) {
		if a := p.script.Lines[sp.asked].Ask; a != nil {
			s.Question, s.Answer = a.Question, a.Right
		}
	}
	return s
}

var outcomes = [...]notes.Outcome{
	linePending: notes.Pending, lineRunning: notes.Running, lineHeld: notes.Held, lineLeft: notes.Held, lineFailed: notes.Failed,
}

// notes returns the notes that belong to what the class reads now: those up to
// the next words for it, passed or not, and those right before the words that
// stand there.
func (sp *speaker) notes(at int) []string {
	script := sp.play.script.Lines
	from := at
	for from > 0 && !(tells(script[from].Command) && sp.play.lines[from].state > lineRunning) {
		from--
	}
	to := from + 1
	for to < len(script) && !tells(script[to].Command) {
		to++
	}
	for from > 0 && script[from-1].Command == "note" {
		from--
	}
	var list []string
	for _, l := range script[min(from, len(script)):min(to, len(script))] {
		if l.Command == "note" {
			list = append(list, l.Told)
		}
	}
	return list
}

// tells reports whether a command puts words before the class.
func tells(command string) bool { return slices.Contains([]string{"say", "chapter", "ask"}, command) }
