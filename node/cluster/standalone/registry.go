// Package standalone is a registry, or one peer, as a program of its own: a ring
// that is started by hand, also across machines.
package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"chordscope/node/cluster/keyring"
	"chordscope/proto/wire"
	"chordscope/registry"
)

// Registry is the command that runs a registry.
type Registry struct {
	keyring.Flags
	Listen string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where it listens, as others reach it; port 0 is a free one."`
	NoKey  bool   `help:"Every program on this machine may take part in the ring."`
}

// Run serves until ctx ends, and says on stdout how others take part.
func (r *Registry) Run(ctx context.Context, stdout io.Writer) error {
	keys, made, err := r.keys()
	if err == nil {
		err = checkListen(r.Listen)
	}
	if err != nil {
		return err
	}
	ln, err := wire.TCP{}.Listen(ctx, r.Listen)
	if err != nil {
		return fmt.Errorf("--listen=%s: %w", r.Listen, err)
	}
	cfg := registry.Default()
	cfg.Key = keys.Ring
	server, err := registry.Serve(ln, cfg)
	if err != nil {
		return err
	}
	defer server.Close()
	file, err := keyring.Share(server.Addr(), keys)
	if err != nil && made {
		return fmt.Errorf("%w; give them by --key-file FILE", err)
	}
	defer keyring.Forget(server.Addr())
	if _, err := io.WriteString(stdout, invitation(server.Addr(), keys, file)); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// keys returns the keys that were given, or new ones.
func (r *Registry) keys() (k keyring.Keys, made bool, err error) {
	k, err = r.Keys("")
	switch {
	case err != nil:
	case r.NoKey && len(k.Ring) > 0:
		err = errors.New("--no-key: but a key is given, by --key-file or in " + keyring.RingVariable)
	case len(k.Ring) == 0:
		made, k = true, keyring.Random()
		if r.NoKey {
			k.Ring = nil
		}
	}
	return k, made, err
}

// invitation says how others take part. The keys themselves stay in their file.
func invitation(addr string, keys keyring.Keys, file string) string {
	text := fmt.Sprintf("The registry listens at %s. In other terminals:\n\n    chordscope peer --registry %[1]s\n    chordscope attach %[1]s\n\n", addr)
	switch {
	case len(keys.Ring) == 0:
		text += "The ring has no key: every program on this machine can take part.\n"
	case !loopback(addr):
		text += fmt.Sprintf("On other machines, with a copy of %s:\n\n    chordscope peer --registry %s --listen ADDRESS:0 --key-file FILE\n", file, addr)
	case file != "":
		text += fmt.Sprintf("Your other programs find the ring's keys in %s.\n", file)
	}
	return text
}

// checkListen reports what is wrong with an address to listen at, which is also
// the one that others are told.
func checkListen(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	switch {
	case err != nil || port == "":
		return fmt.Errorf("--listen=%s: an address is a host and a port, such as 127.0.0.1:7000; port 0 is a free one", addr)
	case host == "" || net.ParseIP(host) != nil && net.ParseIP(host).IsUnspecified():
		return fmt.Errorf("--listen=%s: others are told this address, so it has to be one that they reach, such as 192.168.1.5:7000", addr)
	}
	return nil
}
