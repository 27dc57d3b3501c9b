package scenarios

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"chordscope/node/store"
)

// What is said of a put, get, delete and load.
func TestAccessInWords(t *testing.T) {
	r, _ := paperRing(t)
	for _, tc := range []struct{ line, want string }{
		{"get K54 from N8", "get K54: not found, owner N56 has no value (3 hops, 5ms)"},
		{`put K54 "fifty-four" from N8`, "put K54 = 3 copies on N56 N1 N8, owner N56 (3 hops, 5ms)"},
		{`put "apple" "red" from N56`, `put "apple" (K52) = 3 copies on N56 N1 N8, owner N56 (0 hops, 5ms)`},
		{"get K54 from N51", `get K54 = "fifty-four" from owner N56 (1 hop, 5ms)`},
		{`get "apple" from N56`, `get "apple" (K52) = "red" from owner N56 (0 hops, 5ms)`},
		{`delete "apple" from N8`, `delete "apple" (K52): gone from 3 peers, owner N56 (3 hops, 5ms)`},
		{`delete "apple" from N8`, `delete "apple" (K52): there was no value, owner N56 (3 hops, 5ms)`},
		{"load 3 keys", `3 keys put, "key-1" to "key-3"; the ring holds 4 keys`},
		{"load 1 keys", `1 key put, "key-4"; the ring holds 5 keys`},
		{"kill N1 N8 N14 N21 N32 N38 N42 N48 N51", "N1 N8 N14 N21 N32 N38 N42 N48 N51 crashed; the ring has 1 peer"},
		{`put K1 "one" from N56`, "put K1 = 1 copy on N56, owner N56 (0 hops, 5ms)"},
	} {
		if res := do(t, r, tc.line); !res.OK || res.Text != tc.want {
			t.Errorf("%s: %q, want %q", tc.line, res.Text, tc.want)
		}
	}
}

// A long value, or one that is no text, is not poured out before a class.
func TestShowValue(t *testing.T) {
	for _, tc := range []struct{ value, want string }{
		{"", `""`},
		{"red", `"red"`},
		{"a \"b\"\nc", `"a \"b\"\nc"`},
		{strings.Repeat("x", 48), `"` + strings.Repeat("x", 48) + `"`},
		{strings.Repeat("x", 49), `"` + strings.Repeat("x", 48) + `"... (49 bytes)`},
		{"\x1b[31m", "5 bytes that are no text"},
		{"\xff", "1 byte that are no text"},
		{strings.Repeat("日", 17), `"` + strings.Repeat("日", 16) + `"... (51 bytes)`},
		{"x" + strings.Repeat("日", 17), `"x` + strings.Repeat("日", 15) + `"... (52 bytes)`},
	} {
		if got := showValue([]byte(tc.value), len(tc.value)); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.value, got, tc.want)
		}
	}
}

// Without "from" a peer is drawn with the scenario's seed.
func TestAccessFromRandomPeers(t *testing.T) {
	origins := func(seed string) []string {
		r := NewRunner(newIdeal())
		do(t, r, "set bits=6 seed="+seed, "join N1 N8 N14 N21 N32 N38 N42 N48 N51 N56")
		var out []string
		for range 20 {
			for _, line := range []string{`put K1 "x"`, "get K1", "delete K1"} {
				out = append(out, do(t, r, line).Lookup.PathNames[0])
			}
		}
		return out
	}
	first := origins("7")
	if !slices.Equal(first, origins("7")) {
		t.Error("the same seed drew other peers")
	}
	if slices.Equal(first, origins("8")) {
		t.Error("another seed drew the same peers")
	}
	slices.Sort(first)
	if n := len(slices.Compact(first)); n < 8 {
		t.Errorf("60 accesses through %d of ten peers", n)
	}
}

// Loads have names that go on, different values, and peers drawn with the seed.
func TestLoadKeys(t *testing.T) {
	puts := func(seed string) (out []LoadPut) {
		sys := newIdeal()
		sys.onLoad = func(p []LoadPut) { out = append(out, p...) }
		do(t, NewRunner(sys), "set bits=6 seed="+seed, "join N1 N8 N14 N21 N32", "load 40 keys", "load 60 keys")
		return out
	}
	first := puts("1")
	names, values, froms := make(map[string]bool), make(map[string]bool), make(map[uint64]int)
	for _, p := range first {
		names[p.Key.Name], values[string(p.Value)] = true, true
		froms[plain(p.From)]++
	}
	if len(names) != 100 || !names["key-1"] || !names["key-100"] || len(values) != 100 || len(froms) != 5 {
		t.Errorf("%d names, %d values, from %v", len(names), len(values), froms)
	}
	same := func(a, b LoadPut) bool { return a.From == b.From }
	if !slices.EqualFunc(first, puts("1"), same) || slices.EqualFunc(first, puts("2"), same) {
		t.Error("the peers are not drawn with the seed")
	}
}

func TestAccessNeedsPeers(t *testing.T) {
	for _, line := range []string{`put K1 "x"`, "get K1", "delete K1", "load 5 keys", "get K1 from any"} {
		if _, err := NewRunner(newIdeal()).Do(t.Context(), line); err == nil || err.Error() != "the ring is empty" {
			t.Errorf("%s on an empty ring: %v", line, err)
		}
	}
	r, _ := paperRing(t)
	if _, err := r.Do(t.Context(), "get K1 from N9"); err == nil || !strings.HasPrefix(err.Error(), "there is no peer N9") {
		t.Errorf("through a peer that is not there: %v", err)
	}
}

// A failed access is the last one: nothing can be claimed of the one before.
func TestClaimsAfterAFailedGet(t *testing.T) {
	r, sys := keyRing(t)
	sys.fail = map[string]error{"access outcome": errors.New("no copies in reach")}
	do(t, r, "get K54 from N8")
	for claim, seen := range map[string]string{
		"found":     "the get failed: no copies in reach",
		"not found": "the get failed: no copies in reach",
		"hops = 3":  "the get failed: no copies in reach",
	} {
		if res := do(t, r, "expect "+claim); !res.Failed || res.Seen != seen {
			t.Errorf("%s: %+v", claim, res)
		}
	}
	sys.fail = nil
	do(t, r, "lookup K54 from N8") // does not change what was found
	if res := do(t, r, "expect not found"); !res.Failed {
		t.Errorf("%+v", res)
	}
	if res := do(t, r, "expect hops = 3"); !res.OK {
		t.Errorf("%+v", res)
	}
}

// A value that is no text is whole in the report for programs.
func TestPayloadOfBinaryValue(t *testing.T) {
	r, sys := paperRing(t)
	k := store.Key{ID: identifiers(54)[0]}
	sys.access(identifiers(8)[0], Access{Op: opPut, Key: k, Value: []byte("\x00\xff")})
	pay := do(t, r, "get K54").Payload.(accessPayload)
	if pay.Value != nil || string(pay.ValueBase64) != "\x00\xff" {
		t.Errorf("%+v", pay)
	}
}
