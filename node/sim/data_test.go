package sim

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"chordscope/node/chord"
)

// dataRuns is the ordinary number of schedules of each kind.
const dataRuns = 150

// TestDataJoinsOnly: while peers only join, clients see nothing of it: every
// access succeeds, no get misses or is behind, and in the end each key is on
// exactly its holders.
func TestDataJoinsOnly(t *testing.T) {
	runDataSchedules(t, "TestDataJoinsOnly", func(s *dataSchedule) error {
		err := s.churn(func() {
			if x := s.rng.IntN(10); x < 4 && len(s.running()) < 14 {
				s.join()
			}
		})
		if n := s.ledger.tally.getFailed + s.ledger.tally.writesFailed; err == nil && n > 0 {
			return fmt.Errorf("%d accesses failed while peers only joined: %+v", n, s.ledger.tally)
		}
		return err
	})
}

// TestDataWithinLimit: peers join, leave, restart and crash, fewer than k of
// them between two moments at which all copies are in place. No acknowledged
// write is lost at any moment, none is read as missing or in an older version,
// nothing deleted comes back, and in the end each key is on exactly its holders.
func TestDataWithinLimit(t *testing.T) {
	runDataSchedules(t, "TestDataWithinLimit", func(s *dataSchedule) error {
		return s.churn(s.withinDataLimit)
	})
}

func (s *dataSchedule) withinDataLimit() {
	switch x := s.rng.IntN(10); {
	case x < 3 && len(s.running()) < 14:
		s.join()
	case x < 4:
		s.restartEnded()
	case x < 6:
		s.crashWithin()
	case x < 8:
		s.leaveWithin()
	}
}

// churn lets clients and trouble run, then settles.
func (s *dataSchedule) churn(trouble func()) error {
	if err := s.build(max(5, s.r+1) + s.rng.IntN(5)); err != nil {
		return fmt.Errorf("no ring to begin with: %w", err)
	}
	for range 30 + s.rng.IntN(30) {
		trouble()
		for range s.rng.IntN(6) {
			s.client()
		}
		s.sim.RunFor(time.Duration(s.rng.Int64N(int64(60 * time.Millisecond))))
		if s.rng.IntN(4) == 0 {
			s.sim.RunFor(time.Duration(s.rng.Int64N(int64(time.Second))))
		}
		if s.ledger.err != nil {
			return s.ledger.err
		}
	}
	return s.settleData()
}

// runDataSchedules runs schedules of random shape and sums up what their
// clients saw.
func runDataSchedules(t *testing.T, name string, run func(*dataSchedule) error) {
	var sum tally
	runSchedulesOf(t, name, dataRuns, func(seed uint64, trace func(string, ...any)) error {
		rng := rand.New(rand.NewPCG(seed, 11))
		s := newDataSchedule(seed, rng, randomShape(rng), trace)
		s.trace("m=%d r=%d k=%d, %d keys", s.space.Bits(), s.r, s.k, len(s.keys))
		err := run(s)
		sum.add(s.ledger.tally)
		return err
	})
	t.Logf("%+v", sum)
	if all := sum.found + sum.missing + sum.getFailed; sum.getFailed*100 > all {
		t.Errorf("%d of %d gets failed: that is not rare", sum.getFailed, all)
	}
}

func (t *tally) add(o tally) {
	t.acked += o.acked
	t.writesFailed += o.writesFailed
	t.found += o.found
	t.missing += o.missing
	t.getFailed += o.getFailed
	t.stale += o.stale
	t.slowest = max(t.slowest, o.slowest)
}

// TestDataBeyondLimit: whatever is done to a ring (crashes without limit, peers
// that freeze, links that lose every message, lost messages), every access
// ends, a version never means two things, and once the trouble stops all
// copies come to one version on exactly k holders.
func TestDataBeyondLimit(t *testing.T) {
	var sum tally
	defer func() { t.Logf("%+v", sum) }()
	runSchedulesOf(t, "TestDataBeyondLimit", dataRuns/2, func(seed uint64, trace func(string, ...any)) error {
		rng := rand.New(rand.NewPCG(seed, 13))
		s := newDataSchedule(seed, rng, randomShape(rng), trace)
		s.ledger.beyond = true
		defer func() { sum.add(s.ledger.tally) }()
		if err := s.build(4 + s.rng.IntN(8)); err != nil {
			return err
		}
		for range 20 + s.rng.IntN(20) {
			s.trouble()
			for range s.rng.IntN(6) {
				s.client()
			}
			s.sim.RunFor(time.Duration(s.rng.Int64N(int64(800 * time.Millisecond))))
			s.ledger.overdue()
			if s.ledger.err != nil {
				return s.ledger.err
			}
		}
		s.endTrouble()
		if err := s.settle(120 * time.Second); err != nil {
			return err
		}
		return s.settleData()
	})
}

// TestSameSeedSameData: all messages, events and outcomes of a run with clients
// and trouble are the same whenever it is repeated.
func TestSameSeedSameData(t *testing.T) {
	run := func(seed uint64) (lines []string) {
		rng := rand.New(rand.NewPCG(seed, 17))
		shape := randomShape(rng)
		shape.k, shape.r = 3, 4
		s := newDataSchedule(seed, rng, shape, func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) })
		s.tamper = func(s *dataSchedule, h *Host, fx *chord.Effects) {
			for _, m := range fx.Sends {
				s.trace("%v %v send %v %d %d %T%+v", s.sim.now, h.Ref, m.To, m.Request, m.Answer, m.Body, m.Body)
			}
		}
		if err := s.churn(s.withinDataLimit); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	first, again, other := run(1), run(1), run(2)
	for i := range min(len(first), len(again)) {
		if first[i] != again[i] {
			t.Fatalf("the runs part at line %d:\n%s\n%s", i+1, first[i], again[i])
		}
	}
	if len(first) != len(again) || len(first) < 1000 {
		t.Fatalf("traces of %d and %d lines", len(first), len(again))
	}
	if len(first) == len(other) && first[len(first)-1] == other[len(other)-1] {
		t.Error("another seed gave the same run")
	}
}
