package experiment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"chordscope/node/ring"
)

var loadBalance = &Experiment{
	Name: "load-balance",
	Help: "How evenly keys fall on hosts, with one identifier a host and with several (virtual nodes).",
	Paper: "SIGCOMM 2001, figures 8 and 9: of 10,000 nodes the 99th percentile is 4.6 times the mean at 500,000 keys, the largest 9.1 times; " +
		"with 1 to 20 virtual nodes the 99th percentile falls from 4.8 to 1.6 times the mean and the 1st rises from 0 to 0.5. " +
		"static: no peers run; identifiers are the SHA-1 of address#i, keys that of their names, and both are placed as the protocol would. " +
		"virtual and tcp: rings of peers with virtual nodes, each key looked up, and counted where a peer says to own it. " +
		"All figures are means over rings; of few hosts the 99th percentile is the largest one.",
	Drivers: []string{DriverStatic, DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		vnodes := []float64{1, 2, 5, 10, 20}
		switch driver {
		case DriverVirtual:
			return Params{Peers: []int{50}, Values: vnodes, Rings: 3, Successors: 4, Interval: 500 * time.Millisecond}
		case DriverTCP:
			return Params{Peers: []int{16}, Values: vnodes[:4], Rings: 1, Successors: 4, Interval: 500 * time.Millisecond}
		}
		return Params{Peers: []int{10_000}, Values: vnodes, Rings: 3}
	},
	Values: Values{Name: "the number of virtual nodes a host", Min: 1, Max: 1000, Whole: true},
	Tables: []*Table{keysTable, vnodesTable},
	run:    runLoadBalance,
}

// loads are the columns that both tables have.
var loads = []Column{
	{Name: "mean", Title: "mean", Unit: "keys", Digits: 1, Extra: true},
	{Name: "p1", Title: "1st pc", Unit: "keys", Digits: 1, Extra: true},
	{Name: "p99", Title: "99th pc", Unit: "keys", Digits: 1, Extra: true},
	{Name: "max", Title: "most", Unit: "keys", Digits: 1, Width: 6, Extra: true},
	{Name: "empty", Title: "none", Unit: "hosts", Digits: 1},
	{Name: "p1_of_mean", Title: "1st pc", Unit: "of mean", Digits: 2},
	{Name: "p99_of_mean", Title: "99th pc", Unit: "of mean", Digits: 2},
	{Name: "max_of_mean", Title: "most", Unit: "of mean", Digits: 2},
}

var keysTable = &Table{
	Name: "keys", Title: "Keys a host, against the number of keys, one identifier a host",
	Columns: append([]Column{
		{Name: "hosts", Title: "N", Unit: "hosts"},
		{Name: "keys", Title: "K", Unit: "keys", Width: 7},
	}, append(slices.Clone(loads),
		Column{Name: "paper_p99", Title: "99th pc", Unit: "paper", Digits: 1, Paper: true},
		Column{Name: "paper_max", Title: "most", Unit: "paper", Digits: 1, Paper: true})...),
	Plot: Plot{X: "keys", Y: []string{"mean", "p1", "p99", "paper_p99"}, Axis: "keys a host"},
}

var vnodesTable = &Table{
	Name: "vnodes", Title: "Keys a host, against virtual nodes, 100 keys a host on average",
	Columns: append([]Column{
		{Name: "hosts", Title: "N", Unit: "hosts"},
		{Name: "vnodes", Title: "v", Unit: "nodes"},
	}, append(slices.Clone(loads),
		Column{Name: "paper_p1_of_mean", Title: "1st pc", Unit: "paper", Digits: 1, Paper: true},
		Column{Name: "paper_p99_of_mean", Title: "99th pc", Unit: "paper", Digits: 1, Paper: true})...),
	Plot: Plot{X: "vnodes", Y: []string{"p1_of_mean", "p99_of_mean", "paper_p1_of_mean", "paper_p99_of_mean"}, Axis: "keys of a host, as a multiple of the mean"},
}

// What the paper has of these numbers, by virtual nodes.
var publishedLoads = map[int][2]float64{1: {0, 4.8}, 20: {0.5, 1.6}}

// keySteps are the mean numbers of keys a host in the first table.
const (
	keyStep  = 10
	keySteps = 10
)

// meanKeys is the mean number of keys a host in the second table.
const meanKeys = keyStep * keySteps

// wide is the circle of the papers.
var wide = ring.MustSpace(ring.MaxBits)

