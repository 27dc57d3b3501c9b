package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The oracle is right where the papers print figures (ToN figure 4 and section
// IV-D; SIGCOMM figure 3b) and in what follows from them by hand. Everything
// else is tested against it.
func TestOracleAgainstPublishedFigures(t *testing.T) {
	ton := oracle{bits: 6, listLen: 3, ids: []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}}
	small := oracle{bits: 3, listLen: 2, ids: []uint64{0, 1, 3}}
	fingers := func(o oracle, n uint64) []uint64 {
		var out []uint64
		for i := 1; i <= o.bits; i++ {
			out = append(out, o.finger(n, i))
		}
		return out
	}
	for _, tc := range []struct {
		what string
		got  []uint64
		want []uint64
	}{
		{"fingers of N8", fingers(ton, 8), []uint64{14, 14, 14, 21, 32, 42}},
		{"fingers of N42", fingers(ton, 42), []uint64{48, 48, 48, 51, 1, 14}},
		{"fingers of N56", fingers(ton, 56), []uint64{1, 1, 1, 1, 8, 32}},
		{"list of N8", ton.successors(8), []uint64{14, 21, 32}},
		{"list of N51", ton.successors(51), []uint64{56, 1, 8}},
		{"K54 from N8", ton.path(8, 54), []uint64{8, 42, 51, 56}},
		{"K54 from N56", ton.path(56, 54), []uint64{56}},
		{"K38 from N8", ton.path(8, 38), []uint64{8, 32, 38}},
		{"owners", []uint64{ton.owner(10), ton.owner(24), ton.owner(30), ton.owner(38), ton.owner(54), ton.owner(57)}, []uint64{14, 32, 32, 38, 56, 1}},
		{"small N0", fingers(small, 0), []uint64{1, 3, 0}},
		{"small N1", fingers(small, 1), []uint64{3, 3, 0}},
		{"small N3", fingers(small, 3), []uint64{0, 0, 0}},
		{"small K1 from N3", small.path(3, 1), []uint64{3, 0, 1}},
		{"alone", oracle{bits: 6, listLen: 3, ids: []uint64{8}}.path(8, 54), []uint64{8}},
	} {
		if !slices.Equal(tc.got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.what, tc.got, tc.want)
		}
	}
}

// A table of four rows in SIGCOMM's figure 5, after N6 joined and N3 left.
func TestOracleAfterJoinAndLeave(t *testing.T) {
	var got strings.Builder
	for _, ids := range [][]uint64{{0, 1, 3, 6}, {0, 1, 6}} {
		o := oracle{bits: 3, listLen: 2, ids: ids}
		for _, n := range ids {
			fmt.Fprintf(&got, "N%d:%d%d%d ", n, o.finger(n, 1), o.finger(n, 2), o.finger(n, 3))
		}
	}
	if want := "N0:136 N1:336 N3:660 N6:003 N0:166 N1:666 N6:006 "; got.String() != want {
		t.Errorf("tables %s, want %s", got.String(), want)
	}
}
