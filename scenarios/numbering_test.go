package scenarios

import (
	"bytes"
	"strings"
	"testing"

	"chordscope/scenarios/figure"
)

// Fingers are numbered as the scenario numbers them, also in reasons, in the
// trace and in figures.
func TestFingersAreNumberedAlike(t *testing.T) {
	onDrivers(t, func(t *testing.T, driver string) {
		sys := systemOf(driver)
		defer sys.Close()
		r := NewRunner(sys)
		do(t, r, "set bits=6 successors=2 replicas=2 stabilize=100ms fix=50ms fingers=0-based",
			"join N1 N8 N14 N32 N42 N51", "wait until stable within 30s", "expect N8.finger[5] = N42")

		why := "closest preceding of 50 in my table: finger[5] = N42"
		if a := do(t, r, `ask "First hop?" = hop K50 from N8`).Answer; len(a.Why) != 1 || a.Why[0] != "N8: "+why {
			t.Errorf("the hop is foreseen by %q", a.Why)
		}
		if s := do(t, r, "lookup K50 from N8").Lookup.Steps; s[0].Why != why {
			t.Errorf("a lookup says %q", s[0].Why)
		}
		res := do(t, r, "pause", "poison N8.finger[5] = N14", "expect N8.finger[5] = N14")
		texts := ""
		for _, e := range sys.Picture().Events {
			texts += e.Text + "\n"
		}
		for _, want := range []string{"finger[5] N42 -> N14 (overwritten from outside)", "K50 at N8: " + why} {
			if !strings.Contains(texts, want) {
				t.Errorf("%s\nthe trace does not say %q:\n%s", res.Text, want, texts)
			}
		}
		var svg bytes.Buffer
		must(t, r.Figure(&svg, figure.Options{Focus: "N8"}))
		for text, drawn := range map[string]bool{">0</text>": true, ">5</text>": true, ">6</text>": false} {
			if strings.Contains(svg.String(), text) != drawn {
				t.Errorf("the figure has %s: %v, want %v", text, !drawn, drawn)
			}
		}

		do(t, r, "resume", "set fingers=1-based", "wait until stable within 30s")
		if s := do(t, r, "lookup K50 from N8").Lookup.Steps; !strings.HasSuffix(s[0].Why, "finger[6] = N42") {
			t.Errorf("numbered from 1 a lookup says %q", s[0].Why)
		}
	})
}
