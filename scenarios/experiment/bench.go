package experiment

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// Sink takes what an experiment finds, one call after the other.
type Sink interface {
	// Row takes a row. An error ends the run.
	Row(Row) error
	// Progress says how much of the run is done, from 0 to 1, and what is being
	// done now.
	Progress(done float64, what string)
}

// Run runs the experiment. The error is that of a parameter, of the ring, of
// the sink, or of ctx; the rows until then have been given to the sink.
func (e *Experiment) Run(ctx context.Context, p Params, sink Sink) error {
	p, err := e.complete(p)
	if err != nil {
		return err
	}
	return e.run(ctx, &bench{Params: p, sink: sink})
}

// bench is what an experiment works with.
type bench struct {
	Params
	sink Sink
	done float64 // how much of the run the steps before have been
	part float64 // how much of it the step under way is
	what string
}

// row emits a row.
func (b *bench) row(t *Table, values ...any) error {
	if len(values) != len(t.Columns) {
		return fmt.Errorf("table %s: %d values for %d columns", t.Name, len(values), len(t.Columns))
	}
	return b.sink.Row(Row{t, values})
}

// step begins a step that is the given share of the whole run.
func (b *bench) step(share float64, format string, args ...any) {
	b.done = min(b.done+b.part, 1)
	b.part, b.what = share, fmt.Sprintf(format, args...)
	b.sink.Progress(b.done, b.what)
}

// within says how much of the step is done, from 0 to 1.
func (b *bench) within(share float64) {
	b.sink.Progress(min(b.done+b.part*share, 1), b.what)
}

// random returns a source of its own for one part of the run, so that parts do
// not depend on each other's order.
func (b *bench) random(part ...uint64) *rand.Rand {
	mixed := uint64(0x9e3779b97f4a7c15)
	for _, p := range part {
		mixed = (mixed ^ p) * 0xbf58476d1ce4e5b9
		mixed ^= mixed >> 29
	}
	return rand.New(rand.NewPCG(b.Seed, mixed))
}

// shares returns how much of a run each number of peers takes, if time grows
// with it as n to the power of grows.
func shares(peers []int, weight func(n int) float64) []float64 {
	out, sum := make([]float64, len(peers)), 0.0
	for i, n := range peers {
		out[i] = weight(n)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// growth is how the time grows that a ring of n peers takes.
func growth(n int) float64 { return math.Pow(float64(max(n, 32)), 1.2) }
