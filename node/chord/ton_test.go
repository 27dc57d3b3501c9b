package chord

import (
	"fmt"
	"slices"
	"testing"

	"chordscope/node/ring"
)

// The claims and figures of Stoica et al., IEEE/ACM ToN 2003, on the ring of
// its figures: m = 6, ten peers.

var tonRing = []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}

func ids(values ...uint64) []ring.ID {
	var out []ring.ID
	for _, v := range values {
		out = append(out, ring.FromUint64(v))
	}
	return out
}

// published selects the protocol as the paper prints it: fingers only (with
// r = 1 the successor list is finger 1), no test of the own range, and no
// confirmation by the owner.
func published(c *Config) { c.Original, c.Successors = true, 1 }

func corrected(c *Config) { c.Successors = 3 }

func tonWeb(t testing.TB, with func(*Config)) *web {
	w := newWeb(t, 6)
	w.ideal(ids(tonRing...), with)
	return w
}

// tonFingers are the tables of figure 4, +1 to +32.
var tonFingers = map[uint64]string{
	1: "8 8 8 14 21 38", 8: "14 14 14 21 32 42", 14: "21 21 21 32 32 48", 21: "32 32 32 32 38 56", 32: "38 38 38 42 48 1",
	38: "42 42 42 48 56 8", 42: "48 48 48 51 1 14", 48: "51 51 56 56 1 21", 51: "56 56 56 1 8 21", 56: "1 1 1 1 8 32",
}

// TestToN_Figure4_FingerTables: fix fingers finds the published tables, from
// nothing but right successors, in either protocol.
func TestToN_Figure4_FingerTables(t *testing.T) {
	for name, with := range map[string]func(*Config){"published": published, "corrected": corrected} {
		t.Run(name, func(t *testing.T) {
			w := tonWeb(t, with)
			for _, p := range w.order {
				clear(p.fingers)
			}
			for range w.space.Bits() {
				for _, p := range w.order {
					w.do(p, Run{TaskFix})
				}
			}
			for id, want := range tonFingers {
				s := w.peer(id).Snapshot()
				if got := w.numbers(s.Fingers); got != want {
					t.Errorf("fingers of N%d: %s, want %s", id, got, want)
				}
			}
		})
	}
}

// TestToN_Figure3_Owners: the five keys of the figure, asked for at every peer.
func TestToN_Figure3_Owners(t *testing.T) {
	for name, with := range map[string]func(*Config){"published": published, "corrected": corrected} {
		for _, recursive := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/recursive=%v", name, recursive), func(t *testing.T) {
				w := tonWeb(t, with)
				for key, want := range map[uint64]uint64{10: 14, 24: 32, 30: 32, 38: 38, 54: 56} {
					for _, p := range w.order {
						if l := w.lookup(p, ring.FromUint64(key), recursive); l.Owner != w.ref(want) {
							t.Errorf("K%d from %s: owner %s %s, want N%d", key, p.self.Addr, l.Owner.Addr, l.Failed, want)
						}
					}
				}
			})
		}
	}
}

// TestToN_Figure4_LookupK54: N8 -> N42 -> N51, answer N56, in both protocols.
func TestToN_Figure4_LookupK54(t *testing.T) {
	for name, with := range map[string]func(*Config){"published": published, "corrected": corrected} {
		for _, recursive := range []bool{false, true} {
			w := tonWeb(t, with)
			l := w.lookup(w.peer(8), ring.FromUint64(54), recursive)
			if got := w.numbers(l.Path); got != "8 42 51 56" {
				t.Errorf("%s, recursive=%v: path %s", name, recursive, got)
			}
		}
	}
}

// TestToN_Figure4_RulesK54: the rule of each hop, with its numbers.
func TestToN_Figure4_RulesK54(t *testing.T) {
	w := tonWeb(t, corrected)
	l := w.lookup(w.peer(8), ring.FromUint64(54), false)
	var got []string
	for _, h := range l.Steps {
		got = append(got, name(h.At)+" "+ruleText(h.Rule))
	}
	want := []string{"N8 finger 6 N42 in (8,54)", "N42 finger 4 N51 in (42,54)", "N51 successor N56 in (51,56]"}
	if !slices.Equal(got, want) {
		t.Errorf("rules %q, want %q", got, want)
	}
}

