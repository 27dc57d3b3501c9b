package experiment

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestWrongParametersAreToldByFlag(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Params
		want string
	}{
		{"path-length", Params{Driver: "udp"}, "--driver=udp: path-length runs on virtual or tcp"},
		{"original", Params{Driver: "tcp"}, "--driver=tcp: original runs on virtual"},
		{"path-length", Params{Peers: []int{8, 0}}, "--peers=0: path-length takes 1 to 65536 peers on the virtual driver"},
		{"path-length", Params{Driver: "tcp", Peers: []int{5000}}, "--peers=5000: path-length takes 1 to 4096 peers on the tcp driver"},
		{"recovery", Params{Peers: []int{1}}, "--peers=1: recovery takes 2 to 65536 peers"},
		{"path-length", Params{Values: []float64{1}}, "--values: does not apply to path-length"},
		{"failures", Params{Values: []float64{0.95}}, "--values=0.95: the fraction of peers that end is a number from 0 to 0.9"},
		{"load-balance", Params{Values: []float64{1.5}}, "--values=1.5: the number of virtual nodes a host is a whole number from 1 to"},
		{"load-balance", Params{Driver: DriverStatic, Successors: 4}, "--successors: does not apply to load-balance"},
		{"churn", Params{Successors: 33}, "--successors=33: 1 to 32"},
		{"churn", Params{Lookups: -1}, "--lookups=-1: 1 to 10000000"},
		{"churn", Params{Interval: time.Millisecond}, "--interval=1ms: 10ms to 10m0s"},
		{"maintenance", Params{Interval: time.Second}, "--interval: does not apply to maintenance"},
	} {
		e, err := Find(c.name)
		if err != nil {
			t.Fatal(err)
		}
		var errs strings.Builder
		status := Report(context.Background(), e, c.p, Output{Stdout: t.Output(), Stderr: &errs})
		if status != ExitWrong || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s %+v: status %d and %q, want 2 and %q", c.name, c.p, status, errs.String(), c.want)
		}
	}
}

func TestEveryDefaultIsAllowed(t *testing.T) {
	for _, e := range All() {
		for _, d := range e.Drivers {
			for _, full := range []bool{false, true} {
				p := e.standard(d, full)
				p.Driver = d
				if _, err := e.complete(p); err != nil {
					t.Errorf("%s on %s, full is %v: %v", e.Name, d, full, err)
				}
			}
		}
	}
}

func TestAnUnknownExperimentIsToldWithTheOthers(t *testing.T) {
	_, err := Find("pathlength")
	if err == nil || !strings.Contains(err.Error(), "path-length, load-balance") {
		t.Error(err)
	}
}

func TestFullIsWhatIsNotSaid(t *testing.T) {
	p, err := failures.complete(Params{Full: true, Peers: []int{20}})
	if err != nil || len(p.Values) != 6 || p.Lookups != 10_000 || p.Peers[0] != 20 {
		t.Error(p, err)
	}
	want := "chordscope experiment failures --driver virtual --seed 0 --peers 20 --values 0,0.1,0.2,0.3,0.4,0.5 --lookups 10000 --successors 20 --interval 30s"
	if got := failures.command(p); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	standard, full := failures.Sizes(DriverVirtual)
	if !strings.Contains(standard, "--peers 1000") || full != "--values 0,0.1,0.2,0.3,0.4,0.5 --lookups 10000" {
		t.Errorf("by default %s; full: %s", standard, full)
	}
	if _, full := throughput.Sizes(DriverTCP); full != "" {
		t.Error(full)
	}
}
