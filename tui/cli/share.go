package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/charmbracelet/colorprofile"

	"chordscope/node/observe"
	"chordscope/tui"
	"chordscope/tui/plain"
)

// shareFlags are about who sees the ring, and how: others, now or later, or
// somebody for whom a screen is of no use.
type shareFlags struct {
	Plain bool `help:"No screen: a line for each event, in words, for screen readers and pipes; commands are read from standard input. See help there."`
	sshFlags
	Record string `type:"path" placeholder:"FILE" help:"Write all that is done to a scenario file that does it again, when the screen is closed."`
	Cast   string `type:"path" placeholder:"FILE" help:"Record the screen as an asciicast, for asciinema and web pages. The file must not be there yet."`
}

// share opens what the flags ask for.
func (f *shareFlags) share(c *call, opts *tui.Options) (err error) {
	if opts.SSH, err = f.ssh(c); err != nil || f.Cast == "" {
		return err
	}
	file, err := os.OpenFile(f.Cast, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		if opts.SSH != nil {
			opts.SSH.Listener.Close()
		}
		return fmt.Errorf("--cast: %w", err)
	}
	opts.Cast = file // closed with the process: its last line is the end of the screen
	return nil
}

// needTerminal comes before anything is started for the screen.
func (f *shareFlags) needTerminal(c *call) error {
	switch {
	case f.Plain && (f.SSH != "" || f.Cast != ""):
		return errors.New("--ssh and --cast are about the screen, and --plain has none")
	case f.Plain:
		return nil
	}
	if columnsOf(c.stdout) == 0 {
		return errors.New("the screen needs a terminal; without one use: chordscope run SCENARIO, or --plain")
	}
	return nil
}

// show shows the ring as the flags ask for it.
func (f *shareFlags) show(c *call, opts tui.Options) (err error) {
	save, err := f.record(&opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, save()) }()
	switch {
	case !f.Plain:
		if opts.SSH != nil {
			var faults []string // they are for a terminal that has been given back
			opts.SSH.Failed = func(report string) { faults = append(faults[:min(len(faults), mostFaults-1)], report) }
			defer func() {
				for _, report := range faults {
					fmt.Fprintln(c.stderr, "chordscope:", report)
				}
			}()
		}
		return tui.Run(c.ctx, opts)
	case opts.Notes != nil:
		return errors.New("--notes is about the screen, and --plain has none")
	}
	c.status, err = plain.Run(c.ctx, plain.Options{
		System: opts.System, Settings: opts.Settings, Scenario: opts.Scenario, Peers: opts.Peers, Recorder: opts.Recorder,
		Input: c.stdin, Output: c.stdout, Colour: colorprofile.Detect(c.out.Writer, os.Environ()) >= colorprofile.ANSI,
	})
	return err
}

// mostFaults is of how many screens that ended by a fault the stack is kept.
const mostFaults = 3

// firstSight is how long the peers of a ring that runs may take to tell of
// themselves; later ones are seen later.
const firstSight = 3 * time.Second

// inSight reports whether everybody who is registered has told of itself.
func inSight(pic *observe.Picture) bool {
	told := 0
	for i := range pic.Peers {
		if pic.Peers[i].State.Live() {
			told++
		}
	}
	return pic.Registry.Peers > 0 && told >= pic.Registry.Peers
}
