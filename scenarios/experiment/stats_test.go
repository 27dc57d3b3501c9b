package experiment

import (
	"math"
	"testing"
)

func TestPercentileIsTheSmallestThatTheShareDoesNotExceed(t *testing.T) {
	hundred := make(sample, 100)
	for i := range hundred {
		hundred[99-i] = float64(i + 1)
	}
	for _, c := range []struct {
		of      sample
		p, want float64
	}{
		{hundred, 0, 1}, {hundred, 0.01, 1}, {hundred, 0.011, 2}, {hundred, 0.5, 50}, {hundred, 0.99, 99}, {hundred, 1, 100},
		{sample{7}, 0.01, 7}, {sample{7}, 0.99, 7},
		{sample{2, 1}, 0.5, 1}, {sample{2, 1}, 0.51, 2},
	} {
		if got := c.of.percentile(c.p); got != c.want {
			t.Errorf("percentile %v of %d values: %v, want %v", c.p, len(c.of), got, c.want)
		}
	}
	if hundred.mean() != 50.5 || hundred.max() != 100 {
		t.Error(hundred.mean(), hundred.max())
	}
}

func TestNothingMeasuredIsNoNumber(t *testing.T) {
	for _, x := range []float64{sample(nil).mean(), sample(nil).percentile(0.5), sample(nil).max(), math.Inf(1)} {
		if known(x) != nil {
			t.Errorf("%v in a row", x)
		}
	}
	if percent(0, 0) != nil || percent(1, 4) != 25.0 {
		t.Error(percent(0, 0), percent(1, 4))
	}
}
