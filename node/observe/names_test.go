package observe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

func hex(t *testing.T, space ring.Space, digits string) ring.ID {
	t.Helper()
	id, err := space.Parse(digits)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestNamesOnDecimalRings(t *testing.T) {
	for _, bits := range []int{3, 6, 32} {
		space := ring.MustSpace(bits)
		n := newNamer(space, []ring.ID{{}, space.Last()})
		if a, b := n.peer(ring.ID{}), n.key(space.Last()); a != "N0" || b != "K"+space.Format(space.Last()) {
			t.Errorf("%d bits: %s %s", bits, a, b)
		}
	}
}

// On wide rings a name has as many digits as tell the known peers apart.
func TestNamesOnWideRings(t *testing.T) {
	space := ring.MustSpace(64)
	var ids []ring.ID
	for _, d := range []string{"3fa2000000000000", "3fa2000000000001", "3fa3000000000000", "ffff123456789abc", "0000000000000000"} {
		ids = append(ids, hex(t, space, d))
	}
	n := newNamer(space, ids)
	for i, want := range []string{"N3fa2000000000000", "N3fa2000000000001", "N3fa3", "Nffff", "N0000"} {
		if got := n.peer(ids[i]); got != want {
			t.Errorf("peer %d is %s, want %s", i, got, want)
		}
	}
	for digits, want := range map[string]string{"3fa2000000000000": "K3fa2000000000000", "3fa1000000000000": "K3fa1", "ffff1234ffffffff": "Kffff1234f"} {
		if got := n.key(hex(t, space, digits)); got != want {
			t.Errorf("key %s is %s, want %s", digits, got, want)
		}
	}
}

// Names are unique, never shorter than need be, and found again.
func TestNamesAreUnique(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, bits := range []int{33, 64, 160} {
		space := ring.MustSpace(bits)
		pic := &Picture{Space: space}
		var ids []ring.ID
		for range 300 {
			id := space.At(rng.Float64() / 64) // crowded
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		n := newNamer(space, ids)
		for _, id := range ids {
			pic.Peers = append(pic.Peers, Peer{ID: id, Name: n.peer(id)})
		}
		for _, p := range pic.Peers {
			if found := pic.FindPeer(p.Name); len(found) != 1 || found[0].ID != p.ID {
				t.Errorf("%d bits: %s finds %d peers", bits, p.Name, len(found))
			}
			if short := p.Name[:len(p.Name)-1]; len(p.Name) > 1+minDigits && len(pic.FindPeer(short)) < 2 {
				t.Errorf("%d bits: %s would do for %s", bits, short, p.Name)
			}
		}
	}
}

func TestFindPeer(t *testing.T) {
	names := func(peers []*Peer) string {
		var out []string
		for _, p := range peers {
			out = append(out, p.Name)
		}
		return strings.Join(out, " ")
	}
	s := newScene(t, 6, 3)
	s.paper()
	for name, want := range map[string]string{"N8": "N8", "8": "N8", "n8": "N8", "N4": "", "N": "", "": "", "K8": ""} {
		if got := names(s.Picture().FindPeer(name)); got != want {
			t.Errorf("%q finds %q, want %q", name, got, want)
		}
	}
	wide := newScene(t, 33, 3)
	for i, d := range []string{"000000001", "1ffffffff", "1fffabcde"} {
		r := chord.Ref{ID: hex(t, wide.cfg.Space, d), Addr: fmt.Sprintf("127.0.0.1:%d", i), Inc: 1}
		wide.show(&chord.Snapshot{Self: r, Status: chord.StatusMember, Fingers: make([]chord.Ref, 33)})
	}
	for name, want := range map[string]string{"N1FFF": "N1fffa N1ffff", "N1ffff": "N1ffff", "0": "N0000", "N": "", "N2": ""} {
		if got := names(wide.Picture().FindPeer(name)); got != want {
			t.Errorf("%q finds %q, want %q", name, got, want)
		}
	}
}

// When a peer comes that a name does not tell apart, names grow.
func TestNamesFollowThePeers(t *testing.T) {
	s := newScene(t, 33, 3)
	first := chord.Ref{ID: hex(t, s.cfg.Space, "1abcd0000"), Addr: "127.0.0.1:1", Inc: 1}
	second := chord.Ref{ID: hex(t, s.cfg.Space, "1abcd00ff"), Addr: "127.0.0.1:2", Inc: 1}
	for i, tc := range []struct {
		new  chord.Ref
		want string
	}{{first, "N1abc"}, {second, "N1abcd000"}} {
		s.show(&chord.Snapshot{Self: tc.new, Status: chord.StatusMember, Fingers: make([]chord.Ref, 33)})
		if p := peerOf(t, s.Picture(), first); p.Name != tc.want {
			t.Errorf("after %d peers the first is %s, want %s", i+1, p.Name, tc.want)
		}
	}
}
