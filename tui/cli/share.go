package cli

import (
	"fmt"
	"os"

	"chordscope/tui"
)

// shareFlags let others see what is on the screen, now or later.
type shareFlags struct {
	sshFlags
	Cast string `type:"path" placeholder:"FILE" help:"Record the screen as an asciicast, for asciinema and web pages. The file must not be there yet."`
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
