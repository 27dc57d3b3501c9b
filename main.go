// Chordscope runs a registry and many real Chord peers on loopback TCP ports
// and shows the living ring in the terminal. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"chordscope/tui/cli"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		by, _ := (<-signals).(syscall.Signal)
		cancel(cli.Signalled{Signal: by})
		signal.Stop(signals) // a second Ctrl-C ends the program at once
	}()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // so that a write fails instead, and all is ended in order
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
