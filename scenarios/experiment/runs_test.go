package experiment

import (
	"context"
	"errors"
	"math"
	"testing"
)

// rowsOf gathers what an experiment finds.
type rowsOf []Row

func (r *rowsOf) Row(row Row) error      { *r = append(*r, row); return nil }
func (*rowsOf) Progress(float64, string) {}

// measure runs an experiment and returns its rows.
func measure(t *testing.T, name string, p Params) rowsOf {
	t.Helper()
	e, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	var rows rowsOf
	if err := e.Run(t.Context(), p, &rows); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}

// of returns the rows of one table.
func (r rowsOf) of(table *Table) rowsOf {
	var out rowsOf
	for _, row := range r {
		if row.Table == table {
			out = append(out, row)
		}
	}
	return out
}

// number is a row's value of a column.
func (r Row) number(t *testing.T, column string) float64 {
	t.Helper()
	i := r.Table.column(column)
	if i < 0 {
		t.Fatalf("table %s has no column %s", r.Table.Name, column)
	}
	x, ok := number(r.Values[i])
	if !ok {
		t.Fatalf("%s is %v", column, r.Values[i])
	}
	return x
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %.3f, want %.3f ± %.3f", what, got, want, within)
	}
}

func TestPathsAreAsLongAsTheTheorySays(t *testing.T) {
	rows := measure(t, "path-length", Params{Peers: []int{1, 3, 64}, Lookups: 4000, Rings: 4})
	lengths := rows.of(pathTable)
	if len(lengths) != 3 {
		t.Fatal(rows)
	}
	for _, r := range lengths {
		near(t, "failed", r.number(t, "failed"), 0, 0)
		near(t, "hops", r.number(t, "hops"), r.number(t, "static_hops"), 0.03*r.number(t, "static_hops"))
	}
	near(t, "hops of a ring of one", lengths[0].number(t, "hops"), 0, 0)
	last := lengths[2]
	near(t, "forwards", last.number(t, "forwards"), 2.87, 0.2) // ½ log2 64 - 0.13
	near(t, "hops", last.number(t, "hops"), 3.79, 0.2)
	near(t, "½ log2 N", last.number(t, "paper_forwards"), 3, 0)
	sum := 0.0
	for _, r := range rows.of(hopTable) {
		sum += r.number(t, "share")
	}
	near(t, "sum of the distribution", sum, 1, 1e-9)
}

// The same rings and lookups on both drivers: no path may differ by more than
// the rules allow.
func TestDriversAgreeOnPaths(t *testing.T) {
	p := Params{Peers: []int{12}, Lookups: 300, Rings: 1, Successors: 2}
	virtual := measure(t, "path-length", p).of(pathTable)[0]
	p.Driver = DriverTCP
	real := measure(t, "path-length", p).of(pathTable)[0]
	near(t, "hops over TCP", real.number(t, "hops"), virtual.number(t, "hops"), 0.03*virtual.number(t, "hops"))
	near(t, "static", real.number(t, "static_hops"), virtual.number(t, "static_hops"), 0)
}

// SIGCOMM 2001: the 99th percentile is 4.6 times the mean, 1.6 times with 20
// virtual nodes.
func TestLoadsAreAsTheTheorySays(t *testing.T) {
	rows := measure(t, "load-balance", Params{Peers: []int{2000}, Rings: 1, Values: []float64{1, 20}})
	if n := len(rows.of(keysTable)); n != keySteps {
		t.Errorf("%d rows of keys", n)
	}
	for _, r := range rows.of(keysTable) {
		near(t, "99th percentile", r.number(t, "p99_of_mean"), 4.6, 0.6)
		near(t, "hosts without keys", r.number(t, "empty"), 2000/(1+r.number(t, "mean")), 30)
	}
	v := rows.of(vnodesTable)
	near(t, "99th percentile, one identifier", v[0].number(t, "p99_of_mean"), 4.6, 0.6)
	near(t, "99th percentile, 20", v[1].number(t, "p99_of_mean"), 1.64, 0.15)
	near(t, "1st percentile, 20", v[1].number(t, "p1_of_mean"), 0.51, 0.1)
	near(t, "paper", v[1].number(t, "paper_p99_of_mean"), 1.6, 0)
}

// Peers with virtual nodes share keys as the rules say, on both drivers.
func TestLoadsOfRings(t *testing.T) {
	for driver, p := range map[string]Params{
		DriverVirtual: {Peers: []int{20}, Rings: 2, Values: []float64{1, 10}},
		DriverTCP:     {Peers: []int{4}, Rings: 1, Values: []float64{1, 4}},
	} {
		p.Driver = driver
		rows := measure(t, "load-balance", p)
		if len(rows) != 2 {
			t.Fatal(rows)
		}
		one, many := rows[0].number(t, "max_of_mean"), rows[1].number(t, "max_of_mean")
		if driver == DriverVirtual && many >= one {
			t.Errorf("the largest load is %.2f of the mean with one identifier, %.2f with ten", one, many)
		}
		near(t, "keys a host", rows[1].number(t, "mean"), meanKeys, 0)
	}
}

