package tui

import (
	"fmt"
	"strings"
	"testing"

	"chordscope/node/observe"
)

// TestFooter_KeysAreWhole beside a message of any length.
func TestFooter_KeysAreWhole(t *testing.T) {
	for width := 80; width <= 160; width++ {
		s := newScreen(width, minHeight, paperPicture(), nil)
		for long := range width / 2 {
			s.say(observe.Good, strings.Repeat("x", long+1))
			s.dirty = true
			rows := strings.Split(strings.TrimRight(s.text(), "\n"), "\n")
			last := strings.TrimRight(rows[len(rows)-1], " ")
			if strings.Contains(last, " ? ") && !strings.HasSuffix(last, "? all keys") {
				t.Fatalf("%s: %q", fmt.Sprintf("%d columns, message of %d", width, long+1), last)
			}
		}
	}
}
