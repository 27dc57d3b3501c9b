package experiment

import (
	"context"
	"fmt"
	"math"
	"time"
)

var pathLength = &Experiment{
	Name: "path-length",
	Help: "How many hops a lookup takes, against the number of peers, with every pointer right.",
	Paper: "SIGCOMM 2001, figure 10: the mean path is ½ log2 N forwards, to the predecessor of the key. A hop here is a peer asked, the owner too, " +
		"so that hops = forwards + 1, and 0 if the origin owns the key; forwards are of lookups whose origin does not. " +
		"static: the same lookups on the same rings by the routing rules alone. " +
		"Lists have one entry, as in the paper's simulator; --successors makes them longer, and paths shorter.",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Lookups: 10_000, Rings: 64, Successors: 1, Interval: 500 * time.Millisecond}
		top := 12
		if driver == DriverTCP {
			p.Lookups, p.Rings, top = 1000, 2, 8
		}
		p.Peers = powers(3, top)
		return p
	},
	Full: func(driver string, p *Params) {
		p.Peers = powers(3, 14)
		if driver == DriverTCP {
			p.Peers, p.Lookups, p.Rings = powers(3, 10), 2000, 4
		}
	},
	Tables: []*Table{pathTable, hopTable},
	run:    runPathLength,
}

var pathTable = &Table{
	Name: "length", Title: "Path length",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "rings", Title: "rings", Extra: true},
		{Name: "lookups", Title: "lookups"},
		{Name: "failed", Title: "failed", Extra: true},
		{Name: "hops", Title: "mean", Unit: "hops", Digits: 3},
		{Name: "hops_p1", Title: "1st pc", Unit: "hops", Extra: true},
		{Name: "hops_p99", Title: "99th pc", Unit: "hops"},
		{Name: "hops_max", Title: "longest", Unit: "hops", Extra: true},
		{Name: "static_hops", Title: "static", Unit: "hops", Digits: 3},
		{Name: "off_percent", Title: "off by", Unit: "%", Digits: 2},
		{Name: "forwards", Title: "forwards", Digits: 3},
		{Name: "paper_forwards", Title: "½ log2 N", Unit: "(paper)", Digits: 2, Paper: true},
	},
	Plot: Plot{X: "peers", Log2: true, Y: []string{"hops", "hops_p1", "hops_p99", "forwards", "paper_forwards"}, Axis: "hops of a lookup"},
}

var hopTable = &Table{
	Name: "distribution", Title: "Distribution of the path length at the largest N",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "hops", Title: "path", Unit: "hops"},
		{Name: "share", Title: "share", Digits: 4},
		{Name: "static_share", Title: "static", Digits: 4},
	},
	Plot: Plot{X: "hops", Y: []string{"share", "static_share"}, Axis: "share of lookups"},
}

// powers returns the powers of two from 2^first to 2^last.
func powers(first, last int) []int {
	var out []int
	for k := first; k <= last; k++ {
		out = append(out, 1<<k)
	}
	return out
}

// ringsFor is how many rings of n peers are measured when a ring of many peers
// is measured once: identifiers of a small ring lie unevenly, and its mean path
// depends on them.
func ringsFor(n, most int) int { return max(1, min(most, 512/n)) }

// paths are the path lengths of one number of peers.
type paths struct {
	hops, static, forwards sample
	failed                 int
}

func runPathLength(ctx context.Context, b *bench) error {
	share := shares(b.Peers, func(n int) float64 { return growth(max(n, 512)) })
	var parts []part
	var last paths
	for i, n := range b.Peers {
		share := share[i]
		parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
			p, err := pathsOf(ctx, b, n, share)
			if i == len(b.Peers)-1 {
				last = p
			}
			return err
		}})
	}
	if err := b.parts(ctx, parts); err != nil {
		return err
	}
	return last.distribution(b, b.Peers[len(b.Peers)-1])
}

// pathsOf emits the row of rings of n peers.
func pathsOf(ctx context.Context, b *bench, n int, share float64) (p paths, err error) {
	rings := ringsFor(n, b.Rings)
	for r := range rings {
		b.step(share/float64(rings), "%d peers", n)
		if err := p.measure(ctx, b, n, r, max(1, b.Lookups/rings)); err != nil {
			return p, err
		}
	}
	mean, static := p.hops.mean(), p.static.mean()
	return p, b.row(pathTable, n, rings, len(p.hops)+p.failed, p.failed,
		known(mean), known(p.hops.percentile(0.01)), known(p.hops.percentile(0.99)), known(p.hops.max()),
		static, percent(mean-static, static), known(p.forwards.mean()), math.Log2(float64(n))/2)
}

// measure adds the lookups of one ring.
func (p *paths) measure(ctx context.Context, b *bench, n, number, count int) error {
	s := b.ring()
	// Nobody fails, so nobody is to be suspected on a busy machine; and time is not
	// measured, so that real peers may take the more of it the more they are.
	s.timeout = 5 * time.Second
	if s.driver == DriverTCP {
		s.interval = max(s.interval, time.Duration(n)*4*time.Millisecond)
	}
	l, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	rng := b.random(uint64(n), uint64(number))
	ids := distinct(rng, n)
	if err := grow(ctx, l, s, ids); err != nil {
		return fmt.Errorf("%d peers: %w", n, err)
	}
	qs := queries(rng, ids, count)
	answers, err := lookups(ctx, l, qs, width, func(done float64) { b.within(0.5 + done/2) })
	if err != nil {
		return err
	}
	right := newPerfect(ids, b.Successors)
	for _, a := range answers {
		if a.failed != "" || a.lost || a.owner != right.ids[right.owner(a.key)] {
			p.failed++
			continue
		}
		p.hops = append(p.hops, float64(a.hops))
		if a.hops > 0 {
			p.forwards = append(p.forwards, float64(a.hops-1))
		}
	}
	for _, q := range qs {
		p.static = append(p.static, float64(right.hops(q)))
	}
	return nil
}

func (p *paths) distribution(b *bench, n int) error {
	count := func(s sample, hops float64) float64 {
		k := 0
		for _, x := range s {
			if x == hops {
				k++
			}
		}
		return float64(k) / float64(len(s))
	}
	for h := 0.0; h <= max(p.hops.max(), p.static.max()); h++ {
		if err := b.row(hopTable, n, int(h), known(count(p.hops, h)), known(count(p.static, h))); err != nil {
			return err
		}
	}
	return nil
}
