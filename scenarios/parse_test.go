package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParseLines(t *testing.T) {
	src := "\ufeff# a comment\r\n" +
		"title \"Say \\\"hi\\\" \\\\ # not a comment\"  # a comment\r\n" +
		"\t set  bits = 6\tsuccessors=3 #\n" +
		"\n" +
		"join N1#too\n" +
		"expect size=1"
	sc, err := Parse("demo", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range sc.Lines {
		got = append(got, fmt.Sprintf("%d|%s|%s|%v", l.Number, l.Command, l.Text, l.Claim))
	}
	want := []string{
		`2|title|title "Say \"hi\" \\ # not a comment"|false`,
		"3|set|set  bits = 6\tsuccessors=3|false",
		"5|join|join N1|false",
		"6|expect|expect size=1|true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("lines\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if sc.Title != `Say "hi" \ # not a comment` || sc.Name != "demo" || sc.Claims() != 1 {
		t.Errorf("title %q, name %q, %d claims", sc.Title, sc.Name, sc.Claims())
	}
}

// Who may be there though no line names it is not missed.
func TestPeersNotMissed(t *testing.T) {
	for _, src := range []string{
		"set bits=6\nkill N9",
		"set bits=6\njoin N1\njoin 3\nkill N9",
		"set bits=6\njoin N1 N2 N3\nchurn 5s join=6\nkill N9",
		"set bits=6 vnodes=2\njoin N1\nkill N9",
		"set bits=40\njoin N3fa2000000\nkill N3fa N3FA2",
		"set bits=6\njoin N1\njoin N9 via N1\nkill N09",
		"include paper-lookup\nkill N56",
	} {
		if _, err := Parse("x.chord", []byte(src)); err != nil {
			t.Errorf("%s\n%v", src, err)
		}
	}
}

// All mistakes of a file come at once, in its order, each with its line.
func TestAllMistakesAtOnce(t *testing.T) {
	src := `title Lookup
set bits=600 colour=red successors=2 replicas=3
join N8 N99999 N123456
  wait until stabel within 5s
expect N8.successor = N14
kill N8`
	_, err := Parse("demo.chord", []byte(src))
	if err == nil {
		t.Fatal("no error")
	}
	want := `demo.chord:1:7: expected a string in double quotes, found "Lookup"
    title Lookup
          ^
demo.chord:2:10: bits is 3 to 160, found "600"
    set bits=600 colour=red successors=2 replicas=3
             ^
demo.chord:2:14: unknown setting "colour"
    set bits=600 colour=red successors=2 replicas=3
                 ^
demo.chord:2:47: replicas=3: expected at most successors=2, since copies are kept on the successor list
    set bits=600 colour=red successors=2 replicas=3
                                                  ^
demo.chord:3:9: N99999 is not on a ring of 16 bits: expected N0 to N65535
    join N8 N99999 N123456
            ^
demo.chord:3:16: N123456 is not on a ring of 16 bits: expected N0 to N65535
    join N8 N99999 N123456
                   ^
demo.chord:4:14: unknown condition "stabel": did you mean stable?
      wait until stabel within 5s
                 ^`
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}

// The caret stands under the word in a terminal, whatever stands before it.
func TestCaret(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, tc := range []struct{ line, want string }{
		{"\tkill\tx", "        kill    x\n                ^"},
		{"say \"日本\" x", "    say \"日本\" x\n               ^"},
		{"say \"e\u0301\" x", "    say \"e\u0301\" x\n" + strings.Repeat(" ", 4+8) + "^"}, // a combining accent
		{"say \"" + long + "\" x", "    …" + strings.Repeat("x", 68) + "\" x\n    " + strings.Repeat(" ", 71) + "^"},
		{"kill x" + long, "    kill x" + strings.Repeat("x", 39) + "…\n         ^"},
	} {
		_, err := Parse("f", []byte(tc.line))
		_, got, _ := strings.Cut(fmt.Sprint(err), "\n")
		if got != tc.want {
			t.Errorf("%q:\n%s\nwant\n%s", tc.line, got, tc.want)
		}
	}
}

func TestLimits(t *testing.T) {
	full := "# " + strings.Repeat("x", maxLine-2)
	for _, tc := range []struct{ what, src, want string }{
		{"longest line", full, ""},
		{"line too long", "join 5\n" + full + "x", "f:2:1: the line is longer than 4096 bytes"},
		{"largest file", strings.Repeat("#\n", maxFile/2), ""},
		{"file too large", strings.Repeat("#\n", maxFile/2) + "#", "f:1:1: the file is larger than 1 MiB, the most a scenario may have"},
		{"not text", "join 5\n# \u00e9\xff", "f:2:4: the file is not UTF-8 text"},
		{"empty", "", ""},
	} {
		_, err := Parse("f", []byte(tc.src))
		if got := fmt.Sprint(err); err == nil && tc.want != "" || err != nil && got != tc.want {
			t.Errorf("%s: %v, want %q", tc.what, err, tc.want)
		}
	}
}

func TestReplicasFollowSuccessors(t *testing.T) {
	for line, want := range map[string]int{
		"set successors=2":                   2, // the default of 3 would not fit
		"set successors=8":                   3,
		"set successors=8 replicas=5":        5,
		"set replicas=5 successors=8":        5,
		"set successors=1\nset merge=on":     1,
		"set successors=2\nset successors=6": 3,
	} {
		sc, err := Parse("f", []byte(line+"\njoin N1"))
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		sys := newIdeal()
		NewRunner(sys).Run(t.Context(), sc, nil)
		if sys.started.Replicas != want {
			t.Errorf("%q: replicas %d, want %d", line, sys.started.Replicas, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	for word, want := range map[string]string{
		"jion": "join", "jojn": "join", "joi": "join", "joinn": "join", "lokup": "lookup", "expct": "expect",
		"x": "", "": "", "frobnicate": "", strings.Repeat("join", 50): "", "joins": "join", "ste": "set",
	} {
		got := suggest(word, commandNames())
		if want != "" {
			want = ": did you mean " + want + "?"
		}
		if got != want {
			t.Errorf("suggest(%.20q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tc := range mistakes {
		f.Add(tc.before + "\n" + tc.line)
	}
	for _, name := range shipped {
		src, _ := files.ReadFile(name + extension)
		f.Add(string(src))
	}
	f.Add("set bits=64\njoin N3fa2 N0\nexpect N3.finger[64] = none\nexpect N3.predecessor != N0")
	f.Fuzz(func(t *testing.T, src string) {
		sc, err := Parse("f", []byte(src))
		var all Errors
		if errors.As(err, &all) {
			lines := strings.Count(src, "\n") + 1
			for _, e := range all {
				if e.File != "f" { // one that it includes
					continue
				}
				if e.Line < 1 || e.Line > lines || e.Column < 1 || e.Column > maxLine+2 || e.Message == "" || len(e.Error()) == 0 {
					t.Fatalf("%q: %+v", src, e)
				}
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		// What a run tells of a line can be written down and read again.
		var again strings.Builder
		for _, l := range sc.Lines {
			if l.File == "f" {
				again.WriteString(l.Text + "\n")
			}
		}
		twice, err := Parse("f", []byte(again.String()))
		if err != nil || len(twice.Lines) != len(sc.Lines) {
			t.Fatalf("%q was read, but not its own lines: %v", src, err)
		}
	})
}