func TestNoLookupIsWrongAfterFailures(t *testing.T) {
	rows := measure(t, "failures", Params{Peers: []int{60}, Values: []float64{0, 0.3}, Lookups: 300})
	if len(rows) != 4 {
		t.Fatal(rows)
	}
	for _, r := range rows {
		near(t, "failed after the repair", r.number(t, "failed_after_percent"), 0, 0)
		near(t, "lookups", r.number(t, "lookups"), 300, 0)
	}
	crash, silent := rows.of(crashTable)[1], rows.of(silentTable)[1]
	near(t, "failed at a crash", crash.number(t, "failed_percent"), 0, 0)
	near(t, "failed at a silence", silent.number(t, "failed_percent"), 0, 0)
	if a, b := crash.number(t, "dead_asked"), silent.number(t, "dead_asked"); b <= 0.2 || b <= a {
		t.Errorf("who falls silent is noticed later, but lookups asked %.2f that had crashed and %.2f that were silent", a, b)
	}
}

func TestLookupsDuringChurn(t *testing.T) {
	rows := measure(t, "churn", Params{Peers: []int{40}, Values: []float64{12, 200}, Lookups: 400})
	for _, r := range rows {
		near(t, "failed", r.number(t, "failed_per_10000"), 0, 200)
		near(t, "lookups", r.number(t, "lookups"), 400, 10) // without those whose origin left
	}
	if n := rows[1].number(t, "joins") + rows[1].number(t, "leaves"); n < 100 {
		t.Errorf("%v joins and leaves at a high rate", n)
	}
}

func TestEveryRingRecovers(t *testing.T) {
	rows := measure(t, "recovery", Params{Peers: []int{5, 24}, Values: []float64{3, 12, 0.1, 0.5}, Rings: 2})
	adjacent, fraction := rows.of(adjacentTable), rows.of(fractionTable)
	if len(adjacent) != 3 || len(fraction) != 4 { // 12 of 5 do not crash
		t.Fatal(adjacent, fraction)
	}
	for _, r := range rows {
		near(t, "recovered", r.number(t, "recovered"), 2, 0)
		if ring, ideal := r.number(t, "ring_s"), r.number(t, "ideal_s"); ring <= 0 || ideal < ring {
			t.Errorf("ring after %v s, ideal after %v s", ring, ideal)
		}
	}
}

func TestConvergenceAndMaintenance(t *testing.T) {
	rows := measure(t, "convergence", Params{Peers: []int{1, 20}})
	if len(rows) != 4 {
		t.Fatal(rows)
	}
	bulk, single := rows[1], rows[3]
	if bulk.number(t, "ideal_s") >= single.number(t, "ideal_s") {
		t.Errorf("in bulk it takes %v s, one by one %v s", bulk.number(t, "ideal_s"), single.number(t, "ideal_s"))
	}
	rest := measure(t, "maintenance", Params{Peers: []int{16}, Values: []float64{0.5, 5}})
	a, b := rest[0].number(t, "messages_per_peer_interval"), rest[1].number(t, "messages_per_peer_interval")
	near(t, "messages an interval, whatever it is", a, b, 0.05*a)
	near(t, "messages an interval", a, 5.2, 1)
}

func TestOnlyTheOriginalProtocolBreaks(t *testing.T) {
	rows := measure(t, "original", Params{Values: []float64{20}, Rings: 12})
	if len(rows) != 2 {
		t.Fatal(rows)
	}
	if rows[0].number(t, "broken") == 0 {
		t.Error("the original protocol kept its promises in all schedules")
	}
	near(t, "broken rings of the corrected protocol", rows[1].number(t, "broken"), 0, 0)
	near(t, "broken for good", rows[1].number(t, "for_good"), 0, 0)
	near(t, "schedules of the corrected protocol", rows[1].number(t, "rings"), 12, 0)
}

func TestThroughputIsBesideTheEcho(t *testing.T) {
	rows := measure(t, "throughput", Params{Peers: []int{5}, Values: []float64{1, 3}, Lookups: 60})
	if len(rows) != 8 {
		t.Fatal(rows)
	}
	for _, r := range rows {
		near(t, "failed", r.number(t, "failed"), 0, 0)
		near(t, "count", r.number(t, "count"), 60, 0)
		if share := r.number(t, "echo_percent"); share <= 0 {
			t.Errorf("%v %% of the echo", share)
		}
	}
	if hops := rows[1].number(t, "hops"); hops <= 0 || hops > 3 {
		t.Errorf("%v hops", hops)
	}
}

func TestTheSameSeedGivesTheSameRows(t *testing.T) {
	p := Params{Seed: 9, Peers: []int{20}, Values: []float64{100}, Lookups: 100}
	a, b := measure(t, "churn", p), measure(t, "churn", p)
	for i, v := range a[0].Values {
		if v != b[0].Values[i] {
			t.Errorf("%s: %v and %v", churnTable.Columns[i].Name, v, b[0].Values[i])
		}
	}
}

// stopAt ends a run when it reports progress for the n-th time.
type stopAt struct {
	rowsOf
	n    int
	stop func()
}

func (s *stopAt) Progress(float64, string) {
	if s.n--; s.n == 0 {
		s.stop()
	}
}

func TestEveryExperimentStopsWhenTold(t *testing.T) {
	for _, e := range All() {
		for _, d := range e.Drivers {
			ctx, cancel := context.WithCancel(t.Context())
			s := &stopAt{n: 1, stop: cancel}
			if err := e.Run(ctx, Params{Driver: d, Peers: []int{8}}, s); !errors.Is(err, context.Canceled) {
				t.Errorf("%s on %s: %v", e.Name, d, err)
			}
			if len(s.rowsOf) > 0 {
				t.Errorf("%s on %s: rows of a run that was stopped at once", e.Name, d)
			}
			cancel()
		}
	}
}
