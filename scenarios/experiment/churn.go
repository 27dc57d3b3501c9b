package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"chordscope/node/ring"
)

var churn = &Experiment{
	Name: "churn",
	Help: "Lookups while peers join and leave at random times, as many of one as of the other.",
	Paper: "ToN 2003, table III, from memory: N = 1000, r = 20, stabilization every 30 s, joins and voluntary leaves 0.05 to 0.40 a second each " +
		"(1.5 to 12 a stabilize interval), a lookup a second, 10,000 in all, 50 ms a message. " +
		"Here rates count by stabilize interval and 1000 peers, so that rings of other sizes and intervals have as much to do; " +
		"30 lookups begin in an interval. A lookup fails if it finds no owner, or one that is not the right one (which only the virtual driver can tell).",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Peers: []int{1000}, Values: []float64{3, 6, 12}, Lookups: 2000, Successors: 20, Interval: 30 * time.Second}
		if driver == DriverTCP {
			p.Peers, p.Lookups, p.Interval = []int{64}, 500, 500*time.Millisecond
		}
		return p
	},
	Full: func(driver string, p *Params) {
		p.Values = []float64{1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12}
		if driver == DriverVirtual {
			p.Lookups = 10_000
		}
	},
	Values: Values{Name: "joins, and as many leaves, in a stabilize interval for 1000 peers", Min: 0, Max: 1000},
	Least:  2,
	Tables: []*Table{churnTable},
	run:    runChurn,
}

var churnTable = &Table{
	Name: "churn", Title: "Lookups during joins and leaves",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "rate", Title: "R", Unit: "1/interval", Digits: 1},
		{Name: "joins", Title: "joins", Extra: true},
		{Name: "leaves", Title: "leaves", Extra: true},
		{Name: "lookups", Title: "lookups", Extra: true},
		{Name: "failed_per_10000", Title: "failed", Unit: "of 10^4", Digits: 1},
		{Name: "wrong_per_10000", Title: "wrong", Unit: "of 10^4", Digits: 1},
		{Name: "hops", Title: "mean path", Unit: "hops", Digits: 2},
		{Name: "hops_p1", Title: "1st pc", Unit: "hops", Extra: true},
		{Name: "hops_p99", Title: "99th pc", Unit: "hops", Extra: true},
		{Name: "missed", Title: "time-outs", Unit: "mean", Digits: 3},
		{Name: "paper_failed_per_10000", Title: "failed", Unit: "paper", Digits: 0, Paper: true},
		{Name: "paper_hops", Title: "mean path", Unit: "paper", Digits: 2, Paper: true},
		{Name: "paper_timeouts", Title: "time-outs", Unit: "paper", Digits: 2, Paper: true},
	},
	Plot: Plot{X: "rate", Y: []string{"failed_per_10000", "wrong_per_10000", "paper_failed_per_10000"}, Axis: "failed lookups of 10,000"},
}

// Failed of 10,000, mean path and time-outs in ToN table III, by twice the rate.
var publishedChurn = map[int][3]float64{
	3: {0, 3.90, 0.05}, 6: {0, 3.83, 0.11}, 9: {2, 3.84, 0.16}, 12: {5, 3.81, 0.23},
	15: {6, 3.83, 0.30}, 18: {8, 3.91, 0.34}, 21: {16, 3.94, 0.42}, 24: {15, 4.06, 0.46},
}

// lookupsEach is how many lookups begin in a stabilize interval.
const lookupsEach = 30

func runChurn(ctx context.Context, b *bench) error {
	var parts []part
	for i, share := range shares(b.Peers, growth) {
		n, share := b.Peers[i], share/float64(len(b.Values))
		for _, rate := range b.Values {
			parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
				b.step(share, "%d peers, %g joins and leaves an interval", n, rate)
				if err := churnAt(ctx, b, n, rate); err != nil {
					return fmt.Errorf("%d peers, R = %g: %w", n, rate, err)
				}
				return nil
			}})
		}
	}
	return b.parts(ctx, parts)
}

// coming is when the next of some random events comes.
type coming struct {
	at   time.Duration
	mean time.Duration // between two; 0: none comes
}

func (c *coming) again(rng *rand.Rand) { c.at += time.Duration(rng.ExpFloat64() * float64(c.mean)) }

func churnAt(ctx context.Context, b *bench, n int, rate float64) error {
	s := b.ring()
	s.copies, s.latency, s.judge = 1, 50*time.Millisecond, true
	l, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	rng := b.random(uint64(n), math.Float64bits(rate))
	ids := distinct(rng, n)
	if err := grow(ctx, l, s, ids); err != nil {
		return err
	}
	used := make(map[ring.ID]bool)
	for _, id := range ids {
		used[id] = true
	}
	between := time.Duration(0)
	if rate > 0 {
		between = time.Duration(float64(b.Interval) * 1000 / (rate * float64(n)))
	}
	join := &coming{l.Now(), between}
	leave := &coming{l.Now(), between}
	find := &coming{l.Now(), b.Interval / lookupsEach}
	joins, leaves, begun := 0, 0, 0
	var answers []answer
	for join.again(rng); begun < b.Lookups; {
		next := find
		for _, c := range []*coming{join, leave} {
			if c.mean > 0 && c.at < next.at {
				next = c
			}
		}
		if err := l.Sleep(ctx, next.at-l.Now()); err != nil {
			return err
		}
		members := l.Members()
		switch {
		case len(members) == 0:
			return errors.New("all peers have gone")
		case next == find:
			begun++
			l.Find(ctx, queries(rng, members, 1)[0])
			b.within(float64(begun) / float64(b.Lookups))
		case next == join:
			if id := distinct(rng, 1)[0]; !used[id] {
				used[id] = true
				joins++
				l.JoinSoon(ctx, id)
			}
		case len(members) > 1:
			leaves++
			l.LeaveSoon(ctx, members[rng.IntN(len(members))])
		}
		next.again(rng)
		answers = append(answers, l.Ended()...)
	}
	rest, err := lookups(ctx, l, nil, 0, func(float64) {})
	if err != nil {
		return err
	}
	return churnRow(b, n, rate, joins, leaves, append(answers, rest...))
}

func churnRow(b *bench, n int, rate float64, joins, leaves int, answers []answer) error {
	c := tally(answers)
	count := float64(len(c.missed))
	perTenThousand := func(k int) any { return known(10_000 * float64(k) / count) }
	wrong := perTenThousand(c.wrong)
	if b.Driver == DriverTCP {
		wrong = nil
	}
	var failed, hops, timeouts any
	if p, known := publishedChurn[int(math.Round(2*rate))]; known && n == 1000 && b.Successors == 20 {
		failed, hops, timeouts = p[0], p[1], p[2]
	}
	return b.row(churnTable, n, rate, joins, leaves, len(c.missed), perTenThousand(c.failed+c.wrong), wrong,
		known(c.hops.mean()), known(c.hops.percentile(0.01)), known(c.hops.percentile(0.99)), known(c.missed.mean()),
		failed, hops, timeouts)
}
