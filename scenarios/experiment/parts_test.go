package experiment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// emitted runs parts whose rows are their numbers and returns those that came
// out.
func emitted(t *testing.T, driver string, run func(i int) error) (numbers []int, err error) {
	t.Helper()
	var rows rowsOf
	b := &bench{Params: Params{Driver: driver}, sink: &rows}
	var parts []part
	for i := range 20 {
		parts = append(parts, part{peers: i * 1000, share: 0.05, run: func(_ context.Context, b *bench) error {
			b.step(0.05, "number %d", i)
			if err := run(i); err != nil {
				return err
			}
			return b.row(cubes, i, i)
		}})
	}
	err = b.parts(t.Context(), parts)
	for _, r := range rows {
		numbers = append(numbers, r.Values[0].(int))
	}
	return numbers, err
}

func TestRowsOfPartsComeInOrder(t *testing.T) {
	var all []int
	for i := range 20 {
		all = append(all, i)
	}
	for _, driver := range []string{DriverVirtual, DriverTCP} {
		second := make(chan struct{})
		got, err := emitted(t, driver, func(i int) error {
			switch {
			case i == 1:
				close(second)
			case i == 0 && driver == DriverVirtual && runtime.GOMAXPROCS(0) > 1:
				<-second // it gets that far while the first is still at work
			}
			return nil
		})
		if err != nil || !slices.Equal(got, all) {
			t.Errorf("%s: %v, %v", driver, got, err)
		}
	}
}

func TestPartsEndWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	got, err := emitted(t, DriverTCP, func(i int) error {
		if i == 3 {
			return fmt.Errorf("part %d: %w", i, broken)
		}
		return nil
	})
	if !errors.Is(err, broken) || !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("%v, %v", got, err)
	}
}

// What has ended behind a part that was stopped is not lost.
func TestPartsBehindOneThatStopsAreKept(t *testing.T) {
	first, others := &onePart{}, &onePart{}
	var rows rowsOf
	both := &together{sink: &rows, done: make([]float64, 2), rows: make([][]Row, 2), ended: make([]bool, 2)}
	first.together, others.together, others.i = both, both, 1
	for _, err := range []error{others.Row(Row{cubes, []any{1, 1}}), both.end(1, 0.5)} {
		if err != nil || len(rows) != 0 {
			t.Fatal(rows, err)
		}
	}
	if err := first.Row(Row{cubes, []any{0, 0}}); err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	both.rest()
	if len(rows) != 2 || rows[1].Values[0] != 1 {
		t.Error(rows)
	}
}
