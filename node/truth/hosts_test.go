package truth

import (
	"slices"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// Virtual nodes 1, 2 and 5 on one host, 3 and 6 on another, 7 alone.
func TestHoldersAreOnDifferentHosts(t *testing.T) {
	var live []*chord.Snapshot
	for id, host := range map[uint64]string{1: "", 2: "a:1", 5: "a:1", 3: "", 6: "a:3", 7: ""} {
		r := ref(id)
		r.Host = host
		switch id {
		case 1, 3:
			r.Addr = map[uint64]string{1: "a:1", 3: "a:3"}[id]
		}
		live = append(live, &chord.Snapshot{Self: r})
	}
	m := NewMembers(ring.MustSpace(6), live)
	for _, c := range []struct {
		key  uint64
		k    int
		want []uint64
	}{
		{1, 1, []uint64{1}}, {1, 2, []uint64{1, 3}}, {1, 3, []uint64{1, 3, 7}}, {1, 5, []uint64{1, 3, 7}},
		{3, 2, []uint64{3, 5}}, {3, 3, []uint64{3, 5, 7}}, {6, 3, []uint64{6, 7, 1}}, {8, 2, []uint64{1, 3}},
	} {
		var got []uint64
		for _, r := range m.Holders(ring.FromUint64(c.key), c.k) {
			id, _ := r.ID.Uint64()
			got = append(got, id)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("K%d kept %d times: %v, want %v", c.key, c.k, got, c.want)
		}
	}
}
