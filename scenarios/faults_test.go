package scenarios

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// What lines say about links, and which faults the system is given for it.
func TestLinkFaults(t *testing.T) {
	for _, tc := range []struct {
		lines, text string
		faults      []string
	}{
		{"cut N8 -> N42", "N8 -> N42: nothing gets through", []string{"8->42 cut"}},
		{"cut N8->N42", "N8 -> N42: nothing gets through", []string{"8->42 cut"}},
		{"cut N8 <-> N42", "N8 <-> N42: nothing gets through", []string{"8->42 cut", "42->8 cut"}},
		{"delay N8 -> N42 200ms", "N8 -> N42: every message comes 200ms later", []string{"8->42 delay 200ms"}},
		{"delay N8 -> N42 200ms jitter 50ms", "N8 -> N42: every message comes 200ms to 250ms later", []string{"8->42 delay 200ms, jitter 50ms"}},
		{"drop N8 <-> N42 7%", "N8 <-> N42: 7% of the messages are lost, and come again 200ms later", []string{"8->42 drop 7%", "42->8 drop 7%"}},
		{"drop N8 -> N42 29%", "N8 -> N42: 29% of the messages are lost, and come again 200ms later", []string{"8->42 drop 29%"}},
		{"cut owner K54 -> successor N56", "N56 -> N1: nothing gets through", []string{"56->1 cut"}},
		// One line leaves alone what another did to the same link.
		{"delay N8 -> N42 1s\ndrop N8 -> N42 5%\ndelay N8 -> N42 2s", "N8 -> N42: every message comes 2s later", []string{"8->42 delay 2s, drop 5%"}},
		{"cut N8 -> N42\ndelay N42 -> N8 1s", "N42 -> N8: every message comes 1s later", []string{"8->42 cut", "42->8 delay 1s"}},
		{"cut N8 <-> N42\nheal", "all links are sound again; 2 links were not", nil},
		{"heal", "all links were sound already", nil},
	} {
		r, sys := paperRing(t)
		res := do(t, r, strings.Split(tc.lines, "\n")...)
		if got := sys.linkFaults(); !slices.Equal(got, tc.faults) || res.Text != tc.text {
			t.Errorf("%s: %q, %v", tc.lines, res.Text, got)
		}
	}
}

// all on one side of an arrow is everybody but the other side.
func TestCutFromAll(t *testing.T) {
	r, sys := paperRing(t)
	res := do(t, r, "cut N8 <-> all")
	want := "N8 <-> N1, N8 <-> N14, N8 <-> N21, N8 <-> N32 and 5 more: nothing gets through"
	if got := sys.linkFaults(); len(got) != 18 || len(res.Peers) != 10 || res.Text != want {
		t.Errorf("%v, %s", got, res.Text)
	}
}

func TestReset(t *testing.T) {
	r, sys := paperRing(t)
	do(t, r, "reset N8 -> N42", "reset N8 <-> N42", "reset N14 -> N21")
	if want := []string{"reset 8 42", "reset 8 42", "reset 14 21"}; !slices.Equal(sys.faults.done, want) {
		t.Errorf("%v", sys.faults.done)
	}
	if res := do(t, r, "reset N8 -> N42"); res.Text != "N8 <-> N42: the connection is reset" {
		t.Error(res.Text)
	}
}

func TestPartition(t *testing.T) {
	for _, tc := range []struct {
		line  string
		text  string
		pairs int // both ways
	}{
		{"partition N1 N8 | rest", "N1 N8 | N14 N21 N32 N38 N42 N48 N51 N56", 2 * 2 * 8},
		{"partition rest | N1", "N8 N14 N21 N32 N38 N42 N48 N51 N56 | N1", 2 * 9},
		{"partition N1|N8", "N1 | N8", 2},
		{"partition N1 N8 | N14 N21 | rest", "N1 N8 | N14 N21 | N32 N38 N42 N48 N51 N56", 2 * (4 + 12 + 12)},
		{"partition owner K54 any | all", "N56 N1 | N8 N14 N21 N32 N38 N42 N48 N51", 2 * 2 * 8},
	} {
		r, sys := paperRing(t)
		res := do(t, r, tc.line)
		if res.Text != "nothing gets through between "+tc.text || len(sys.faults.links) != tc.pairs {
			t.Errorf("%s: %s, %d links", tc.line, res.Text, len(sys.faults.links))
		}
		sides := strings.Split(tc.text, " | ")
		side := func(id ring.ID) int {
			return slices.IndexFunc(sides, func(s string) bool { return slices.Contains(strings.Fields(s), sys.name(plain(id))) })
		}
		for l, f := range sys.faults.links {
			if f != (observe.LinkFault{Cut: true}) || side(l.from) == side(l.to) || side(l.from) < 0 || side(l.to) < 0 {
				t.Errorf("%s: %v -> %v is %v", tc.line, l.from, l.to, f)
			}
		}
	}
}

