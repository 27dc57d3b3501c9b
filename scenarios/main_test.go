package scenarios

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain says how many tests run at the same time, and sees to it that nothing
// is left of any of them.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}
