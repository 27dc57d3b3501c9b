package scenarios

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
)

// Each condition on the last recovery, true and false.
func TestRecoveryConditions(t *testing.T) {
	r, sys := paperRing(t)
	reached := func(d time.Duration) observe.Moment { return observe.Moment{Reached: true, After: d} }
	sys.spoil = func(pic *observe.Picture) {
		pic.Recoveries = []observe.Recovery{{Number: 1, What: "freeze N1", Over: true}, {
			Number: 2, What: "kill N8 N14", Suspected: reached(12 * time.Millisecond), Ring: reached(1234 * time.Millisecond),
			Fingers: reached(2 * time.Second), Keys: reached(0), Messages: 500, LookupsFailed: 1, LookupsTimedOut: 4, Rounds: 2.5, Over: true,
		}}
	}
	for _, tc := range []struct {
		condition string
		holds     bool
		seen      string
	}{
		{"recovery.suspected <= 12ms", true, "suspected 12ms after kill N8 N14"},
		{"recovery.suspected < 12ms", false, "suspected 12ms after kill N8 N14"},
		{"recovery.ring <= 2s", true, "the ring was right 1.23s after kill N8 N14"},
		{"recovery.ring >= 1235ms", false, "the ring was right 1.23s after kill N8 N14"},
		{"recovery.fingers = 2s", true, "all fingers were right 2s after kill N8 N14"},
		{"recovery.keys <= 1ms", true, "all keys had their copies 0s after kill N8 N14"},
		{"recovery.messages <= 500", true, "500 messages since kill N8 N14"},
		{"recovery.messages < 500", false, "500 messages since kill N8 N14"},
		{"recovery.failed = 1", true, "1 lookup failed since kill N8 N14"},
		{"recovery.failed = 0", false, "1 lookup failed since kill N8 N14"},
		{"recovery.rounds <= 3", true, "2.5 rounds of stabilize after kill N8 N14"},
		{"recovery.rounds > 2.5", false, "2.5 rounds of stabilize after kill N8 N14"},
	} {
		for _, not := range []string{"", "not "} {
			res := do(t, r, "expect "+not+tc.condition)
			seen := res.Text
			if res.Failed {
				seen = res.Seen
			}
			if want := tc.holds == (not == ""); res.OK != want || seen != tc.seen {
				t.Errorf("expect %s%s: %+v", not, tc.condition, res)
			}
		}
	}
}

// Of what was not reached, or if nothing happened, nothing can be said.
func TestRecoveryConditionsThatCannotBeTold(t *testing.T) {
	r, sys := paperRing(t)
	for _, happened := range []bool{false, true} {
		seen := map[string]string{
			"recovery.suspected": "nothing has disturbed the ring", "recovery.ring": "nothing has disturbed the ring",
			"recovery.fingers": "nothing has disturbed the ring", "recovery.keys": "nothing has disturbed the ring",
		}
		rounds := "nothing has disturbed the ring"
		if happened {
			sys.spoil = func(pic *observe.Picture) {
				pic.Recoveries = []observe.Recovery{{Number: 1, What: "kill N8", At: pic.At - 1234*time.Millisecond}}
			}
			seen = map[string]string{
				"recovery.suspected": "1.23s after kill N8 nobody suspects anything yet", "recovery.ring": "1.23s after kill N8 the ring is not right yet",
				"recovery.fingers": "", "recovery.keys": "",
			}
			rounds = "the ring is not right yet after kill N8"
		}
		for name, want := range seen {
			for _, line := range []string{"expect " + name + " <= 1h", "expect not " + name + " <= 1h"} {
				if res := do(t, r, line); !res.Failed || want != "" && res.Seen != want {
					t.Errorf("%s: %+v", line, res)
				}
			}
		}
		if res := do(t, r, "expect recovery.rounds <= 9"); !res.Failed || res.Seen != rounds {
			t.Errorf("%+v", res)
		}
	}
}

// A recovery is told once, with the line during which it ended, also if a line
// takes long and pictures forget it.
func TestRecoveriesAreTold(t *testing.T) {
	r, sys := paperRing(t)
	sys.faults.heals = true
	if res := do(t, r, "kill N8"); len(res.Recoveries) != 1 || res.Recoveries[0].What != "kill N8" {
		t.Errorf("kill N8: %+v", res.Recoveries)
	}
	if res := do(t, r, "sleep 1s"); len(res.Recoveries) != 0 {
		t.Errorf("told twice: %+v", res.Recoveries)
	}
	shown := 0
	sys.spoil = func(pic *observe.Picture) { // each one can be seen for a moment
		shown++
		pic.Recoveries = []observe.Recovery{{Number: uint64(shown + 1), Over: shown%2 == 0}}
	}
	for range 6 {
		sys.pending = append(sys.pending, func(*ideal) {})
	}
	res := do(t, r, "wait until size = 2 within 1s")
	var numbers []uint64
	for _, rec := range res.Recoveries {
		numbers = append(numbers, rec.Number)
	}
	if len(numbers) < 3 || !slices.IsSorted(numbers) || len(slices.Compact(numbers)) != len(res.Recoveries) {
		t.Errorf("told %v", numbers)
	}
}

// What a run ends in the middle of is told at its end.
func TestUnfinishedRecovery(t *testing.T) {
	sys := newIdeal()
	sys.spoil = func(pic *observe.Picture) {
		pic.Recoveries = []observe.Recovery{{Number: 1, What: "kill N8", Ring: observe.Moment{Reached: true, After: 1500 * time.Microsecond}}}
	}
	out, _, _ := transcript(t, RunOptions{JSON: true}, "join N1", sys)
	want := `{"recovery":{"number":1,"what":"kill N8","over":false,"at_ms":0,"ring_ms":1.5,"rounds":0,"messages":0,"lookups_failed":0,"lookups_timed_out":0}}
{"scenario":`
	if strings.Count(out, "recovery") != 1 || !strings.Contains(out, want) {
		t.Errorf("json:\n%s", out)
	}
}

// How a recovery stands in both reports.
func TestRecoveryReports(t *testing.T) {
	const script = "set bits=6\njoin N1 N8 N14\nkill N8\n"
	heals := func() *ideal {
		sys := newIdeal()
		sys.faults.heals = true
		return sys
	}
	out, _, status := transcript(t, RunOptions{JSON: true}, script, heals())
	want := `{"line":3,"command":"kill N8","ok":true,"at_ms":20,"result":{"peers":["N8"]}}
{"recovery":{"number":1,"what":"kill N8","over":true,"at_ms":10,"suspected_ms":10,"ring_ms":10,"fingers_ms":10,"keys_ms":10,"rounds":0.5,"messages":100,"lookups_failed":0,"lookups_timed_out":0}}
`
	if !strings.Contains(out, want) || status != ExitOK {
		t.Errorf("json:\n%s", out)
	}
	out, _, _ = transcript(t, RunOptions{}, script, heals())
	want = `  ok      0.02s kill N8
               after kill N8:
                 suspected 10ms, ring 10ms (0.5 rounds), fingers 10ms, keys 10ms; 100 messages, 0 lookups failed, 0 lost time
`
	if !strings.Contains(out, want) {
		t.Errorf("text:\n%s", out)
	}
}
