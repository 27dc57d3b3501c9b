//go:build unix

package cluster

import (
	"fmt"
	"syscall"

	"chordscope/proto/wire"
)

const (
	// leastEach is how many descriptors a peer needs in a ring that has few: both
	// ends of every link are in this process.
	leastEach = 16
	// reserved is how many the rest of the program needs, and sixteenth the share
	// of few that it may take.
	reserved, sixteenth = 1000, 16
)

// files returns how many descriptors the peers may have together. The Go runtime
// has raised the limit as far as it may.
func files() (limit uint64, known bool) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0, false
	}
	return uint64(r.Cur), true
}

// newBudget returns the budget of all peers of this process.
func newBudget() *wire.Budget {
	limit, known := files()
	if !known || limit > 1<<30 {
		return nil
	}
	return wire.NewBudget(int(limit - spare(limit)))
}

// spare is what is left for the rest of the program.
func spare(limit uint64) uint64 { return min(reserved, limit/sixteenth) }

// descriptorsFor returns how many descriptors n peers need at least. In a small
// ring each has a link with every other.
func descriptorsFor(n int) uint64 { return uint64(n) * uint64(min(2*n+6, leastEach)) }

// checkDescriptors reports if a ring of n peers would run into the limit of open
// files.
func checkDescriptors(n int) error {
	limit, known := files()
	if !known {
		return nil
	}
	if need := descriptorsFor(n) + spare(limit); need > limit {
		return fmt.Errorf("%d peers in one process need at least %d open files, and the limit is %d, enough for %d: raise it with ulimit -n",
			n, need, limit, (limit-spare(limit))/leastEach)
	}
	return nil
}
