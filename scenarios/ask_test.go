package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// paperLines is the ring of the papers' figures with some keys.
const paperLines = "set bits=6 successors=3 replicas=2\njoin N1\njoin N8 N14 N21 N32 N38 N42 N48 N51 N56\nwait until stable\n" +
	"put K54 \"apple\" from N8\nput K24 \"pear\" from N8\nput K30 \"plum\" from N8\n"

// asked are questions with how they end: the right answer and the reasons, or
// FAIL and what was seen.
var asked = []struct{ before, line, after, want string }{
	// what the answer is by
	{line: `ask "Who?" = owner K54`, want: `N56 | 54 in (51, 56]: from behind its predecessor N51 up to N56 itself`},
	{line: `ask "Who?" = owner K54 = N56`, want: `N56 | 54 in (51, 56]: from behind its predecessor N51 up to N56 itself`},
	{line: `ask "Who?" = owner K54 = N1`, want: `FAIL expected the answer N1, seen N56 owns K54`},
	{line: `ask "First?" = hop K54 from N8`, want: `N42 | N8: closest preceding of 54 in my table: finger[6] = N42`},
	{line: `ask "First?" = hop K54 from N8 = N51`,
		want: `FAIL expected the answer N51, seen N8 would ask N42 first (N8: closest preceding of 54 in my table: finger[6] = N42)`},
	{line: `ask "First?" = hop K7 from N8 = none`, want: `none | N8: 7 in (1, 8]: the key is my own`},
	{line: `ask "Way?" = way K54 from N8 = N8 N42 N51 N56`, want: `N8 N42 N51 N56 | N8: closest preceding of 54 in my table: finger[6] = N42; ` +
		`N42: closest preceding of 54 in my table: finger[4] = N51; N51: 54 in (51, 56]: owner is my successor N56`},
	{line: `ask "Row 4?" = N8.finger[4]`, want: `N21 | finger[4] of N8 starts at 8 + 2^3 = 16, and finds N21 first`},
	{line: `ask "Row 6?" = N42.finger[6]`, want: `N14 | finger[6] of N42 starts at 42 + 2^5 = 74, that is 10, and finds N14 first`},
	{before: `set fingers=0-based`, line: `ask "Row 3?" = N8.finger[3] = N21`,
		want: `N21 | finger[3] of N8 starts at 8 + 2^3 = 16, and finds N21 first`},
	{line: `ask "Table?" = N56.fingers = N1 N1 N1 N1 N8 N32`, want: `N1 N1 N1 N1 N8 N32 | finger[1] of N56 starts at 56 + 2^0 = 57, ...`},
	{line: `ask "Who points at N42?" = fingers to N42`,
		want: `N8 N32 N38 | N8: finger[6] = N42; N32: finger[4] = N42; N38: finger[1], finger[2], finger[3] = N42`},
	{line: `ask "What moves?" = keys for N26 = K24`, want: `K24 | N26 owns the keys in (21, 26]`},
	{line: `ask "What moves?" = keys for N60 = none`, want: `none | N60 owns the keys in (56, 60]`},
	{line: `ask "Its keys?" = N32.keys = K30 K24`, want: `K24 K30 | N32 owns the keys in (21, 32], from behind its predecessor N21 up to itself`},
	{line: `ask "Copies?" = replicas K54`, want: `N56 N1 | N56 owns it, the copies are on those that follow: N1`},
	{line: `ask "Next?" = N56.successor`, want: `N1 | N56.successor = N1`},
	{line: `ask "Next ones?" = N51.successors`, want: `N56 N1 N8`},
	{line: `ask "Before?" = N1.predecessor = N56`, want: `N56 | N1.predecessor = N56`},
	{line: `ask "How many?" = size = 10`, want: `10 | 10 live peers`},
	{line: `ask "How many?" = size = 11`, want: `FAIL expected the answer 11, seen 10 live peers`},
	{line: `ask "Right?" = stable`, want: `yes | the ring is stable`},
	{line: `ask "What is there?" = value K54`, want: `"apple"`},
	{before: `lookup K54 from N8`, line: `ask "Hops?" = hops = 3`, want: `3 | N8: ...`},
	{before: `lookup K54 from N8`, line: `ask "Path?" = path`, want: `N8 N42 N51 N56 | N8: ...`},
	{before: `lookup K54 from N8`, line: `ask "Path?" = path N8 N42`, want: `FAIL expected the answer N8 N42, seen path N8 N42 N51 N56`},
	{before: "snapshot before\nkill N42\nwait until stable", line: `ask "Whose tables?" = changed before`,
		want: `N8 N32 N38 | N8: finger[6] N48, was N42; N32: finger[4] N48, was N42; ...`},

	// before a lookup
	{line: `ask "First hop?" = N42`, after: "say \"Watch.\"\nlookup K54 from N8", want: `N42 | N8: closest preceding of 54 in my table: finger[6] = N42`},
	{line: `ask "Owner?" = N56`, after: `lookup K54 from N8`, want: `N56 | N51: 54 in (51, 56]: owner is my successor N56`},
	{line: `ask "First hop?" = N51`, after: `lookup K54 from N8`, want: `FAIL expected the answer N51, seen the lookup that follows goes N8 N42 N51 N56, 3 hops; ` +
		`a question about something else says what, as in = N8.successor`},
	{line: `ask "Way?" = N8 N42 N51 N56`, after: `lookup K54 from successor N1`, want: `N8 N42 N51 N56 | N8: ...`},
	{line: `ask "Hops?" = 3`, after: `lookup K54 from N8`, want: `3 | N8: ...`},
	{line: `ask "Hops?" = 4`, after: `lookup K54 from N8`, want: `FAIL expected the answer 4, seen ...`},
	{line: `ask "Why?" = "Since it is near."`, after: `lookup K54 from N8`, want: `Since it is near.`},

	// about nothing that is written
	{line: `ask "Who will go?" = N14`, after: `kill N14`, want: `N14`},
	{line: `ask "Who will come?" = N26`, after: `join N26`, want: `N26`},
	{line: `ask "Who?" = N26`, want: `FAIL expected the answer N26, seen there is no peer N26, and no line lets it join; on the ring: N1 N8 N14 N21 N32 N38 N42 N48 N51 N56`},
	{line: `ask "How many?" = 3`, want: `3`},
	{line: `ask "Will it heal?" = yes`, want: `yes`},
	{line: `ask "Which keys?" = K5 "apple"`, want: `K5 "apple"`},
}

