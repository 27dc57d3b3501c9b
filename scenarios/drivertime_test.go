package scenarios

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// paperJoin is the join of N26 between N21 and N32 step by step, in the states
// of the papers (ToN figure 7 and section IV-E).
const paperJoin = `set bits=6 successors=3 stabilize=100ms fix=100ms check=200ms repair=200ms
join N1 N8 N14 N21 N32 N38 N42 N48 N51 N56
wait until stable within 20s
put K24 "a"
put K30 "b"
wait until stable within 20s
pause
join N26 via N56
expect N21.successor = N32
expect N32.predecessor = N21
expect N26.successors = N32 N38 N42
expect N26.predecessor = N21
step stabilize N26
expect N32.predecessor = N26
expect N21.successor = N32
expect N26.predecessor = N21
step stabilize N21
expect N21.successors = N26 N32 N38
expect N26.predecessor = N21
expect N14.successors = N21 N32 N38
step stabilize N14
expect N14.successors = N21 N26 N32
step stabilize N8
expect N8.successors = N14 N21 N26
expect N8.finger[5] = N32
expect valid
expect replicas K24 = N32 N38 N42
resume
wait until stable within 20s
expect N8.finger[5] = N26
expect replicas K24 = N26 N32 N38
`

// originalPaperJoin is the same in the protocol of 2003, in which the newcomer
// has no predecessor until it is notified.
const originalPaperJoin = `set bits=6 successors=3 stabilize=100ms fix=100ms check=200ms protocol=original
join N1
join N8
join N14
join N21
join N32
join N38
join N42
join N48
join N51
join N56
wait until stable within 60s
pause
join N26 via N56
expect N21.successor = N32
expect N26.successor = N32
expect N26.predecessor = none
expect N32.predecessor = N21
step stabilize N26
expect N32.predecessor = N26
expect N26.predecessor = none
expect N21.successor = N32
step stabilize N21
expect N21.successor = N26
expect N26.predecessor = N21
expect N14.successors = N21 N32 N38
step reconcile N21
step reconcile N14
expect N14.successors = N21 N26 N32
expect N8.finger[5] = N32
step fix N8
step fix N8
step fix N8
step fix N8
step fix N8
expect N8.finger[5] = N26
kill N26
step update N21
expect N21.successor = N32
step check N32
expect N32.predecessor = none
step stabilize N21
expect N32.predecessor = N21
`

// Single steps show the states in between, alike on both drivers.
func TestPaperJoinStepByStep(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{"corrected": paperJoin, "original": originalPaperJoin} {
		onDrivers(t, func(t *testing.T, driver string) {
			sys := systemOf(driver)
			t.Cleanup(func() { sys.Close() })
			rep := NewRunner(sys).Run(t.Context(), mustParse(t, src), func(p Progress) {
				if p.Done && !p.Result.OK {
					t.Errorf("%s, line %d: %s: %s", name, p.Line.Number, p.Line.Text, p.Result.Text)
				}
			})
			if rep.Err != nil || rep.Expectations < 15 {
				t.Errorf("%s: %+v", name, rep)
			}
		})
	}
}

// A peer that stands still does nothing but answer, whoever joins it.
func TestPauseHoldsForNewcomers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		must(t, sys.Pause(t.Context(), true), sys.Speed(t.Context(), 0.25), sys.Join(t.Context(), identifiers(26), nil))
		for _, p := range sys.Picture().Peers {
			if !p.Paused || p.Pace != 0.25 {
				t.Errorf("%s: paused %v, pace %v", p.Name, p.Paused, p.Pace)
			}
		}
		must(t, sys.Freeze(t.Context(), identifiers(8)), sys.Pause(t.Context(), false), sys.Speed(t.Context(), 1), sys.Thaw(t.Context(), identifiers(8)))
		ok, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool {
			p := peerIn(pic, 8)
			return !p.Paused && p.Pace == 1 && pic.Health.Stable
		})
		if err != nil || !ok {
			t.Errorf("after resume: %v, %+v, %+v", err, sys.Picture().Health, peerIn(sys.Picture(), 8))
		}
	})
}

// Single steps end, also those that find nothing to do, nobody, or the dead.
func TestStepsEnd(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := hasty(t, driver)
		must(t, sys.Pause(t.Context(), true), sys.Kill(t.Context(), identifiers(14, 42)))
		all := liveIDs(sys.Picture())
		for range 3 {
			must(t, sys.Step(t.Context(), all, tasks))
		}
		pic := sys.Picture()
		if p := peerIn(pic, 8); p.Ran != uint64(3*len(tasks)) {
			t.Errorf("N8 did %d runs", p.Ran)
		}
		if h := pic.Health; h.WrongSuccessors+h.WrongPredecessors > 0 || !h.Valid {
			t.Errorf("after three rounds by hand: %+v", h)
		}
		if err := sys.Step(t.Context(), identifiers(42), tasks); err == nil || !strings.Contains(err.Error(), "not in the ring") {
			t.Errorf("step of a dead peer: %v", err)
		}
	})
}

// A traced peer tells its messages, once for both ends, and its runs, which all
// end.
func TestTraceOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		must(t, sys.Pause(t.Context(), true), sys.Trace(t.Context(), identifiers(8, 14), true))
		must(t, sys.Step(t.Context(), identifiers(8), []string{"stabilize"}))
		pic := sys.Picture()
		if !peerIn(pic, 8).Tracing || peerIn(pic, 21).Tracing {
			t.Error("not N8 and N14 are traced")
		}
		eight, fourteen := ring.FromUint64(8), ring.FromUint64(14)
		got := ""
		for _, m := range pic.Traffic {
			if m.From == eight && m.To == fourteen || m.From == fourteen && m.To == eight {
				got += m.FromName + " " + m.ToName + " " + m.Name + "\n"
			}
		}
		if want := "N8 N14 GetState\nN14 N8 State\n"; !strings.Contains(got, want) {
			t.Errorf("messages of N8:\n%s", got)
		}
		var last *observe.Run
		for i, r := range pic.Runs {
			if !r.Done {
				t.Errorf("run %d of %s at %s is not over", r.Number, r.Procedure.Name, r.PeerName)
			}
			if r.Peer == eight && r.Procedure.Name == "stabilize" {
				last = &pic.Runs[i]
			}
		}
		if last == nil {
			t.Fatalf("no stabilize of N8 in %d runs", len(pic.Runs))
		}
		var lines []int
		why := ""
		for _, l := range last.Lines {
			lines = append(lines, l.Line)
			why += l.Why + "\n"
		}
		if want := "8 in (8, 14): no, N14 has us for its predecessor"; len(lines) != 7 || !strings.Contains(why, want) {
			t.Errorf("lines %v\n%s", lines, why)
		}
		must(t, sys.Trace(t.Context(), identifiers(8), false))
		if peerIn(sys.Picture(), 8).Tracing {
			t.Error("N8 is still traced")
		}
	})
}

// Ways, rates and checked fingers are told without being asked for.
func TestWaysOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := calm(t, driver)
		ok, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool {
			p := peerIn(pic, 8)
			checked := true
			for _, f := range p.Fingers {
				checked = checked && f.Fixed > 0 && f.Fixed <= pic.At
			}
			for _, w := range p.Ways {
				if w.Name == "N14" && w.RTT > 0 && w.RTT < hang && w.Sent > 0 && w.Received > 0 {
					return checked && p.MessageRate > 0 && (p.ByteRate > 0 || driver == DriverVirtual)
				}
			}
			return false
		})
		if err != nil || !ok {
			t.Errorf("%v, %+v", err, peerIn(sys.Picture(), 8))
		}
	})
}
