package experiment

import (
	"context"
	"time"
)

var original = &Experiment{
	Name: "original",
	Help: "How often the protocol of 2003 and the corrected one lose what Chord promises, under random joins, crashes and leaves.",
	Paper: "Zave (CCR 2012, IEEE TSE 2017): no published version of the protocol keeps its invariant, the corrected one does. " +
		"broken: at some moment a member had no live successor, or there was not exactly one ring in order that all lead to, or fewer than r + 1 members were skipped by no list. " +
		"for good: the ring is not ideal two minutes after the last disturbance. " +
		"Crashes keep to the limit of the proof: everyone keeps a live entry, and r + 1 members stay that no list skips, lists under way included; " +
		"so the corrected protocol should have zeros. Peers do not compare their places (merge=off).",
	Drivers: []string{DriverVirtual},
	Defaults: func(string) Params {
		return Params{Peers: []int{8}, Values: []float64{5, 10, 20, 40}, Rings: 200, Successors: 3, Interval: 500 * time.Millisecond}
	},
	Values: Values{Name: "the number of disturbances", Min: 1, Max: 10_000, Whole: true},
	Tables: []*Table{originalTable},
	run:    runOriginal,
}

var originalTable = &Table{
	Name: "original", Title: "Rings that lost their promises",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "at first"},
		{Name: "disturbances", Title: "events"},
		{Name: "protocol", Title: "protocol"},
		{Name: "rings", Title: "seeds"},
		{Name: "broken", Title: "broken"},
		{Name: "broken_percent", Title: "broken", Unit: "%", Digits: 1},
		{Name: "for_good", Title: "for good"},
		{Name: "for_good_percent", Title: "for good", Unit: "%", Digits: 1},
		{Name: "skipped", Title: "no start", Unit: "seeds"},
	},
	Plot: Plot{X: "disturbances", Y: []string{"broken_percent", "for_good_percent"}, By: "protocol", Axis: "% of seeds"},
}

func runOriginal(ctx context.Context, b *bench) error {
	share := 1 / float64(2*len(b.Peers)*len(b.Values))
	var parts []part
	for _, n := range b.Peers {
		n = max(n, b.Successors+1) // where the proof starts
		for _, v := range b.Values {
			for _, protocol := range []string{"original", "corrected"} {
				parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
					b.step(share, "%d disturbances of the %s protocol", int(v), protocol)
					return promises(ctx, b, n, int(v), protocol)
				}})
			}
		}
	}
	return b.parts(ctx, parts)
}

// promises emits the row of one protocol.
func promises(ctx context.Context, b *bench, n, events int, protocol string) error {
	broken, forGood, skipped := 0, 0, 0
	for r := range b.Rings {
		s := newSchedule(ctx, b, n, uint64(r), protocol == "original")
		built := s.build(n) // the original protocol does not always get there
		settled := false
		if built {
			s.disturb(events)
			settled = s.settle(2 * time.Minute)
		}
		if err := ctx.Err(); err != nil {
			return err // the schedule did not go all its way
		}
		switch {
		case !built:
			skipped++
		case !settled:
			forGood++
		}
		if s.broken {
			broken++
		}
		b.within(float64(r) / float64(b.Rings))
	}
	seeds := float64(b.Rings - skipped)
	return b.row(originalTable, n, events, protocol, b.Rings-skipped, broken, percent(float64(broken), seeds),
		forGood, percent(float64(forGood), seeds), skipped)
}
