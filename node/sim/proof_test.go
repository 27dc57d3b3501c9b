package sim

import (
	"flag"
	"testing"
	"time"

	"chordscope/node/chord"
)

// The proof test runs random schedules and judges the ring from outside. Each
// schedule has a number, which is its seed; a failure prints the command that
// replays it alone, with its trace.
var (
	proofRuns = flag.Int("proof.runs", 0, "schedules of each kind to run; 0: as many as fit the ordinary test time")
	proofSeed = flag.Uint64("proof.seed", 0, "run only this schedule, with its trace")
)

// Ordinary numbers of schedules of each kind.
const defaultRuns = 600

// TestProofWithinLimit: as long as crashes keep to the failure limit, the
// invariant of the proof holds after every single step, and once the trouble
// ends the ring becomes ideal.
//
// The limit (Zave 2017, operation Fail): a member may fail if everyone keeps a
// live entry in its list and r+1 principals remain. Lists that are in flight
// count as well, since they may be installed on arrival.
func TestProofWithinLimit(t *testing.T) {
	runSchedules(t, "TestProofWithinLimit", func(seed uint64, trace func(string, ...any)) error {
		s := newSchedule(seed, false, seed%2 == 0, trace) // the placement check must not be needed
		if err := s.buildBase(); err != nil {
			return err
		}
		return s.withinLimit()
	})
}

// withinLimit joins, restarts, crashes and lets leave at random, and checks the
// invariant all the time.
func (s *schedule) withinLimit() error {
	s.guard = true
	for range 25 + s.rng.IntN(25) {
		switch x := s.rng.IntN(10); {
		case x < 4:
			s.join()
		case x < 5:
			s.restart()
		case x < 7:
			s.remove(s.sim.Crash, "crash")
		case x < 8:
			s.remove(func(h *Host) { s.sim.Do(h, chord.Leave{}) }, "leave")
		default:
			s.sim.RunFor(time.Duration(s.rng.Int64N(int64(400 * time.Millisecond))))
		}
		s.sim.RunFor(time.Duration(s.rng.Int64N(int64(60 * time.Millisecond))))
		if s.err != nil {
			return s.err
		}
	}
	return s.settle(20 * time.Second)
}

// TestProofCanFail: the same schedules on the protocol of 2003 break the
// invariant or end in a ring that is not ideal. A checker that found nothing
// there would be worth nothing.
func TestProofCanFail(t *testing.T) {
	built, invariant, settled := 0, 0, 0
	for seed := range uint64(60) {
		s := newSchedule(seed, true, false, func(string, ...any) {})
		if s.buildBase() != nil {
			continue
		}
		built++
		err := s.withinLimit()
		switch {
		case s.err != nil:
			invariant++
		case err == nil:
			settled++
		}
	}
	t.Logf("of %d schedules %d broke the invariant, %d did not become ideal, %d passed", built, invariant, built-invariant-settled, settled)
	if built < 50 || invariant < built/2 {
		t.Errorf("the protocol of 2003 kept the invariant in %d of %d schedules", built-invariant, built)
	}
}

// TestProofBeyondLimit: whatever is done to a ring (crashes without limit,
// peers that freeze and are wrongly taken for dead, links that lose every
// message, lost messages), it is ideal again once the trouble stops.
func TestProofBeyondLimit(t *testing.T) {
	runSchedules(t, "TestProofBeyondLimit", func(seed uint64, trace func(string, ...any)) error {
		s := newSchedule(seed, false, true, trace)
		if err := s.buildBase(); err != nil {
			return err
		}
		for range 20 + s.rng.IntN(20) {
			s.trouble()
			s.sim.RunFor(time.Duration(s.rng.Int64N(int64(800 * time.Millisecond))))
		}
		s.endTrouble()
		return s.settle(120 * time.Second)
	})
}

func runSchedules(t *testing.T, name string, run func(seed uint64, trace func(string, ...any)) error) {
	t.Helper()
	runSchedulesOf(t, name, defaultRuns, run)
}

// runSchedulesOf runs as many schedules as the flags say, or the ordinary number,
// beside other tests.
func runSchedulesOf(t *testing.T, name string, ordinary int, run func(seed uint64, trace func(string, ...any)) error) {
	t.Helper()
	t.Parallel()
	if *proofSeed != 0 {
		if err := run(*proofSeed, t.Logf); err != nil {
			t.Fatal(err)
		}
		return
	}
	n := *proofRuns
	switch {
	case n > 0:
	case testing.Short() || raceEnabled:
		n = ordinary / 10
	default:
		n = ordinary
	}
	bad := 0
	for seed := uint64(1); seed <= uint64(n); seed++ {
		if err := run(seed, func(string, ...any) {}); err != nil {
			t.Errorf("schedule %d: %v\nreplay: go test ./node/sim -run '^%s$' -v -proof.seed=%d", seed, err, name, seed)
			if bad++; bad == 5 {
				t.Fatalf("stopped after %d of %d schedules", seed, n)
			}
		}
	}
	t.Logf("%d schedules", n)
}
