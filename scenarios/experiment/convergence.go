package experiment

import (
	"context"
	"fmt"
	"math"
	"time"

	"chordscope/node/ring"
)

var convergence = &Experiment{
	Name: "convergence",
	Help: "How long, and how many messages, from the first join to an ideal ring: one by one, or in bulk.",
	Paper: "SIGCOMM 2001, theorem 3: a join takes O(log² N) messages until every finger is right. " +
		"one by one: each peer waits until the ring is ideal; in bulk: waves that double the ring, each joining at the same time. " +
		"The last columns are the mean for one peer. Messages include ordinary maintenance, which is most of them one by one: " +
		"all peers go on with it while each join is waited for.",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Peers: []int{8, 16, 32, 64, 128, 256}, Successors: 4, Interval: 500 * time.Millisecond}
		if driver == DriverTCP {
			p.Peers = []int{8, 16, 32}
		}
		return p
	},
	Full: func(driver string, p *Params) {
		if driver == DriverTCP {
			p.Peers = []int{8, 16, 32, 64, 128}
		}
	},
	Tables: []*Table{convergenceTable},
	run:    runConvergence,
}

var convergenceTable = &Table{
	Name: "convergence", Title: "From the first join to an ideal ring",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "way", Title: "joins"},
		{Name: "members_s", Title: "all members", Unit: "s", Digits: 2},
		{Name: "ideal_s", Title: "ideal", Unit: "s", Digits: 2},
		{Name: "rounds_after", Title: "after the last", Unit: "intervals", Digits: 2},
		{Name: "messages", Title: "messages", Extra: true},
		{Name: "messages_per_join", Title: "messages", Unit: "a join", Digits: 1},
		{Name: "ideal_s_per_join", Title: "time", Unit: "s a join", Digits: 3},
		{Name: "log2_squared", Title: "log2² N", Unit: "(paper)", Digits: 1, Paper: true},
	},
	Plot: Plot{X: "peers", Log2: true, Y: []string{"messages_per_join"}, By: "way", Axis: "messages a join, until ideal"},
}

func runConvergence(ctx context.Context, b *bench) error {
	share := shares(b.Peers, func(n int) float64 { return math.Pow(float64(max(n, 16)), 1.5) })
	var parts []part
	for _, way := range []string{"in bulk", "one by one"} {
		for i, n := range b.Peers {
			share := share[i] / 2
			parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
				b.step(share, "%d peers join %s", n, way)
				if err := converge(ctx, b, n, way); err != nil {
					return fmt.Errorf("%d peers: %w", n, err)
				}
				return nil
			}})
		}
	}
	return b.parts(ctx, parts)
}

func converge(ctx context.Context, b *bench, n int, way string) error {
	s := b.ring()
	l, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	ids := distinct(b.random(uint64(n)), n)
	waves := [][]ring.ID{ids}
	if way == "one by one" {
		waves = waves[:0]
		for i := range ids {
			waves = append(waves, ids[i:i+1])
		}
	}
	began := l.Now()
	var members time.Duration
	joined := 0
	for _, w := range waves {
		if err := l.Join(ctx, w); err != nil {
			return err
		}
		joined += len(w)
		members = l.Now() - began
		within := s.settleTime(n)
		ok, err := l.Await(ctx, within, func(h health) bool { return h.members == joined && h.stable })
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("the ring of %d is not ideal after %v", joined, within)
		}
		b.within(float64(joined) / float64(n))
	}
	ideal := l.Now() - began
	messages := l.Messages()
	log := math.Log2(float64(n))
	return b.row(convergenceTable, n, way, members.Seconds(), ideal.Seconds(), (ideal-members).Seconds()/b.Interval.Seconds(),
		int(messages), float64(messages)/float64(n), ideal.Seconds()/float64(n), log*log)
}