func runLoadBalance(ctx context.Context, b *bench) error {
	if b.Driver != DriverStatic {
		return loadsOfRings(ctx, b)
	}
	steps := float64(len(b.Peers) * (1 + len(b.Values)) * b.Rings)
	for _, n := range b.Peers {
		var growing [keySteps]load
		for r := range b.Rings {
			b.step(1/steps, "%d hosts, one identifier each", n)
			place := newPlacement(b.Seed, r, n, 1)
			for i := range keySteps {
				if err := place.keys(ctx, i*keyStep*n, (i+1)*keyStep*n); err != nil {
					return err
				}
				growing[i].add(place.counts())
			}
		}
		for i, l := range growing {
			mean := float64((i + 1) * keyStep)
			var p99, most any // theory says the same of every N; published is one
			if n == 10_000 && i == 4 {
				p99, most = 4.6*mean, 457.0
			}
			if err := b.row(keysTable, append(append([]any{n, n * (i + 1) * keyStep}, l.row(mean)...), p99, most)...); err != nil {
				return err
			}
		}
	}
	for _, n := range b.Peers {
		for _, v := range b.Values {
			if err := virtualNodes(ctx, b, n, int(v), 1/steps); err != nil {
				return err
			}
		}
	}
	return nil
}

// virtualNodes emits the row of n hosts with v identifiers each.
func virtualNodes(ctx context.Context, b *bench, n, v int, share float64) error {
	var l load
	for r := range b.Rings {
		b.step(share, "%d hosts, %d identifiers each", n, v)
		place := newPlacement(b.Seed, r, n, v)
		if err := place.keys(ctx, 0, meanKeys*n); err != nil {
			return err
		}
		l.add(place.counts())
	}
	return l.vnodesRow(b, n, v)
}

// load gathers what single rings were like.
type load struct{ p1, p99, most, empty sample }

func (l *load) add(counts sample) {
	none := 0
	for _, c := range counts {
		if c == 0 {
			none++
		}
	}
	l.p1 = append(l.p1, counts.percentile(0.01))
	l.p99 = append(l.p99, counts.percentile(0.99))
	l.most = append(l.most, counts.max())
	l.empty = append(l.empty, float64(none))
}

func (l *load) row(mean float64) []any {
	p1, p99, most := l.p1.mean(), l.p99.mean(), l.most.mean()
	return []any{mean, p1, p99, most, l.empty.mean(), p1 / mean, p99 / mean, most / mean}
}

// vnodesRow emits the row of n hosts with v virtual nodes each.
func (l *load) vnodesRow(b *bench, n, v int) error {
	p1, p99 := any(nil), any(nil)
	if paper, ok := publishedLoads[v]; ok {
		p1, p99 = paper[0], paper[1]
	}
	return b.row(vnodesTable, append(append([]any{n, v}, l.row(meanKeys)...), p1, p99)...)
}

// placement is who owns how many keys.
type placement struct {
	prefix string
	nodes  []vnode // by identifier
	held   []int   // by host
}

type vnode struct {
	id   ring.ID
	host int
}

func newPlacement(seed uint64, number, hosts, vnodes int) *placement {
	p := &placement{prefix: fmt.Sprintf("%d/%d", seed, number), held: make([]int, hosts)}
	for h := range hosts {
		for i := range vnodes {
			// An address and a port of the private network 10.0.0.0/8, and the ring
			// that the host is in.
			name := fmt.Appendf(nil, "10.%d.%d.%d:4000#%d in ring %s", h>>16, h>>8&255, h&255, i, p.prefix)
			p.nodes = append(p.nodes, vnode{wide.Hash(name), h})
		}
	}
	slices.SortFunc(p.nodes, func(a, b vnode) int { return a.id.Compare(b.id) })
	return p
}

// keys places the keys with these numbers.
func (p *placement) keys(ctx context.Context, from, to int) error {
	for k := from; k < to; k++ {
		if k%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		id := wide.Hash(fmt.Appendf(nil, "key %d of ring %s", k, p.prefix))
		i, _ := slices.BinarySearchFunc(p.nodes, id, func(n vnode, id ring.ID) int { return n.id.Compare(id) })
		p.held[p.nodes[i%len(p.nodes)].host]++
	}
	return nil
}

func (p *placement) counts() sample {
	out := make(sample, len(p.held))
	for i, n := range p.held {
		out[i] = float64(n)
	}
	return out
}
