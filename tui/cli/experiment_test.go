package cli

import (
	"context"
	"io"
	"strings"
	"testing"

	"chordscope/scenarios/experiment"
)

func TestExperimentsAreListed(t *testing.T) {
	r := chordscope(t, "", "experiment")
	if r.status != exitOK || r.stderr != "" {
		t.Fatalf("%+v", r)
	}
	for _, e := range experiment.All() {
		if !strings.Contains(r.stdout, e.Name) || !strings.Contains(r.stdout, e.Help) {
			t.Errorf("%s is not listed:\n%s", e.Name, r.stdout)
		}
	}
}

func TestExperimentIsTheSameForTheSameSeed(t *testing.T) {
	args := []string{"experiment", "path-length", "--virtual", "--peers", "3,8", "--lookups", "50", "--rings", "1", "--seed", "4", "--json"}
	a, b := chordscope(t, "", args...), chordscope(t, "", args...)
	if a.status != exitOK || a != b || !strings.HasPrefix(a.stdout, `{"experiment":"path-length","table":"length","driver":"virtual","seed":4,"peers":3,`) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestMistakesInExperiments(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"nothing", `there is no experiment "nothing"; there are path-length,`},
		{"path-length --driver tcp --virtual", "--driver and --virtual can't be used together"},
		{"path-length --peers eight", "--peers"},
		{"churn --values 5000", "--values=5000"},
		{"throughput --virtual", "--driver=virtual: throughput runs on tcp"},
	} {
		r := chordscope(t, "", append([]string{"experiment"}, strings.Fields(c.args)...)...)
		if r.status != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: %+v", c.args, r)
		}
	}
}

func TestAnInterruptedExperimentExitsWith130(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status := Run(ctx, []string{"experiment", "convergence", "--peers", "8"}, strings.NewReader(""), io.Discard, t.Output())
	if status != exitInterrupted {
		t.Error(status)
	}
}
