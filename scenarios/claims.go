package scenarios

import (
	"context"
	"fmt"
	"time"

	"chordscope/node/observe"
)

func parseWait(p *parser) action {
	p.keyword("until")
	c := p.claim(true)
	within := p.within()
	return func(ctx context.Context, r *Runner) (Result, error) { return r.await(ctx, c, within) }
}

func parseExpect(p *parser) action {
	if p.accept("eventually") {
		c := p.claim(true)
		within := p.within()
		return func(ctx context.Context, r *Runner) (Result, error) { return r.await(ctx, c, within) }
	}
	c := p.claim(false)
	return func(_ context.Context, r *Runner) (Result, error) {
		return claimed(c.text, c.judge(r.env(), r.sys.Picture())), nil
	}
}

// claim requires a condition or its opposite. What cannot be told holds neither
// way.
func (p *parser) claim(waits bool) condition {
	not := p.accept("not")
	c := p.condition(waits)
	if not && c.kind != nil {
		judge := c.judge
		c.text = "not " + c.text
		c.judge = func(e env, pic *observe.Picture) verdict {
			v := judge(e, pic)
			v.holds = !v.holds && !v.void
			return v
		}
	}
	return c
}

// await waits for a condition, by the system's clock.
func (r *Runner) await(ctx context.Context, c condition, within time.Duration) (Result, error) {
	began, e := r.sys.Now(), r.env()
	var last verdict
	ended, err := r.waitFor(ctx, within, hurriedWait, func(_ Haste, pic *observe.Picture) bool {
		last = c.judge(e, pic)
		return last.holds
	})
	switch {
	case err != nil:
		return Result{}, err
	case ended == brokenOff:
		return Result{BrokenOff: true, Text: "not waited for any longer: " + last.seen, Peers: last.peers}, nil
	}
	res := claimed(fmt.Sprintf("%s within %v", c.text, within), last)
	if last.holds {
		res.Text = fmt.Sprintf("%s after %v", last.seen, (r.sys.Now() - began).Round(time.Millisecond))
	}
	return res, nil
}

// claimed is the result of a claim.
func claimed(expected string, v verdict) Result {
	if v.holds {
		return Result{OK: true, Text: v.seen, Peers: v.peers}
	}
	return Result{
		Failed: true, Expected: expected, Seen: v.seen, Peers: v.peers,
		Text: fmt.Sprintf("expected %s, seen %s", expected, v.seen),
	}
}

// guard is a condition that has to hold until the end.
type guard struct {
	condition
	line   Line
	broken bool
}

func parseAlways(p *parser) action {
	c := p.claim(true)
	line := Line{File: p.file, Number: p.number, Text: p.command(), Command: "always", Claim: true}
	return func(_ context.Context, r *Runner) (Result, error) {
		v := c.judge(r.env(), r.sys.Picture())
		if v.holds {
			r.guards = append(r.guards, &guard{condition: c, line: line})
		}
		return claimed("always "+c.text, v), nil
	}
}

// Breach is the moment at which something that should always hold did not.
type Breach struct {
	Line   Line   // the line with always
	Result Result // a failed one; its At is the moment
}

// judgeGuards looks at a Picture with every guard that still stands. A guard
// breaks once.
func (r *Runner) judgeGuards(pic *observe.Picture) {
	for _, g := range r.guards {
		if g.broken {
			continue
		}
		if v := g.judge(r.env(), pic); !v.holds {
			g.broken = true
			res := claimed("always "+g.text, v)
			res.At, res.Trace = pic.At, witnesses(&res, pic)
			r.breaches = append(r.breaches, Breach{Line: g.line, Result: res})
		}
	}
}
