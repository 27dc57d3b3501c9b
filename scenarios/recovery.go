package scenarios

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"chordscope/node/observe"
)

// This file has the conditions on the latest recovery: how the ring took what
// was last done to it.

// recoveryMoment is a condition on when something was reached: what says that
// it was, and yet that it was not.
func recoveryMoment(what, yet string, of func(*observe.Recovery) observe.Moment) func(*parser, field) judge {
	return func(p *parser, _ field) judge {
		c := p.comparison(true)
		want := p.duration()
		return onRecovery(func(rec *observe.Recovery, pic *observe.Picture) verdict {
			m := of(rec)
			if !m.Reached {
				return verdict{void: true, seen: fmt.Sprintf("%v after %s %s", rounded(pic.At-rec.At), rec.What, yet)}
			}
			return verdict{
				holds: c.holds(cmp.Compare(m.After, want), 0),
				seen:  fmt.Sprintf("%s %v after %s", what, rounded(m.After), rec.What),
			}
		})
	}
}

// onRecovery makes a condition on the latest recovery of a Picture.
func onRecovery(of func(*observe.Recovery, *observe.Picture) verdict) judge {
	return func(_ env, pic *observe.Picture) verdict {
		if len(pic.Recoveries) == 0 {
			return verdict{void: true, seen: "nothing has disturbed the ring"}
		}
		return of(&pic.Recoveries[len(pic.Recoveries)-1], pic)
	}
}

func parseRecoveryMessages(p *parser, _ field) judge {
	c, want := p.quantity()
	return onRecovery(func(rec *observe.Recovery, _ *observe.Picture) verdict {
		n := int(rec.Messages)
		return verdict{holds: c.holds(n, want), seen: fmt.Sprintf("%s since %s", observe.Plural(n, "message"), rec.What)}
	})
}

func parseRecoveryFailed(p *parser, _ field) judge {
	c, want := p.quantity()
	return onRecovery(func(rec *observe.Recovery, _ *observe.Picture) verdict {
		return verdict{
			holds: c.holds(rec.LookupsFailed, want),
			seen:  fmt.Sprintf("%s failed since %s", observe.Plural(rec.LookupsFailed, "lookup"), rec.What),
		}
	})
}

func parseRecoveryRounds(p *parser, _ field) judge {
	c := p.comparison(true)
	t := p.word("a number of rounds")
	want, err := strconv.ParseFloat(t.text, 64)
	if t.kind == word && (err != nil || !(want >= 0 && want <= 1e6)) {
		p.errorf(t, "expected a number of rounds such as 3 or 2.5, found %s", t.found())
	}
	return onRecovery(func(rec *observe.Recovery, _ *observe.Picture) verdict {
		if !rec.Ring.Reached {
			return verdict{void: true, seen: "the ring is not right yet after " + rec.What}
		}
		return verdict{
			holds: c.holds(cmp.Compare(rec.Rounds, want), 0),
			seen:  fmt.Sprintf("%.1f rounds of stabilize after %s", rec.Rounds, rec.What),
		}
	})
}

// rounded leaves three or so digits that matter.
func rounded(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}

// recovered collects the recoveries of a Picture that are over and that were
// not told yet.
func (r *Runner) recovered(pic *observe.Picture) {
	for _, rec := range pic.Recoveries {
		if rec.Over && rec.Number > r.told {
			r.recoveries = append(r.recoveries, rec)
			r.told = rec.Number
		}
	}
}

// describeRecovery writes the figures of a recovery.
func describeRecovery(rec *observe.Recovery) string {
	moment := func(m observe.Moment) string {
		if !m.Reached {
			return "-"
		}
		return rounded(m.After).String()
	}
	return fmt.Sprintf("suspected %s, ring %s (%.1f rounds), fingers %s, keys %s; %s, %s failed, %d lost time",
		moment(rec.Suspected), moment(rec.Ring), rec.Rounds, moment(rec.Fingers), moment(rec.Keys),
		observe.Plural(int(rec.Messages), "message"), observe.Plural(rec.LookupsFailed, "lookup"), rec.LookupsTimedOut)
}
