package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
)

// TestHealth_OfLostKeys: no copy is missing of what is left, but not all is right.
func TestHealth_OfLostKeys(t *testing.T) {
	pic := &observe.Picture{Peers: make([]observe.Peer, 2), Health: observe.Health{Live: 2, Stable: true, Valid: true}}
	pic.Data.Keys = 24
	if _, text := healthMark(pic); !strings.Contains(text, "copy is right") {
		t.Errorf("without loss: %q", text)
	}
	pic.Data.Lost = 16
	if _, text := healthMark(pic); strings.Contains(text, "copy is right") || !strings.Contains(text, "not every key is left") {
		t.Errorf("with loss: %q", text)
	}
}