// What cannot be carried out, because of who is there and how it is.
func TestFaultsRefused(t *testing.T) {
	const ten = "on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56"
	for _, tc := range []struct{ lines, want string }{
		{"cut N8 -> N9", "there is no peer N9; " + ten},
		{"cut N8 -> successor N1", "N8 is selected twice"},
		{"cut all -> any", "1 peer wanted, but only 0 peers left to select from"},
		{"partition all | rest", "nobody is left for the rest"},
		{"partition N1 | N8 owner K1", "N1 is selected twice"},
		{"poison N8.successor = N8", "N8 is selected twice"},
		{"poison N8.successor = N9", "there is no peer N9; " + ten},
		{"thaw N8", "N8 is not frozen; nobody is"},
		{"freeze N14\nthaw N8", "N8 is not frozen; frozen: N14"},
		{"thaw all", "no peer is frozen"},
		{"restart N8", "N8 is not crashed; nobody is"},
		{"restart any", "no peer is crashed"},
		{"kill N14\nrestart N8", "N8 is not crashed; crashed: N14"},
		{"kill N14\nrestart random 2", "2 peers wanted, but only 1 peer left to select from"},
		{"leave N14\nrestart N14", "N14 is not crashed; nobody is"},
		// A frozen peer obeys only thaw and kill.
		{"freeze N8\nfreeze N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\nleave N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\nlookup K1 from N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\nput K1 \"x\" from N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\njoin N9 via N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\ncut N8 -> N14", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\ncut N14 <-> N8", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\npartition N1 | rest", "N8 is frozen and hears nothing: expected after thaw N8"},
		{"freeze N8\npoison N8.successor = N21", "N8 is frozen and hears nothing: expected after thaw N8"},
		// Newcomers need the registry.
		{"registry down\njoin N9", errNoRegistry.Error()},
		{"registry down\njoin N9 via N8", errNoRegistry.Error()},
		{"registry down\njoin 1", errNoRegistry.Error()},
		{"registry down\nkill N8\nrestart N8", errNoRegistry.Error()},
		{"registry down\nchurn 1h join=60", "churn, join: " + errNoRegistry.Error()},
	} {
		r, _ := paperRing(t)
		lines := strings.Split(tc.lines, "\n")
		do(t, r, lines[:len(lines)-1]...)
		res, err := r.Do(t.Context(), lines[len(lines)-1])
		if err == nil || err.Error() != tc.want || res.OK {
			t.Errorf("%s: %v", tc.lines, err)
		}
	}
}

// Selectors of those who are frozen or have crashed; the latter also when they
// have gone from the picture.
func TestFrozenAndCrashed(t *testing.T) {
	r, sys := paperRing(t)
	for _, tc := range []struct{ line, peers string }{
		{"freeze N8 N14 N21", "N8 N14 N21"},
		{"focus any", "N1"},
		{"cut N1 -> N8", "N1 N8"}, // only the sender has to hear of it
		{"thaw any", "N8"},
		{"thaw all", "N14 N21"},
		{"kill N8 N14 N21 N32", "N8 N14 N21 N32"},
		{"join N14", "N14"},
		{"restart N32", "N32"},
	} {
		if res := do(t, r, tc.line); strings.Join(res.Peers, " ") != tc.peers {
			t.Errorf("%s: %v, want %s", tc.line, res.Peers, tc.peers)
		}
	}
	clear(sys.gone)
	if res := do(t, r, "restart all"); strings.Join(res.Peers, " ") != "N8 N21" {
		t.Errorf("restart all: %v", res.Peers)
	}
	if res := do(t, r, "expect size = 10"); !res.OK {
		t.Error(res.Text)
	}
}

