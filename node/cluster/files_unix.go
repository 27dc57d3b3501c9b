//go:build unix

package cluster

import (
	"fmt"
	"syscall"
)

// descriptorsFor estimates how many descriptors n peers in this process need
// while they join: both ends of every link are here. In a small ring everyone
// comes to know everyone, in a large one links grow no further.
func descriptorsFor(n int) uint64 { return uint64(n) * uint64(min(2*n+6, mostEach)) }

// mostEach is how many descriptors one peer was seen to need in a large ring.
const mostEach = 64

// checkDescriptors reports if a ring of n peers would run into the limit of
// open files, which the Go runtime has raised as far as it may.
func checkDescriptors(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return nil // no limit is known
	}
	if need := descriptorsFor(n); need > limit.Cur {
		return fmt.Errorf("%d peers in one process need about %d open files, and the limit is %d, enough for some %d: raise it with ulimit -n",
			n, need, limit.Cur, max(limit.Cur/mostEach, 1))
	}
	return nil
}
