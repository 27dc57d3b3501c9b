package scenarios

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// paperRing returns a runner on the ring of ten of ToN, after a lookup of K54.
func paperRing(t *testing.T) (*Runner, *ideal) {
	t.Helper()
	sys := newIdeal()
	r := NewRunner(sys)
	do(t, r, "set bits=6 successors=3", "join N1 N8 N14 N21 N32 N38 N42 N48 N51 N56", "lookup K54 from N8")
	return r, sys
}

// do runs lines that must be carried out and returns the last result.
func do(t *testing.T, r *Runner, lines ...string) Result {
	t.Helper()
	var res Result
	for _, l := range lines {
		var err error
		if res, err = r.Do(t.Context(), l); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
	}
	return res
}

// Each condition, true and false, with what is seen and who is involved. The
// opposite has the opposite outcome.
func TestConditions(t *testing.T) {
	r, _ := paperRing(t)
	for _, tc := range []struct {
		condition string
		holds     bool
		seen      string
		peers     string
	}{
		{"stable", true, "the ring is stable", ""},
		{"valid", true, "the ring is valid", ""},
		{"rings = 1", true, "1 ring", ""},
		{"rings != 1", false, "1 ring", ""},
		{"size = 10", true, "10 live peers", ""},
		{"size > 10", false, "10 live peers", ""},
		{"size >= 10", true, "10 live peers", ""},
		{"size < 10", false, "10 live peers", ""},
		{"size <= 10", true, "10 live peers", ""},
		{"N8.successor = N14", true, "N8.successor = N14", "N8 N14"},
		{"N8.successor = N014", true, "N8.successor = N14", "N8 N14"},
		{"N8.successor != N14", false, "N8.successor = N14", "N8 N14"},
		{"N8.successor = N21", false, "N8.successor = N14", "N8 N14"},
		{"N8.predecessor = N1", true, "N8.predecessor = N1", "N8 N1"},
		{"N8.predecessor = none", false, "N8.predecessor = N1", "N8 N1"},
		{"N8.predecessor != none", true, "N8.predecessor = N1", "N8 N1"},
		{"N8.successors = N14 N21 N32", true, "N8.successors = N14 N21 N32", "N8 N14 N21 N32"},
		{"N8.successors = N14 N21", false, "N8.successors = N14 N21 N32", "N8 N14 N21 N32"},
		{"N8.successors = N14 N32 N21", false, "N8.successors = N14 N21 N32", "N8 N14 N21 N32"},
		{"N8.successors != N14 N21", true, "N8.successors = N14 N21 N32", "N8 N14 N21 N32"},
		{"N8.finger[4] = N21", true, "N8.finger[4] = N21", "N8 N21"},
		{"N8.finger[5] = N21", false, "N8.finger[5] = N32", "N8 N32"},
		{"owner K54 = N56", true, "N56 owns K54", "N56"},
		{"owner K56 = N56", true, "N56 owns K56", "N56"},
		{"owner K57 = N1", true, "N1 owns K57", "N1"},
		{"owner K54 = N1", false, "N56 owns K54", "N56"},
		{"owner K54 != N1", true, "N56 owns K54", "N56"},
		{`owner "apple" = N56`, true, `N56 owns "apple" (K52)`, "N56"},
		{"path N8 N42 N51 N56", true, "path N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"path = N8 N42 N51 N56", true, "path N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"path != N8 N42 N51 N56", false, "path N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"path N8 N42 N51", false, "path N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"hops = 3", true, "3 hops: N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"hops < 3", false, "3 hops: N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"N8.fingers = N14 N14 N14 N21 N32 N42", true, "N8.fingers = N14 N14 N14 N21 N32 N42", "N8"},
		{"N8.fingers = N14 N14 N14 N21 N42 N32", false, "N8.fingers = N14 N14 N14 N21 N32 N42", "N8"},
		{"hop K54 from N8 = N42", true, "N8 would ask N42 first (N8: closest preceding of 54 in my table: finger[6] = N42)", "N8 N42"},
		{"hop K54 from N8 = none", false, "N8 would ask N42 first (N8: closest preceding of 54 in my table: finger[6] = N42)", "N8 N42"},
		{"hop K5 from N8 = none", true, "N8 would ask nobody (N8: 5 in (1, 8]: the key is my own)", "N8"},
		{"way K10 from N8 = N8 N14", true, "a lookup would go N8 N14 (N8: 10 in (8, 14]: owner is my successor N14)", "N8 N14"},
		{"way K10 from N8 != N8 N14", false, "a lookup would go N8 N14 (N8: 10 in (8, 14]: owner is my successor N14)", "N8 N14"},
		{"fingers to N42 = N38 N8 N32", true, "fingers to N42: N8 N32 N38", "N42 N8 N32 N38"},
		{"fingers to N42 = none", false, "fingers to N42: N8 N32 N38", "N42 N8 N32 N38"},
		{"keys for N26 = none", true, "keys for N26: none", ""},
		{"keys for N60 = K58", false, "keys for N60: none", ""},
		{"messages = 1000", true, "1000 messages since the chapter began", ""},
		{"messages <= 500", false, "1000 messages since the chapter began", ""},
	} {
		for _, not := range []string{"", "not "} {
			res := do(t, r, "expect "+not+tc.condition)
			if want := tc.holds == (not == ""); res.OK != want || res.Failed == want {
				t.Errorf("expect %s%s: %+v", not, tc.condition, res)
			}
			if got := strings.Join(res.Peers, " "); got != tc.peers {
				t.Errorf("expect %s%s: peers %q, want %q", not, tc.condition, got, tc.peers)
			}
			switch {
			case res.OK && res.Text != tc.seen, res.Failed && res.Seen != tc.seen:
				t.Errorf("expect %s%s: %+v, want to see %q", not, tc.condition, res, tc.seen)
			case res.Failed && res.Expected != not+tc.condition:
				t.Errorf("expect %s%s: expected %q", not, tc.condition, res.Expected)
			}
		}
	}
}

