package scenarios

import (
	"strings"
	"testing"
)

// completions are lines with the cursor at the bar, and what may stand there;
// hints are in brackets. A list that ends with "..." is only begun.
var completions = []struct{ line, want string }{
	{"¦", "title set chapter ..."},
	{"jo¦", "join"},
	{"JO¦", "join"},
	{"jion¦", "join"},
	{"xyzzy¦", ""},
	{"xyzzy ¦", ""},
	{"# k¦", ""},
	{"join ¦", "(N8) (NUMBER)"},
	{"join N9 ¦", "via (N8)"},
	{"join N9 via ¦", "N1 N8 N14 N20 random any all owner successor"},
	{"kill ¦", "N1 N8 N14 N20 random any all owner successor"},
	{"kill N8 N1¦", "N1 N14"},
	{"kill random ¦", "N1 N8 N14 N20 random any all owner successor (NUMBER)"},
	{"kill owner ¦", `"apple" K54 (KEY)`},
	{"kill successor N¦", "N1 N8 N14 N20"},
	{"lookup ¦", `"apple" K54 (KEY)`},
	{`lookup "a¦`, `"apple" (KEY)`},
	{"lookup K54 ¦", "from"},
	{"lookup K54 from N8 ¦", "recursive"},
	{"lookup K54 from N8 recursive ¦", ""},
	{"lookup K¦ from N8", "K54 (KEY)"},
	{`put K54 ¦`, `("VALUE")`},
	{`put K54 "x" ¦`, `from`},
	{"set ¦", "bits= successors= replicas= ..."},
	{"set bi¦", "bits="},
	{"set lookup=¦", "iterative recursive"},
	{"set lookup=r¦", "recursive"},
	{"set bits=¦", "(3 to 160)"},
	{"set bits=6 merge=¦", "off on"},
	{"registry ¦", "down up"},
	{"cut N8 ¦", "->"},
	{"cut N8 <-> N¦", "N1 N8 N14 N20"},
	{"delay N8 -> N1 20ms ¦", "jitter"},
	{"partition N1 ¦", "N1 N8 N14 N20 random any all owner successor | "},
	{"partition N1 | re¦", "rest"},
	{"churn 60s ¦", "join leave kill"},
	{"poison N8.¦", "N8.finger[ N8.successor"},
	{"poison N8.successor = N1¦", "N1 N14"},
	{"thaw ¦", "N20 random any all owner successor"},
	{"restart ¦", "N30 random any all owner successor"},
	{"wait ¦", "until"},
	{"wait until st¦", "stable"},
	{"wait until stable ¦", "within"},
	{"expect ¦", "not stable valid rings size N1. N8. N14. N20. fingers owner ..."},
	{"expect N8.su¦", "N8.successor N8.successors"},
	{"expect N8.finger[1] = ¦", "N1 N8 N14 N20 none"},
	{"expect N8.predecessor = no¦", "none"},
	{"expect owner K54 = ¦", "N1 N8 N14 N20"},
	{"expect not val¦", "valid value"},
	{"expect eventually valid ¦", "within"},
	{"expect recovery.r¦", "recovery.ring recovery.rounds"},
	{"load 5 ¦", "keys"},
	{"include paper-l¦", "paper-lookup (FILE)"},
	{"figure ¦", "(FILE.svg)"},
	{"figure ring.svg fo¦", "focus"},
	{"snapshot ¦", "(NAME)"},
	{`ask "Who?" ¦`, "="},
	{`ask "Who?" = N¦`, `N1 N8 N14 N20 no none N1. N8. N14. N20. (KEY) (NUMBER) ("TEXT")`},
	{`ask "Who?" = owner ¦`, `"apple" K54 (KEY)`},
	{`ask "Who?" = owner K54 ¦`, "="},
}

func TestComplete(t *testing.T) {
	sys := newIdeal()
	r := NewRunner(sys)
	do(t, r, "set bits=6", "join N1 N8 N14 N20 N30", `put K54 "x"`, `put "apple" "x"`, "freeze N20", "kill N30")
	for _, tc := range completions {
		before, after, _ := strings.Cut(tc.line, "¦")
		var got []string
		for _, c := range Complete(before+after, len([]rune(before)), sys.Picture(), r.Settings()) {
			if c.Hint {
				c.Label = "(" + c.Label + ")"
			}
			got = append(got, c.Label)
		}
		text, want, begun := strings.Join(got, " "), strings.TrimSpace(tc.want), false
		if want, begun = strings.CutSuffix(want, " ..."); begun {
			text = text[:min(len(text), len(want))]
		}
		if text != want {
			t.Errorf("%s:\n got %s\nwant %s", tc.line, text, want)
		}
	}
}

// Every usage is a pattern that its example follows, word by word.
func TestUsagesMatchExamples(t *testing.T) {
	follows := func(line string) {
		t.Helper()
		c := completer{before: line + " "}
		c.split()
		m := matcher{words: c.words, expand: c.expand}
		start := make(places, len(c.words)+1)
		start[0] = true
		if end := m.part(c.commands(), start); !end[len(c.words)] {
			t.Errorf("%s does not follow its usage", line)
		}
	}
	for _, c := range commands {
		follows(c.example)
	}
	for _, c := range conditions {
		follows("expect " + c.example)
	}
}

// Whatever stands in a line, completion comes to an end, and what it proposes
// can be put in.
func FuzzComplete(f *testing.F) {
	for _, tc := range completions {
		f.Add(tc.line, len([]rune(tc.line)))
	}
	sys := newIdeal()
	r := NewRunner(sys)
	if _, err := r.Do(f.Context(), "join 3"); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		for _, c := range Complete(line, cursor, sys.Picture(), r.Settings()) {
			if c.Cursor < 0 || c.Cursor > len([]rune(c.Line)) || c.Label == "" {
				t.Errorf("%q at %d: %+v", line, cursor, c)
			}
		}
	})
}
