package scenarios

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// keyRing returns a runner on the ring of ten of ToN with four keys, K54 and
// "apple" (which stands at 52) on N56, after a get of K54.
func keyRing(t *testing.T) (*Runner, *ideal) {
	t.Helper()
	r, sys := paperRing(t)
	do(t, r, `put K54 "fifty-four"`, `put "apple" "red"`, `put K10 "ten"`, `put K24 ""`, "get K54 from N8")
	return r, sys
}

// Each condition on keys, true and false, with what is seen and who is
// involved. The opposite has the opposite outcome.
func TestKeyConditions(t *testing.T) {
	r, _ := keyRing(t)
	for _, tc := range []struct {
		condition string
		holds     bool
		seen      string
		peers     string
	}{
		{"lost = 0", true, "0 lost keys", ""},
		{"lost > 0", false, "0 lost keys", ""},
		{"keys = 4", true, "4 keys", ""},
		{"keys < 4", false, "4 keys", ""},
		{"replicas K54 = N56 N1 N8", true, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 = N8 N56 N1", true, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 = N56 N1", false, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 = N56 N1 N14", false, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 = N56 N1 N8 N14", false, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 = none", false, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"replicas K54 != N56 N1", true, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{`replicas "apple" = N56 N1 N8`, true, `"apple" (K52) is on N56 N1 N8`, "N56 N1 N8"},
		{"replicas K55 = none", true, "nobody holds K55", ""},
		{"replicas K55 = N56", false, "nobody holds K55", ""},
		{"copies K54 = 3", true, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"copies K54 >= 4", false, "K54 is on N56 N1 N8", "N56 N1 N8"},
		{"copies K55 = 0", true, "nobody holds K55", ""},
		{`value K54 = "fifty-four"`, true, `value K54 = "fifty-four"`, "N56 N1 N8"},
		{`value K54 = "fifty-fou"`, false, `value K54 = "fifty-four"`, "N56 N1 N8"},
		{`value K54 = none`, false, `value K54 = "fifty-four"`, "N56 N1 N8"},
		{`value K54 != "red"`, true, `value K54 = "fifty-four"`, "N56 N1 N8"},
		{`value "apple" = "red"`, true, `value "apple" (K52) = "red"`, "N56 N1 N8"},
		{`value K24 = ""`, true, `value K24 = ""`, "N32 N38 N42"},
		{`value K24 = none`, false, `value K24 = ""`, "N32 N38 N42"},
		{`value K55 = none`, true, "nobody holds K55", ""},
		{`value K55 = ""`, false, "nobody holds K55", ""},
		{"found", true, `K54 was found: "fifty-four"`, "N56"},
		{`N56.keys = K54 "apple"`, true, `N56.keys = "apple" K54`, "N56"},
		{`N56.keys = "apple"`, false, `N56.keys = "apple" K54`, "N56"},
		{`N56.keys = "apple" K54 K55`, false, `N56.keys = "apple" K54`, "N56"},
		{"N56.keys = K52 K54", false, `N56.keys = "apple" K54`, "N56"},
		{"N56.keys != none", true, `N56.keys = "apple" K54`, "N56"},
		{"N1.keys = none", true, "N1.keys = none", "N1"},
		{`N1.copies = K54 "apple"`, true, `N1.copies = "apple" K54`, "N1"},
		{"N1.copies = none", false, `N1.copies = "apple" K54`, "N1"},
		{"N32.copies = K10 K24", true, "N32.copies = K10 K24", "N32"},
		{"N56.load = 2", true, "N56 owns 2 keys", "N56"},
		{"N56.load < 2", false, "N56 owns 2 keys", "N56"},
		{"N1.load = 0", true, "N1 owns 0 keys", "N1"},
		{"path N8 N42 N51 N56", true, "path N8 N42 N51 N56", "N8 N42 N51 N56"},
		{"hops = 3", true, "3 hops: N8 N42 N51 N56", "N8 N42 N51 N56"},
	} {
		for _, not := range []string{"", "not "} {
			res := do(t, r, "expect "+not+tc.condition)
			if want := tc.holds == (not == ""); res.OK != want || res.Failed == want {
				t.Errorf("expect %s%s: %+v", not, tc.condition, res)
			}
			if seen := res.Seen + strings.TrimPrefix(res.Text, "expected "+not+tc.condition+", seen "+res.Seen); seen != tc.seen {
				t.Errorf("expect %s%s: %+v, want to see %q", not, tc.condition, res, tc.seen)
			}
			if got := strings.Join(res.Peers, " "); got != tc.peers {
				t.Errorf("expect %s%s: peers %q, want %q", not, tc.condition, got, tc.peers)
			}
		}
	}
}

// What went wrong with keys is in what is seen.
func TestKeyConditionsInTrouble(t *testing.T) {
	datum := func(p *observe.Picture, name string) *observe.Datum {
		for _, d := range p.Keys {
			if d.Name == name {
				return d
			}
		}
		return nil
	}
	for _, tc := range []struct {
		what      string
		spoil     func(*observe.Picture)
		condition string
		holds     bool
		seen      string
	}{
		{"a copy is missing", func(p *observe.Picture) { datum(p, "K54").Holders[1].Has = false },
			"replicas K54 = N56 N1 N8", false, "K54 is on N56 N8"},
		{"a copy is old", func(p *observe.Picture) { h := &datum(p, "K54").Holders[0]; h.Has, h.Old = false, true },
			`N56.keys = "apple" K54`, false, `N56.keys = "apple"`},
		{"the owner lacks it, others have it", func(p *observe.Picture) { datum(p, "K54").Holders[0].Has = false },
			`value K54 = "fifty-four"`, true, `value K54 = "fifty-four"`},
		{"another owner", func(p *observe.Picture) { datum(p, "K54").Owner = ring.FromUint64(1) },
			`N56.keys = "apple" K54`, false, `N56.keys = "apple"`},
		{"an equal beginning", func(p *observe.Picture) { d := datum(p, "K54"); d.Sum++ },
			`value K54 = "fifty-four"`, false, `value K54 = "fifty-four"`},
		{"an equal sum", func(p *observe.Picture) { d := datum(p, "K54"); d.Size = 11 },
			`value K54 = "fifty-four"`, false, `value K54 = "fifty-four"... (11 bytes)`},
		{"no text", func(p *observe.Picture) { d := datum(p, "K54"); d.Head = "\x00\xff" },
			`value K54 = "x"`, false, "value K54 = 10 bytes that are no text"},
		{"cut in a letter", func(p *observe.Picture) { d := datum(p, "K54"); d.Head, d.Size = strings.Repeat("ä", 24)[1:], 500 },
			`value K54 = "x"`, false, "value K54 = 500 bytes that are no text"},
		{"cut at the end of a letter", func(p *observe.Picture) {
			d := datum(p, "K54")
			d.Head, d.Size = "x"+strings.Repeat("ä", 24)[:47], 500
		},
			`value K54 = "x"`, false, `value K54 = "x` + strings.Repeat("ä", 23) + `"... (500 bytes)`},
	} {
		r, sys := keyRing(t)
		sys.spoil = tc.spoil
		if res := do(t, r, "expect "+tc.condition); res.OK != tc.holds || !strings.HasSuffix(res.Text, tc.seen) {
			t.Errorf("%s: %+v, want to see %q", tc.what, res, tc.seen)
		}
	}
}

// Keys that nobody holds any more are lost until they are put anew.
func TestLostKeys(t *testing.T) {
	r, _ := keyRing(t)
	do(t, r, "kill N56 N1 N8")
	for condition, seen := range map[string]string{
		"lost = 2":               `2 lost keys: "apple" K54`,
		"keys = 2":               "2 keys",
		"replicas K54 = none":    "K54 is lost: no live peer holds what was acknowledged",
		"value \"apple\" = none": `"apple" (K52) is lost: no live peer holds what was acknowledged`,
		"copies K54 = 0":         "K54 is lost: no live peer holds what was acknowledged",
		"N14.keys = K10":         "N14.keys = K10",
	} {
		if res := do(t, r, "expect "+condition); !res.OK || res.Text != seen {
			t.Errorf("%s: %+v", condition, res)
		}
	}
	do(t, r, "get K54 from N21")
	if res := do(t, r, "expect not found"); !res.OK || res.Text != "K54 was not found" {
		t.Errorf("%+v", res)
	}
	do(t, r, `put K54 "again"`)
	if res := do(t, r, "expect lost = 1"); !res.OK {
		t.Errorf("%+v", res)
	}
	if res := do(t, r, "expect replicas K54 = N14 N21 N32"); !res.OK {
		t.Errorf("%+v", res)
	}
}

// Long lists are cut where people stop reading, but not the answer to a question.
func TestManyKeys(t *testing.T) {
	r := NewRunner(newIdeal())
	do(t, r, "set bits=6", "join N8", "load 20 keys")
	res := do(t, r, "expect N8.keys = none")
	if n := strings.Count(res.Seen, "key-"); n != maxListed || !strings.HasSuffix(res.Seen, " and 8 more") {
		t.Errorf("%s", res.Seen)
	}
	for _, line := range []string{`ask "Which keys has N8?" = N8.keys`, `ask "Which will N8 have?" = keys for N8`} {
		if res := do(t, r, line); res.Answer == nil || len(strings.Fields(res.Answer.Text)) != 20 {
			t.Errorf("%s: %+v", line, res.Answer)
		}
	}
}
