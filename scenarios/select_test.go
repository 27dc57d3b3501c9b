package scenarios

import (
	"slices"
	"strings"
	"testing"

	"chordscope/node/ring"
)

func TestSelectors(t *testing.T) {
	for _, tc := range []struct{ line, peers string }{
		{"focus N8", "N8"},
		{"focus any", "N1"},
		{"focus owner K54", "N56"},
		{"focus owner K57", "N1"},
		{"focus successor N8", "N14"},
		{"focus successor N56", "N1"},
		{"focus successor N9", "N14"}, // a place on the circle will do
		{`focus owner "apple"`, "N56"},
		{"kill all", "N1 N8 N14 N21 N32 N38 N42 N48 N51 N56"},
		{"kill N8 owner K54 any", "N8 N56 N1"},
		{"leave N1 any all", "N1 N8 N14 N21 N32 N38 N42 N48 N51 N56"},
		{"lookup K54 from owner K54", "N56"},
	} {
		r, _ := paperRing(t)
		if res := do(t, r, tc.line); strings.Join(res.Peers, " ") != tc.peers {
			t.Errorf("%s: %v, want %s", tc.line, res.Peers, tc.peers)
		}
	}
}

func TestSelectorsThatFindNobody(t *testing.T) {
	for line, want := range map[string]string{
		"kill N9":              "there is no peer N9; on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56",
		"kill random 11":       "11 peers wanted, but only 10 peers left to select from",
		"kill N8 successor N1": "N8 is selected twice",
		"kill all any":         "1 peer wanted, but only 0 peers left to select from",
		"join N9 via N10":      "there is no peer N10; on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56",
		"join N9 N8":           "N8 is on the ring already: no two peers may have the same identifier",
		"lookup K1 from N2":    "there is no peer N2; on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56",
	} {
		r, _ := paperRing(t)
		if res, err := r.Do(t.Context(), line); err == nil || err.Error() != want || res.OK {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	for _, who := range []string{"random", "any", "all", "owner K5", "successor N5"} {
		r := NewRunner(newIdeal())
		if _, err := r.Do(t.Context(), "kill "+who); err == nil || err.Error() != "the ring is empty" {
			t.Errorf("kill %s on an empty ring: %v", who, err)
		}
	}
}

// random draws different live peers, the same ones for the same seed.
func TestRandomIsSeeded(t *testing.T) {
	draw := func(seed string) []string {
		r := NewRunner(newIdeal())
		do(t, r, "set seed="+seed, "join 30")
		return append(do(t, r, "kill random 5 random 3").Peers, do(t, r, "focus random").Peers...)
	}
	first := draw("7")
	if !slices.Equal(first, draw("7")) {
		t.Error("the same seed drew other peers")
	}
	if slices.Equal(first, draw("8")) {
		t.Error("another seed drew the same peers")
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(first))); len(sorted) != 9 {
		t.Errorf("drew %v: not nine different peers", first)
	}
}

// Every live peer is drawn now and then.
func TestRandomIsFair(t *testing.T) {
	r, _ := paperRing(t)
	counts := make(map[string]int)
	for range 1000 {
		counts[do(t, r, "focus random").Peers[0]]++
	}
	for _, id := range []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56} {
		name := "N" + ring.MustSpace(6).Format(ring.FromUint64(id))
		if counts[name] < 50 || counts[name] > 200 {
			t.Errorf("%s was drawn %d times of 1000", name, counts[name])
		}
	}
}
