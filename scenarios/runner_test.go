package scenarios

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

func mustParse(t *testing.T, src string) *Scenario {
	t.Helper()
	sc, err := Parse("s.chord", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func TestRunTellsProgress(t *testing.T) {
	sc := mustParse(t, "title \"T\"\nset seed=9\n\njoin N1\nexpect size = 2\nsay \"S\"")
	sys := newIdeal()
	var got []string
	rep := NewRunner(sys).Run(t.Context(), sc, func(p Progress) {
		got = append(got, fmt.Sprintf("%d line %d done=%v ok=%v %s", p.Index, p.Line.Number, p.Done, p.Result.OK, p.Result.Text))
	})
	want := []string{
		"0 line 1 done=false ok=false ", "0 line 1 done=true ok=true T",
		"1 line 2 done=false ok=false ", "1 line 2 done=true ok=true seed=9",
		"2 line 4 done=false ok=false ", "2 line 4 done=true ok=true N1 joined; the ring has 1 peer",
		"3 line 5 done=false ok=false ", "3 line 5 done=true ok=false expected size = 2, seen 1 live peer",
		"4 line 6 done=false ok=false ", "4 line 6 done=true ok=true S",
	}
	if !slices.Equal(got, want) {
		t.Errorf("progress\n%s", strings.Join(got, "\n"))
	}
	wantRep := Report{Scenario: "s.chord", Driver: "ideal", Seed: 9, Expectations: 1, Failed: 1, Duration: idealTick}
	if rep != wantRep {
		t.Errorf("report %+v, want %+v", rep, wantRep)
	}
	if sys.closed != 0 {
		t.Error("the runner closed the system")
	}
}

// A wait, a watch and an eventual claim may be about what does not hold.
func TestNot(t *testing.T) {
	r := NewRunner(newIdeal())
	do(t, r, "join N1 N2")
	for line, want := range map[string]string{
		"wait until not size = 3":                           "",
		"wait until not size = 2 within 1s":                 "not size = 2 within 1s",
		"expect eventually not size = 2 within 1s":          "not size = 2 within 1s",
		"expect eventually not N9.successor = N1 within 1s": "not N9.successor = N1 within 1s",
		"always not size = 2":                               "always not size = 2",
		"always not size = 3":                               "",
	} {
		if res := do(t, r, line); res.Expected != want {
			t.Errorf("%s: %+v", line, res)
		}
	}
	if res := do(t, r, "join N3"); len(res.Breaches) != 1 || res.Breaches[0].Result.Expected != "always not size = 3" {
		t.Errorf("%+v", res)
	}
}

// The ring is started by the first line that needs it, once, with all settings
// that were made, and not at all if no line needs it.
func TestStart(t *testing.T) {
	sys := newIdeal()
	r := NewRunner(sys)
	do(t, r, `title "x"`, "set bits=8 merge=off protocol=original", `say "x"`, `chapter "x"`, "set lookup=recursive check=1s")
	if sys.starts != 0 {
		t.Fatal("started without need")
	}
	do(t, r, "join 2", "join N200", "set lookup=iterative")
	want := DefaultSettings()
	want.Bits, want.Merge, want.Original, want.Recursive, want.Check = 8, false, true, true, 1e9
	if sys.starts != 1 || sys.started != want {
		t.Errorf("started %d times with %+v", sys.starts, sys.started)
	}
	if _, err := r.Do(t.Context(), "set bits=6"); !IsParseError(err) || !strings.Contains(err.Error(), "expected before \"join 2\"") {
		t.Errorf("set bits on a running ring: %v", err)
	}
	if got := r.Settings(); got.Bits != 8 || got.Recursive {
		t.Errorf("settings %+v", got)
	}
}

func TestConfigure(t *testing.T) {
	s := DefaultSettings()
	s.Bits, s.Seed = 6, 5
	sys := newIdeal()
	r := NewRunner(sys)
	r.Configure(s)
	if _, err := r.Do(t.Context(), "join N64"); !IsParseError(err) {
		t.Errorf("N64 on six bits: %v", err)
	}
	do(t, r, "join N63")
	if sys.started != s {
		t.Errorf("started with %+v", sys.started)
	}
}

func TestJoin(t *testing.T) {
	r, sys := paperRing(t)
	do(t, r, "join N9 via owner K54")
	if sys.via == nil || *sys.via != ring.FromUint64(56) {
		t.Errorf("joined via %v", sys.via)
	}
	res := do(t, r, "kill N9", "join N9") // a place that has become free
	if want := "N9 joined; the ring has 11 peers"; sys.via != nil || res.Text != want {
		t.Errorf("joined via %v: %s", sys.via, res.Text)
	}
}

// Lookups go the way that the settings, or the line, say.
func TestLookupMode(t *testing.T) {
	r, _ := paperRing(t)
	for _, tc := range []struct {
		lines     []string
		recursive bool
	}{
		{[]string{"lookup K5 from N1"}, false},
		{[]string{"lookup K5 from N1 recursive"}, true},
		{[]string{"set lookup=recursive", "lookup K5 from N1"}, true},
		{[]string{"set lookup=iterative", "lookup K5 from N1"}, false},
	} {
		if res := do(t, r, tc.lines...); res.Lookup.Recursive != tc.recursive {
			t.Errorf("%v: recursive=%v", tc.lines, res.Lookup.Recursive)
		}
	}
}

func TestWaits(t *testing.T) {
	dies := func(s *ideal) { s.remove([]ring.ID{ring.FromUint64(8)}, observe.StateDead) }
	nothing := func(*ideal) {}
	for _, line := range []string{"wait until size = 9 within 1s", "expect eventually size = 9 within 1s", "wait until size = 9"} {
		r, sys := paperRing(t)
		sys.pending = []func(*ideal){nothing, nothing, dies}
		if res := do(t, r, line); !res.OK || res.Text != "9 live peers after 40ms" {
			t.Errorf("%s: %+v", line, res)
		}
	}
	// A wait ends at its limit, 30s if it has none.
	for _, tc := range []struct {
		line, want string
		took       time.Duration
	}{
		{"wait until size = 9 within 1s", "expected size = 9 within 1s, seen 10 live peers", time.Second},
		{"expect eventually size = 9", "expected size = 9 within 30s, seen 10 live peers", defaultWithin},
	} {
		r, sys := paperRing(t)
		before := sys.Picture().At
		res := do(t, r, tc.line)
		if took := res.At - before - idealTick; !res.Failed || res.Text != tc.want || took != tc.took {
			t.Errorf("%s: %+v after %v", tc.line, res, took)
		}
	}
}

// A chapter begins the count of messages anew.
func TestMessagesSinceChapter(t *testing.T) {
	r, _ := paperRing(t)
	do(t, r, `chapter "next"`)
	if res := do(t, r, "expect messages = 0"); !res.OK {
		t.Errorf("%+v", res)
	}
	do(t, r, "kill N8")
	if res := do(t, r, "expect messages = 100"); !res.OK {
		t.Errorf("%+v", res)
	}
}

// What always should hold is told with the line during which it broke, also
// when lines are typed.
func TestBreachWhileTyping(t *testing.T) {
	r, _ := paperRing(t)
	do(t, r, "always size > 8", "always N8.successor = N14")
	if res := do(t, r, "kill N1"); len(res.Breaches) != 0 || !res.OK {
		t.Errorf("kill N1: %+v", res)
	}
	res := do(t, r, "kill N14")
	if len(res.Breaches) != 2 || !res.OK {
		t.Fatalf("kill N14: %+v", res)
	}
	for i, want := range []string{"always size > 8: 8 live peers", "always N8.successor = N14: N8.successor = N21"} {
		b := res.Breaches[i]
		if got := b.Line.Text + ": " + b.Result.Seen; got != want || b.Result.OK || !b.Result.Failed || b.Result.At != res.At {
			t.Errorf("breach %s %+v", got, b.Result)
		}
	}
	if res := do(t, r, "kill N21"); len(res.Breaches) != 0 {
		t.Errorf("told twice: %+v", res.Breaches)
	}
}

// Gate holds each line back and can end the run.
func TestGate(t *testing.T) {
	sc := mustParse(t, "join N1\njoin N2\njoin N3")
	sys := newIdeal()
	r := NewRunner(sys)
	var passed []int
	enough := errors.New("enough")
	r.Gate = func(_ context.Context, l Line) error {
		if l.Number == 3 {
			return enough
		}
		passed = append(passed, l.Number)
		do(t, r, fmt.Sprintf("join N10%d", l.Number)) // a person acts on the held ring
		return nil
	}
	rep := r.Run(t.Context(), sc, nil)
	if !rep.Interrupted || rep.Err != nil || rep.ExitCode() != ExitInterrupted || rep.Passed() {
		t.Errorf("report %+v", rep)
	}
	if !slices.Equal(passed, []int{1, 2}) || !slices.Equal(sys.oracle.ids, []uint64{1, 2, 101, 102}) {
		t.Errorf("passed %v, ring %v", passed, sys.oracle.ids)
	}
}

// Run and Do take turns: the system never has two commands at once.
func TestTurns(t *testing.T) {
	var busy atomic.Bool
	sys := newIdeal()
	sys.onCall = func(string) {
		if !busy.CompareAndSwap(false, true) {
			t.Error("two commands at once")
		}
		runtime.Gosched()
		busy.Store(false)
	}
	r := NewRunner(sys)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 10 {
				if _, err := r.Do(t.Context(), fmt.Sprintf("join N%d", 1000*(i+1)+j)); err != nil {
					t.Error(err)
				}
				r.Settings()
			}
		})
	}
	rep := r.Run(t.Context(), mustParse(t, strings.Repeat("sleep 1ms\nexpect rings <= 1\n", 20)), nil)
	wg.Wait()
	if !rep.Passed() || len(sys.oracle.ids) != 40 {
		t.Errorf("report %+v, %d peers", rep, len(sys.oracle.ids))
	}
}

