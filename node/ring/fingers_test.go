package ring_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chordscope/node/ring"
)

// The rings that the papers draw: all of m = 6 is ToN figures 2 to 5, all of
// m = 3 is SIGCOMM 2001 figures 2, 3 and 5.
var (
	ton           = circle{6, []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}}
	tonWith26     = circle{6, []uint64{1, 8, 14, 21, 26, 32, 38, 42, 48, 51, 56}}
	sigcomm       = circle{3, []uint64{0, 1, 3}}
	sigcommWith6  = circle{3, []uint64{0, 1, 3, 6}}
	sigcommLeave3 = circle{3, []uint64{0, 1, 6}}
	sigcommLeave1 = circle{3, []uint64{0, 3, 6}}
)

// circle is a set of peers and nothing more. All pointers follow from it.
type circle struct {
	bits  int
	peers []uint64
}

// successor searches for the first peer at or after id, clockwise.
func (c circle) successor(id ring.ID) ring.ID {
	s := ring.MustSpace(c.bits)
	return slices.MinFunc(c.ids(), func(a, b ring.ID) int {
		return s.Distance(id, a).Compare(s.Distance(id, b))
	})
}

// predecessor searches for the last peer before n; a lone peer is its own.
func (c circle) predecessor(n ring.ID) ring.ID {
	s := ring.MustSpace(c.bits)
	for _, p := range c.ids() {
		if c.successor(s.Add(p, ring.FromUint64(1))) == n {
			return p
		}
	}
	panic("n is not one of the peers")
}

func (c circle) ids() []ring.ID {
	ids := make([]ring.ID, len(c.peers))
	for i, p := range c.peers {
		ids[i] = ring.FromUint64(p)
	}
	return ids
}

// table writes what peer n points at, as "(predecessor, n] start->node ...".
func (c circle) table(n uint64) string {
	s, id := ring.MustSpace(c.bits), ring.FromUint64(n)
	text := []string{s.FormatInterval(ring.OpenClosed(c.predecessor(id), id))}
	for i := 1; i <= s.Bits(); i++ {
		start := s.FingerStart(id, i)
		text = append(text, s.Format(start)+"->"+s.Format(c.successor(start)))
	}
	return strings.Join(text, " ")
}

func TestPaperFingerTables(t *testing.T) {
	for _, v := range []struct {
		ring  circle
		peer  uint64
		table string // the keys that the peer owns, then its fingers
	}{
		{ton, 1, "(56, 1] 2->8 3->8 5->8 9->14 17->21 33->38"},
		{ton, 8, "(1, 8] 9->14 10->14 12->14 16->21 24->32 40->42"},
		{ton, 14, "(8, 14] 15->21 16->21 18->21 22->32 30->32 46->48"},
		{ton, 21, "(14, 21] 22->32 23->32 25->32 29->32 37->38 53->56"},
		{ton, 32, "(21, 32] 33->38 34->38 36->38 40->42 48->48 0->1"},
		{ton, 38, "(32, 38] 39->42 40->42 42->42 46->48 54->56 6->8"},
		{ton, 42, "(38, 42] 43->48 44->48 46->48 50->51 58->1 10->14"},
		{ton, 48, "(42, 48] 49->51 50->51 52->56 56->56 0->1 16->21"},
		{ton, 51, "(48, 51] 52->56 53->56 55->56 59->1 3->8 19->21"},
		{ton, 56, "(51, 56] 57->1 58->1 60->1 0->1 8->8 24->32"},

		{sigcomm, 0, "(3, 0] 1->1 2->3 4->0"},
		{sigcomm, 1, "(0, 1] 2->3 3->3 5->0"},
		{sigcomm, 3, "(1, 3] 4->0 5->0 7->0"},

		{sigcommWith6, 0, "(6, 0] 1->1 2->3 4->6"},
		{sigcommWith6, 1, "(0, 1] 2->3 3->3 5->6"},
		{sigcommWith6, 3, "(1, 3] 4->6 5->6 7->0"},
		{sigcommWith6, 6, "(3, 6] 7->0 0->0 2->3"},

		{sigcommLeave3, 0, "(6, 0] 1->1 2->6 4->6"},
		{sigcommLeave3, 1, "(0, 1] 2->6 3->6 5->6"},
		{sigcommLeave3, 6, "(1, 6] 7->0 0->0 2->6"},

		{sigcommLeave1, 0, "(6, 0] 1->3 2->3 4->6"},
		{sigcommLeave1, 3, "(0, 3] 4->6 5->6 7->0"},
		{sigcommLeave1, 6, "(3, 6] 7->0 0->0 2->3"},

		// Where learners stumble: fingers that point back at their own peer.
		{circle{6, []uint64{5, 10}}, 5, "(10, 5] 6->10 7->10 9->10 13->5 21->5 37->5"},
		{circle{3, []uint64{4}}, 4, "(4, 4] 5->4 6->4 0->4"},
	} {
		if got := v.ring.table(v.peer); got != v.table {
			t.Errorf("N%d of %v:\n got %s\nwant %s", v.peer, v.ring.peers, got, v.table)
		}
	}
}

func TestPaperKeyOwners(t *testing.T) {
	for _, v := range []struct {
		ring       circle
		key, owner uint64
	}{
		{ton, 10, 14}, {ton, 24, 32}, {ton, 30, 32}, {ton, 38, 38}, {ton, 54, 56},
		{tonWith26, 24, 26}, {tonWith26, 30, 32},
		{sigcomm, 1, 1}, {sigcomm, 2, 3}, {sigcomm, 6, 0},
		{sigcommWith6, 1, 1}, {sigcommWith6, 2, 3}, {sigcommWith6, 6, 6},
		{sigcommLeave3, 2, 6},
		{sigcommLeave1, 1, 3},
	} {
		owner, key := v.ring.successor(ring.FromUint64(v.key)), ring.FromUint64(v.key)
		if owner != ring.FromUint64(v.owner) {
			t.Errorf("peers %v: K%d is on N%v, want N%d", v.ring.peers, v.key, toBig(owner), v.owner)
		}
		if owned := ring.OpenClosed(v.ring.predecessor(owner), owner); !owned.Contains(key) {
			t.Errorf("peers %v: K%d is on N%v, whose range is without it", v.ring.peers, v.key, toBig(owner))
		}
	}
}

// N26 joins between N21 and N32 (ToN figure 6): exactly six fingers of the
// others move, and its own table is 32 32 32 38 42 1.
func TestPaperJoinMovesFingers(t *testing.T) {
	var moved []string
	for _, n := range ton.peers {
		before, after := strings.Fields(ton.table(n)), strings.Fields(tonWith26.table(n))
		for i := range ton.bits {
			if f := len(before) - ton.bits + i; before[f] != after[f] {
				moved = append(moved, fmt.Sprintf("N%d +%d %s", n, 1<<i, after[f]))
			}
		}
	}
	want := []string{"N8 +16 24->26", "N14 +8 22->26", "N21 +1 22->26", "N21 +2 23->26", "N21 +4 25->26", "N56 +32 24->26"}
	if !slices.Equal(moved, want) {
		t.Errorf("moved fingers\n got %q\nwant %q", moved, want)
	}
	const table = "(21, 26] 27->32 28->32 30->32 34->38 42->42 58->1"
	if got := tonWith26.table(26); got != table {
		t.Errorf("N26\n got %s\nwant %s", got, table)
	}
}
