package cli

import "chordscope/tui"

// shareFlags let others see what is on the screen, now or later.
type shareFlags struct {
	sshFlags
}

// share opens what the flags ask for. Run closes it.
func (f *shareFlags) share(c *call, opts *tui.Options) (err error) {
	opts.SSH, err = f.ssh(c)
	return err
}
