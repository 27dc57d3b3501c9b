package truth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

var space6 = ring.MustSpace(6)

func ref(id uint64) chord.Ref {
	return chord.Ref{ID: ring.FromUint64(id), Addr: fmt.Sprintf("n%d", id), Inc: 1}
}

// members reads a ring written as "1<8[14 21]", predecessor, peer and list, one
// word a peer; "-" is no predecessor. Fingers are right unless a test changes
// them.
func members(t *testing.T, text string) []*chord.Snapshot {
	t.Helper()
	var out []*chord.Snapshot
	for word := range strings.SplitSeq(text, ";") {
		word = strings.TrimSpace(word)
		pred, rest, _ := strings.Cut(word, "<")
		id, list, ok := strings.Cut(strings.TrimSuffix(rest, "]"), "[")
		if !ok {
			t.Fatalf("cannot read %q", word)
		}
		s := &chord.Snapshot{Self: ref(number(t, id)), Status: chord.StatusMember, Fingers: make([]chord.Ref, space6.Bits())}
		if pred != "-" {
			s.Predecessor = ref(number(t, pred))
		}
		for e := range strings.FieldsSeq(list) {
			s.Successors = append(s.Successors, ref(number(t, e)))
		}
		out = append(out, s)
	}
	m := NewMembers(space6, out)
	for i := range m.Len() {
		for f := range m.At(i).Fingers {
			m.At(i).Fingers[f] = m.Finger(i, f+1)
		}
	}
	return out
}

func number(t *testing.T, s string) (n uint64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return n
}

const idealFour = "51<1[14 32]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]"

