package node

import (
	"testing"
	"time"

	"chordscope/node/chord"
)

// TestLag: what a timer is usually late says nothing, an overload is noticed
// within a few wakes, and forgotten soon after it.
func TestLag(t *testing.T) {
	var l lag
	for range 100 {
		if s := l.note(time.Millisecond); s != 1 {
			t.Fatalf("strain %v on a quiet machine", s)
		}
	}
	if s := l.note(-time.Second); s != 1 {
		t.Errorf("strain %v after a wake that came early", s)
	}
	var s float64
	for range 4 {
		s = l.note(100 * time.Millisecond)
	}
	if s < 4 || s > 6 {
		t.Errorf("strain %v with wakes 100 ms late", s)
	}
	if s := l.note(time.Hour); s != chord.MaxStrain {
		t.Errorf("strain %v beyond all bounds", s)
	}
	for range 200 {
		s = l.note(0)
	}
	if s != 1 {
		t.Errorf("strain %v long after it", s)
	}
}
