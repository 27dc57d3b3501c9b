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
	want := slices.Clone(shipped)
	for i := range want {
		want[i] += extension
	}
	if slices.Sort(want); !slices.Equal(names, want) {
		t.Errorf("embedded %v, listed %v", names, want)
	}
}

// harmed are the shipped scenarios with claims about a ring that is harmed by
// something, or made of something, that the oracle knows nothing of.
var harmed = []string{
	"freeze", "partition", "split", "cut", "one-way", "one-successor", "slow-fingers", "poison", "crash", "virtual-nodes",
	"lookups-in-motion",
}

// isHarmed reports whether a scenario is one of these, or goes through states
// that are not ideal step by step.
func isHarmed(name string) bool {
	return slices.Contains(harmed, name) || strings.HasPrefix(name, "join-steps") || strings.HasPrefix(name, "zave-")
}

// newJudge returns the system on which the claims of a shipped scenario are
// tested.
func newJudge(name string) System {
	if isHarmed(name) {
		return NewVirtual()
	}
	sys := newIdeal()
	sys.faults.heals = true
	return sys
}

// Every claim of a shipped scenario is what the oracle computes.
func TestShippedClaimsAgreeWithOracle(t *testing.T) {
	t.Parallel()
	for _, name := range shipped {
		if isHarmed(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			sc, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			rep := NewRunner(newJudge(name)).Run(t.Context(), sc, func(p Progress) {
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

// lastWord is what a claim ends with that names a peer, a key or a number, or
// says what a value is.
var lastWord = regexp.MustCompile(`(N\d+| K\d+| = \d+|= none|<= \w+|"[^"]*")$`)

// answered is a question about a condition with the answer written down.
var answered = regexp.MustCompile(`^ask "[^"]*" = [^"]* = `)

// opposite returns a claim that is false where l is true, made by changing one
// word; false for lines that are no claim of a kind it knows.
func opposite(l string) (string, bool) {
	claim, ok := strings.CutPrefix(l, "expect ")
	if !ok && answered.MatchString(l) {
		other := strings.TrimRight(l, "0123456789")
		return other + "7", other != l
	}
	word := lastWord.FindString(claim)
	switch rest := strings.TrimSuffix(claim, word); {
	case !ok:
		return l, false
	case claim == "found":
		return "expect not found", true
	case claim == "not found":
		return "expect found", true
	case word == "" || strings.HasPrefix(claim, "not ") || strings.HasPrefix(claim, "eventually "):
		return l, false
	case strings.HasPrefix(word, "<= "):
		return "expect " + rest + ">" + word[2:], true
	case word == "= none":
		return "expect " + rest + "!= none", true
	case word[0] == '"':
		return "expect " + rest + `"wrong"`, true
	case word[1] == '=':
		return "expect " + rest + " = 99", true
	default: // nobody is called 7, and no key is
		return "expect " + rest + strings.TrimRight(word, "0123456789") + "7", true
	}
}

// No claim holds by itself: with another peer, key, value or number in it, it
// fails.
func TestShippedClaimsCanFail(t *testing.T) {
	t.Parallel()
	for _, name := range shipped {
		src, err := files.ReadFile(name + extension)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		lines := strings.Split(string(src), "\n")
		for i, l := range lines {
			if other, ok := opposite(l); ok {
				lines[i] = other
				changed++
			}
		}
		sc, err := Parse(name, []byte(strings.Join(lines, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		rep := NewRunner(newJudge(name)).Run(t.Context(), sc, nil)
		if rep.Err != nil || changed == 0 || rep.Failed != changed {
			t.Errorf("%s: %d claims made false, %d failed (%v)", name, changed, rep.Failed, rep.Err)
		}
	}
}

// The shipped files hold in virtual time too, and the same seed gives the same
// report, byte for byte.
func TestShippedInVirtualTime(t *testing.T) {
	t.Parallel()
	seed := uint64(7)
	run := func(name string) (int, string) {
		var out, errs strings.Builder
		status := RunFiles(t.Context(), RunOptions{JSON: true, Virtual: true, Seed: &seed}, []string{name},
			func(string) System { return NewVirtual() }, &out, &errs)
		return status, out.String() + errs.String()
	}
	for _, name := range shipped {
		status, first := run(name)
		if status != ExitOK {
			t.Errorf("%s: status %d\n%s", name, status, first)
		}
		if _, second := run(name); second != first {
			t.Errorf("%s: two runs differ", name)
		}
	}
}
