package experiment

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"chordscope/node/ring"
)

var recovery = &Experiment{
	Name: "recovery",
	Help: "How long, and how many messages, until the ring is right again after a crash of k adjacent peers, or of a fraction of all.",
	Paper: "The papers have no such figures; ToN theorem IV.5 says that lists of length r = Omega(log N) survive when half of all nodes fail. " +
		"ring: every successor and predecessor is right; ideal: every list and finger too. Messages are all that peers sent until ideal, ordinary maintenance too. " +
		"More than r adjacent crashes leave a gap that no list reaches across: it heals only since peers compare their places (merge).",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Peers: []int{256}, Values: []float64{1, 2, 3, 4, 6, 8, 0.05, 0.1, 0.2, 0.3, 0.5}, Rings: 5, Successors: 4, Interval: 500 * time.Millisecond}
		if driver == DriverTCP {
			p.Peers, p.Rings = []int{48}, 1
		}
		return p
	},
	Values: Values{Name: "how many crash, from 1 so many adjacent peers, below 1 a random fraction", Min: 0.001, Max: 10_000},
	Least:  2,
	Tables: []*Table{adjacentTable, fractionTable},
	run:    runRecovery,
}

var (
	adjacentTable = recoveryTable("adjacent", "Recovery from a crash of adjacent peers",
		Column{Name: "adjacent", Title: "k", Unit: "peers"})
	fractionTable = recoveryTable("fraction", "Recovery from a crash of a random fraction of all peers",
		Column{Name: "fraction", Title: "p", Digits: 3})
)

func recoveryTable(name, title string, what Column) *Table {
	return &Table{
		Name: name, Title: title,
		Columns: []Column{
			{Name: "peers", Title: "N", Unit: "peers"},
			what,
			{Name: "crashed", Title: "crashed", Unit: "peers"},
			{Name: "rings", Title: "rings"},
			{Name: "recovered", Title: "recovered", Unit: "rings"},
			{Name: "ring_s", Title: "ring", Unit: "s", Digits: 3},
			{Name: "ideal_s", Title: "ideal", Unit: "s", Digits: 3},
			{Name: "ring_rounds", Title: "ring", Unit: "intervals", Digits: 2, Extra: true},
			{Name: "ideal_rounds", Title: "ideal", Unit: "intervals", Digits: 2, Extra: true},
			{Name: "messages", Title: "messages", Digits: 0, Extra: true},
			{Name: "messages_per_peer", Title: "messages", Unit: "a peer", Digits: 1},
		},
		Plot: Plot{X: what.Name, Y: []string{"ring_s", "ideal_s"}, Axis: "seconds until right"},
	}
}

func runRecovery(ctx context.Context, b *bench) error {
	share := 1 / float64(len(b.Peers)*len(b.Values))
	var parts []part
	for _, t := range []*Table{adjacentTable, fractionTable} {
		for _, n := range b.Peers {
			for _, v := range b.Values {
				// A ring where nobody would crash, or everybody, has no row.
				crashed := crashes(n, v)
				if (v < 1) != (t == fractionTable) || crashed < 1 || crashed > n-1 {
					continue
				}
				parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
					if err := recoverFrom(ctx, b, t, n, v, share); err != nil {
						return fmt.Errorf("%d peers, %d crash: %w", n, crashed, err)
					}
					return nil
				}})
			}
		}
	}
	return b.parts(ctx, parts)
}

// crashes returns how many of n peers a value is.
func crashes(n int, v float64) int {
	if v < 1 {
		return int(math.Round(v * float64(n)))
	}
	return int(v)
}

func recoverFrom(ctx context.Context, b *bench, t *Table, n int, v, share float64) error {
	what, crashed := any(v), crashes(n, v)
	if t == adjacentTable {
		what = crashed
	}
	var ring, ideal, messages sample
	for r := range b.Rings {
		b.step(share/float64(b.Rings), "%d peers, %d crash", n, crashed)
		m, err := recoverOnce(ctx, b, n, crashed, t == adjacentTable, b.random(uint64(n), math.Float64bits(v), uint64(r)))
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		ring, ideal, messages = append(ring, m.ring.Seconds()), append(ideal, m.ideal.Seconds()), append(messages, float64(m.messages))
	}
	interval := b.Interval.Seconds()
	return b.row(t, n, what, crashed, b.Rings, len(ideal), known(ring.mean()), known(ideal.mean()),
		known(ring.mean()/interval), known(ideal.mean()/interval), known(messages.mean()), known(messages.mean()/float64(n-crashed)))
}

// mended is how a ring came back.
type mended struct {
	ring, ideal time.Duration
	messages    uint64
}

// recoverOnce returns nil if the ring did not come back in time.
func recoverOnce(ctx context.Context, b *bench, n, crashed int, adjacent bool, rng *rand.Rand) (*mended, error) {
	s := b.ring()
	l, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if err := grow(ctx, l, s, distinct(rng, n)); err != nil {
		return nil, err
	}
	before, sent := l.Now(), l.Messages()
	if err := l.Stop(ctx, victims(l.Members(), crashed, adjacent, rng), false); err != nil {
		return nil, err
	}
	m := &mended{}
	within := s.settleTime(n)
	for _, step := range []struct {
		right func(health) bool
		after *time.Duration
	}{{ringRight, &m.ring}, {allRight, &m.ideal}} {
		ok, err := l.Await(ctx, within, func(h health) bool { return h.members == n-crashed && step.right(h) })
		if err != nil || !ok {
			return nil, err
		}
		*step.after = l.Now() - before
	}
	m.messages = l.Messages() - sent
	return m, nil
}

// victims returns n of the members, which are in ring order.
func victims(members []ring.ID, n int, adjacent bool, rng *rand.Rand) []ring.ID {
	var out []ring.ID
	if adjacent {
		first := rng.IntN(len(members))
		for i := range n {
			out = append(out, members[(first+i)%len(members)])
		}
		return out
	}
	for _, i := range rng.Perm(len(members))[:n] {
		out = append(out, members[i])
	}
	return out
}
