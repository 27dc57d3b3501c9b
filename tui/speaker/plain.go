package speaker

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"chordscope/scenarios/notes"
)

// Plain writes the notes as lines, each when it is news, until ctx ends or the
// output takes no more.
func Plain(ctx context.Context, addr string, follow Follower, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &plain{out: out, addr: addr}
	follow(ctx, func(s *notes.State, err error) {
		if p.tell(s, err); p.err != nil {
			cancel()
		}
	})
	if p.err != nil {
		return p.err
	}
	return ctx.Err()
}

// plain remembers what it has told.
type plain struct {
	out  io.Writer
	addr string
	last notes.State
	lost string
	err  error
}

// tell writes what a state has that the one before had not.
func (p *plain) tell(s *notes.State, lost error) {
	if lost != nil {
		if why := problem(p.addr, lost); why != p.lost {
			p.lost = why
			p.line(&p.last, "connection", why)
		}
		return
	}
	p.lost = ""
	last := p.last
	p.last = *s
	news := func(what, text, before string) {
		if text != before && text != "" {
			p.line(s, what, text)
		}
	}
	news("title", s.Title, last.Title)
	news("chapter", s.Chapter, last.Chapter)
	news("class reads", s.Caption, last.Caption)
	news("class is asked", s.Question, last.Question)
	if s.Question != "" {
		news("answer", s.Answer, last.Answer)
	}
	if strings.Join(s.Notes, "\n") != strings.Join(last.Notes, "\n") {
		for _, n := range s.Notes {
			p.line(s, "NOTE", n)
		}
	}
	news("now", current(s, 0), current(&last, 0))
	news("next", current(s, 1), current(&last, 1))
	if s.Paused != last.Paused {
		p.line(s, "scenario", map[bool]string{true: "paused", false: "goes on"}[s.Paused])
	}
	news("scenario", s.Verdict, last.Verdict)
}

// current is the line that runs, or the one so many after it.
func current(s *notes.State, after int) string {
	if i := s.Current + after; i < len(s.Lines) && s.Verdict == "" {
		return fmt.Sprintf("line %d: %s", s.Lines[i].Number, s.Lines[i].Text)
	}
	return ""
}

// line writes one line, whatever text is made of.
func (p *plain) line(s *notes.State, what, text string) {
	if p.err != nil {
		return
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	_, p.err = fmt.Fprintf(p.out, "%s %s: %s\n", clockText(s.Elapsed), what, text)
}