// About a peer that is not there nothing holds, nor does its opposite.
func TestConditionsOnAbsentPeers(t *testing.T) {
	r, _ := paperRing(t)
	do(t, r, "kill N8", "leave N14")
	for condition, seen := range map[string]string{
		"N8.successor = N21":  "N8 has crashed; on the ring: N1 N21 N32 N38 N42 N48 N51 N56",
		"N14.successor = N21": "N14 has left; on the ring: N1 N21 N32 N38 N42 N48 N51 N56",
		"N9.finger[1] = none": "there is no peer N9; on the ring: N1 N21 N32 N38 N42 N48 N51 N56",
	} {
		for _, line := range []string{"expect " + condition, "expect not " + condition} {
			if res := do(t, r, line); !res.Failed || res.Seen != seen {
				t.Errorf("%s: %+v", line, res)
			}
		}
	}
}

// What is wrong with a ring is in what is seen.
func TestConditionsOnABrokenRing(t *testing.T) {
	for _, tc := range []struct {
		what      string
		spoil     func(*observe.Picture)
		condition string
		seen      string
	}{
		{"not stable", func(p *observe.Picture) { p.Health.Stable, p.Health.Why = false, "finger[2] of N8 is not N14" },
			"stable", "not stable: finger[2] of N8 is not N14"},
		{"not valid", func(p *observe.Picture) { p.Health.Valid, p.Health.Why = false, "there are 2 rings" },
			"valid", "not valid: there are 2 rings"},
		{"no reason known", func(p *observe.Picture) { p.Health.Valid = false }, "valid", "the ring is not valid"},
		{"stale successor", func(p *observe.Picture) {
			peerIn(p, 8).Successors[0] = observe.Pointer{ID: ring.FromUint64(21), Name: "N21", Verdict: observe.Stale}
		}, "N8.successor = N14", "N8.successor = N21, stale"},
		{"dead entry", func(p *observe.Picture) { peerIn(p, 8).Successors[1].Verdict = observe.Dead },
			"N8.successors = N14", "N8.successors = N14 N21, dead N32"},
		{"no predecessor", func(p *observe.Picture) { peerIn(p, 8).Predecessor = observe.Pointer{} },
			"N8.predecessor = N8", "N8.predecessor = none"},
		{"owner without predecessor", func(p *observe.Picture) { peerIn(p, 56).Predecessor = observe.Pointer{} },
			"owner K54 = N56", "N56 should own K54, but knows no predecessor"},
		{"owner with a wrong predecessor", func(p *observe.Picture) {
			peerIn(p, 56).Predecessor = observe.Pointer{ID: ring.FromUint64(55), Name: "N55", Verdict: observe.Dead}
		}, "owner K54 = N56", "N56 should own K54, but with predecessor N55 it holds only (55, 56] for its own"},
		{"no finger table", func(p *observe.Picture) { peerIn(p, 8).Fingers = nil }, "N8.finger[4] = N21", "N8.finger[4] = none"},
	} {
		r, sys := paperRing(t)
		if res := do(t, r, "expect "+tc.condition); !res.OK && tc.condition != "N8.successors = N14" && tc.condition != "N8.predecessor = N8" {
			t.Errorf("%s: %s does not hold before", tc.what, tc.condition)
		}
		sys.spoil = tc.spoil
		if res := do(t, r, "expect "+tc.condition); !res.Failed || res.Seen != tc.seen {
			t.Errorf("%s: %+v, want to see %q", tc.what, res, tc.seen)
		}
	}
}

