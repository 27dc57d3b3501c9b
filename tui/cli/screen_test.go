package cli

import (
	"testing"
	"time"

	"chordscope/scenarios"
)

// TestLengthen: the more peers, the longer each waits, so that all together do no
// more; a ring of the usual size is as it is.
func TestLengthen(t *testing.T) {
	usual := scenarios.DefaultSettings()
	for peers, times := range map[int]time.Duration{0: 1, 8: 1, usualPeers: 1, 2 * usualPeers: 2, 1000: 1000 / usualPeers} {
		set := usual
		lengthen(&set, peers)
		if set.Stabilize != times*usual.Stabilize || set.Fix != times*usual.Fix || set.Check != times*usual.Check ||
			set.Repair != times*usual.Repair || set.Timeout != times*usual.Timeout {
			t.Errorf("%d peers get %+v, want all intervals %d times as long", peers, set, times)
		}
	}
}
