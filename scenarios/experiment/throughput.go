package experiment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

var throughput = &Experiment{
	Name: "throughput",
	Help: "Lookups, gets and puts a second on real peers, and how long one takes, beside a bare echo.",
	Paper: "The papers have no such figure. echo: a request and its answer of the size of a lookup's step over one loopback connection, with nothing but the messages' encoding " +
		"(as many as there are callers under way, each message a write). An exchange is a request between two peers and its answer; a lookup takes as many as it has hops, " +
		"a put as many again as it makes copies elsewhere. Nobody watches the ring, and callers ask random peers of the same process.",
	Drivers: []string{DriverTCP},
	Defaults: func(string) Params {
		return Params{Peers: []int{64}, Values: []float64{1, 16}, Lookups: 10_000, Successors: 4, Interval: 500 * time.Millisecond}
	},
	Values: Values{Name: "the number of callers at a time", Min: 1, Max: 1024, Whole: true},
	Tables: []*Table{throughputTable},
	run:    runThroughput,
}

var throughputTable = &Table{
	Name: "throughput", Title: "What real peers on loopback can do",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "callers", Title: "callers"},
		{Name: "operation", Title: "operation"},
		{Name: "count", Title: "count", Extra: true},
		{Name: "failed", Title: "failed", Extra: true},
		{Name: "per_s", Title: "rate", Unit: "1/s", Digits: 0},
		{Name: "hops", Title: "mean", Unit: "hops", Digits: 2},
		{Name: "exchanges_per_s", Title: "exchanges", Unit: "1/s", Digits: 0},
		{Name: "echo_percent", Title: "of the echo", Unit: "%", Digits: 0},
		{Name: "ms_p50", Title: "median", Unit: "ms", Digits: 3, Extra: true},
		{Name: "ms_p99", Title: "99th pc", Unit: "ms", Digits: 3},
		{Name: "ms_max", Title: "longest", Unit: "ms", Digits: 3, Extra: true},
	},
	Plot: Plot{X: "callers", Log2: true, Y: []string{"exchanges_per_s"}, By: "operation", Axis: "exchanges a second"},
}

// valueSize is how many bytes the values have.
const valueSize = 64

func runThroughput(ctx context.Context, b *bench) error {
	for _, n := range b.Peers {
		if err := throughputOf(ctx, b, n, 1/float64(len(b.Peers))); err != nil {
			return fmt.Errorf("%d peers: %w", n, err)
		}
	}
	return nil
}

func throughputOf(ctx context.Context, b *bench, n int, share float64) error {
	share /= float64(1 + 4*len(b.Values))
	b.step(share, "%d peers join", n)
	t, err := openTown(ctx, b.ring(), distinct(b.random(uint64(n)), n))
	if err != nil {
		return err
	}
	defer t.Close()
	copies := float64(min(3, b.Successors, n) - 1)
	for _, v := range b.Values {
		callers := int(v)
		b.step(share, "echo, %d callers", callers)
		each, took, err := echo(ctx, callers, b.Lookups)
		if err != nil {
			return fmt.Errorf("echo: %w", err)
		}
		base := float64(len(each)) / took.Seconds()
		if err := throughputRow(b, n, callers, "echo", work{each: each, took: took}, base, base); err != nil {
			return err
		}
		for _, op := range []operation{{"lookup", lookUp, 0}, {"put", put, copies}, {"get", get, 0}} {
			b.step(share, "%s, %d callers", op.name, callers)
			w, err := t.work(ctx, b, op, callers)
			if err != nil {
				return fmt.Errorf("%s: %w", op.name, err)
			}
			rate := float64(len(w.each)) / w.took.Seconds()
			if err := throughputRow(b, n, callers, op.name, w, rate*(w.hops.mean()+op.copies), base); err != nil {
				return err
			}
		}
	}
	return nil
}

func throughputRow(b *bench, n, callers int, name string, w work, exchanges, base float64) error {
	ms := func(s float64) any { return known(1000 * s) }
	return b.row(throughputTable, n, callers, name, len(w.each), w.failed, known(float64(len(w.each))/w.took.Seconds()), known(w.hops.mean()),
		known(exchanges), percent(exchanges, base), ms(w.each.percentile(0.5)), ms(w.each.percentile(0.99)), ms(w.each.max()))
}

// operation is something that callers do again and again. It returns the hops
// it took, and why it failed.
type operation struct {
	name   string
	do     func(ctx context.Context, p *node.Peer, k uint64) (hops int, failed string, err error)
	copies float64 // requests beside the hops
}

func lookUp(ctx context.Context, p *node.Peer, k uint64) (int, string, error) {
	l, err := p.Lookup(ctx, chord.Find{Key: keyOf(k).ID})
	return len(l.Path) - 1, l.Failed, err
}

func put(ctx context.Context, p *node.Peer, k uint64) (int, string, error) {
	a, err := p.Access(ctx, chord.OpPut, keyOf(k), make([]byte, valueSize))
	return len(a.Lookup.Path) - 1, a.Failed, err
}

func get(ctx context.Context, p *node.Peer, k uint64) (int, string, error) {
	a, err := p.Access(ctx, chord.OpGet, keyOf(k), nil)
	if err == nil && a.Failed == "" && !a.Found {
		err = errors.New("a key that was put is not there")
	}
	return len(a.Lookup.Path) - 1, a.Failed, err
}

// keyOf is the k-th key: all callers use the same ones.
func keyOf(k uint64) store.Key {
	name := fmt.Sprintf("key %d", k)
	return store.Key{ID: ring.ID(space.Hash([]byte(name))), Name: name}
}

// work is what callers have done together.
type work struct {
	each   sample // how long each one took, in seconds
	hops   sample
	failed int
	took   time.Duration
}

// work lets callers do an operation until all are done, each for the next key,
// through random peers.
func (t *town) work(ctx context.Context, b *bench, op operation, callers int) (work, error) {
	var next atomic.Int64
	parts, errs := make([]work, callers), make([]error, callers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	began := time.Now()
	var wg sync.WaitGroup
	for c := range callers {
		rng := b.random(uint64(callers), uint64(c))
		wg.Go(func() {
			if errs[c] = t.caller(ctx, &parts[c], op, &next, b.Lookups, rng); errs[c] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	all := work{took: time.Since(began)}
	for _, p := range parts {
		all.each, all.hops, all.failed = append(all.each, p.each...), append(all.hops, p.hops...), all.failed+p.failed
	}
	return all, errors.Join(errs...)
}

func (t *town) caller(ctx context.Context, w *work, op operation, next *atomic.Int64, count int, rng *rand.Rand) error {
	for k := next.Add(1); k <= int64(count); k = next.Add(1) {
		began := time.Now()
		hops, failed, err := op.do(ctx, t.peers[rng.IntN(len(t.peers))], uint64(k))
		switch {
		case err != nil:
			return err
		case failed != "":
			w.failed++
		default:
			w.each = append(w.each, time.Since(began).Seconds())
			w.hops = append(w.hops, float64(hops))
		}
	}
	return nil
}
