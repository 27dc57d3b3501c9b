package scenarios

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestShippedListIsTheEmbeddedFiles(t *testing.T) {
	names, err := fs.Glob(files, "*"+extension)
	if err != nil {
		t.Fatal(err)
	}
	want := Shipped()
	slices.Sort(want)
	for i := range want {
		want[i] += extension
	}
	if !slices.Equal(names, want) {
		t.Errorf("embedded %v, listed %v", names, want)
	}
}

// Every claim of a shipped scenario is what the oracle computes.
func TestShippedClaimsAgreeWithOracle(t *testing.T) {
	for _, name := range Shipped() {
		t.Run(name, func(t *testing.T) {
			sc, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			rep := NewRunner(newIdeal()).Run(t.Context(), sc, func(p Progress) {
				if p.Done && !p.Result.OK {
					t.Errorf("line %d: %s: %s", p.Line.Number, p.Line.Text, p.Result.Text)
				}
			})
			if !rep.Passed() || rep.Expectations != sc.Claims() || rep.Expectations == 0 {
				t.Errorf("report %+v", rep)
			}
		})
	}
}

// lastPeer is what a claim about peers ends with.
var lastPeer = regexp.MustCompile(`N(\d+)$`)

// No claim about a peer holds by itself: with another peer in it, it fails.
func TestShippedClaimsCanFail(t *testing.T) {
	for _, name := range Shipped() {
		src, err := files.ReadFile(name + extension)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		lines := strings.Split(string(src), "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "expect ") && !strings.HasPrefix(l, "expect not ") && lastPeer.MatchString(l) {
				lines[i] = lastPeer.ReplaceAllString(l, "N2") // who is in none of them
				changed++
			}
		}
		sc, err := Parse(name, []byte(strings.Join(lines, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		rep := NewRunner(newIdeal()).Run(t.Context(), sc, nil)
		if rep.Err != nil || changed == 0 || rep.Failed != changed {
			t.Errorf("%s: %d claims made false, %d failed (%v)", name, changed, rep.Failed, rep.Err)
		}
	}
}

// The shipped files hold in virtual time too, and the same seed gives the same
// report, byte for byte.
func TestShippedInVirtualTime(t *testing.T) {
	seed := uint64(7)
	run := func(name string) (int, string) {
		var out, errs strings.Builder
		status := RunFiles(t.Context(), RunOptions{JSON: true, Virtual: true, Seed: &seed}, []string{name},
			func(string) System { return NewVirtual() }, &out, &errs)
		return status, out.String() + errs.String()
	}
	for _, name := range Shipped() {
		status, first := run(name)
		if status != ExitOK {
			t.Errorf("%s: status %d\n%s", name, status, first)
		}
		if _, second := run(name); second != first {
			t.Errorf("%s: two runs differ", name)
		}
	}
}
