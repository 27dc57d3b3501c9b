package experiment

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// part is what does not depend on the rest of a run: most often a row.
type part struct {
	peers int     // that live in it at a time
	share float64 // of the time of the whole run
	run   func(context.Context, *bench) error
}

// room is how many virtual peers live at a time, except in one part that needs
// more. They take about 100 KiB each.
const room = 1 << 14

// parts runs them all. In virtual time a part does not notice another, so there
// as many run side by side as there are processors, and room; real peers have
// the machine for themselves. Rows come in the order of the parts. After an
// error, or when ctx ends, all rows that there are have been emitted.
func (b *bench) parts(ctx context.Context, parts []part) error {
	width := runtime.GOMAXPROCS(0)
	if b.Driver == DriverTCP {
		width = 1
	}
	g, all := errgroup.WithContext(ctx)
	g.SetLimit(width)
	space := semaphore.NewWeighted(room)
	t := &together{sink: b.sink, done: make([]float64, len(parts)), rows: make([][]Row, len(parts)), ended: make([]bool, len(parts))}
	for i, p := range parts {
		need := int64(min(p.peers, room))
		if space.Acquire(all, need) != nil {
			break // something went wrong, or ctx has ended
		}
		g.Go(func() error {
			defer space.Release(need)
			if err := all.Err(); err != nil {
				return err
			}
			if err := p.run(all, &bench{Params: b.Params, sink: &onePart{t, i}}); err != nil {
				return err
			}
			return t.end(i, p.share)
		})
	}
	err := g.Wait()
	if err == nil && t.next < len(parts) {
		err = ctx.Err()
	}
	if err != nil {
		t.rest() // what went wrong is worth more than a sink that fails as well
	}
	return err
}

// together keeps the rows of parts until it is their turn, and adds up how much
// of the run is done.
type together struct {
	sink Sink

	mu    sync.Mutex
	done  []float64 // of each part, as a share of the run
	rows  [][]Row   // not emitted yet
	ended []bool
	next  int // the first part that has not ended, or whose rows were not emitted
}

// end notes that a part has ended, and emits whose turn it is now.
func (t *together) end(i int, share float64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[i], t.ended[i] = share, true
	for t.next < len(t.rows) {
		if err := t.emit(t.next); err != nil || !t.ended[t.next] {
			return err
		}
		t.next++
	}
	return nil
}

// rest emits what is left when no part runs any more.
func (t *together) rest() {
	for i := range t.rows {
		if t.emit(i) != nil {
			return
		}
	}
}

func (t *together) emit(i int) error {
	rows := t.rows[i]
	t.rows[i] = nil
	for _, r := range rows {
		if err := t.sink.Row(r); err != nil {
			return err
		}
	}
	return nil
}

// onePart is the Sink of one part.
type onePart struct {
	*together
	i int
}

func (p *onePart) Row(r Row) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows[p.i] = append(p.rows[p.i], r)
	if p.i != p.next {
		return nil
	}
	return p.emit(p.i)
}

func (p *onePart) Progress(done float64, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[p.i] = done
	sum := 0.0
	for _, d := range p.done {
		sum += d
	}
	p.sink.Progress(min(sum, 1), what)
}