// TestCheck violates each property by itself, with r = 2.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, ring, why string
		want            Report
	}{
		{"ideal", idealFour, "",
			Report{Members: 4, Valid: true, Ideal: true, Rings: 1, Windings: 1, Principals: 4}},
		{"nobody", "", "",
			Report{}},
		{"alone", "-<14[]", "",
			Report{Members: 1, Valid: true, Ideal: true, Rings: 1, Windings: 1, Principals: 1}},
		{"alone, as the protocol of 2003 writes it", "14<14[14]", "",
			Report{Members: 1, Valid: true, Ideal: true, Rings: 1, Windings: 1, Principals: 1}},
		{"two peers", "32<14[32]; 14<32[14]", "",
			Report{Members: 2, Valid: true, Ideal: true, Rings: 1, Windings: 1, Principals: 2}},
		{"two rings", "32<1[32]; 51<14[51]; 1<32[1]; 14<51[14]", "there are 2 rings",
			Report{Members: 4, Rings: 2, Windings: 1, WrongSuccessors: 4, WrongPredecessors: 4}},
		{"one ring that winds twice", "51<1[32]; 32<14[51]; 1<32[14]; 14<51[1]", "the ring winds round the circle 2 times",
			Report{Members: 4, Rings: 1, Windings: 2, WrongSuccessors: 3, WrongLists: 1, WrongPredecessors: 3}},
		{"an appendage", "51<1[32 51]; -<14[32 51]; 1<32[51 1]; 32<51[1 32]", "the successor of N1 is N32, not N14",
			Report{Members: 4, Valid: true, Rings: 1, Windings: 1, Appendages: 1, Principals: 3, WrongSuccessors: 1, WrongLists: 1, WrongPredecessors: 2}},
		{"stranded", "51<1[14 32]; 1<14[20 21]; 14<32[51 1]; 32<51[1 14]", "N14 has no live successor",
			Report{Members: 4, Appendages: 4, Stranded: 1, Principals: 4, WrongSuccessors: 1}},
		{"the first entry is dead", "51<1[14 32]; 1<14[20 32]; 14<32[51 1]; 32<51[1 14]", "the successor of N14 is N20, not N32",
			Report{Members: 4, Valid: true, Rings: 1, Windings: 1, Principals: 4, WrongSuccessors: 1}},
		{"a list out of order", "51<1[14 32]; 1<14[32 51]; 14<32[51 50]; 32<51[1 14]", "the successor list of N32 is not in order",
			Report{Members: 4, Rings: 1, Windings: 1, Principals: 1, WrongLists: 1}},
		{"a list with a repeat", "51<1[14 14]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]", "the successor list of N1 is not in order",
			Report{Members: 4, Rings: 1, Windings: 1, Principals: 1, WrongLists: 1}},
		{"a list with the peer itself", "51<1[14 1]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]", "the successor list of N1 is not in order",
			Report{Members: 4, Rings: 1, Windings: 1, Principals: 2, WrongLists: 1}},
		{"a short list", "51<1[14]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]", "the successor list of N1 is not right",
			Report{Members: 4, Valid: true, Rings: 1, Windings: 1, Principals: 4, WrongLists: 1}},
		{"a wrong predecessor", "32<1[14 32]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]", "the predecessor of N1 is not N51",
			Report{Members: 4, Valid: true, Rings: 1, Windings: 1, Principals: 4, WrongPredecessors: 1}},
		{"no predecessor", "-<1[14 32]; 1<14[32 51]; 14<32[51 1]; 32<51[1 14]", "the predecessor of N1 is not N51",
			Report{Members: 4, Valid: true, Rings: 1, Windings: 1, Principals: 4, WrongPredecessors: 1}},
		{"members who know nobody", "-<1[]; -<14[]", "there are 2 rings",
			Report{Members: 2, Rings: 2, Windings: 1, Principals: 2, WrongSuccessors: 2, WrongPredecessors: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var live []*chord.Snapshot
			if c.ring != "" {
				live = members(t, c.ring)
			}
			got := NewMembers(space6, live).Check(2)
			if got.Why != c.why {
				t.Errorf("why: %q, want %q", got.Why, c.why)
			}
			got.Why = ""
			if got != c.want {
				t.Errorf("\n got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// TestCheck_Fingers: a wrong finger is counted, and only Stable minds it.
func TestCheck_Fingers(t *testing.T) {
	live := members(t, idealFour)
	rep := NewMembers(space6, live).Check(2)
	if !rep.Stable() {
		t.Fatalf("not stable: %+v", rep)
	}
	live[0].Fingers[5] = ref(14)     // finger 6 of N1 starts at 33: N51
	live[2].Fingers[5] = chord.Ref{} // finger 6 of N32 is not known
	rep = NewMembers(space6, live).Check(2)
	if rep.WrongFingers != 2 || !rep.Ideal || rep.Stable() || rep.Why == "" {
		t.Errorf("with two wrong fingers: %+v", rep)
	}
}

// TestCheck_Incarnations: a pointer at the former life of a member is a pointer
// at nobody.
func TestCheck_Incarnations(t *testing.T) {
	live := members(t, idealFour)
	old := live[1].Successors[0]
	live[1].Successors = []chord.Ref{{ID: old.ID, Addr: old.Addr, Inc: old.Inc - 1}, live[1].Successors[1]}
	rep := NewMembers(space6, live).Check(2)
	if rep.WrongSuccessors != 1 || rep.Ideal || rep.Appendages != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestMembers(t *testing.T) {
	m := NewMembers(space6, members(t, idealFour))
	if m.Len() != 4 || m.At(-1).Self != ref(51) || m.At(4).Self != ref(1) || m.At(2).Self != ref(32) {
		t.Error("not in identifier order round the circle")
	}
	for key, owner := range map[uint64]uint64{0: 1, 1: 1, 2: 14, 14: 14, 33: 51, 51: 51, 52: 1, 63: 1} {
		if got := m.Owner(ring.FromUint64(key)); got != ref(owner) {
			t.Errorf("K%d is at %v, want N%d", key, got, owner)
		}
	}
	if i, ok := m.Index(ref(32)); i != 2 || !ok || !m.Live(ref(32)) {
		t.Error("N32 is not the third")
	}
	if _, ok := m.Index(ref(33)); ok || m.Live(ref(33)) {
		t.Error("N33 is no member")
	}
	if got := m.Successors(2, 9); len(got) != 3 || got[0] != ref(51) || got[2] != ref(14) {
		t.Errorf("all successors of N32: %v", got)
	}
	if m.Predecessor(0) != ref(51) || m.Finger(1, 6) != ref(51) { // 14 + 32 = 46
		t.Error("predecessor of N1 or finger 6 of N14")
	}
}

// TestHolders: owner first, then round the circle, nobody twice.
func TestHolders(t *testing.T) {
	m := NewMembers(space6, members(t, idealFour))
	for _, c := range []struct {
		key  uint64
		k    int
		want []uint64
	}{
		{0, 1, []uint64{1}}, {1, 2, []uint64{1, 14}}, {2, 3, []uint64{14, 32, 51}}, {33, 2, []uint64{51, 1}},
		{52, 3, []uint64{1, 14, 32}}, {51, 4, []uint64{51, 1, 14, 32}}, {51, 5, []uint64{51, 1, 14, 32}}, {63, 0, nil},
	} {
		var want []chord.Ref
		for _, id := range c.want {
			want = append(want, ref(id))
		}
		if got := m.Holders(ring.FromUint64(c.key), c.k); !slices.Equal(got, want) {
			t.Errorf("K%d, %d times: %v, want %v", c.key, c.k, got, want)
		}
	}
	if got := NewMembers(space6, nil).Holders(ring.FromUint64(1), 3); got != nil {
		t.Errorf("nobody is there, but %v should hold", got)
	}
	lone := NewMembers(space6, []*chord.Snapshot{{Self: ref(9)}})
	if got := lone.Holders(ring.FromUint64(63), 3); !slices.Equal(got, []chord.Ref{ref(9)}) {
		t.Errorf("the only member: %v", got)
	}
}

// TestFingers: all at once they are the same as one by one.
func TestFingers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		space := ring.MustSpace(3 + rng.IntN(20))
		var live []*chord.Snapshot
		for range 1 + rng.IntN(12) {
			id := rng.Uint64N(1 << space.Bits())
			if !slices.ContainsFunc(live, func(s *chord.Snapshot) bool { return s.Self == ref(id) }) {
				live = append(live, &chord.Snapshot{Self: ref(id)})
			}
		}
		m := NewMembers(space, live)
		for i := range m.Len() {
			for f, got := range m.AppendFingers(nil, i) {
				if want := m.Finger(i, f+1); got != want {
					t.Fatalf("%d bits, %d members: finger[%d] of %v is %v, want %v", space.Bits(), m.Len(), f+1, m.At(i).Self, got, want)
				}
			}
		}
	}
}
