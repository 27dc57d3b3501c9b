package scenarios

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file holds the two drivers to the same behaviour: real peers over TCP,
// and virtual time.

var drivers = []string{DriverTCP, DriverVirtual}

// onDrivers runs a test on both drivers, beside other tests.
func onDrivers(t *testing.T, f func(t *testing.T, driver string)) {
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			f(t, driver)
		})
	}
}

// begin starts a ring of these peers on a driver.
func begin(t *testing.T, driver string, ids ...uint64) System {
	t.Helper()
	sys := systemOf(driver)
	t.Cleanup(func() { sys.Close() })
	s := DefaultSettings()
	s.Bits, s.Successors = 6, 3
	if err := sys.Start(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if len(ids) > 0 {
		if err := sys.Join(t.Context(), identifiers(ids...), nil); err != nil {
			t.Fatal(err)
		}
	}
	return sys
}

func identifiers(ids ...uint64) []ring.ID {
	var out []ring.ID
	for _, id := range ids {
		out = append(out, ring.FromUint64(id))
	}
	return out
}

// leisurely is a System on which nothing comes too late that comes at all: a
// scenario's limits are for machines that have little else to do.
type leisurely struct{ System }

// systemOf returns the System of a driver.
func systemOf(driver string) System {
	if driver == DriverVirtual {
		return NewVirtual()
	}
	return NewTCP()
}

func newLeisurely(driver string) System { return leisurely{systemOf(driver)} }

func (l leisurely) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	if within >= 10*time.Second { // else it is a pause
		within = max(within, hang)
	}
	return l.System.WaitFor(ctx, within, cond)
}

// hang is how long is waited for what has to come. However slow the machine
// is, only what never comes takes that long.
const hang = 2 * time.Minute

func awaitHealth(t *testing.T, sys System, what string, cond func(observe.Health) bool) {
	t.Helper()
	ok, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool { return cond(pic.Health) })
	if err != nil || !ok {
		t.Fatalf("after %v still not %s: %v, %+v", hang, what, err, sys.Picture().Health)
	}
}

// Every shipped scenario passes on both drivers.
func TestShippedOnBothDrivers(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		for _, name := range shipped {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var out, errs strings.Builder
				opts := RunOptions{Virtual: driver == DriverVirtual}
				if status := RunFiles(t.Context(), opts, []string{name}, newLeisurely, &out, &errs); status != ExitOK {
					t.Errorf("status %d\n%s%s", status, out.String(), errs.String())
				}
			})
		}
	})
}

// The same seed gives the same run, byte for byte, and another seed another.
func TestVirtualRunsAreRepeatable(t *testing.T) {
	write(t, map[string]string{"s.chord": `set bits=32 stabilize=100ms
join 12
wait until stable
put "apple" "red"
load 20 keys
chapter "trouble"
kill random 2
leave random 2
join 4
expect eventually stable within 60s
lookup "apple" from random
get "apple"
expect found
delete "key-7"
expect lost = 0
expect messages >= 100`})
	run := func(seed uint64) string {
		var out strings.Builder
		status := RunFiles(t.Context(), RunOptions{JSON: true, Virtual: true, Seed: &seed}, []string{"s.chord"}, systemOf, &out, &out)
		if status != ExitOK {
			t.Errorf("seed %d: status %d\n%s", seed, status, out.String())
		}
		return out.String()
	}
	for seed := range uint64(5) {
		first := run(seed)
		if second := run(seed); second != first {
			t.Errorf("seed %d: two runs differ:\n%s\n%s", seed, first, second)
		}
		if other := run(seed + 100); other == first {
			t.Errorf("seeds %d and %d do the same", seed, seed+100)
		}
	}
}

// What cannot be done is refused in the same words, and leaves the ring as it
// was: what was refused can be done later.
func TestRefusals(t *testing.T) {
	t.Parallel()
	nine := ring.FromUint64(9)
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver, 8, 21, 42)
		ctx := t.Context()
		for _, tc := range []struct {
			what string
			do   func() error
			kind error
			text string
		}{
			{"join of a present peer", func() error { return sys.Join(ctx, identifiers(8), nil) }, cluster.ErrPresent, "N8 is already in the ring"},
			{"join of some present", func() error { return sys.Join(ctx, identifiers(5, 6, 8), nil) }, cluster.ErrPresent, "N8 is already in the ring"},
			{"join of one twice", func() error { return sys.Join(ctx, identifiers(5, 6, 5), nil) }, cluster.ErrPresent, "N5 is already in the ring"},
			{"join through nobody", func() error { return sys.Join(ctx, identifiers(5), &nine) }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"kill of nobody", func() error { return sys.Kill(ctx, identifiers(9)) }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"kill of some present", func() error { return sys.Kill(ctx, identifiers(8, 9)) }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"leave of nobody", func() error { return sys.Leave(ctx, identifiers(9)) }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"leave of some present", func() error { return sys.Leave(ctx, identifiers(8, 9)) }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"lookup from nobody", func() error { _, err := sys.Lookup(ctx, nine, nine, false); return err }, cluster.ErrAbsent, "N9 is not in the ring"},
			{"get through nobody", func() error { _, err := sys.Access(ctx, nine, Access{Op: opGet}); return err }, cluster.ErrAbsent, "N9 is not in the ring"},
		} {
			if err := tc.do(); !errors.Is(err, tc.kind) || err.Error() != tc.text {
				t.Errorf("%s: %v, want %s", tc.what, err, tc.text)
			}
			if pic := sys.Picture(); len(pic.Peers) != 3 || pic.Health.Live != 3 {
				t.Errorf("%s: the ring has %d peers, %d live", tc.what, len(pic.Peers), pic.Health.Live)
			}
		}
		if err := sys.Join(ctx, identifiers(5, 6), nil); err != nil {
			t.Error(err)
		}
		awaitHealth(t, sys, "five and stable", func(h observe.Health) bool { return h.Stable && h.Live == 5 })
	})
}

