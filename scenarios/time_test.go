package scenarios

import (
	"slices"
	"strings"
	"testing"

	"chordscope/node/observe"
)

// What lines say about the ring's time, and what the system is told for it.
func TestTimeCommands(t *testing.T) {
	for _, tc := range []struct{ line, told, text string }{
		{"pause", "pause", "all maintenance stands still; peers still answer each other"},
		{"resume", "resume", "maintenance goes on"},
		{"speed 1/4", "speed 0.25", "maintenance runs at speed 1/4"},
		{"speed 1", "speed 1", "maintenance runs at speed 1"},
		{"speed 64", "speed 64", "maintenance runs at speed 64"},
		{"speed 1/64", "speed 0.015625", "maintenance runs at speed 1/64"},
		{"speed 0.5", "speed 0.5", "maintenance runs at speed 0.5"},
		{"step stabilize N8", "step stabilize 8", "stabilize at N8: no pointer changes"},
		{"step fix owner K54 N1", "step fix 56 1", "fix at N56 N1: no pointer changes"},
		{"step repair", "step repair 1 8 14 21 32 38 42 48 51 56", "repair at N1 N8 N14 N21 N32 N38 N42 N48 N51 N56: no pointer changes"},
		{"step N8", "step stabilize+fix+check 8", "stabilize, fix, check at N8: no pointer changes"},
		{"step any", "step stabilize+fix+check 1", "stabilize, fix, check at N1: no pointer changes"},
		{"step", "step stabilize+fix+check 1 8 14 21 32 38 42 48 51 56", "stabilize, fix, check at N1 N8 N14 N21 N32 N38 N42 N48 N51 N56: no pointer changes"},
		{"trace on N8 successor N8", "trace true 8 14", "N8 N14: every message and every line of its procedures is told"},
		{"trace off N8", "trace false 8", "N8: its messages and procedures are not told any more"},
	} {
		r, sys := paperRing(t)
		res := do(t, r, tc.line)
		if !slices.Equal(sys.faults.done, []string{tc.told}) || res.Text != tc.text || len(sys.faults.told) > 0 {
			t.Errorf("%s: %q, told %q", tc.line, res.Text, sys.faults.done)
		}
	}
}

// A step says what it has changed, as the scenario numbers fingers.
func TestStepTellsChanges(t *testing.T) {
	for lines, want := range map[string]string{
		"step stabilize N21":                      "stabilize at N21: N21.successors N38 N42 N48 -> N32 N38 N42, N21.finger[5] N42 -> N38, N32.predecessor none -> N21",
		"set fingers=0-based\nstep stabilize N21": "stabilize at N21: N21.successors N38 N42 N48 -> N32 N38 N42, N21.finger[4] N42 -> N38, N32.predecessor none -> N21",
	} {
		r, sys := paperRing(t)
		before := true
		sys.onCall = func(name string) { before = before && name != "Step" }
		sys.spoil = func(pic *observe.Picture) {
			if before {
				p := peerIn(pic, 21)
				p.Successors = p.Successors[1:]
				p.Successors = append(p.Successors, sys.pointer(48))
				p.Fingers[4].Pointer = sys.pointer(42)
				p.Fingers[3].Pointer.Verdict = observe.Stale // a judgement is no change
				peerIn(pic, 32).Predecessor = observe.Pointer{}
			}
		}
		all := strings.Split(lines, "\n")
		if res := do(t, r, all...); res.Text != want {
			t.Errorf("%s", res.Text)
		}
	}
}

func TestTimeRefused(t *testing.T) {
	for _, tc := range []struct{ lines, want string }{
		{"freeze N8\nstep stabilize N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\ntrace on N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"step stabilize N9", "there is no peer N9; on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56"},
		{"kill all\nstep", errEmpty.Error()},
	} {
		r, _ := paperRing(t)
		lines := strings.Split(tc.lines, "\n")
		do(t, r, lines[:len(lines)-1]...)
		if _, err := r.Do(t.Context(), lines[len(lines)-1]); err == nil || err.Error() != tc.want {
			t.Errorf("%s: %v", tc.lines, err)
		}
	}
	r, sys := paperRing(t)
	do(t, r, "freeze N8", "step fix") // everybody else
	if want := "step fix 1 14 21 32 38 42 48 51 56"; !slices.Equal(sys.faults.done, []string{want}) {
		t.Errorf("%q", sys.faults.done)
	}
}
