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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	status := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
