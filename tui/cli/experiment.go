package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"chordscope/scenarios/experiment"
)

// experimentCmd repeats a measurement of the papers.
type experimentCmd struct {
	Name       string        `arg:"" optional:"" help:"Which one; without a name, all are listed."`
	Peers      []int         `short:"n" placeholder:"N,…" help:"Numbers of peers, with a row or more for each."`
	Driver     string        `placeholder:"tcp|virtual" xor:"driver" help:"Real peers, or virtual time: instant, and the same for the same seed."`
	Virtual    bool          `xor:"driver" help:"The same as --driver virtual."`
	Full       bool          `help:"The papers' whole scale, where the default is smaller; this takes minutes."`
	Seed       uint64        `default:"1" help:"Seed of everything random."`
	Values     []float64     `placeholder:"V,…" help:"What else the experiment varies; the list of experiments says what that is."`
	Rings      int           `placeholder:"N" help:"How many rings with other identifiers a row takes in; in path-length at most so many, fewer of large ones."`
	Lookups    int           `placeholder:"N" help:"How many lookups a row takes in, or gets, or puts."`
	Successors int           `short:"r" placeholder:"R" help:"Length of successor lists."`
	Interval   time.Duration `placeholder:"TIME" help:"How often a peer stabilizes."`
	CSV        string        `name:"csv" placeholder:"FILE" type:"path" help:"Write the rows to a file, those of a second table to one with its name before the extension."`
	SVG        string        `name:"svg" placeholder:"FILE" type:"path" help:"Draw the plot to a file, as --csv."`
	JSON       bool          `name:"json" help:"One JSON object a row, in place of tables and plots."`
}

func (x *experimentCmd) Run(c *call) error {
	if x.Name == "" {
		return listExperiments(c)
	}
	e, err := experiment.Find(x.Name)
	if err != nil {
		return err
	}
	p := experiment.Params{
		Driver: x.Driver, Seed: x.Seed, Peers: x.Peers, Values: x.Values, Rings: x.Rings,
		Lookups: x.Lookups, Successors: x.Successors, Interval: x.Interval, Full: x.Full,
	}
	if x.Virtual {
		p.Driver = experiment.DriverVirtual
	}
	c.status = experiment.Report(c.ctx, e, p, experiment.Output{
		Stdout: c.stdout, Stderr: c.stderr, JSON: x.JSON, CSV: x.CSV, SVG: x.SVG,
		Progress: columnsOf(c.stderr) > 0, Width: columnsOf(c.stdout),
	})
	return nil
}

// listExperiments writes what there is, and what each one varies.
func listExperiments(c *call) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, e := range experiment.All() {
		fmt.Fprintf(w, "%s\t%s\n", e.Name, e.Help)
		if e.Values.Name != "" {
			fmt.Fprintf(w, "\t--values: %s\n", e.Values.Name)
		}
		standard, full := e.Sizes(e.Drivers[0])
		fmt.Fprintf(w, "\tby default %s\n", standard)
		if full != "" {
			fmt.Fprintf(w, "\t--full: %s\n", full)
		}
	}
	return w.Flush()
}
