package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// churnFloor is how many peers, or hosts of virtual nodes, churn leaves in any case.
const churnFloor = 2

// maxChurn bounds the events of one kind, in a minute.
const maxChurn = 6000

// churnKind is one kind of event of churn.
type churnKind uint8

const (
	churnJoin churnKind = iota
	churnLeave
	churnKill
	churnKinds
)

var churnWords = [churnKinds]string{"join", "leave", "kill"}

// churnPayload is the JSON result of churn.
type churnPayload struct {
	Joined  []string `json:"joined"`
	Left    []string `json:"left"`
	Killed  []string `json:"killed"`
	Skipped int      `json:"skipped"` // events that would have left fewer than two peers
}

func parseChurn(p *parser) action {
	d := p.duration()
	var rates [churnKinds]float64 // a minute
	seen := make(map[string]bool)
	for first := true; first || p.more(); first = false {
		t := p.word("a rate such as join=6, events a minute")
		kind := slices.Index(churnWords[:], t.text)
		switch {
		case t.kind == word && kind < 0:
			p.errorf(t, "expected join, leave or kill and a number a minute, found %s%s", t.found(), suggest(t.text, churnWords[:]))
		case seen[t.text]:
			p.errorf(t, "%s is set twice", t.text)
		}
		seen[t.text] = true
		if eq := p.next(); eq.kind != operator || eq.text != "=" {
			p.errorf(eq, "expected = and a number after %s, found %s", t.text, eq.found())
		}
		if rate := p.rate(); !p.lost {
			rates[kind] = rate
		}
	}
	p.scope.others = p.scope.others || rates[churnJoin] > 0
	return func(ctx context.Context, r *Runner) (Result, error) {
		c := churn{r: r}
		if err := c.run(ctx, d, draw(r.rng, d, rates)); err != nil {
			return Result{}, err
		}
		return c.result(), nil
	}
}

// rate requires events a minute, also a part of one.
func (p *parser) rate() float64 {
	t := p.word("a number of events a minute")
	n, err := strconv.ParseFloat(t.text, 64)
	if t.kind == word && (err != nil || !(n >= 0 && n <= maxChurn)) {
		p.errorf(t, "expected 0 to %d events a minute, found %s", maxChurn, t.found())
	}
	return n
}

// churnEvent is due at a time after the beginning.
type churnEvent struct {
	at   time.Duration
	kind churnKind
}

// draw returns the events of independent Poisson processes with these rates a
// minute, in order.
func draw(rng *rand.Rand, d time.Duration, rates [churnKinds]float64) []churnEvent {
	var events []churnEvent
	for kind, rate := range rates {
		if rate == 0 {
			continue
		}
		mean := float64(time.Minute) / rate
		for at := 0.0; ; {
			at += rng.ExpFloat64() * mean
			if at >= float64(d) {
				break
			}
			events = append(events, churnEvent{time.Duration(at), churnKind(kind)})
		}
	}
	slices.SortStableFunc(events, func(a, b churnEvent) int { return cmp.Compare(a.at, b.at) })
	return events
}

// churn is a churn under way.
type churn struct {
	r       *Runner
	happen  [churnKinds][]string // the peers that it happened to
	skipped int
}

// run lets the events happen, each at its time; one that takes long delays
// those that are due meanwhile. Where the time between two was held up or cut
// short, all that come later move with it.
func (c *churn) run(ctx context.Context, d time.Duration, events []churnEvent) error {
	began := c.r.sys.Now()
	until := func(at time.Duration) error {
		if left := began + at - c.r.sys.Now(); left > 0 {
			err := c.r.sleep(ctx, left)
			if c.r.steered() {
				began = c.r.sys.Now() - at
			}
			return err
		}
		return ctx.Err()
	}
	for _, e := range events {
		if err := until(e.at); err != nil {
			return err
		}
		if err := c.event(ctx, e.kind); err != nil {
			return fmt.Errorf("churn, %s: %w", churnWords[e.kind], err)
		}
		c.r.look(c.r.sys.Picture())
	}
	return until(d)
}

func (c *churn) event(ctx context.Context, kind churnKind) error {
	if kind == churnJoin {
		if err := c.r.requireRegistry(); err != nil {
			return err
		}
		ids, err := c.r.sys.JoinHashed(ctx, 1)
		if err == nil {
			c.note(kind, ids)
			c.r.Recorder.happened(c.r, "join "+wholeNames(ids, c.r.sys.Picture().Space))
		}
		return err
	}
	if pic := c.r.sys.Picture(); len(onePerHost(liveIDs(pic), nil, pic)) <= churnFloor {
		c.skipped++
		return nil
	}
	ids, err := c.r.choose([]selector{drawn(1, livePool)})
	if err != nil {
		return err
	}
	ids = c.r.wholeHosts(ids, livePool)
	c.note(kind, ids)
	c.r.Recorder.happened(c.r, churnWords[kind]+" "+strings.Join(namesOf(ids, c.r.sys.Picture()), " "))
	if kind == churnKill {
		return c.r.kill(ctx, ids)
	}
	return c.r.sys.Leave(ctx, ids)
}

func (c *churn) note(kind churnKind, ids []ring.ID) {
	c.happen[kind] = append(c.happen[kind], namesOf(ids, c.r.sys.Picture())...)
}

func (c *churn) result() Result {
	pic := c.r.sys.Picture()
	joined, left, killed := c.happen[churnJoin], c.happen[churnLeave], c.happen[churnKill]
	text := fmt.Sprintf("%s joined, %d left, %d crashed; the ring has %s",
		observe.Plural(len(joined), "peer"), len(left), len(killed), observe.Plural(pic.Health.Live, "peer"))
	if c.skipped > 0 {
		text += fmt.Sprintf("; %s left out, so that two peers stay", observe.Plural(c.skipped, "event"))
	}
	list := func(names []string) []string { return append([]string{}, names...) }
	return Result{
		Text: text, Payload: churnPayload{list(joined), list(left), list(killed), c.skipped},
	}
}
