// Package experiment repeats the measurements of the Chord papers, on real
// peers over loopback TCP or in virtual time. Each experiment is a file with one
// idea: it emits rows of a table with typed columns, and text, CSV, JSON and
// plots are all made from those.
//
// An experiment looks at rings from outside, as an observer does, and therefore
// may judge them by package truth.
package experiment

import (
	"context"
	"fmt"
	"strings"
)

// The drivers of an experiment.
const (
	DriverTCP     = "tcp"     // real peers, each with its own port on loopback
	DriverVirtual = "virtual" // the same peers in virtual time: instant, and the same for the same seed
	DriverStatic  = "static"  // no peers: only who would own what
)

// Experiment is one measurement.
type Experiment struct {
	Name  string
	Help  string // what is measured, in one sentence
	Paper string // which figures stand beside it, and what else has to be said of them

	Drivers  []string              // the first one is the default
	Defaults func(string) Params   // by driver, at most a minute on two cores; a field that is zero does not apply
	Full     func(string, *Params) // makes them as large as the papers' are; nil: they are
	Values   Values                // what Params.Values are; without a name they do not apply
	Least    int                   // peers; 0: one
	Tables   []*Table              // of the rows, in the order they are shown

	run func(context.Context, *bench) error
}

// Values says what an experiment varies beside the number of peers.
type Values struct {
	Name     string // "the fraction of peers that crash"
	Min, Max float64
	Whole    bool // only whole numbers
}

// All returns every experiment, in the order that they are listed in.
func All() []*Experiment {
	return []*Experiment{
		pathLength, loadBalance, failures, churn, recovery, convergence, maintenance, throughput, original,
	}
}

// Find returns the experiment with the name. The error names all of them.
func Find(name string) (*Experiment, error) {
	var names []string
	for _, e := range All() {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return nil, fmt.Errorf("there is no experiment %q; there are %s", name, strings.Join(names, ", "))
}