// A line does not wait for its turn longer than its context lasts.
func TestTurnEndsWithContext(t *testing.T) {
	sys := newIdeal()
	r := NewRunner(sys)
	ctx, cancel := context.WithCancel(t.Context())
	sys.onCall = func(string) {
		sys.onCall = nil
		cancel()
		if _, err := r.Do(ctx, "join N2"); !errors.Is(err, context.Canceled) {
			t.Errorf("Do in another line's turn: %v", err)
		}
	}
	do(t, r, "join N1")
}

func TestTypedMistakes(t *testing.T) {
	r := NewRunner(newIdeal())
	for line, want := range map[string]string{
		"":                "column 1: expected a command, such as join 5",
		"# x":             "column 1: expected a command, such as join 5\n    # x\n    ^",
		"kil N1":          "column 1: unknown command \"kil\": did you mean kill?\n    kil N1\n    ^",
		"expect hops = 1": "column 8: hops is about the last lookup, put, get or delete: expected after a lookup, put, get or delete\n    expect hops = 1\n           ^",
		"set replicas=9":  "column 14: replicas=9: expected at most successors=4, since copies are kept on the successor list\n    set replicas=9\n                 ^",
	} {
		if _, err := r.Do(t.Context(), line); !IsParseError(err) || err.Error() != want {
			t.Errorf("%q: %v", line, err)
		}
	}
	if _, err := r.Do(t.Context(), "kill N1"); err == nil || IsParseError(err) {
		t.Errorf("a peer that is not there is no mistake in the wording: %v", err)
	}
	if got := r.Settings(); got != DefaultSettings() {
		t.Errorf("a refused line changed the settings: %+v", got)
	}
}