// TestToN_AllPathsToK54: the forwards of the published pseudo-code from every
// peer. N56 owns the key and yet walks round, for it never tests its own range.
func TestToN_AllPathsToK54(t *testing.T) {
	w := tonWeb(t, published)
	for from, want := range map[uint64]string{
		1: "38 48 51", 8: "42 51", 14: "48 51", 21: "38 48 51", 32: "48 51", 38: "48 51", 42: "51", 48: "51", 51: "", 56: "32 48 51",
	} {
		l := w.lookup(w.peer(from), ring.FromUint64(54), false)
		if got := w.forwards(l); got != want || l.Owner != w.ref(56) {
			t.Errorf("K54 from N%d: forwards %q to %s, want %q to N56", from, got, l.Owner.Addr, want)
		}
	}
}

// TestToN_OwnRangeFirst: the corrected protocol answers such a key at once.
func TestToN_OwnRangeFirst(t *testing.T) {
	w := tonWeb(t, corrected)
	sent := w.sent
	l := w.lookup(w.peer(56), ring.FromUint64(54), false)
	if w.numbers(l.Path) != "56" || w.sent != sent {
		t.Errorf("path %s with %d messages, want N56 alone and none", w.numbers(l.Path), w.sent-sent)
	}
}

func TestToN_OtherLookupsFromN8(t *testing.T) {
	w := tonWeb(t, published)
	for key, want := range map[uint64]string{10: "", 24: "21", 30: "21", 38: "32"} {
		if got := w.forwards(w.lookup(w.peer(8), ring.FromUint64(key), false)); got != want {
			t.Errorf("K%d: forwards %q, want %q", key, got, want)
		}
	}
}

// TestToN_AllPairs: all 640 pairs of source and key, published convention.
func TestToN_AllPairs(t *testing.T) {
	w := tonWeb(t, published)
	var count [8]int
	sum := 0
	for _, p := range w.order {
		for key := range uint64(64) {
			l := w.lookup(p, ring.FromUint64(key), false)
			if l.Owner != w.owner(l.Key).self {
				t.Fatalf("K%d from %s: owner %s", key, p.self.Addr, l.Owner.Addr)
			}
			count[len(l.Steps)-1]++
			sum += len(l.Steps) - 1
		}
	}
	if want := [8]int{64, 247, 273, 56}; count != want {
		t.Errorf("forwards 0, 1, 2, ...: %v, want %v", count, want)
	}
	if mean := fmt.Sprintf("%.3f", float64(sum)/640); mean != "1.502" {
		t.Errorf("mean %s, want 1.502", mean)
	}
}

// TestToN_Figure3_SuccessorsOnly: without fingers a lookup walks along the ring.
func TestToN_Figure3_SuccessorsOnly(t *testing.T) {
	w := tonWeb(t, published)
	for _, p := range w.order {
		clear(p.fingers)
	}
	l := w.lookup(w.peer(8), ring.FromUint64(54), false)
	if got := w.numbers(l.Path); got != "8 14 21 32 38 42 48 51 56" {
		t.Errorf("path %s", got)
	}
}

// TestToN_IVE_FailureWithoutList: N14, N21 and N32 fail together. With fingers
// alone N8 is left with N42, and takes it for the owner of K30, although N38 is.
// With a list it finds the right successor, in the published protocol by update
// and in the corrected one by stabilize, and the right owner.
func TestToN_IVE_FailureWithoutList(t *testing.T) {
	crash := func(with func(*Config)) (*web, *Peer) {
		w := tonWeb(t, with)
		w.kill(14, 21, 32)
		return w, w.peer(8)
	}
	k30 := ring.FromUint64(30)

	w, n8 := crash(published)
	n8.succs = []Ref{w.ref(42)} // the first of its fingers that lives
	if l := w.lookup(n8, k30, false); l.Owner != w.ref(42) {
		t.Errorf("without a list: owner %s %s, want the wrong N42", l.Owner.Addr, l.Failed)
	}

	w, n8 = crash(func(c *Config) { c.Original, c.Successors = true, 4 })
	for range 3 {
		w.do(n8, Run{TaskUpdate})
	}
	if l := w.lookup(n8, k30, false); l.Owner != w.ref(38) {
		t.Errorf("with a list, published: owner %s %s, want N38", l.Owner.Addr, l.Failed)
	}

	w, n8 = crash(func(c *Config) { c.Successors = 4 })
	for range 4 { // three to drop the dead, one to ask N38
		w.do(n8, Run{TaskStabilize})
	}
	if l := w.lookup(n8, k30, false); l.Owner != w.ref(38) || !l.Confirmed {
		t.Errorf("with a list, corrected: owner %s %s, want N38", l.Owner.Addr, l.Failed)
	}
}