// An identifier that has become free can be used again at once.
func TestJoinAfterKillAndLeave(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver, 8, 21, 42, 56)
		for range 5 {
			for _, end := range []func(context.Context, []ring.ID) error{sys.Kill, sys.Leave} {
				if err := errors.Join(end(t.Context(), identifiers(21)), sys.Join(t.Context(), identifiers(21), nil)); err != nil {
					t.Fatal(err)
				}
			}
		}
		awaitHealth(t, sys, "four and stable", func(h observe.Health) bool { return h.Stable && h.Live == 4 })
	})
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		for _, sys := range []System{systemOf(driver), begin(t, driver), begin(t, driver, 8, 21)} {
			for range 2 {
				if err := sys.Close(); err != nil {
					t.Error(err)
				}
			}
			if sys.Picture() == nil || sys.Changed() == nil {
				t.Error("a closed system has no picture")
			}
		}
	})
}

// Before Start there is an empty picture, and Changed tells of the start or of
// what follows.
func TestBeforeStart(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := systemOf(driver)
		t.Cleanup(func() { sys.Close() })
		if sys.Driver() != driver || len(sys.Picture().Peers) != 0 || sys.Changed() == nil {
			t.Errorf("%s: %+v", sys.Driver(), sys.Picture())
		}
		s := DefaultSettings()
		s.Bits = 2
		if err := sys.Start(t.Context(), s); err == nil {
			t.Error("a ring of two bits was started")
		}
	})
}

// Whatever a scenario is at, an interruption ends it soon, with its own status.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"wait":  "join N1 N8\nsay \"now\"\nwait until size = 9 within 1h",
		"sleep": "join N1 N8\nsay \"now\"\nsleep 1h",
		"guard": "join N1 N8\nalways size >= 1\nsay \"now\"\nsleep 1h",
		"join":  "join N1\nsay \"now\"\njoin 30",
		"leave": "join N1 N8 N14\nsay \"now\"\nleave all",
		"load":  "join N1 N8 N14\nsay \"now\"\nload 100000 keys",
		"put":   "join N1 N8 N14\nsay \"now\"\nput K1 \"x\"",
		"churn": "join N1 N8 N14\nsay \"now\"\nchurn 1h join=1",
		"fault": "join N1 N8 N14\nfreeze N8\ncut N1 <-> N14\nsay \"now\"\nsleep 1h",
		"next":  "say \"now\"\njoin N1",
	} {
		file := filepath.Join(t.TempDir(), name+extension)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		onDrivers(t, func(t *testing.T, driver string) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			opts := RunOptions{Virtual: driver == DriverVirtual}
			status := RunFiles(ctx, opts, []string{file}, systemOf, &trigger{word: "now", pull: cancel}, io.Discard)
			if status != ExitInterrupted {
				t.Errorf("%s: status %d", name, status)
			}
		})
	}
}

// trigger is a writer that calls pull when the word is written.
type trigger struct {
	word string
	pull func()
}

func (w *trigger) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.word) {
		w.pull()
	}
	return len(p), nil
}

// An interruption in the middle of a command that takes its time.
func TestInterruptedInTheMiddle(t *testing.T) {
	t.Parallel()
	sys := begin(t, DriverTCP, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	joined := make(chan error, 1)
	go func() {
		_, err := sys.JoinHashed(ctx, 40)
		joined <- err
	}()
	for changed := sys.Changed(); len(sys.Picture().Peers) < 5; changed = sys.Changed() {
		<-changed
	}
	cancel()
	if err := <-joined; !errors.Is(err, context.Canceled) {
		t.Errorf("a join that was given up: %v", err)
	}
	if err := sys.Close(); err != nil {
		t.Error(err)
	}
}

// Messages are counted on a ring at rest as well, where they leave no trace.
func TestMessagesAtRest(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver, 8, 21, 42)
		awaitHealth(t, sys, "stable", func(h observe.Health) bool { return h.Stable })
		before := sys.Picture().Messages
		ok, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool { return pic.Messages >= before+50 })
		if err != nil || !ok {
			t.Errorf("%d messages in %v (%v)", sys.Picture().Messages-before, hang, err)
		}
		if p := sys.Picture().Peers[0]; p.Sent == 0 || p.Received == 0 {
			t.Errorf("counters %+v", p)
		}
	})
}
