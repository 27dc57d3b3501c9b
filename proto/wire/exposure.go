package wire

import (
	"fmt"
	"net"
)

// CheckExposure reports an error if other machines can reach a listener at addr
// and the ring has no key: then anybody on the network could join it, read it
// and write to it.
func CheckExposure(addr net.Addr, key []byte) error {
	host, _, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); len(key) > 0 || err == nil && ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen at %s: without a ring key only this machine may reach the ring: listen at 127.0.0.1, or give the ring a key", addr)
}