// A lone peer is its own neighbour, whether it says so or not.
func TestLonePeer(t *testing.T) {
	r := NewRunner(newIdeal())
	do(t, r, "set bits=6", "join N8", "lookup K54 from N8")
	for _, c := range []string{
		"N8.successor = N8", "N8.predecessor = N8", "N8.successors = N8", "N8.finger[6] = N8", "owner K54 = N8", "path N8", "hops = 0",
	} {
		if res := do(t, r, "expect "+c); !res.OK {
			t.Errorf("%s: %+v", c, res)
		}
	}
	do(t, r, "kill N8")
	for _, c := range []string{"stable", "owner K54 = N8"} {
		if res := do(t, r, "expect "+c); !res.Failed || res.Seen != "the ring is empty" {
			t.Errorf("%s on an empty ring: %+v", c, res)
		}
	}
	if res := do(t, r, "expect not owner K54 = N8"); !res.Failed {
		t.Errorf("an empty ring has an owner for nothing, and no other: %+v", res)
	}
}

// The dead peer beside its restarted successor of the same identifier is not
// the one that is meant.
func TestRestartedPeer(t *testing.T) {
	r, sys := paperRing(t)
	sys.spoil = func(p *observe.Picture) {
		i := slices.IndexFunc(p.Peers, func(q observe.Peer) bool { return q.Name == "N8" })
		p.Peers = slices.Insert(p.Peers, i, observe.Peer{ID: ring.FromUint64(8), Name: "N8", State: observe.StateDead})
	}
	if res := do(t, r, "expect N8.successor = N14"); !res.OK {
		t.Errorf("%+v", res)
	}
	if _, err := r.Do(t.Context(), "join N8"); err == nil || !strings.Contains(err.Error(), "N8 is on the ring already") {
		t.Errorf("joined twice: %v", err)
	}
}

func TestFingerNumbering(t *testing.T) {
	r, _ := paperRing(t)
	do(t, r, "set fingers=0-based")
	if res := do(t, r, "expect N8.finger[3] = N21"); !res.OK {
		t.Errorf("finger 3 from 0: %+v", res)
	}
	if res := do(t, r, "expect N8.finger[0] = N21"); res.Seen != "N8.finger[0] = N14" {
		t.Errorf("finger 0: %+v", res)
	}
	do(t, r, "set fingers=1-based")
	if res := do(t, r, "expect N8.finger[4] = N21"); !res.OK {
		t.Errorf("finger 4 from 1: %+v", res)
	}
}

// On a wide ring peers are named by a prefix, as far as it is unique.
func TestWideRing(t *testing.T) {
	r := NewRunner(newIdeal())
	do(t, r, "set bits=64 successors=2")
	res := do(t, r, "join N3fa2000000000001 N3FB1000000000000 N8fffffffffffffff Nabc")
	if got := strings.Join(res.Peers, " "); got != "N3fa2000000 N3fb1000000 N8fffffffff N0000000000" {
		t.Errorf("joined %s", got)
	}
	for _, c := range []string{
		"N3fa.successor = N3fb", "N3fa2000000000001.successor = N3fb1000000000000", "N0.successors = N3fa N3fb",
		"owner K3fa2000000000002 = N3fb", "owner Kabc = N0000000000000abc", "N8.predecessor = N3fb", "N0.finger[64] = N8f", "not N3fa.successor = N8",
	} {
		if res := do(t, r, "expect "+c); !res.OK {
			t.Errorf("%s: %+v", c, res)
		}
	}
	if res := do(t, r, "expect N3f.successor = N3fb"); !res.Failed || res.Seen != "N3f may be any of N3fa2000000 N3fb1000000: give more digits" {
		t.Errorf("ambiguous: %+v", res)
	}
	if _, err := r.Do(t.Context(), "kill N3f"); err == nil || err.Error() != "N3f may be any of N3fa2000000 N3fb1000000: give more digits" {
		t.Errorf("ambiguous: %v", err)
	}
	if res := do(t, r, "lookup K3fa2000000000002 from N8f"); res.Lookup.OwnerName != "N3fb1000000" {
		t.Errorf("%s", res.Text)
	}
	if res := do(t, r, "kill successor N3fa"); res.Peers[0] != "N3fb1000000" {
		t.Errorf("%v", res.Peers)
	}
	var mistake *Error
	if _, err := r.Do(t.Context(), "kill Nxyz"); !errors.As(err, &mistake) || mistake.Column != 6 {
		t.Errorf("not hexadecimal: %v", err)
	}
}