func TestPoison(t *testing.T) {
	r, sys := paperRing(t)
	do(t, r, "poison N8.finger[6] = N14", "poison N8.successor = owner K30", "set fingers=0-based", "poison N8.finger[0] = N42")
	if want := []string{"poison 8 6 14", "poison 8 1 32", "poison 8 1 42"}; !slices.Equal(sys.faults.done, want) {
		t.Errorf("%v", sys.faults.done)
	}
	res := do(t, r, "poison N8.finger[5] = N14")
	if res.Text != "N8.finger[5] points at N14, which it should not" || !slices.Equal(res.Peers, []string{"N8", "N14"}) {
		t.Errorf("%+v", res)
	}
}

// However a run ends, what it broke is mended.
func TestRunMends(t *testing.T) {
	broken := "join N1 N8 N14\nfreeze N8\ncut N1 <-> N14\nregistry down\n"
	for name, end := range map[string]string{
		"at its end": "", "with a failed claim": "expect size = 7", "with an error": "thaw N1", "when it is interrupted": "sleep 1h",
	} {
		sys := newIdeal()
		r := NewRunner(sys)
		if end == "sleep 1h" {
			r.Gate = func(_ context.Context, l Line) error {
				if l.Command == "sleep" {
					return errors.New("enough")
				}
				return nil
			}
		}
		rep := r.Run(t.Context(), mustParse(t, broken+end), nil)
		if pic := sys.Picture(); len(pic.Faults) > 0 || len(frozenIDs(pic)) > 0 || !pic.Registry.Up {
			t.Errorf("a run that ends %s leaves %v, frozen %v, registry up %v (%v)", name, pic.Faults, frozenIDs(pic), pic.Registry.Up, rep.Err)
		}
		if want := []string{"registry down", "registry up"}; !slices.Equal(sys.faults.done, want) {
			t.Errorf("a run that ends %s: %v", name, sys.faults.done)
		}
	}
	sys := newIdeal()
	sys.fail = map[string]error{"Heal": errors.New("nobody obeys")}
	rep := NewRunner(sys).Run(t.Context(), mustParse(t, broken), nil)
	if want := "healing what the scenario broke: nobody obeys"; rep.Err == nil || rep.Err.Error() != want || rep.ExitCode() != ExitWrong {
		t.Errorf("a ring that cannot be mended: %v", rep.Err)
	}
}

// Each command that breaks or mends something says so before, with the peers
// that were selected.
func TestDisturbed(t *testing.T) {
	for _, tc := range []struct{ line, what string }{
		{"kill N8 owner K54", "kill N8 N56"},
		{"freeze N8", "freeze N8"},
		{"cut N8 <-> N42", "cut N8 <-> N42"},
		{"delay any -> N42 1s", "delay N1 -> N42"},
		{"drop N8 -> N42 1%", "drop N8 -> N42"},
		{"reset N8 -> N42", "reset N8 <-> N42"},
		{"partition N1 | N8", "partition N1 | N8"},
		{"poison N8.finger[6] = N14", "poison N8.finger[6] = N14"},
		{"heal", "heal"},
		{"merge", "merge"},
	} {
		r, sys := paperRing(t)
		do(t, r, tc.line)
		if told := sys.faults.told; len(told) != 1 || told[0].What != tc.what {
			t.Errorf("%s: %+v", tc.line, told)
		}
	}
	r, sys := paperRing(t)
	do(t, r, "join N9", "leave N9", "lookup K5 from N1", "registry down")
	if len(sys.faults.told) > 0 {
		t.Errorf("told %+v", sys.faults.told)
	}
	do(t, r, "registry up", "kill N8", "restart N8", "freeze N8", "thaw N8")
	var what []string
	for _, rec := range sys.faults.told {
		what = append(what, rec.What)
	}
	if got := strings.Join(what, ", "); got != "kill N8, restart N8, freeze N8, thaw N8" {
		t.Error(got)
	}
}