func TestAsk(t *testing.T) {
	for _, tc := range asked {
		sc := mustParse(t, paperLines+tc.before+"\n"+tc.line+"\n"+tc.after+"\n")
		got := "not asked"
		rep := NewRunner(NewVirtual()).Run(t.Context(), sc, func(p Progress) {
			switch {
			case !p.Done || p.Line.Ask == nil:
			case p.Result.Failed:
				got = "FAIL " + p.Result.Text
			default:
				got = p.Result.Answer.Text
				if len(p.Result.Answer.Why) > 0 {
					got += " | " + strings.Join(p.Result.Answer.Why, "; ")
				}
			}
		})
		want, begun := strings.CutSuffix(tc.want, "...")
		if begun {
			got = got[:min(len(got), len(want))]
		}
		if got != want || rep.Err != nil || rep.Failed > 0 != strings.HasPrefix(want, "FAIL") {
			t.Errorf("%s\n got %s\nwant %s\n%+v", tc.line, got, tc.want, rep)
		}
	}
}

func TestAskIsParsed(t *testing.T) {
	sc := mustParse(t, "set bits=6\nsnapshot s\nlookup K1 from N1\nget K1 from N1\n"+`
ask "Q" = N1
ask "Q" = N1 N8
ask "Q" = K1 "x"
ask "Q" = none
ask "Q" = yes
ask "Q" = 007
ask "Q" = "text"
ask "Q" = owner K1
ask "Q" = owner K1 = N8
ask "Q" = N1.fingers
ask "Q" = path N1 N8
ask "Q" = fingers to N1 = none
ask "Q" = keys for N1 = K1
ask "Q" = hops
ask "Q" = found
ask "Q" = changed s
ask "Q" = value K1 = "x"
`)
	want := strings.Split(`AnswerPeer "N1" true
AnswerPath "N1 N8" true
AnswerKeys "K1 \"x\"" false
AnswerPeers "none" false
AnswerYesNo "yes" false
AnswerNumber "007" false
AnswerText "text" false
AnswerPeer "" true
AnswerPeer "N8" true
AnswerPath "" true
AnswerPath "N1 N8" true
AnswerPeers "none" true
AnswerKeys "K1" true
AnswerNumber "" true
AnswerYesNo "" true
AnswerPeers "" true
AnswerText "\"x\"" true`, "\n")
	names := []string{"AnswerText", "AnswerPeer", "AnswerPath", "AnswerPeers", "AnswerKeys", "AnswerNumber", "AnswerYesNo"}
	i := 0
	for _, l := range sc.Lines {
		if l.Ask == nil {
			continue
		}
		if got := fmt.Sprintf("%s %q %v", names[l.Ask.Kind], l.Ask.Right, l.Claim); got != want[i] || l.Ask.Question != "Q" {
			t.Errorf("%s: %s, want %s", l.Text, got, want[i])
		}
		i++
	}
}

func TestAnswerIs(t *testing.T) {
	for _, tc := range []struct {
		kind         AnswerKind
		right, given string
		want         bool
	}{
		{AnswerPeer, "N42", "n42", true}, {AnswerPeer, "N42", "N4", false},
		{AnswerPath, "N8 N42", "N8, N42", true}, {AnswerPath, "N8 N42", "N42 N8", false},
		{AnswerPeers, "N8 N42", "N42 N8", true}, {AnswerKeys, "none", "None ", true}, {AnswerNumber, "3", "4", false},
	} {
		if got := (Answer{Text: tc.right}).Is(tc.kind, tc.given); got != tc.want {
			t.Errorf("%v", tc)
		}
	}
}

// A lookup goes the way that was foreseen, whoever asks for whatever.
func TestForesee(t *testing.T) {
	r := NewRunner(NewVirtual())
	do(t, r, strings.Split(strings.TrimSpace(paperLines), "\n")...)
	for key := range 64 {
		for _, from := range liveIDs(r.sys.Picture()) {
			name := nameOf(from, r.sys.Picture())
			res, err := r.Do(t.Context(), fmt.Sprintf("lookup K%d from %s", key, name))
			if err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprintf("expect way K%d from %s = %s", key, name, strings.Join(res.Lookup.PathNames, " "))
			if res, err = r.Do(t.Context(), line); err != nil || res.Failed {
				t.Errorf("%s: %v %s", line, err, res.Text)
			}
		}
	}
}
