package experiment

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Params are what can be chosen about a run. A field that is zero takes the
// experiment's default.
type Params struct {
	Driver     string
	Seed       uint64    // of everything random; 0 is a seed like any other
	Peers      []int     // how many peers there are, one row or more for each
	Values     []float64 // of what else is varied; see Experiment.Values
	Rings      int       // how many rings with other identifiers a row takes in
	Lookups    int       // for each row, or gets, or puts
	Successors int       // r
	Interval   time.Duration
	Full       bool // what is not said is as large as in the papers
}

// Bounds of the parameters. A virtual peer takes about 100 KiB of memory while
// it joins; how many real ones fit is for the open files to say, which package
// cluster checks.
const (
	mostVirtual = 1 << 16
	mostStatic  = 1 << 20
	mostTCP     = 4096
	mostLookups = 10_000_000
	mostRings   = 100_000
	leastTime   = 10 * time.Millisecond
	mostTime    = 10 * time.Minute
)

// complete fills in the defaults and reports all that is wrong, by flag.
func (e *Experiment) complete(p Params) (Params, error) {
	if p.Driver == "" {
		p.Driver = e.Drivers[0]
	}
	if !slices.Contains(e.Drivers, p.Driver) {
		return p, fmt.Errorf("--driver=%s: %s runs on %s", p.Driver, e.Name, strings.Join(e.Drivers, " or "))
	}
	d := e.standard(p.Driver, p.Full)
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	none := func(flag string) { wrong("--%s: does not apply to %s", flag, e.Name) }

	most := map[string]int{DriverVirtual: mostVirtual, DriverTCP: mostTCP, DriverStatic: mostStatic}[p.Driver]
	for _, n := range p.Peers {
		if least := max(e.Least, 1); n < least || n > most {
			wrong("--peers=%d: %s takes %d to %d peers on the %s driver", n, e.Name, least, most, p.Driver)
		}
	}
	for _, v := range p.Values {
		switch {
		case e.Values.Name == "":
			none("values")
		case math.IsNaN(v) || v < e.Values.Min || v > e.Values.Max || e.Values.Whole && v != math.Trunc(v):
			wrong("--values=%g: %s is %s", v, e.Values.Name, e.Values.bounds())
		}
	}
	number := func(flag string, given *int, standard, most int) {
		switch {
		case *given == 0:
			*given = standard
		case standard == 0:
			none(flag)
		case *given < 0 || *given > most:
			wrong("--%s=%d: 1 to %d", flag, *given, most)
		}
	}
	number("rings", &p.Rings, d.Rings, mostRings)
	number("lookups", &p.Lookups, d.Lookups, mostLookups)
	number("successors", &p.Successors, d.Successors, 32)
	switch {
	case p.Interval == 0:
		p.Interval = d.Interval
	case d.Interval == 0:
		none("interval")
	case p.Interval < leastTime || p.Interval > mostTime:
		wrong("--interval=%v: %v to %v", p.Interval, leastTime, mostTime)
	}
	if len(p.Peers) == 0 {
		p.Peers = d.Peers
	}
	if len(p.Values) == 0 {
		p.Values = d.Values
	}
	return p, errors.Join(errs...)
}

func (v Values) bounds() string {
	if v.Whole {
		return fmt.Sprintf("a whole number from %g to %g", v.Min, v.Max)
	}
	return fmt.Sprintf("a number from %g to %g", v.Min, v.Max)
}

// standard returns what is measured if nothing is said.
func (e *Experiment) standard(driver string, full bool) Params {
	p := e.Defaults(driver)
	if full && e.Full != nil {
		e.Full(driver, &p)
	}
	return p
}

// Sizes returns the flags that stand for what an experiment measures by
// default, and those that are different with --full.
func (e *Experiment) Sizes(driver string) (standard, full string) {
	d, f := e.standard(driver, false).sizes(), e.standard(driver, true).sizes()
	return strings.Join(d, " "), strings.Join(slices.DeleteFunc(f, func(s string) bool { return slices.Contains(d, s) }), " ")
}

// command returns the command that measures the same once more.
func (e *Experiment) command(p Params) string {
	return fmt.Sprintf("chordscope experiment %s --driver %s --seed %d %s", e.Name, p.Driver, p.Seed, strings.Join(p.sizes(), " "))
}

// sizes returns the parameters that apply as flags.
func (p Params) sizes() []string {
	var out []string
	add := func(flag string, applies bool, value any) {
		if applies {
			out = append(out, fmt.Sprintf("--%s %v", flag, value))
		}
	}
	add("peers", true, numbers(p.Peers))
	add("values", len(p.Values) > 0, numbers(p.Values))
	add("rings", p.Rings > 0, p.Rings)
	add("lookups", p.Lookups > 0, p.Lookups)
	add("successors", p.Successors > 0, p.Successors)
	add("interval", p.Interval > 0, p.Interval)
	return out
}

// numbers writes numbers as flags take them.
func numbers[T any](all []T) string {
	var out []string
	for _, n := range all {
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, ",")
}
