package experiment

import (
	"context"
	"fmt"
	"math"
	"time"

	"chordscope/node/ring"
)

var failures = &Experiment{
	Name: "failures",
	Help: "A fraction of all peers ends at one moment: what becomes of lookups that begin right then, and of those after the repair.",
	Paper: "ToN 2003, table II, from memory: N = 1000, r = 20, every node fails with the probability p, nothing is repaired; all lookups found the right node. " +
		"A path there ends with the owner as soon as the key is within a successor list, so a hop shorter than here, where the owner's predecessor is asked and the owner confirms. " +
		"A time-out is a peer that was asked and was dead. crash: connections break, which neighbours notice at once; silent: the dead say nothing, as a machine that lost its power. " +
		"The paper takes the first live peer without asking; here it confirms, which it does when it has found its silent predecessor silent itself: " +
		"the lookup says whom it got no answer from, those neighbours are checked at once, and it asks again for up to 2 s. " +
		"So lookups repair the ring on their way, and later ones meet fewer dead.",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Peers: []int{1000}, Values: []float64{0.1, 0.3, 0.5}, Lookups: 2000, Successors: 20, Interval: 30 * time.Second}
		if driver == DriverTCP {
			p.Peers, p.Lookups, p.Interval = []int{64}, 1000, 500*time.Millisecond
		}
		return p
	},
	Full: func(driver string, p *Params) {
		p.Values = []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5}
		if driver == DriverVirtual {
			p.Lookups = 10_000
		}
	},
	Values: Values{Name: "the fraction of peers that end", Min: 0, Max: 0.9},
	Least:  2,
	Tables: []*Table{crashTable, silentTable},
	run:    runFailures,
}

var (
	crashTable  = failureTable("crash", "Lookups that begin when a fraction of all peers crashes")
	silentTable = failureTable("silent", "Lookups that begin when a fraction of all peers falls silent")
)

func failureTable(name, title string) *Table {
	return &Table{
		Name: name, Title: title,
		Columns: []Column{
			{Name: "peers", Title: "N", Unit: "peers"},
			{Name: "fraction", Title: "p", Digits: 2},
			{Name: "lookups", Title: "lookups", Extra: true},
			{Name: "failed_percent", Title: "failed", Unit: "%", Digits: 2},
			{Name: "hops", Title: "mean path", Unit: "hops", Digits: 2},
			{Name: "hops_p10", Title: "10th pc", Unit: "hops", Extra: true},
			{Name: "hops_p90", Title: "90th pc", Unit: "hops", Extra: true},
			{Name: "dead_asked", Title: "time-outs", Unit: "mean", Digits: 2},
			{Name: "ideal_s", Title: "repaired", Unit: "s", Digits: 2},
			{Name: "failed_after_percent", Title: "then failed", Unit: "%", Digits: 2, Extra: true},
			{Name: "hops_after", Title: "then path", Unit: "hops", Digits: 2, Extra: true},
			{Name: "paper_hops", Title: "mean path", Unit: "paper", Digits: 2, Paper: true},
			{Name: "paper_timeouts", Title: "time-outs", Unit: "paper", Digits: 2, Paper: true},
		},
		Plot: Plot{X: "fraction", Y: []string{"hops", "dead_asked", "paper_hops", "paper_timeouts"}, Axis: "of a lookup, mean"},
	}
}

// Mean path and time-outs in ToN table II, by fraction in percent.
var publishedFailures = map[int][2]float64{0: {3.84, 0}, 10: {4.03, 0.60}, 20: {4.22, 1.17}, 30: {4.44, 2.02}, 40: {4.69, 3.23}, 50: {5.09, 5.10}}

func runFailures(ctx context.Context, b *bench) error {
	var parts []part
	for _, t := range []*Table{crashTable, silentTable} {
		for i, share := range shares(b.Peers, growth) {
			n, share := b.Peers[i], share/float64(2*len(b.Values))
			for _, p := range b.Values {
				parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
					b.step(share, "%d peers, %.0f %% %s", n, 100*p, t.Name)
					if err := failAtOnce(ctx, b, t, n, p); err != nil {
						return fmt.Errorf("%d peers, p = %g: %w", n, p, err)
					}
					return nil
				}})
			}
		}
	}
	return b.parts(ctx, parts)
}

func failAtOnce(ctx context.Context, b *bench, t *Table, n int, p float64) error {
	s := b.ring()
	s.copies = 1
	l, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	rng := b.random(uint64(n), math.Float64bits(p))
	ids := distinct(rng, n)
	if err := grow(ctx, l, s, ids); err != nil {
		return err
	}
	victims := victims(ids, min(n-1, int(math.Round(p*float64(n)))), false, rng)
	left := without(ids, victims)
	before := l.Now()
	if err := l.Stop(ctx, victims, t == silentTable); err != nil {
		return err
	}
	first, err := lookups(ctx, l, queries(rng, left, b.Lookups), b.Lookups, func(done float64) { b.within(0.4 + 0.2*done) })
	if err != nil {
		return err
	}
	var ideal any // the time until it was
	ok, err := l.Await(ctx, s.settleTime(n), allRight)
	if err != nil {
		return err
	}
	if ok {
		ideal = (l.Now() - before).Seconds()
	}
	second, err := lookups(ctx, l, queries(rng, left, b.Lookups), width, func(done float64) { b.within(0.7 + 0.3*done) })
	if err != nil {
		return err
	}
	x, y := tally(first), tally(second)
	var hops, timeouts any
	if paper, known := publishedFailures[int(math.Round(100*p))]; known && n == 1000 && b.Successors == 20 {
		hops, timeouts = paper[0], paper[1]
	}
	return b.row(t, n, p, len(first), percent(float64(x.failed), float64(len(first))),
		known(x.hops.mean()), known(x.hops.percentile(0.1)), known(x.hops.percentile(0.9)), known(x.missed.mean()),
		ideal, percent(float64(y.failed), float64(len(second))), known(y.hops.mean()), hops, timeouts)
}

// counted sums up lookups. Hops are of those that found an owner.
type counted struct {
	hops, missed  sample
	failed, wrong int
}

func tally(answers []answer) counted {
	var c counted
	for _, a := range answers {
		switch {
		case a.lost:
			continue
		case a.failed != "":
			c.failed++
		default:
			c.hops = append(c.hops, float64(a.hops))
		}
		if a.wrong {
			c.wrong++
		}
		c.missed = append(c.missed, float64(a.missed))
	}
	return c
}

// without returns those of all that are not among the others.
func without(all, others []ring.ID) []ring.ID {
	gone := make(map[ring.ID]bool, len(others))
	for _, id := range others {
		gone[id] = true
	}
	var out []ring.ID
	for _, id := range all {
		if !gone[id] {
			out = append(out, id)
		}
	}
	return out
}
