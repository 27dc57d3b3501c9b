package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// Virtual nodes 8, 21 and 40 share a host; 30 did, and has crashed; 14 has one
// of its own.
func TestVirtualNodesOfTheSelectedHost(t *testing.T) {
	pic := &observe.Picture{Space: ring.MustSpace(6)}
	for _, p := range []observe.Peer{
		{Name: "N8", Addr: "a:1"}, {Name: "N14", Addr: "a:2"}, {Name: "N21", Addr: "a:3", Host: "a:1"},
		{Name: "N30", Addr: "a:4", Host: "a:1", State: observe.StateDead}, {Name: "N40", Addr: "a:5", Host: "a:1"},
	} {
		p.ID, _ = pic.Space.Parse(p.Name[1:])
		if p.State != observe.StateDead {
			p.State = observe.StateMember
		}
		pic.Peers = append(pic.Peers, p)
	}
	text := func(i, width int) string {
		var lines []string
		for _, r := range hostRows(pic, &pic.Peers[i], width) {
			line := ""
			for _, p := range r.parts {
				line += p.text
			}
			lines = append(lines, strings.TrimSpace(line))
		}
		return strings.Join(lines, "|")
	}
	for _, c := range []struct {
		i, width int
		want     string
	}{{0, 40, "same host    N21  N40"}, {2, 40, "same host    N8  N40"}, {2, 18, "same host    N8|N40"}, {1, 40, ""}} {
		if got := text(c.i, c.width); got != c.want {
			t.Errorf("%s: %q, want %q", pic.Peers[c.i].Name, got, c.want)
		}
	}
	f := &ringFrame{ringScene: ringScene{pic: pic, selected: &pic.Peers[2]}}
	for i, want := range []bool{true, false, false, true, true} {
		if f.beside(&pic.Peers[i]) != want {
			t.Errorf("%s is beside N21: %v", pic.Peers[i].Name, !want)
		}
	}
	f.selected = nil
	if f.beside(&pic.Peers[0]) {
		t.Error("beside nobody")
	}
}
