package scenarios

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// What one of two screens, or a line, does not want told any more goes on for the
// others.
func TestTracesAreOnesOwn(t *testing.T) {
	r, sys := paperRing(t)
	a, b := new(int), new(int)
	for i, step := range []struct {
		who  any
		line string // "" forgets
		told string // to the system
	}{
		{a, "trace on N8 N14", "trace true 8 14"},
		{b, "trace on N8", ""},
		{a, "trace on N8", ""},
		{a, "trace off N8 N14", "trace false 14"},
		{nil, "trace on N8", ""},
		{b, "", ""},
		{a, "trace on N21", "trace true 21"},
		{nil, "trace off N8", "trace false 8"},
		{nil, "trace off N32", "trace false 32"},
		{b, "", ""},
		{a, "", "trace false 21"},
		{a, "trace on N8", "trace true 8"},
		{a, "kill N8", ""},
		{a, "", ""},
	} {
		sys.faults.done = nil
		var err error
		if step.line == "" {
			err = r.Forget(t.Context(), step.who)
		} else {
			_, err = r.DoFor(t.Context(), step.who, step.line)
		}
		told := slices.DeleteFunc(sys.faults.done, func(s string) bool { return !strings.HasPrefix(s, "trace") })
		if got := strings.Join(told, ", "); err != nil || got != step.told {
			t.Errorf("step %d, %s: told %q, want %q; %v", i, step.line, got, step.told, err)
		}
	}
	if len(r.tracers) > 0 {
		t.Errorf("left: %v", r.tracers)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.turn <- struct{}{}
	if r.Forget(ctx, a) == nil {
		t.Error("it does not wait for its turn")
	}
}
