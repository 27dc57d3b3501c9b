package plain

import (
	"context"
	"fmt"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/scenarios"
)

// progress writes a line of the scenario when it begins, or what came of it.
func (p *player) progress(step scenarios.Progress) {
	p.news.tell() // first what happened
	l := step.Line
	switch l.Command {
	case "note": // for the speaker
		return
	case "title", "chapter", "say":
		if step.Done {
			p.out.say(aloud, l.Command, step.Result.Text)
			p.rest = scenarios.ReadingTime(step.Result.Text)
		}
		return
	case "ask":
		if step.Done {
			p.answered(l.Ask, step.Result)
		}
		return
	}
	who := fmt.Sprintf("line %d", l.Number)
	if !step.Done {
		if !l.Claim {
			p.out.say(plainly, who, l.Text)
		}
		return
	}
	p.came(who, l, step.Result)
	for _, b := range step.Result.Breaches {
		p.came(fmt.Sprintf("line %d", b.Line.Number), b.Line, b.Result)
	}
	p.recovered(step.Result)
}

// came writes what came of a line.
func (p *player) came(who string, l scenarios.Line, r scenarios.Result) {
	switch {
	case r.Err != nil:
		p.out.say(bad, who, "stopped: "+firstLine(r.Err.Error()))
	case r.Failed:
		p.out.say(bad, who, fmt.Sprintf("FAILED: %s. Expected: %s. Seen: %s", l.Text, r.Expected, r.Seen))
	case l.Claim:
		p.out.say(good, who, "held: "+l.Text)
	case r.Lookup != nil || r.Access != nil:
		p.out.say(plainly, who, r.Text)
	}
}

// ask asks the question and waits for a line with the answer, which may be
// empty.
func (p *player) ask(ctx context.Context, a *scenarios.Ask) {
	p.out.say(aloud, "question", a.Question+" Type an answer, or an empty line to hear it.")
	select {
	case <-ctx.Done():
	case line, ok := <-p.lines:
		p.heard, p.answer = ok, strings.TrimSpace(line)
		if p.answer == "quit" {
			p.left = true
		}
	}
}

// answered writes the right answer, and why it is right.
func (p *player) answered(a *scenarios.Ask, r scenarios.Result) {
	given := p.answer
	p.answer = ""
	if r.Answer == nil || r.Answer.Text == "" {
		p.out.say(bad, "answer", r.Text)
		return
	}
	t, text := aloud, r.Answer.Text
	switch {
	case given == "":
	case r.Answer.Is(a.Kind, given):
		t, text = good, given+" is right"
	default:
		t, text = bad, given+" is not right, it is "+text
	}
	p.out.say(t, "answer", text)
	if r.Failed {
		p.out.say(bad, "question", fmt.Sprintf("FAILED. Expected: %s. Seen: %s", r.Expected, r.Seen))
	}
	for _, why := range r.Answer.Why {
		p.out.say(plainly, "because", why)
	}
	p.rest = scenarios.ReadingTime(text + strings.Join(r.Answer.Why, " "))
}

// recovered writes what the ring has recovered from while a line ran.
func (p *player) recovered(r scenarios.Result) {
	for i := range r.Recoveries {
		rec := &r.Recoveries[i]
		var parts []string
		for _, m := range [...]struct {
			what string
			observe.Moment
		}{{"the ring", rec.Ring}, {"all fingers", rec.Fingers}, {"all keys", rec.Keys}} {
			if m.Reached {
				parts = append(parts, fmt.Sprintf("%s after %v", m.what, m.After.Round(time.Millisecond)))
			}
		}
		if len(parts) > 0 {
			p.out.say(good, "recovered", fmt.Sprintf("from %s: right again %s", rec.What, strings.Join(parts, ", ")))
		}
	}
}

// verdict writes how the scenario went.
func (p *player) verdict(r scenarios.Report) {
	all := observe.Plural(r.Expectations, "expectation")
	switch {
	case p.left:
		p.out.say(warning, "scenario", "left before its end")
	case r.Interrupted:
		p.out.say(warning, "scenario", "interrupted")
	case r.Err != nil:
		p.out.say(bad, "scenario", "stopped: "+firstLine(r.Err.Error()))
	case r.Failed > 0:
		p.out.say(bad, "scenario", fmt.Sprintf("failed: %d of %s did not hold", r.Failed, all))
	default:
		p.out.say(good, "scenario", fmt.Sprintf("passed: all of %s held", all))
	}
}
